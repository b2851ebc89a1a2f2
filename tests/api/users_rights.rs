//! Nobody gives, takes or changes rights that they do not have, and somebody is always left who can let others in.

use futures_util::future::join_all;
use masthead::platform::id::UserId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::people::{seen, signed_in};
use crate::requests_identity::email;
use crate::support::{Answer, Client, Role, TestSite};

/// To see and manage users, and to read pages; not one right more.
const MANAGER: [(&str, &str, &str, Option<&str>); 7] = [
    ("user", "read", "everything", None),
    ("user", "manage", "everything", None),
    ("page", "read", "everything", None),
    ("media", "read", "everything", None),
    ("person", "read", "everything", None),
    ("menu", "read", "everything", None),
    ("settings", "read", "everything", None),
];

fn person(email: &str, role: &str) -> Value {
    json!({ "email": email, "name": "Ilse Fictional", "role": role })
}

async fn put(client: &Client, site: &TestSite, user: UserId, role: &str) -> Answer {
    let version = version(site, user).await;
    client.put_at(&format!("/admin/v1/users/{user}"), version, &person(&email(site, user).await, role)).await
}

async fn post(client: &Client, site: &TestSite, user: UserId, action: &str) -> Answer {
    let version = version(site, user).await;
    client.post_at(&format!("/admin/v1/users/{user}/{action}"), version, None).await
}

async fn version(site: &TestSite, user: UserId) -> i64 {
    let query = format!("select version::text as value from users where id = '{user}'");
    site.database.texts(&query).await[0].parse().expect("a number")
}

async fn role_of(site: &TestSite, user: UserId) -> String {
    let query =
        format!("select r.name as value from users u join roles r on r.id = u.role_id where u.id = '{user}'");
    site.database.texts(&query).await.remove(0)
}

#[actix_web::test]
async fn a_manager_rules_over_those_within_their_own_rights() {
    let site = TestSite::start().await;
    site.user(Role::Admin).await;
    let (me, peer) = (site.limited_user(&MANAGER).await, site.limited_user(&MANAGER).await);
    let manager = site.client_of(me, &[]).await;
    let viewer = site.user(Role::Viewer).await;
    let own_role = role_of(&site, me).await;

    manager.post("/admin/v1/users", &person("new@example.org", "viewer")).await.expect(201);
    manager.post("/admin/v1/users", &person("peer@example.org", &own_role)).await.expect(201);
    put(&manager, &site, viewer, &own_role).await.expect(200);
    put(&manager, &site, viewer, "viewer").await.expect(200);
    post(&manager, &site, viewer, "deactivate").await.expect(200);
    post(&manager, &site, viewer, "reactivate").await.expect(200);
    put(&manager, &site, peer, "viewer").await.expect(200);
    manager.send(Method::POST, &format!("/admin/v1/users/{viewer}/link"), &[], None).await.expect(200);
    site.stop().await;
}

#[actix_web::test]
async fn nobody_gives_takes_or_changes_rights_beyond_their_own() {
    let site = TestSite::start().await;
    let me = site.limited_user(&MANAGER).await;
    let (token, (browser, _)) = (site.client_of(me, &[]).await, signed_in(&site, me).await);
    let viewer = site.user(Role::Viewer).await;
    let mut beyond = Vec::new();
    for role in [Role::Admin, Role::Editor, Role::Author, Role::Reviewer] {
        beyond.push((site.user(role).await, role.name()));
    }
    let admin = site.client(Role::Admin).await;
    let former = site.user(Role::Editor).await;
    post(&admin, &site, former, "deactivate").await.expect(200);

    let before = site.database.fingerprint().await;
    let refused = |answer: Answer| {
        let answer = answer.refused(403, "forbidden");
        assert!(answer.detail().contains("nobody gives, takes or changes rights"), "{}", answer.json);
    };
    for manager in [&token, &browser] {
        for (user, role) in &beyond {
            // Neither a new one, nor oneself, nor somebody else becomes more.
            refused(manager.post("/admin/v1/users", &person("new@example.org", role)).await);
            refused(put(manager, &site, me, role).await);
            refused(put(manager, &site, viewer, role).await);
            // Nor is somebody who is more made less, locked out, renamed or sent a link that would let its holder in.
            refused(put(manager, &site, *user, "viewer").await);
            refused(put(manager, &site, *user, role).await);
            refused(post(manager, &site, *user, "deactivate").await);
            refused(manager.send(Method::POST, &format!("/admin/v1/users/{user}/link"), &[], None).await);
            let other = json!({ "email": "taken-over@example.org", "name": "Ilse", "role": role });
            let version = version(&site, *user).await;
            refused(manager.put_at(&format!("/admin/v1/users/{user}"), version, &other).await);
        }
        refused(post(manager, &site, former, "reactivate").await);
    }
    assert_eq!(site.database.fingerprint().await, before);
    // Their names may be read.
    seen(&token, beyond[0].0).await;
    site.stop().await;
}

#[actix_web::test]
async fn the_scopes_of_a_token_bound_what_it_gives() {
    let site = TestSite::start().await;
    let admin = site.user(Role::Admin).await;
    let viewer = site.user(Role::Viewer).await;
    let scopes = MANAGER.map(|(kind, verb, ..)| format!("{kind}:{verb}"));
    let scopes = scopes.each_ref().map(String::as_str);
    let token = site.client_of(admin, &scopes).await;
    let before = site.database.fingerprint().await;
    token.post("/admin/v1/users", &person("new@example.org", "admin")).await.refused(403, "forbidden");
    put(&token, &site, viewer, "editor").await.refused(403, "forbidden");
    post(&token, &site, admin, "deactivate").await.refused(403, "forbidden");
    assert_eq!(site.database.fingerprint().await, before);
    token.post("/admin/v1/users", &person("new@example.org", "viewer")).await.expect(201);
    site.stop().await;
}

#[actix_web::test]
async fn the_last_administrator_stays() {
    let site = TestSite::start().await;
    let last = site.user(Role::Admin).await;
    let (browser, _) = signed_in(&site, last).await;
    let token = site.client_of(last, &[]).await;
    // Who is invited has no password yet and could let nobody in; who is deactivated neither.
    token.post("/admin/v1/users", &person("invited@example.org", "admin")).await.expect(201);
    let former = site.user(Role::Admin).await;
    post(&token, &site, former, "deactivate").await.expect(200);
    let before = site.database.fingerprint().await;
    for client in [&browser, &token] {
        for answer in
            [post(client, &site, last, "deactivate").await, put(client, &site, last, "editor").await]
        {
            let answer = answer.refused(409, "conflict");
            assert!(answer.detail().contains("last active administrator"), "{}", answer.json);
        }
    }
    assert_eq!(site.database.fingerprint().await, before);
    browser.get("/admin/v1/me").await.expect(200);
    // A name may change, and with a second one the first may go.
    put(&token, &site, last, "admin").await.expect(200);
    post(&token, &site, former, "reactivate").await.expect(200);
    post(&token, &site, last, "deactivate").await.expect(200);
    token.get("/admin/v1/me").await.refused(401, "invalid_token");
    site.stop().await;
}

#[actix_web::test]
async fn of_administrators_who_all_leave_at_once_one_stays() {
    let site = TestSite::start().await;
    for action in ["deactivate", "demote"] {
        let mut leaving = Vec::new();
        for _ in 0..5 {
            let user = site.user(Role::Admin).await;
            leaving.push((user, site.client_of(user, &[]).await));
        }
        // Those of the round before are gone but for one, who goes too.
        let others = "select u.id::text as value from users u join roles r on r.id = u.role_id \
            where r.name = 'admin' and u.deactivated_at is null";
        for id in site.database.texts(others).await {
            if leaving.iter().all(|(user, _)| user.to_string() != id) {
                let path = format!("/admin/v1/users/{id}");
                let at = leaving[0].1.get(&path).await.expect(200).version();
                leaving[0].1.post_at(&format!("{path}/deactivate"), at, None).await.expect(200);
            }
        }
        let answers = join_all(leaving.iter().map(|(user, client)| {
            let site = &site;
            async move {
                if action == "demote" {
                    put(client, site, *user, "viewer").await
                } else {
                    post(client, site, *user, action).await
                }
            }
        }))
        .await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 4, "{statuses:?}");
        let refused = answers.into_iter().find(|answer| answer.status != 200).expect("one stays");
        refused.refused(409, "conflict");
        assert_eq!(site.database.texts(others).await.len(), 1);
    }
    site.stop().await;
}
