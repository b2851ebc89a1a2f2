//! Every change of people and their rights leaves its events: who, what, about whom, and never an address or a secret.

use masthead::platform::id::UserId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::events::events;
use crate::operations::{IN_A_SESSION, IN_THE_OPEN, Operation, admin_document, operations};
use crate::requests::{Cast, case};
use crate::requests_identity::newest;
use crate::support::{Answer, Role, TestSite};

/// Who is behind the events of an operation.
#[derive(Clone, Copy)]
enum By {
    /// The caller, by a token or in a session.
    Caller,
    /// The one who comes in.
    Subject,
}

/// The events that an operation leaves: the action, the subject, the data.
fn expected(operation: &Operation, about: &Ids, answer: &Answer) -> (By, Vec<(&'static str, String, Value)>) {
    let (subject, none) = (about.subject.clone(), Value::Null);
    let session = || answer.json["session"].as_str().expect("a session").to_owned();
    let one = |action: &'static str, data: Value| (By::Caller, vec![(action, subject.clone(), data)]);
    match operation.id.as_str() {
        "log_in" => (By::Subject, vec![("session.opened", session(), json!({ "user": subject }))]),
        "redeem_link" => (
            By::Subject,
            vec![
                ("user.password_changed", subject.clone(), none),
                ("session.opened", session(), json!({ "user": subject })),
            ],
        ),
        "ask_for_reset" => (By::Subject, vec![]),
        "log_out" => (By::Caller, vec![("session.ended", about.session.clone(), none)]),
        "end_other_sessions" => (By::Caller, vec![("session.ended", about.other_session.clone(), none)]),
        "change_password" => (By::Caller, vec![("user.password_changed", about.caller.clone(), none)]),
        "create_token" => (By::Caller, vec![("token.created", answer.id(), json!({ "user": about.caller }))]),
        "revoke_token" => one("token.revoked", none),
        "end_session" => one("session.ended", none),
        "invite_user" => (By::Caller, vec![("user.invited", answer.id(), json!({ "role": about.viewer }))]),
        "update_user" => {
            one("user.changed", json!({ "changed": ["email", "name", "role"], "role": about.viewer }))
        }
        "deactivate_user" => one("user.deactivated", none),
        "reactivate_user" => one("user.reactivated", none),
        "send_link" => one("user.reset_sent", none),
        "create_role" => (By::Caller, vec![("role.created", answer.id(), json!({ "grants": 1 }))]),
        "update_role" => one("role.changed", json!({ "grants": 1 })),
        "delete_role" => one("role.deleted", none),
        other => panic!("the table has no event for {other}: say what it leaves"),
    }
}

/// The ids that events may name.
struct Ids {
    subject: String,
    caller: String,
    session: String,
    other_session: String,
    viewer: String,
}

async fn ids(site: &TestSite, subject: String, user: UserId, session: String) -> Ids {
    let viewer = "select id::text as value from roles where name = 'viewer'";
    Ids {
        subject,
        caller: user.to_string(),
        session,
        other_session: newest(site, "sessions", user).await,
        viewer: site.database.texts(viewer).await.remove(0),
    }
}

#[actix_web::test]
async fn every_change_of_people_and_rights_leaves_its_events() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    for operation in operations(&admin_document()).into_iter().filter(|one| !one.is_of_content()) {
        let user = site.user(Role::Admin).await;
        let (token, browser) = (site.client_of(user, &[]).await, site.browser(user).await);
        let (token_id, session) =
            (newest(&site, "api_tokens", user).await, newest(&site, "sessions", user).await);
        let cast = Cast { site: &site, owner: &admin, admin: &admin, caller: Some(user) };
        let mut case = case(&operation, &format!("For {}", operation.id), &cast).await;
        let about = ids(&site, case.subject.clone(), user, session).await;
        let before = events(&site).await;
        let request = format!("request-of-{}", operation.id);
        case.headers.push(("x-request-id", request.clone()));
        let in_session = IN_A_SESSION.contains(&operation.id.as_str());
        let client = match operation.id.as_str() {
            id if IN_THE_OPEN.contains(&id) => site.anonymous(),
            _ if in_session => browser,
            _ => token,
        };
        let answer = case.send(&operation.method, &client).await;
        assert!((200..300).contains(&answer.status), "{}: {}", operation.id, answer.json);
        let after = events(&site).await;
        assert_eq!(after[..before.len()], before[..], "what was recorded stays");
        let left = &after[before.len()..];
        if operation.method == Method::GET {
            assert!(left.is_empty(), "{} only reads: {left:#?}", operation.id);
            continue;
        }
        let (by, expected) = expected(&operation, &about, &answer);
        let (kind, actor, token) = match by {
            By::Subject => ("user", about.subject.clone(), None),
            By::Caller if in_session => ("user", about.caller.clone(), None),
            By::Caller => ("token", about.caller.clone(), Some(token_id)),
        };
        let expected: Vec<Value> = expected
            .into_iter()
            .map(|(action, subject, data)| {
                json!({
                    "actor_kind": kind, "actor_id": actor, "token_id": token, "reason": null, "action": action,
                    "subject_kind": action.split('.').next(), "subject_id": subject, "data": data,
                    "request_id": request,
                })
            })
            .collect();
        assert_eq!(left, expected, "{}", operation.id);
    }
    let all = json!(events(&site).await).to_string().to_lowercase();
    for word in
        ["example.org", "fictional", "nobody else", "mh_", "mhl_", "mhs_", "lantern", "amber", "argon2"]
    {
        assert!(!all.contains(word), "{word}: {all}");
    }
    site.stop().await;
}
