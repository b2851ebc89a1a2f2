//! `/admin/v1/users`: what is taken, what is refused and where, and how the list is cut.

use masthead::platform::id::UserId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::lists::link;
use crate::people::seen;
use crate::requests_identity::email;
use crate::support::{Answer, Client, Role, TestSite};

const UNKNOWN: &str = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";

fn person(email: &str, name: &str, role: &str) -> Value {
    json!({ "email": email, "name": name, "role": role })
}

fn addresses(list: &Answer) -> Vec<&str> {
    let rows = list.json["data"].as_array().expect("rows");
    rows.iter().map(|row| row["email"].as_str().expect("an address")).collect()
}

#[actix_web::test]
async fn an_account_is_made_as_it_was_asked_for() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let answer = admin
        .post("/admin/v1/users", &person(" Tove@Example.ORG ", "  Tove Imaginary ", "editor"))
        .await
        .expect(201);
    let shown = admin.get(answer.header("location")).await.expect(200);
    let mut expected = answer.json.clone();
    let invitation =
        expected.as_object_mut().and_then(|body| body.remove("invitation")).expect("how it is sent");
    assert_eq!(shown.json, expected);
    assert_eq!((shown.header("etag"), answer.header("etag")), ("\"v1\"", "\"v1\""));
    for (member, value) in
        [("email", "tove@example.org"), ("name", "Tove Imaginary"), ("role", "editor"), ("state", "invited")]
    {
        assert_eq!(shown.json[member], value);
    }
    assert_eq!(shown.json["deactivated_at"], Value::Null);
    assert_eq!(invitation["mailed"], false);
    let members: Vec<&String> = shown.json.as_object().expect("an object").keys().collect();
    assert_eq!(
        members,
        ["created_at", "deactivated_at", "email", "id", "name", "role", "state"],
        "and nothing else"
    );
    site.stop().await;
}

#[actix_web::test]
async fn what_makes_no_account_is_refused_at_its_place() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let taken = email(&site, site.user(Role::Viewer).await).await;
    let user = site.user(Role::Author).await;
    let path = format!("/admin/v1/users/{user}");
    let good = |email: &str| person(email, "Tove Imaginary", "author");
    let long = "x".repeat(201);
    let before = site.database.fingerprint().await;
    for (body, places) in [
        (good("tove"), vec![("/email", "invalid")]),
        (good("tove@example.org\u{0}"), vec![("/email", "invalid")]),
        (good(&format!("{}@example.org", "a".repeat(250))), vec![("/email", "invalid")]),
        (person("tove@example.org", " ", "author"), vec![("/name", "invalid")]),
        (person("tove@example.org", &long, "author"), vec![("/name", "invalid")]),
        (person("tove@", "", "author"), vec![("/email", "invalid"), ("/name", "invalid")]),
        (person("tove@example.org", "Tove", "emperor"), vec![("/role", "not_found")]),
        (person("tove@example.org", "Tove", "Admin"), vec![("/role", "not_found")]),
        (json!({ "email": "tove@example.org", "name": "Tove" }), vec![("/role", "required")]),
        (json!({ "email": 5, "name": "Tove", "role": "author" }), vec![("/email", "invalid")]),
    ] {
        for answer in [admin.post("/admin/v1/users", &body).await, admin.put_at(&path, 1, &body).await] {
            let found = answer.refused(422, "invalid");
            let codes: Vec<_> = found.places().into_iter().map(|(place, _)| place).collect();
            assert_eq!(
                codes,
                places.iter().map(|(place, _)| *place).collect::<Vec<_>>(),
                "{body}: {}",
                found.json
            );
        }
    }
    for spelling in [taken.clone(), taken.to_uppercase(), format!(" {taken}")] {
        for answer in [
            admin.post("/admin/v1/users", &good(&spelling)).await,
            admin.put_at(&path, 1, &good(&spelling)).await,
        ] {
            assert!(answer.refused(409, "conflict").detail().contains("e-mail address"));
        }
    }
    let roles = admin.post("/admin/v1/users", &person("tove@example.org", "Tove", "emperor")).await;
    assert!(roles.detail().contains("admin, author, editor, reviewer, viewer"), "{}", roles.json);
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_change_says_what_it_is_based_on() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let user = site.user(Role::Author).await;
    let path = format!("/admin/v1/users/{user}");
    let first = seen(&admin, user).await;
    assert_eq!(first.version(), 1);
    let draft = person("tove@example.org", "Tove Imaginary", "editor");
    let changed = admin.put_at(&path, 1, &draft).await.expect(200);
    assert_eq!(changed.version(), 2);
    assert_eq!(changed.json, seen(&admin, user).await.json);
    assert_eq!(changed.json["email"], "tove@example.org");
    let same = admin.put_at(&path, 2, &draft).await.expect(200);
    assert_eq!(same.version(), 2, "nothing changed");

    let before = site.database.fingerprint().await;
    let draft = person("other@example.org", "Other", "viewer");
    for action in [path.clone(), format!("{path}/deactivate"), format!("{path}/reactivate")] {
        let (method, body) = if action == path { (Method::PUT, Some(&draft)) } else { (Method::POST, None) };
        admin.send(method.clone(), &action, &[], body).await.refused(428, "precondition_required");
        for tag in ["*", "W/\"v2\"", "\"v2\", \"v3\"", "v2"] {
            let answer = admin.send(method.clone(), &action, &[("if-match", tag)], body).await;
            answer.refused(400, "invalid_precondition");
        }
        for version in [1, 3] {
            let tag = format!("\"v{version}\"");
            let answer = admin.send(method.clone(), &action, &[("if-match", &tag)], body).await;
            assert!(answer.refused(412, "stale").detail().contains("version 2"));
        }
    }
    let missing = format!("/admin/v1/users/{UNKNOWN}");
    admin.get(&missing).await.refused(404, "not_found");
    admin.put_at(&missing, 1, &draft).await.refused(404, "not_found");
    admin.post_at(&format!("{missing}/deactivate"), 1, None).await.refused(404, "not_found");
    admin.send(Method::POST, &format!("{missing}/link"), &[], None).await.refused(404, "not_found");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

async fn listed(admin: &Client, query: &str) -> Answer {
    admin.get(&format!("/admin/v1/users?{query}")).await.expect(200)
}

#[actix_web::test]
async fn the_list_is_cut_by_state_role_and_address() {
    let site = TestSite::start().await;
    let admin_id = site.user(Role::Admin).await;
    let admin = site.client_of(admin_id, &[]).await;
    let administrator = email(&site, admin_id).await;
    for (nth, role) in ["viewer", "editor", "viewer"].into_iter().enumerate() {
        admin.post("/admin/v1/users", &person(&format!("p{nth}@example.org"), "P", role)).await.expect(201);
    }
    let author: UserId = site.user(Role::Author).await;
    let written = email(&site, author).await;
    admin.post_at(&format!("/admin/v1/users/{author}/deactivate"), 1, None).await.expect(200);

    let all = [&written, "p2@example.org", "p1@example.org", "p0@example.org", &administrator];
    assert_eq!(addresses(&listed(&admin, "").await), all, "the newest first");
    for (query, expected) in [
        ("filter[state]=active", vec![administrator.as_str()]),
        ("filter[state]=deactivated", vec![&written]),
        ("filter[state]=invited", vec!["p2@example.org", "p1@example.org", "p0@example.org"]),
        ("filter[state]=invited&filter[role]=viewer", vec!["p2@example.org", "p0@example.org"]),
        ("filter[role]=no_such_role", vec![]),
        ("filter[email]=P1@EXAMPLE.org", vec!["p1@example.org"]),
        // Neither a part of an address nor a pattern finds anybody.
        ("filter[email]=example.org", vec![]),
        ("filter[email]=p_@example.org", vec![]),
        ("filter[email]=%25", vec![]),
        ("filter[email]=", vec![]),
    ] {
        assert_eq!(addresses(&listed(&admin, query).await), expected, "{query}");
    }
    let first = listed(&admin, "limit=2&filter[state]=invited").await;
    assert_eq!(addresses(&first), ["p2@example.org", "p1@example.org"]);
    let next = link(&first, "next").expect("a page after");
    let rest = admin.get(&next).await.expect(200);
    assert_eq!(addresses(&rest), ["p0@example.org"]);
    assert_eq!(link(&rest, "next"), None);
    let back = admin.get(&link(&rest, "prev").expect("a page before")).await.expect(200);
    assert_eq!(addresses(&back), ["p2@example.org", "p1@example.org"]);
    let cursor = next.split("after=").nth(1).and_then(|rest| rest.split('&').next()).expect("a cursor");
    for query in ["filter[state]=active", "", "filter[state]=invited&filter[role]=viewer"] {
        admin.get(&format!("/admin/v1/users?{query}&after={cursor}")).await.refused(400, "invalid_cursor");
    }
    admin.get("/admin/v1/users?filter[state]=asleep").await.refused(400, "invalid_parameter");
    site.stop().await;
}
