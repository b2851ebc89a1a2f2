//! The matrix: every operation of both documents by every kind of caller. An operation that the table does not know fails
//! the test, so none can be added without saying who may call it.

use masthead::documents::add_locale;
use masthead::identity::users::{self, Password};
use masthead::platform::access::Permit;
use masthead::platform::id::UserId;
use reqwest::Method;

use crate::grounds::subtree;
use crate::operations::{Operation, admin_document, operations, read_document};
use crate::requests::{Cast, case};
use crate::requests_identity::PASSWORD;
use crate::support::builders::create;
use crate::support::{Client, Role, TestSite};

const CALLERS: [&str; 11] = [
    "nobody",
    "an expired session",
    "a token of somebody deactivated",
    "a viewer",
    "a reviewer",
    "an author",
    "an editor",
    "an editor of another subtree",
    "an admin",
    "a token of an admin",
    "a token of an admin for page:read",
];

/// The statuses of those who are not in, then those of the others, where what it is about belongs to somebody else.
fn expected(operation: &Operation) -> [u16; 11] {
    let (out, roles) = if operation.template.starts_with("/admin/") {
        match operation.id.as_str() {
            "log_in" | "redeem_link" => ([201, 201, 401], [201; 8]),
            "ask_for_reset" => ([202, 202, 401], [202; 8]),
            _ => ([401; 3], of_roles(operation)),
        }
    } else {
        match operation.id.as_str() {
            "get_bytes" | "list_changes" | "get_atom_feed" | "get_json_feed" | "list_media" | "get_media"
            | "list_menus" | "get_menu" | "list_pages" | "get_page" | "list_people" | "get_person"
            | "resolve" | "get_robots" | "search" | "get_settings" | "get_sitemap" | "get_sitemap_part" => {
                // A cookie that is no longer good counts for nothing here; a token that is not is never taken for none.
                ([200, 200, 401], [200; 8])
            }
            other => panic!("the matrix has no row for {other}: say who may call it"),
        }
    };
    let mut all = [0; 11];
    all[..3].copy_from_slice(&out);
    all[3..].copy_from_slice(&roles);
    all
}

/// A viewer, a reviewer, an author, an editor, an editor of another subtree, an admin, their token, their token for reading.
fn of_roles(operation: &Operation) -> [u16; 8] {
    match operation.id.as_str() {
        "list_pages" | "search_documents" | "get_me" | "explain_permission" => [200; 8],
        "get_page" | "list_references" | "list_revisions" | "get_revision" | "compare_revisions"
        | "get_timeline" | "list_translations" | "list_previews" => [200, 200, 200, 200, 403, 200, 200, 200],
        "list_media" | "list_folders" | "get_media" | "get_original" | "list_people" | "get_person"
        | "list_menus" | "get_menu" | "get_settings" => [200, 200, 200, 200, 403, 200, 200, 403],
        "create_page" | "upload_media" | "create_person" => [403, 403, 201, 201, 403, 201, 201, 403],
        "translate" | "duplicate" | "make_preview" | "create_menu" => {
            [403, 403, 403, 201, 403, 201, 201, 403]
        }
        // What a site was and will be is shown to whoever may read its history, by a link too.
        "list_site_previews" => [403, 200, 403, 200, 403, 200, 200, 403],
        "make_site_preview" => [403, 201, 403, 201, 403, 201, 201, 403],
        "trash_page" | "trash_media" | "trash_person" | "trash_menu" | "revoke_preview" => {
            [403, 403, 403, 204, 403, 204, 204, 403]
        }
        "save_page" | "publish" | "unpublish" | "schedule" | "cancel" | "reschedule" | "expire"
        | "restore" | "move_document" | "publish_many" | "unpublish_many" | "keep_working_copy"
        | "save_media" | "save_person" | "save_menu" | "replace_file" | "edit_media" => {
            [403, 403, 403, 200, 403, 200, 200, 403]
        }
        // Whoever may write has unsaved work of their own; here, none yet.
        "get_working_copy" | "discard_working_copy" | "save_working_copy" => {
            [403, 403, 403, 404, 403, 404, 404, 403]
        }
        "log_out" | "end_other_sessions" => [200, 200, 200, 200, 200, 200, 403, 403],
        "change_password" | "create_token" => [201, 201, 201, 201, 201, 201, 403, 403],
        // One's own; a token has none of its own, so it takes the right to those of others.
        "list_sessions" | "list_tokens" => [200, 200, 200, 200, 200, 200, 200, 403],
        // Whoever may not end it is not told that it is there.
        "end_session" | "revoke_token" => [404, 404, 404, 404, 404, 204, 204, 404],
        // The settings too are for administrators, and for roles of the site's own.
        "save_settings" | "list_users" | "get_user" | "update_user" | "deactivate_user"
        | "reactivate_user" | "send_link" | "list_roles" | "get_role" | "update_role" | "list_events"
        | "export_events" | "list_refusals" => [403, 403, 403, 403, 403, 200, 200, 403],
        "invite_user" | "create_role" => [403, 403, 403, 403, 403, 201, 201, 403],
        "delete_role" => [403, 403, 403, 403, 403, 204, 204, 403],
        other => panic!("the matrix has no row for {other}: say who may call it"),
    }
}

/// A caller, each time with a new session where it is one that acts by a session.
enum Caller {
    Client(Client),
    Session(UserId),
}

impl Caller {
    async fn client(&self, site: &TestSite) -> Client {
        match self {
            Self::Client(client) => client.clone(),
            Self::Session(user) => site.browser(*user).await,
        }
    }

    fn user(&self) -> Option<UserId> {
        match self {
            Self::Client(_) => None,
            Self::Session(user) => Some(*user),
        }
    }
}

async fn callers(site: &TestSite, owner: &Client) -> Vec<Caller> {
    let expired = site.browser(site.user(Role::Admin).await).await;
    site.database.advance("8 days").await;
    let former = site.user(Role::Admin).await;
    let deactivated = site.client_of(former, &[]).await;
    let admin = site.user(Role::Admin).await;
    let managing = site.client_of(admin, &[]).await;
    let path = format!("/admin/v1/users/{former}");
    let version = managing.get(&path).await.expect(200).version();
    managing.post_at(&format!("{path}/deactivate"), version, None).await.expect(200);
    let section = create(owner, serde_json::json!({ "title": "Another section" })).await.id();
    let mut callers =
        vec![Caller::Client(site.anonymous()), Caller::Client(expired), Caller::Client(deactivated)];
    for role in [Role::Viewer, Role::Reviewer, Role::Author, Role::Editor] {
        callers.push(Caller::Session(site.user(role).await));
    }
    callers.push(Caller::Session(site.limited_user(&subtree(&section)).await));
    callers.push(Caller::Session(admin));
    callers.push(Caller::Client(managing));
    callers.push(Caller::Client(site.client_of(admin, &["page:read"]).await));
    callers
}

#[actix_web::test]
async fn every_operation_is_open_to_whom_it_should_be() {
    let site = TestSite::start().await;
    let owner = site.client(Role::Editor).await;
    let callers = callers(&site, &owner).await;
    let admin = site.client(Role::Admin).await;
    add_locale(&site.app, &Permit::system("test"), "de", Some("en")).await.expect("a locale");
    let mut wrong = Vec::new();
    let all = operations(&read_document()).into_iter().chain(operations(&admin_document()));
    for (operation, nth) in all.zip(0..) {
        let mut cases = Vec::new();
        for ((caller, name), status) in callers.iter().zip(CALLERS).zip(expected(&operation)) {
            let client = caller.client(&site).await;
            let cast = Cast { site: &site, owner: &owner, admin: &admin, caller: caller.user() };
            let case = case(&operation, &format!("n{nth} by {name}"), &cast).await;
            // Without mail, asking for a reset leads to nothing.
            let changes = status < 300 && operation.method != Method::GET && operation.id != "ask_for_reset";
            cases.push((changes, status, format!("{} as {name}", operation.id), case, client));
        }
        // Those that change nothing come first, and are told from each other by what is wrong with them.
        cases.sort_by_key(|(changes, ..)| *changes);
        let mut before = site.database.fingerprint().await;
        let mut asked = 0;
        for (changes, status, what, case, client) in &cases {
            let answer = case.send(&operation.method, client).await;
            if answer.status != *status {
                wrong.push(format!(
                    "{what}: {} instead of {status}: {}",
                    answer.status, answer.json["detail"]
                ));
            }
            asked += 1;
            let last_of_its_like = *changes || cases.get(asked).is_none_or(|next| next.0);
            if last_of_its_like {
                let after = site.database.fingerprint().await;
                if (after != before) != *changes {
                    let verb =
                        if *changes { "changed nothing" } else { "changed something, or one before it" };
                    wrong.push(format!("{what} {verb}"));
                }
                before = after;
            }
        }
        if operation.id == "change_password" {
            restore_passwords(&site, &callers).await;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    site.stop().await;
}

/// The next case begins with the password that everybody has.
async fn restore_passwords(site: &TestSite, callers: &[Caller]) {
    for user in callers.iter().filter_map(Caller::user) {
        let password = Password::parse(PASSWORD).expect("a password");
        users::reset_password(&site.app, &Permit::system("test"), user, password).await.expect("reset");
    }
}
