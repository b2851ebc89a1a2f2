//! `/admin/v1/roles`: roles of the site's own are made, changed and removed within the rights of whoever does it, and those
//! that came with Masthead stay as they are.

use reqwest::Method;
use serde_json::{Value, json};

use crate::people::signed_in;
use crate::support::builders::{create, page, publish_revision};
use crate::support::{Answer, Client, Role, TestSite};

const UNKNOWN: &str = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";

fn grant(kind: &str, verb: &str) -> Value {
    json!({ "kind": kind, "verb": verb, "scope": { "type": "everything" } })
}

fn role(name: &str, grants: &[Value]) -> Value {
    json!({ "name": name, "description": "Of the test.", "grants": grants })
}

async fn make(client: &Client, name: &str, grants: &[Value]) -> Answer {
    client.post("/admin/v1/roles", &role(name, grants)).await
}

/// The path and the version of a role by its name.
async fn found(admin: &Client, name: &str) -> (String, i64) {
    let list = admin.get("/admin/v1/roles").await.expect(200);
    let row = list.json["data"].as_array().expect("rows").iter().find(|row| row["name"] == name).cloned();
    let path = format!("/admin/v1/roles/{}", row.expect("a role")["id"].as_str().expect("an id"));
    let version = admin.get(&path).await.expect(200).version();
    (path, version)
}

#[actix_web::test]
async fn a_role_of_the_sites_own_lives_and_goes() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let section = create(&admin, json!({ "title": "Section" })).await.id();
    let grants = [
        json!({ "kind": "*", "verb": "read", "scope": { "type": "everything" } }),
        json!({ "kind": "page", "verb": "write", "scope": { "type": "own" } }),
        json!({ "kind": "page", "verb": "write", "scope": { "type": "subtree", "entry": section } }),
        json!({ "kind": "page", "verb": "publish", "scope": { "type": "locale", "locale": "en" } }),
        json!({ "kind": "user", "verb": "read", "scope": { "type": "everything" } }),
    ];
    let made = make(&admin, "desk", &grants).await.expect(201);
    let path = made.header("location").to_owned();
    assert_eq!((made.version(), &made.json["users"], &made.json["built_in"]), (1, &json!(0), &json!(false)));
    assert_eq!(made.json["grants"], json!(grants));
    assert_eq!(admin.get(&path).await.expect(200).json, made.json);
    let names: Vec<Value> = admin.get("/admin/v1/roles").await.expect(200).json["data"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["name"].clone())
        .collect();
    assert_eq!(json!(names), json!(["admin", "author", "desk", "editor", "reviewer", "viewer"]));

    let changed = admin.put_at(&path, 1, &role("front_desk", &[grant("page", "read")])).await.expect(200);
    assert_eq!((changed.version(), &changed.json["name"]), (2, &json!("front_desk")));
    let same = admin.put_at(&path, 2, &role("front_desk", &[grant("page", "read")])).await.expect(200);
    assert_eq!(same.version(), 2, "nothing changed");
    let person = json!({ "email": "tove@example.org", "name": "Tove", "role": "front_desk" });
    let holder = admin.post("/admin/v1/users", &person).await.expect(201);
    let before = site.database.fingerprint().await;
    let refused = admin.delete_at(&path, 2).await.refused(409, "in_use");
    assert!(refused.detail().contains("1 users have this role"), "{}", refused.json);
    assert_eq!(site.database.fingerprint().await, before);
    let moved = json!({ "email": "tove@example.org", "name": "Tove", "role": "viewer" });
    admin.put_at(&format!("/admin/v1/users/{}", holder.id()), 1, &moved).await.expect(200);
    admin.delete_at(&path, 2).await.expect(204);
    admin.get(&path).await.refused(404, "not_found");
    site.stop().await;
}

#[actix_web::test]
async fn what_makes_no_role_is_refused_at_its_place() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let path = make(&admin, "desk", &[]).await.expect(201).header("location").to_owned();
    let before = site.database.fingerprint().await;
    let scoped = |scope: Value| json!({ "kind": "page", "verb": "read", "scope": scope });
    for (body, code, place) in [
        (role("", &[]), "invalid", "/name"),
        (role("Desk", &[]), "invalid", "/name"),
        (role(&"d".repeat(64), &[]), "invalid", "/name"),
        (json!({ "name": "x", "description": "d".repeat(501), "grants": [] }), "invalid", "/description"),
        (json!({ "name": "x" }), "invalid", "/grants"),
        (role("x", &[grant("leaflet", "read")]), "invalid", "/grants/0/kind"),
        (role("x", &[grant("page", "manage")]), "invalid", "/grants/0/verb"),
        (role("x", &[grant("page", "read"), grant("page", "fly")]), "invalid", "/grants/1/verb"),
        (role("x", &[grant("page", "read"), grant("page", "read")]), "invalid", "/grants/1"),
        (
            role("x", &[scoped(json!({ "type": "subtree", "entry": UNKNOWN }))]),
            "reference_not_found",
            "/grants/0/scope/entry",
        ),
        (
            role("x", &[scoped(json!({ "type": "locale", "locale": "xx" }))]),
            "reference_not_found",
            "/grants/0/scope/locale",
        ),
        (role("x", &[scoped(json!({ "type": "subtree" }))]), "invalid", "/grants/0/scope"),
        (
            role("x", &[json!({ "kind": "user", "verb": "read", "scope": { "type": "own" } })]),
            "invalid",
            "/grants/0/scope",
        ),
        (role("x", &vec![grant("page", "read"); 101]), "invalid", "/grants"),
    ] {
        for answer in [admin.post("/admin/v1/roles", &body).await, admin.put_at(&path, 1, &body).await] {
            let answer = answer.refused(422, code);
            let places: Vec<_> = answer.places().into_iter().map(|(place, _)| place).collect();
            assert!(places.iter().any(|found| found.starts_with(place)), "{body}: {}", answer.json);
        }
    }
    for name in ["admin", "viewer", "desk"] {
        make(&admin, name, &[]).await.refused(409, "conflict");
    }
    let taken = admin.put_at(&path, 1, &role("editor", &[])).await.refused(409, "conflict");
    assert!(taken.detail().contains("role with that name"), "{}", taken.json);
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn the_roles_that_came_with_masthead_stay_as_they_are() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let before = site.database.fingerprint().await;
    for name in ["admin", "editor", "author", "reviewer", "viewer"] {
        let (path, version) = found(&admin, name).await;
        let emptied = admin.put_at(&path, version, &role(name, &[])).await.refused(409, "conflict");
        assert!(emptied.detail().contains("came with Masthead"), "{}", emptied.json);
        admin.put_at(&path, version, &role("other", &[grant("page", "read")])).await.refused(409, "conflict");
        admin.delete_at(&path, version).await.refused(409, "conflict");
        let shown = admin.get(&path).await.expect(200);
        assert_eq!(shown.json["built_in"], true);
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_change_of_a_role_says_what_it_is_based_on() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let made = make(&admin, "desk", &[]).await.expect(201);
    let path = made.header("location").to_owned();
    admin.put_at(&path, 1, &role("desk", &[grant("page", "read")])).await.expect(200);
    let before = site.database.fingerprint().await;
    let body = role("desk", &[grant("page", "write")]);
    admin.send(Method::PUT, &path, &[], Some(&body)).await.refused(428, "precondition_required");
    admin.send(Method::DELETE, &path, &[], None).await.refused(428, "precondition_required");
    admin.put_at(&path, 1, &body).await.refused(412, "stale");
    admin.delete_at(&path, 1).await.refused(412, "stale");
    let missing = format!("/admin/v1/roles/{UNKNOWN}");
    admin.get(&missing).await.refused(404, "not_found");
    admin.put_at(&missing, 1, &body).await.refused(404, "not_found");
    admin.delete_at(&missing, 1).await.refused(404, "not_found");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn nobody_makes_or_changes_a_role_beyond_their_own_rights() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let section = create(&admin, json!({ "title": "Section" })).await.id();
    let grants = [
        ("role", "read", "everything", None),
        ("role", "manage", "everything", None),
        ("page", "read", "everything", None),
        ("page", "write", "subtree", Some(section.as_str())),
    ];
    let me = site.limited_user(&grants).await;
    let (keeper, (browser, _)) = (site.client_of(me, &[]).await, signed_in(&site, me).await);
    let within = json!({ "kind": "page", "verb": "write", "scope": { "type": "subtree", "entry": section } });
    make(&keeper, "helpers", &[grant("page", "read"), within.clone()]).await.expect(201);
    // A narrower reading is within a wider one.
    let narrow = json!({ "kind": "page", "verb": "read", "scope": { "type": "own" } });
    make(&keeper, "narrow", &[narrow]).await.expect(201);
    make(&admin, "strong", &[grant("page", "publish")]).await.expect(201);
    let own = browser.get("/admin/v1/me").await.expect(200).json["role"].as_str().expect("a role").to_owned();
    let (mine, my_version) = found(&admin, &own).await;
    let (strong, at) = found(&admin, "strong").await;
    let (helpers, helpers_at) = found(&admin, "helpers").await;

    let before = site.database.fingerprint().await;
    let elsewhere = json!({ "kind": "page", "verb": "write", "scope": { "type": "own" } });
    for more in [
        grant("page", "write"),
        grant("page", "publish"),
        grant("*", "read"),
        grant("user", "manage"),
        grant("token", "read"),
        grant("history", "read"),
        elsewhere,
    ] {
        for client in [&keeper, &browser] {
            make(client, "more", std::slice::from_ref(&more)).await.refused(403, "forbidden");
            let body = role("helpers", &[grant("page", "read"), more.clone()]);
            client.put_at(&helpers, helpers_at, &body).await.refused(403, "forbidden");
            // One's own role is no exception.
            let body = role(&own, &[grant("role", "manage"), more.clone()]);
            client.put_at(&mine, my_version, &body).await.refused(403, "forbidden");
        }
    }
    // What allows more than one may is not changed either, not even to less.
    keeper.put_at(&strong, at, &role("strong", &[])).await.refused(403, "forbidden");
    keeper.delete_at(&strong, at).await.refused(403, "forbidden");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_change_of_a_role_acts_on_the_next_request_of_everybody_who_has_it() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let user = site
        .limited_user(&[("page", "read", "everything", None), ("page", "write", "everything", None)])
        .await;
    let (token, (browser, _)) = (site.client_of(user, &[]).await, signed_in(&site, user).await);
    let id = create(&token, json!({ "slug": "drafted" })).await.id();
    publish_revision(&browser, &id, 1, 1).await.refused(403, "forbidden");
    let name =
        browser.get("/admin/v1/me").await.expect(200).json["role"].as_str().expect("a role").to_owned();
    let (path, version) = found(&admin, &name).await;
    let all = [grant("page", "read"), grant("page", "write"), grant("page", "publish")];
    let changed = admin.put_at(&path, version, &role(&name, &all)).await.expect(200);
    publish_revision(&browser, &id, 1, 1).await.expect(200);
    admin.put_at(&path, changed.version(), &role(&name, &[])).await.expect(200);
    let before = site.database.fingerprint().await;
    for client in [&token, &browser] {
        client.get("/admin/v1/pages").await.refused(403, "forbidden");
        client.post("/admin/v1/pages", &page(json!({}))).await.refused(403, "forbidden");
        assert_eq!(client.get("/admin/v1/me").await.expect(200).json["grants"], json!([]));
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}
