//! Explaining permissions: the answers agree with what the operations do, for every built-in role, locales, tokens and
//! people who are deactivated.

use masthead::documents::add_locale;
use masthead::platform::access::Permit;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::builders::{create, page, publish_revision, trash};
use crate::support::{Answer, Client, Role, TestSite};

pub const PATH: &str = "/admin/v1/permissions/explain";

/// Asks, and asserts that asking changes nothing.
pub async fn explain(site: &TestSite, client: &Client, query: &str) -> Answer {
    let before = site.database.fingerprint().await;
    let answer = client.get(&format!("{PATH}?{query}")).await;
    assert_eq!(site.database.fingerprint().await, before, "{query}");
    answer
}

/// What is explained of an entry: whether, why not, and what covers each place.
pub fn places(answer: &Answer) -> Value {
    let each = answer.json["places"].as_array().expect("places").iter();
    let shown = each.map(|place| json!([place["place"], place["grant"]["scope"]["type"], place["refusal"]]));
    json!([answer.json["allowed"], answer.json["refusal"], shown.collect::<Vec<_>>()])
}

/// Who a client is.
pub async fn me(client: &Client) -> String {
    client.get("/admin/v1/me").await.expect(200).id()
}

/// Does to a page what the verb is for.
async fn act(client: &Client, verb: &str, id: &str) -> Answer {
    let path = format!("/admin/v1/pages/{id}");
    match verb {
        "read" => client.get(&path).await,
        "write" => client.put_at(&path, 1, &page(json!({ "title": "Saved" }))).await,
        "publish" => publish_revision(client, id, 1, 1).await,
        "delete" => trash(client, id, 1).await,
        other => panic!("no operation for {other}"),
    }
}

#[actix_web::test]
async fn for_every_role_the_answer_is_what_the_operation_does() {
    let site = TestSite::start().await;
    let owner = site.client(Role::Editor).await;
    let mut seen = [0, 0];
    for role in Role::ALL {
        let client = site.client(role).await;
        for verb in ["read", "write", "publish", "delete"] {
            for own in [true, false] {
                let title = json!({ "slug": format!("{}-{verb}-{own}", role.name()) });
                let made = if own {
                    client.post("/admin/v1/pages", &page(title)).await
                } else {
                    create(&owner, title).await
                };
                if made.status == 403 {
                    // Who may not create has nothing of their own.
                    let answer = explain(&site, &client, "verb=write&kind=page").await.expect(200);
                    assert_eq!(answer.json["extent"], "nowhere");
                    continue;
                }
                let id = made.id();
                let answer = explain(&site, &client, &format!("verb={verb}&entry={id}")).await.expect(200);
                let allowed = answer.json["allowed"] == true;
                let done = act(&client, verb, &id).await;
                assert_eq!(done.status < 300, allowed, "{}: {}", answer.json, done.json);
                assert!(allowed || done.status == 403, "{}", done.json);
                assert_eq!(answer.json["role"], role.name());
                assert_eq!(answer.json["places"].as_array().map(Vec::len), Some(1));
                assert_eq!(answer.json["places"][0]["grant"].is_null(), !allowed, "{}", answer.json);
                seen[usize::from(allowed)] += 1;
            }
        }
    }
    // Administrators and editors 8 each, an author 4 of 8, who reads alone 1 of 4.
    assert_eq!(seen, [10, 22], "refused and allowed");
    site.stop().await;
}

#[actix_web::test]
async fn for_every_role_the_answer_about_administration_is_what_the_operation_does() {
    let site = TestSite::start().await;
    let mut allowed = 0;
    for role in Role::ALL {
        let client = site.client(role).await;
        for (kind, verb, method, path) in [
            ("user", "read", Method::GET, "/admin/v1/users"),
            ("user", "manage", Method::POST, "/admin/v1/users"),
            ("role", "read", Method::GET, "/admin/v1/roles"),
            ("role", "manage", Method::POST, "/admin/v1/roles"),
            ("audit", "read", Method::GET, "/admin/v1/audit"),
            ("history", "read", Method::GET, "/v1/pages?as_of=2020-01-01T00:00:00Z"),
            ("page", "read", Method::GET, "/admin/v1/pages"),
        ] {
            let answer = explain(&site, &client, &format!("verb={verb}&kind={kind}")).await.expect(200);
            let body = (method == Method::POST).then(|| json!({}));
            let done = client.send(method, path, &[], body.as_ref()).await;
            assert_eq!(answer.json["allowed"], done.status != 403, "{path}: {} {}", answer.json, done.status);
            let extent = if done.status == 403 { "nowhere" } else { "everywhere" };
            assert_eq!(answer.json["extent"], extent, "{}", answer.json);
            assert_eq!(answer.json["grants"].as_array().map(Vec::is_empty), Some(done.status == 403));
            allowed += usize::from(done.status != 403);
        }
    }
    // An administrator may all of it; everybody reads pages; an editor and a reviewer read history.
    assert_eq!(allowed, 7 + 4 + 2);
    site.stop().await;
}

#[actix_web::test]
async fn what_is_ones_own_is_told_from_what_is_not() {
    let site = TestSite::start().await;
    let (author, other) = (site.client(Role::Author).await, site.client(Role::Author).await);
    let (own, theirs) = (create(&author, json!({})).await.id(), create(&other, json!({})).await.id());
    let answer = explain(&site, &author, &format!("verb=write&entry={own}")).await.expect(200);
    assert_eq!(places(&answer), json!([true, null, [["newest", "own", null]]]));
    assert_eq!(
        answer.json["reason"],
        "The role `author` grants `page:write`, which reaches this entry: what the user created."
    );
    assert_eq!((&answer.json["entry"], &answer.json["locale"]), (&json!(own), &json!("en")));
    assert_eq!((&answer.json["kind"], &answer.json["extent"]), (&json!("page"), &json!(null)));
    let answer = explain(&site, &author, &format!("verb=write&entry={theirs}")).await.expect(200);
    assert_eq!(places(&answer), json!([false, "out_of_reach", [["newest", null, "out_of_reach"]]]));
    let why = "The role `author` grants `page:write` within limits: what the user created. None of this reaches the entry \
        where its newest revision puts it.";
    assert_eq!(answer.json["reason"], why);
    assert_eq!(answer.json["grants"][0]["scope"], json!({ "type": "own" }));
    let answer = explain(&site, &author, &format!("verb=publish&entry={own}")).await.expect(200);
    assert_eq!(places(&answer), json!([false, "no_grant", [["newest", null, "no_grant"]]]));
    assert_eq!(answer.json["grants"], json!([]));
    let answer = explain(&site, &author, "verb=write&kind=page").await.expect(200);
    assert_eq!((&answer.json["allowed"], &answer.json["extent"]), (&json!(true), &json!("somewhere")));
    assert_eq!(
        answer.json["reason"],
        "The role `author` grants `page:write` within limits: what the user created."
    );
    // Asking for somebody else takes their user for the creator.
    let admin = site.client(Role::Admin).await;
    let query = format!("verb=write&entry={theirs}&user={}", me(&other).await);
    let answer = explain(&site, &admin, &query).await.expect(200);
    assert_eq!(places(&answer), json!([true, null, [["newest", "own", null]]]));
    site.stop().await;
}

#[actix_web::test]
async fn a_grant_for_a_locale_reaches_documents_in_it() {
    let site = TestSite::start().await;
    add_locale(&site.app, &Permit::system("test"), "de", Some("en")).await.expect("a locale");
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({})).await.id();
    let translated = format!("/admin/v1/documents/{id}/translations");
    editor.post(&translated, &json!({ "locale": "de" })).await.expect(201);
    let german =
        site.limited(&[("page", "read", "everything", None), ("page", "write", "locale", Some("de"))]).await;
    for (locale, status, expected) in [
        ("", 403, json!([false, "out_of_reach", [["newest", null, "out_of_reach"]]])),
        ("&locale=en", 403, json!([false, "out_of_reach", [["newest", null, "out_of_reach"]]])),
        ("&locale=de", 200, json!([true, null, [["newest", "locale", null]]])),
    ] {
        let answer = explain(&site, &german, &format!("verb=write&entry={id}{locale}")).await.expect(200);
        assert_eq!(places(&answer), expected, "{locale}");
        let path = format!("/admin/v1/pages/{id}?{}", locale.trim_start_matches('&'));
        let version = editor.get(&path).await.expect(200).version();
        german.put_at(&path, version, &page(json!({ "title": "Gespeichert" }))).await.expect(status);
    }
    let answer = explain(&site, &german, &format!("verb=write&entry={id}&locale=de")).await;
    assert!(answer.json["reason"].as_str().expect("text").contains("documents in the locale `de`"));
    explain(&site, &german, &format!("verb=write&entry={id}&locale=fr")).await.refused(404, "not_found");
    site.stop().await;
}

#[actix_web::test]
async fn a_token_is_told_when_its_scopes_refuse() {
    let site = TestSite::start().await;
    let (editor, author) = (site.user(Role::Editor).await, site.user(Role::Author).await);
    let whole = site.client_of(editor, &[]).await;
    let id = create(&whole, json!({})).await.id();
    let reads = site.client_of(editor, &["page:read"]).await;
    let query = format!("verb=write&entry={id}");
    let answer = explain(&site, &reads, &query).await.expect(200);
    assert_eq!(places(&answer), json!([false, "token_scope", [["newest", null, "token_scope"]]]));
    assert!(
        answer.json["reason"].as_str().expect("text").contains("scopes of this token"),
        "{}",
        answer.json
    );
    assert_eq!(answer.json["token"], reads.get("/admin/v1/me").await.json["token"]);
    act(&reads, "write", &id).await.refused(403, "forbidden");
    let answer = explain(&site, &reads, "verb=publish&kind=page").await.expect(200);
    assert_eq!((&answer.json["refusal"], &answer.json["extent"]), (&json!("token_scope"), &json!("nowhere")));
    // Naming oneself makes no other question of it.
    let answer = explain(&site, &reads, &format!("{query}&user={editor}")).await.expect(200);
    assert_eq!(answer.json["refusal"], "token_scope");
    // Where the role refuses, the token is not to blame.
    let both = site.client_of(author, &["page:read", "page:publish"]).await;
    for verb in ["publish", "write"] {
        let answer = explain(&site, &both, &format!("verb={verb}&entry={id}")).await.expect(200);
        let why = if verb == "publish" { "no_grant" } else { "out_of_reach" };
        assert_eq!(answer.json["refusal"], why, "{}", answer.json);
    }
    // A scope cuts the star down to the kind that it names.
    let admin = site.user(Role::Admin).await;
    for (scopes, kind) in [(&["page:read", "page:write"][..], "page"), (&[], "*")] {
        let writes = site.client_of(admin, scopes).await;
        let answer = explain(&site, &writes, &query).await.expect(200);
        assert_eq!(answer.json["places"][0]["grant"]["kind"], kind, "{}", answer.json);
    }
    let answer = explain(&site, &whole, &query).await.expect(200);
    assert_eq!(answer.json["allowed"], true);
    let answer = explain(&site, &site.browser(editor).await, &query).await.expect(200);
    assert_eq!((&answer.json["allowed"], &answer.json["token"]), (&json!(true), &json!(null)));
    // An entry that it may not read is refused, whatever is asked.
    let blind = site.client_of(editor, &["page:write"]).await;
    explain(&site, &blind, &query).await.refused(403, "forbidden");
    site.stop().await;
}

#[actix_web::test]
async fn whoever_is_deactivated_may_do_nothing() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let editor = site.user(Role::Editor).await;
    let client = site.client_of(editor, &["page:read"]).await;
    let id = create(&admin, json!({})).await.id();
    let user = me(&client).await;
    let (entry, kind) =
        (format!("verb=write&entry={id}&user={user}"), format!("verb=read&kind=page&user={user}"));
    // About somebody else it is the role that is explained, whatever tokens they have.
    let answer = explain(&site, &admin, &entry).await.expect(200);
    assert_eq!((&answer.json["allowed"], &answer.json["state"]), (&json!(true), &json!("active")));
    assert_eq!((&answer.json["user"], &answer.json["role"]), (&json!(user), &json!("editor")));
    assert_eq!(answer.json["token"], Value::Null);
    admin.post_at(&format!("/admin/v1/users/{user}/deactivate"), 1, None).await.expect(200);
    for query in [&entry, &kind] {
        let answer = explain(&site, &admin, query).await.expect(200);
        assert_eq!((&answer.json["allowed"], &answer.json["state"]), (&json!(false), &json!("deactivated")));
        assert_eq!((&answer.json["refusal"], &answer.json["grants"]), (&json!("deactivated"), &json!([])));
        assert!(answer.json["reason"].as_str().expect("text").starts_with("The user is deactivated"));
    }
    explain(&site, &client, "verb=read&kind=page").await.refused(401, "invalid_token");
    site.stop().await;
}
