//! `/admin/v1/tokens`: shown once, kept as a digest, never more than its user may, and gone for good when it is revoked.

use masthead::platform::id::UserId;
use masthead::platform::secret::{Prefix, Secret};
use reqwest::Method;
use serde_json::{Value, json};

use crate::lists::link;
use crate::people::{signed_in, sort, timeless};
use crate::requests_identity::newest;
use crate::support::builders::{create, page};
use crate::support::{Answer, Client, Role, TestSite};

const UNKNOWN: &str = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";

async fn make(browser: &Client, draft: &Value) -> Answer {
    browser.post("/admin/v1/tokens", draft).await
}

async fn revoke(client: &Client, id: &str) -> Answer {
    client.send(Method::DELETE, &format!("/admin/v1/tokens/{id}"), &[], None).await
}

fn names(list: &Answer) -> Vec<&str> {
    let rows = list.json["data"].as_array().expect("rows");
    rows.iter().map(|row| row["name"].as_str().expect("a name")).collect()
}

async fn token_of(site: &TestSite, user: UserId) -> (Client, String) {
    let client = site.client_of(user, &[]).await;
    (client, newest(site, "api_tokens", user).await)
}

#[actix_web::test]
async fn a_token_is_shown_once_and_acts_for_its_user() {
    let site = TestSite::start().await;
    let user = site.user(Role::Author).await;
    let (browser, _) = signed_in(&site, user).await;
    let draft =
        json!({ "name": " build server ", "scopes": ["page:read", "*:write"], "expires_in_days": 90 });
    let made = make(&browser, &draft).await.expect(201);
    let secret = made.json["secret"].as_str().expect("shown").to_owned();
    assert!(Secret::parse(Prefix::Token, &secret).is_some(), "{secret}");
    assert_eq!(
        (&made.json["name"], &made.json["scopes"]),
        (&json!("build server"), &json!(["page:read", "*:write"]))
    );
    assert_eq!((&made.json["hint"], &made.json["user"]), (&json!(secret[..7]), &json!(user.to_string())));
    assert_eq!((&made.json["last_used_at"], &made.json["revoked_at"]), (&Value::Null, &Value::Null));

    let list = browser.get("/admin/v1/tokens").await.expect(200);
    let mut shown = made.json.clone();
    shown.as_object_mut().and_then(|row| row.remove("secret")).expect("the secret");
    assert_eq!(list.json["data"], json!([shown]), "all but the secret");
    let rows = "select to_jsonb(t)::text as value from api_tokens t union all select to_jsonb(t)::text from events t";
    let kept = site.database.texts(rows).await.join("\n");
    assert!(!kept.contains(&secret[7..]), "{kept}");
    let digest = format!("select count(*)::text as value from api_tokens where digest = sha256('{secret}')");
    assert_eq!(site.database.texts(&digest).await, ["1"]);

    let token = site.bearer(&secret);
    let mut me = token.get("/admin/v1/me").await.expect(200);
    sort(&mut me.json["grants"]);
    assert_eq!((&me.json["token"], &me.json["session"]), (&made.json["id"], &Value::Null));
    let grants = json!([
        { "kind": "page", "verb": "read", "scope": { "type": "everything" } },
        { "kind": "media", "verb": "write", "scope": { "type": "own" } },
        { "kind": "page", "verb": "write", "scope": { "type": "own" } },
        { "kind": "person", "verb": "write", "scope": { "type": "own" } },
    ]);
    assert_eq!(me.json["grants"], grants, "what the role and the scopes both give");
    let id = create(&token, json!({})).await.id();
    let trashed = token.delete_at(&format!("/admin/v1/pages/{id}"), 1).await;
    trashed.refused(403, "forbidden");
    site.database.advance("89 days 23 hours").await;
    token.get("/admin/v1/me").await.expect(200);
    site.database.advance("1 hour").await;
    token.get("/admin/v1/me").await.refused(401, "invalid_token");
    site.stop().await;
}

#[actix_web::test]
async fn what_makes_no_token_is_refused_at_its_place() {
    let site = TestSite::start().await;
    let user = site.user(Role::Author).await;
    let ((browser, _), (token, _)) = (signed_in(&site, user).await, token_of(&site, user).await);
    let before = site.database.fingerprint().await;
    for (draft, place) in [
        (json!({}), "/name"),
        (json!({ "name": " " }), "/name"),
        (json!({ "name": "x".repeat(201) }), "/name"),
        (json!({ "name": "a\nb" }), "/name"),
        (json!({ "name": "x", "scopes": ["page"] }), "/scopes/0"),
        (json!({ "name": "x", "scopes": ["page:read", "page:read:own"] }), "/scopes/1"),
        (json!({ "name": "x", "scopes": ["PAGE:read"] }), "/scopes/0"),
        (json!({ "name": "x", "scopes": vec!["page:read"; 51] }), "/scopes"),
        (json!({ "name": "x", "expires_in_days": 0 }), "/expires_in_days"),
        (json!({ "name": "x", "expires_in_days": 3651 }), "/expires_in_days"),
        (json!({ "name": "x", "expires_in_days": -1 }), "/expires_in_days"),
    ] {
        let answer = make(&browser, &draft).await.refused(422, "invalid");
        assert_eq!(answer.places().first().map(|(place, _)| *place), Some(place), "{draft}: {}", answer.json);
    }
    // A token makes none, so that one that has leaked cannot outlive its end.
    let refused = make(&token, &json!({ "name": "x" })).await.refused(403, "forbidden");
    assert!(refused.detail().contains("Log in"), "{}", refused.json);
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_revoked_token_is_good_for_nothing_and_stays_on_record() {
    let site = TestSite::start().await;
    let user = site.user(Role::Author).await;
    let ((browser, _), (token, id)) = (signed_in(&site, user).await, token_of(&site, user).await);
    let (other, _) = token_of(&site, user).await;
    token.get("/admin/v1/me").await.expect(200);
    revoke(&browser, &id).await.expect(204);
    let before = site.database.fingerprint().await;
    token.get("/admin/v1/me").await.refused(401, "invalid_token");
    token.post("/admin/v1/pages", &page(json!({}))).await.refused(401, "invalid_token");
    token.get("/v1/pages").await.refused(401, "invalid_token");
    // Once more changes nothing.
    revoke(&browser, &id).await.expect(204);
    assert_eq!(site.database.fingerprint().await, before);
    other.get("/admin/v1/me").await.expect(200);
    let list = browser.get("/admin/v1/tokens").await.expect(200);
    let row = list.json["data"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["id"] == json!(id))
        .expect("it stays");
    assert!(row["revoked_at"].is_string() && row["last_used_at"].is_string(), "{row}");
    site.stop().await;
}

#[actix_web::test]
async fn a_token_ends_itself_and_knows_no_other() {
    let site = TestSite::start().await;
    let user = site.user(Role::Author).await;
    let ((one, one_id), (two, two_id)) = (token_of(&site, user).await, token_of(&site, user).await);
    let before = site.database.fingerprint().await;
    revoke(&one, &two_id).await.refused(404, "not_found");
    one.get("/admin/v1/tokens").await.refused(403, "forbidden");
    one.get(&format!("/admin/v1/tokens?filter[user]={user}")).await.refused(403, "forbidden");
    assert_eq!(site.database.fingerprint().await, before);
    revoke(&one, &one_id).await.expect(204);
    one.get("/admin/v1/me").await.refused(401, "invalid_token");
    two.get("/admin/v1/me").await.expect(200);
    site.stop().await;
}

#[actix_web::test]
async fn tokens_of_others_are_for_those_who_manage_tokens_within_their_own_rights() {
    let site = TestSite::start().await;
    let (user, admin) = (site.user(Role::Editor).await, site.client(Role::Admin).await);
    let (token, id) = token_of(&site, user).await;
    let keeper =
        site.limited(&[("token", "read", "everything", None), ("token", "manage", "everything", None)]).await;
    for role in [Role::Editor, Role::Author, Role::Reviewer, Role::Viewer] {
        let (other, _) = signed_in(&site, site.user(role).await).await;
        let before = site.database.fingerprint().await;
        for list in
            [format!("filter[user]={user}"), "filter[user]=all".to_owned(), format!("filter[user]={UNKNOWN}")]
        {
            other.get(&format!("/admin/v1/tokens?{list}")).await.refused(403, "forbidden");
        }
        // That it is there is not told.
        let refused = revoke(&other, &id).await.refused(404, "not_found");
        let unknown = revoke(&other, UNKNOWN).await.refused(404, "not_found");
        assert_eq!(timeless(&refused), timeless(&unknown));
        assert_eq!(site.database.fingerprint().await, before);
    }
    let seen = keeper.get(&format!("/admin/v1/tokens?filter[user]={user}")).await.expect(200);
    assert_eq!(names(&seen), ["test"]);
    assert!(!seen.everything().contains("digest") && seen.json["data"][0].get("secret").is_none());
    let before = site.database.fingerprint().await;
    revoke(&keeper, &id).await.refused(403, "forbidden");
    assert_eq!(site.database.fingerprint().await, before);
    token.get("/admin/v1/me").await.expect(200);
    revoke(&admin, &id).await.expect(204);
    token.get("/admin/v1/me").await.refused(401, "invalid_token");
    site.stop().await;
}

#[actix_web::test]
async fn the_list_is_walked_by_its_owner() {
    let site = TestSite::start().await;
    let user = site.user(Role::Author).await;
    let (browser, _) = signed_in(&site, user).await;
    for nth in 0..5 {
        make(&browser, &json!({ "name": format!("token {nth}") })).await.expect(201);
    }
    let first = browser.get("/admin/v1/tokens?limit=3").await.expect(200);
    assert_eq!(names(&first), ["token 4", "token 3", "token 2"]);
    let rest = browser.get(&link(&first, "next").expect("a page after")).await.expect(200);
    assert_eq!((names(&rest), link(&rest, "next")), (vec!["token 1", "token 0"], None));
    let back = browser.get(&link(&rest, "prev").expect("a page before")).await.expect(200);
    assert_eq!(names(&back), names(&first));
    site.stop().await;
}

/// Whoever has got hold of a token must not get hold of the account: that would outlive the end of the token.
#[actix_web::test]
async fn a_token_gets_no_hold_of_the_account_for_which_it_speaks() {
    let site = TestSite::start().await;
    let (user, other) = (site.user(Role::Admin).await, site.user(Role::Admin).await);
    let token = site.client_of(user, &[]).await;
    let path = format!("/admin/v1/users/{user}");
    let seen = token.get(&path).await.expect(200);
    let draft = |email: &str, name: &str| json!({ "email": email, "name": name, "role": "admin" });
    let own = seen.json["email"].as_str().expect("an address").to_owned();

    let before = site.database.fingerprint().await;
    let refused = [
        token.send(Method::POST, &format!("{path}/link"), &[], None).await,
        token.put_at(&path, seen.version(), &draft("ilse@example.org", "Ilse Fictional")).await,
    ];
    for answer in refused {
        let answer = answer.refused(403, "forbidden");
        assert!(answer.detail().contains("Log in to do so"), "{}", answer.json);
    }
    assert_eq!(site.database.fingerprint().await, before);

    // Its name it may change, and others it may help.
    token.put_at(&path, seen.version(), &draft(&own, "Ilse of the Lighthouse")).await.expect(200);
    token.send(Method::POST, &format!("/admin/v1/users/{other}/link"), &[], None).await.expect(200);
    let (browser, _) = signed_in(&site, user).await;
    browser.send(Method::POST, &format!("{path}/link"), &[], None).await.expect(200);
    site.stop().await;
}
