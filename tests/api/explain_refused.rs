//! What explaining permissions keeps to itself: entries and people that the caller may not see, and where entries lie that
//! are hidden.

use masthead::documents::add_locale;
use masthead::platform::access::Permit;
use reqwest::Method;
use serde_json::json;

use crate::explain::{PATH, explain, me, places};
use crate::grounds::{Grounds, placed, subtree};
use crate::requests::LATER;
use crate::support::builders::{create, publish_revision};
use crate::support::{Role, TestSite};

const UNKNOWN: &str = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";

#[actix_web::test]
async fn a_question_is_refused_where_it_means_nothing() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let entry = create(&admin, json!({})).await.id();
    for (query, code, place) in [
        ("kind=page".to_owned(), "invalid_parameter", "/query/verb"),
        ("verb=fly&kind=page".to_owned(), "invalid_parameter", "/query/verb"),
        ("verb=read".to_owned(), "invalid_parameter", "/query/entry"),
        ("verb=read&locale=en".to_owned(), "invalid_parameter", "/query/entry"),
        ("verb=read&kind=leaflet".to_owned(), "invalid_parameter", "/query/kind"),
        ("verb=read&kind=*".to_owned(), "invalid_parameter", "/query/kind"),
        ("verb=read&kind=page&locale=en".to_owned(), "invalid_parameter", "/query/locale"),
        (format!("verb=read&kind=page&entry={entry}"), "invalid_parameter", "/query/kind"),
        ("verb=read&entry=no-id".to_owned(), "invalid_parameter", "/query/entry"),
        ("verb=read&kind=page&user=me".to_owned(), "invalid_parameter", "/query/user"),
        ("verb=read&kind=page&role=admin".to_owned(), "unknown_parameter", "/query/role"),
        ("verb=read&verb=write&kind=page".to_owned(), "repeated_parameter", "/query/verb"),
    ] {
        let answer = explain(&site, &admin, &query).await.refused(400, code);
        assert_eq!(answer.places()[0].0, place, "{query}: {}", answer.json);
    }
    explain(&site, &admin, &format!("verb=read&entry={UNKNOWN}")).await.refused(404, "not_found");
    explain(&site, &admin, &format!("verb=read&kind=page&user={UNKNOWN}")).await.refused(404, "not_found");
    // Nobody is told anything, not even that the question means nothing.
    for query in ["verb=read&kind=page", "verb=fly", &format!("verb=read&entry={entry}")] {
        explain(&site, &site.anonymous(), query).await.refused(401, "unauthenticated");
    }
    let answer = admin.send(Method::GET, &format!("{PATH}?verb=read&kind=page"), &[], None).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    site.stop().await;
}

#[actix_web::test]
async fn other_people_are_for_those_who_read_users_and_roles() {
    let site = TestSite::start().await;
    let admin = site.user(Role::Admin).await;
    let editor = site.user(Role::Editor).await;
    let query = format!("verb=write&kind=page&user={editor}");
    let all = ("page", "read", "everything", None);
    let users = ("user", "read", "everything", None);
    let roles = ("role", "read", "everything", None);
    for client in [
        site.client(Role::Viewer).await,
        site.client(Role::Editor).await,
        site.client_of(admin, &["*:read", "*:write"]).await,
        site.client_of(admin, &["user:read"]).await,
        site.limited(&[all, users]).await,
        site.limited(&[all, roles]).await,
    ] {
        explain(&site, &client, &query).await.refused(403, "forbidden");
        // Nor are they told who there is.
        let stranger = format!("verb=write&kind=page&user={UNKNOWN}");
        explain(&site, &client, &stranger).await.refused(403, "forbidden");
        explain(&site, &client, "verb=write&kind=page").await.expect(200);
    }
    for client in
        [site.client_of(admin, &["user:read", "role:read"]).await, site.limited(&[users, roles]).await]
    {
        let answer = explain(&site, &client, &query).await.expect(200);
        assert_eq!((&answer.json["allowed"], &answer.json["role"]), (&json!(true), &json!("editor")));
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_hidden_entry_answers_as_it_does_elsewhere() {
    let at = Grounds::new().await;
    add_locale(&at.site.app, &Permit::system("test"), "de", Some("en")).await.expect("a locale");
    let hidden = at.draft(&at.b, "Hidden").await;
    let user = me(&at.site.client(Role::Editor).await).await;
    let mut rights = subtree(&at.a);
    rights.extend([("user", "read", "everything", None), ("role", "read", "everything", None)]);
    let clerk = at.site.limited(&rights).await;
    for (id, locale) in [(hidden.as_str(), ""), (&at.b, ""), (UNKNOWN, ""), (&hidden, "locale=de")] {
        let elsewhere = clerk.get(&format!("/admin/v1/pages/{id}?{locale}")).await;
        assert!([403, 404].contains(&elsewhere.status), "{}", elsewhere.json);
        for verb in ["read", "write", "publish", "delete", "manage"] {
            for by in [String::new(), format!("&user={user}")] {
                let query = format!("verb={verb}&entry={id}&{locale}{by}");
                let answer = explain(&at.site, &clerk, query.trim_end_matches('&')).await;
                let (status, code) = (elsewhere.status, elsewhere.json["code"].as_str().expect("text"));
                assert_eq!(answer.refused(status, code).detail(), elsewhere.detail(), "{query}");
            }
        }
    }
    at.site.stop().await;
}

#[actix_web::test]
async fn a_subtree_must_contain_every_place() {
    let at = Grounds::new().await;
    // Reads everything, and writes in section A alone.
    let writer = at
        .site
        .limited(&[("page", "read", "everything", None), ("page", "write", "subtree", Some(&at.a))])
        .await;
    let (who, limited) = (me(&writer).await, me(&at.limited).await);
    let id = at.public(&at.b, "Guest").await;
    let query = format!("verb=write&entry={id}");
    let title = placed(&at.a, "Guest");
    let outside = json!(["public", null, "out_of_reach"]);
    let inside = json!(["newest", "subtree", null]);
    let answer = explain(&at.site, &writer, &query).await.expect(200);
    assert_eq!(places(&answer), json!([false, "out_of_reach", [["newest", null, "out_of_reach"], outside]]));
    let number = at.moved(&id, &at.a).await;
    let answer = explain(&at.site, &writer, &query).await.expect(200);
    assert_eq!(places(&answer), json!([false, "out_of_reach", [inside, outside]]));
    assert!(answer.json["reason"].as_str().expect("text").ends_with("reaches the entry where it is public."));
    let save = at.writes(&writer, &id, title.clone());
    at.refused("public outside", save).await;
    // The same about them, and about the one who therefore may not even read it.
    for (user, verb) in [(&who, "write"), (&limited, "write"), (&limited, "read")] {
        let query = format!("verb={verb}&entry={id}&user={user}");
        let answer = explain(&at.site, &at.admin, &query).await.expect(200);
        assert_eq!(places(&answer), json!([false, "out_of_reach", [inside, outside]]));
    }
    explain(&at.site, &at.limited, &query).await.refused(403, "forbidden");

    // From a later instant on it is to be public inside; until then it is outside.
    at.act(&at.admin, &id, "schedule", json!({ "revision": number, "from": LATER })).await.expect(200);
    let answer = explain(&at.site, &writer, &query).await.expect(200);
    let planned = json!(["planned", "subtree", null]);
    assert_eq!(places(&answer), json!([false, "out_of_reach", [inside, outside, planned]]));
    assert_eq!(answer.json["places"][2]["from"], LATER);
    assert_eq!(answer.json["places"][1]["from"], json!(null));
    publish_revision(&at.admin, &id, at.version(&id).await, number).await.expect(200);
    let answer = explain(&at.site, &writer, &query).await.expect(200);
    assert_eq!(places(&answer), json!([true, null, [inside, ["public", "subtree", null]]]));
    at.writes(&writer, &id, title).await.expect(200);
    at.site.stop().await;
}

#[actix_web::test]
async fn what_is_planned_above_is_not_told_to_those_who_do_not_see_it() {
    let at = Grounds::new().await;
    let section = at.public(&at.a, "Hall").await;
    let own = ("page", "read", "own", None);
    let tenant = at
        .site
        .limited(&[own, ("page", "write", "own", None), ("page", "publish", "subtree", Some(&at.a))])
        .await;
    let id = create(&tenant, placed(&section, "Room")).await.id();
    publish_revision(&at.admin, &id, 1, 1).await.expect(200);
    let number = at.moved(&section, &at.b).await;
    at.act(&at.admin, &section, "schedule", json!({ "revision": number, "from": LATER })).await.expect(200);
    let user = me(&tenant).await;
    for (verb, told, all) in [
        // Its own everywhere: nothing is said of what changes above.
        (
            "write",
            json!([true, null, [["newest", "own", null], ["public", "own", null]]]),
            json!([true, null, [["newest", "own", null], ["public", "own", null], ["planned", "own", null]]]),
        ),
        // Drafted above and from then on, it lies elsewhere: the refusal itself says so, and not when.
        (
            "publish",
            json!([
                false,
                "out_of_reach",
                [
                    ["newest", null, "out_of_reach"],
                    ["public", "subtree", null],
                    ["planned", null, "out_of_reach"]
                ]
            ]),
            json!([
                false,
                "out_of_reach",
                [
                    ["newest", null, "out_of_reach"],
                    ["public", "subtree", null],
                    ["planned", null, "out_of_reach"]
                ]
            ]),
        ),
    ] {
        let query = format!("verb={verb}&entry={id}");
        let answer = explain(&at.site, &tenant, &query).await.expect(200);
        assert_eq!(places(&answer), told, "{verb}");
        assert!(!answer.everything().contains("9000"), "{}", answer.json);
        let answer = explain(&at.site, &at.admin, &format!("{query}&user={user}")).await.expect(200);
        assert_eq!(places(&answer), all, "{verb}");
        assert_eq!(answer.json["places"][2]["from"], LATER);
    }
    at.site.stop().await;
}

#[actix_web::test]
async fn whether_a_subtree_of_somebody_else_contains_an_entry_is_for_those_who_see_the_tree() {
    let at = Grounds::new().await;
    let inside = at.draft(&at.a, "Inside").await;
    let mut rights = subtree(&inside);
    rights.extend([("user", "read", "everything", None), ("role", "read", "everything", None)]);
    let clerk = at.site.limited(&rights).await;
    let elsewhere = me(&at.site.limited(&subtree(&at.b)).await).await;
    let author = me(&at.site.client(Role::Author).await).await;
    // Whether the subtree contains it or not: the same refusal.
    let mut told = Vec::new();
    for user in [&me(&at.limited).await, &elsewhere] {
        let query = format!("verb=write&entry={inside}&user={user}");
        told.push(explain(&at.site, &clerk, &query).await.refused(403, "forbidden").detail().to_owned());
        explain(&at.site, &at.admin, &query).await.expect(200);
    }
    assert_eq!(told[0], told[1]);
    // What does not depend on the tree is told.
    let query = format!("verb=write&entry={inside}&user={author}");
    assert_eq!(explain(&at.site, &clerk, &query).await.expect(200).json["refusal"], "out_of_reach");
    let query = format!("verb=write&entry={inside}");
    assert_eq!(explain(&at.site, &clerk, &query).await.expect(200).json["allowed"], true);
    at.site.stop().await;
}
