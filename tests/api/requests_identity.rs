//! The same for the operations about people and their rights: each about a new user, role, token, session or link.

use masthead::identity::links::{self, Purpose};
use masthead::platform::id::UserId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::operations::Operation;
use crate::requests::{Case, Cast};
use crate::support::{Client, Role, TestSite};

/// The password of every user of a test site.
pub const PASSWORD: &str = "violet harbour lantern";
const NEW_PASSWORD: &str = "amber tide over quiet stones";

pub async fn case(operation: &Operation, title: &str, cast: &Cast<'_>) -> Case {
    let (subject, body) = subject(operation, title, cast).await;
    let path = operation.path(&subject);
    let headers = match operation.id.as_str() {
        "update_user" | "deactivate_user" | "reactivate_user" | "update_role" | "delete_role" => {
            let own = path.trim_end_matches("/deactivate").trim_end_matches("/reactivate");
            vec![("if-match", cast.admin.get(own).await.expect(200).header("etag").to_owned())]
        }
        _ => vec![],
    };
    Case { path, headers, body, form: None, subject, page: None }
}

/// What an operation is about, and the body with which it succeeds.
async fn subject(operation: &Operation, title: &str, cast: &Cast<'_>) -> (String, Option<Value>) {
    let site = cast.site;
    let unique = title.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let person = json!({ "email": format!("{unique}@example.org"), "name": "Nobody Else", "role": "viewer" });
    match operation.id.as_str() {
        "list_users" | "list_roles" | "list_tokens" | "list_sessions" | "list_events" | "export_events"
        | "list_refusals" | "get_me" | "log_out" | "explain_permission" => (String::new(), None),
        "end_other_sessions" => {
            if let Some(caller) = cast.caller {
                site.browser(caller).await;
            }
            (String::new(), None)
        }
        "change_password" => (String::new(), Some(json!({ "current": PASSWORD, "new": NEW_PASSWORD }))),
        "create_token" => (String::new(), Some(json!({ "name": title, "scopes": ["page:read"] }))),
        "invite_user" => (String::new(), Some(person)),
        "create_role" => (String::new(), Some(role(&unique))),
        "get_role" | "delete_role" => (own_role(cast.admin, &unique).await, None),
        "update_role" => (own_role(cast.admin, &unique).await, Some(role(&format!("{unique}-changed")))),
        _ => of_a_user(operation, cast, person).await,
    }
}

async fn of_a_user(operation: &Operation, cast: &Cast<'_>, person: Value) -> (String, Option<Value>) {
    let site = cast.site;
    let user = site.user(Role::Author).await;
    let id = user.to_string();
    match operation.id.as_str() {
        "get_user" | "deactivate_user" | "send_link" => (id, None),
        "update_user" => (id, Some(person)),
        "reactivate_user" => {
            let path = format!("/admin/v1/users/{user}");
            let version = cast.admin.get(&path).await.expect(200).version();
            cast.admin.post_at(&format!("{path}/deactivate"), version, None).await.expect(200);
            (id, None)
        }
        "revoke_token" => {
            site.client_of(user, &[]).await;
            (newest(site, "api_tokens", user).await, None)
        }
        "end_session" => {
            site.browser(user).await;
            (newest(site, "sessions", user).await, None)
        }
        "log_in" => (id, Some(json!({ "email": email(site, user).await, "password": PASSWORD }))),
        "ask_for_reset" => (id, Some(json!({ "email": email(site, user).await }))),
        "redeem_link" => {
            let (app, purpose) = (&site.app, Purpose::Reset(user));
            let link = app.store.housekeep(async |work| links::issue(work, app.ids, purpose).await);
            let link = link.await.expect("a link");
            (id, Some(json!({ "secret": link.secret.reveal(), "password": NEW_PASSWORD })))
        }
        other => panic!("the table has no request for {other}: say with what it succeeds"),
    }
}

/// The address with which a user signs in.
pub async fn email(site: &TestSite, user: UserId) -> String {
    site.database.texts(&format!("select email as value from users where id = '{user}'")).await.remove(0)
}

/// The newest token or session of a user.
pub async fn newest(site: &TestSite, table: &str, user: UserId) -> String {
    let query =
        format!("select id::text as value from {table} where user_id = '{user}' order by id desc limit 1");
    site.database.texts(&query).await.remove(0)
}

fn role(name: &str) -> Value {
    json!({ "name": name, "description": "Of the test.", "grants": [{ "kind": "page", "verb": "read" }] })
}

/// A role of the site's own that nobody has.
async fn own_role(admin: &Client, name: &str) -> String {
    admin.send(Method::POST, "/admin/v1/roles", &[], Some(&role(name))).await.expect(201).id()
}
