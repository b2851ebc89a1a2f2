//! What ends sessions before their time: logging out elsewhere, a new password, a link, being deactivated. At once, on the
//! next request, and whatever they were used for.

use masthead::platform::id::UserId;
use reqwest::Method;
use serde_json::json;

use crate::people::{WRONG, is_out, log_in, seen, signed_in, sort, timeless};
use crate::requests_identity::{PASSWORD, email};
use crate::support::builders::{create, page};
use crate::support::{Answer, Client, Role, TestSite};

const NEW: &str = "amber tide over quiet stones";

async fn session_of(browser: &Client) -> String {
    browser.get("/admin/v1/me").await.expect(200).json["session"].as_str().expect("in a session").to_owned()
}

async fn end(client: &Client, session: &str) -> Answer {
    client.send(Method::DELETE, &format!("/admin/v1/sessions/{session}"), &[], None).await
}

/// Deactivates a user or takes that back, as an administrator.
async fn set(admin: &Client, user: UserId, what: &str) {
    let version = seen(admin, user).await.version();
    admin.post_at(&format!("/admin/v1/users/{user}/{what}"), version, None).await.expect(200);
}

#[actix_web::test]
async fn a_new_password_ends_the_other_sessions_and_the_old_cookie() {
    let site = TestSite::start().await;
    let (user, stranger) = (site.user(Role::Author).await, site.user(Role::Author).await);
    let address = email(&site, user).await;
    let token = site.client_of(user, &[]).await;
    let ((here, _), (there, _)) = (signed_in(&site, user).await, signed_in(&site, user).await);
    let (other, _) = signed_in(&site, stranger).await;
    let session = session_of(&here).await;

    let wanted = json!({ "current": PASSWORD, "new": NEW });
    let changed = here.send(Method::PUT, "/admin/v1/me/password", &[], Some(&wanted)).await.expect(201);
    assert_eq!(changed.json["session"], json!(session), "it is the same session");
    let fresh = site.anonymous().with_cookie(changed.cookie());
    assert_eq!(session_of(&fresh).await, session);
    is_out(&site, &here).await;
    is_out(&site, &there).await;
    other.get("/admin/v1/me").await.expect(200);
    token.get("/admin/v1/me").await.expect(200);

    log_in(&site, &address, PASSWORD).await.refused(401, "wrong_credentials");
    log_in(&site, &address, NEW).await.expect(201);
    site.stop().await;
}

#[actix_web::test]
async fn a_password_is_changed_by_whoever_knows_it_and_to_one_that_holds() {
    let site = TestSite::start().await;
    let user = site.user(Role::Author).await;
    let ((browser, _), token) = (signed_in(&site, user).await, site.client_of(user, &[]).await);
    let before = site.database.fingerprint().await;
    let change = async |client: &Client, current: &str, new: &str| {
        let wanted = json!({ "current": current, "new": new });
        client.send(Method::PUT, "/admin/v1/me/password", &[], Some(&wanted)).await
    };
    change(&browser, WRONG, NEW).await.refused(403, "wrong_password");
    change(&browser, "", NEW).await.refused(403, "wrong_password");
    change(&token, PASSWORD, NEW).await.refused(403, "forbidden");
    for new in ["", "elevenbytes", "passwordpassword", "aaaaaaaaaaaaaaaa", &"x1".repeat(513)] {
        let refused = change(&browser, PASSWORD, new).await.refused(422, "invalid");
        assert_eq!(refused.places(), [("/new", "invalid")], "{new:?}");
        assert!(new.is_empty() || !refused.everything().contains(new), "{new:?} is repeated");
    }
    assert_eq!(site.database.fingerprint().await, before);
    // At the very bounds it is taken.
    let longest = &"violet harbour lantern, ".repeat(43)[..1024];
    let answer = change(&browser, PASSWORD, longest).await.expect(201);
    let browser = site.anonymous().with_cookie(answer.cookie());
    change(&browser, longest, "t\u{fc}r zum meer").await.expect(201);
    site.stop().await;
}

#[actix_web::test]
async fn a_browser_is_signed_out_from_elsewhere() {
    let site = TestSite::start().await;
    let user = site.user(Role::Author).await;
    let mut browsers = Vec::new();
    for _ in 0..4 {
        browsers.push(signed_in(&site, user).await.0);
    }
    let (stranger, _) = signed_in(&site, site.user(Role::Editor).await).await;
    let lost = session_of(&browsers[1]).await;
    let before = site.database.fingerprint().await;
    end(&stranger, &lost).await.refused(404, "not_found");
    end(&stranger, "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41").await.refused(404, "not_found");
    assert_eq!(site.database.fingerprint().await, before);

    end(&browsers[0], &lost).await.expect(204);
    is_out(&site, &browsers[1]).await;
    end(&browsers[0], &lost).await.refused(404, "not_found");
    let all =
        |client: Client| async move { client.send(Method::DELETE, "/admin/v1/sessions", &[], None).await };
    assert_eq!(all(browsers[0].clone()).await.expect(200).json, json!({ "ended": 2 }));
    assert_eq!(all(browsers[0].clone()).await.expect(200).json, json!({ "ended": 0 }));
    for out in &browsers[1..] {
        is_out(&site, out).await;
    }
    browsers[0].get("/admin/v1/me").await.expect(200);
    stranger.get("/admin/v1/me").await.expect(200);

    let own = session_of(&browsers[0]).await;
    end(&browsers[0], &own).await.expect(204);
    is_out(&site, &browsers[0]).await;
    site.stop().await;
}

#[actix_web::test]
async fn who_manages_users_ends_their_sessions_within_their_own_rights() {
    let site = TestSite::start().await;
    let manages = [("user", "read", "everything", None), ("user", "manage", "everything", None)];
    let manager = site.limited(&manages).await;
    let peer = site.limited_user(&manages[..1]).await;
    let (editor, admin) = (site.user(Role::Editor).await, site.client(Role::Admin).await);
    let ((of_peer, _), (of_editor, _)) = (signed_in(&site, peer).await, signed_in(&site, editor).await);

    end(&manager, &session_of(&of_peer).await).await.expect(204);
    is_out(&site, &of_peer).await;
    let beyond = session_of(&of_editor).await;
    let before = site.database.fingerprint().await;
    end(&manager, &beyond).await.refused(403, "forbidden");
    assert_eq!(site.database.fingerprint().await, before);
    of_editor.get("/admin/v1/me").await.expect(200);
    end(&admin, &beyond).await.expect(204);
    is_out(&site, &of_editor).await;
    site.stop().await;
}

#[actix_web::test]
async fn whoever_is_deactivated_is_out_everywhere_at_once() {
    let site = TestSite::start().await;
    let (user, admin) = (site.user(Role::Editor).await, site.client(Role::Admin).await);
    let address = email(&site, user).await;
    let ((here, _), (there, _)) = (signed_in(&site, user).await, signed_in(&site, user).await);
    let token = site.client_of(user, &[]).await;
    let draft = create(&here, json!({ "title": "Theirs" })).await.id();
    let wrong = timeless(&log_in(&site, &address, WRONG).await);

    set(&admin, user, "deactivate").await;
    is_out(&site, &here).await;
    is_out(&site, &there).await;
    let before = site.database.fingerprint().await;
    for path in ["/admin/v1/me", "/v1/pages"] {
        token.get(path).await.refused(401, "invalid_token");
    }
    token.post("/admin/v1/pages", &page(json!({}))).await.refused(401, "invalid_token");
    let refused = log_in(&site, &address, PASSWORD).await.refused(401, "wrong_credentials");
    assert_eq!(timeless(&refused), wrong, "it is not told that the password is right");
    assert_eq!(site.database.fingerprint().await, before);
    assert_eq!(admin.get(&format!("/admin/v1/pages/{draft}")).await.expect(200).json["title"], "Theirs");

    // What has ended stays ended; the password and the tokens are good again.
    set(&admin, user, "reactivate").await;
    is_out(&site, &here).await;
    is_out(&site, &there).await;
    token.get("/admin/v1/me").await.expect(200);
    log_in(&site, &address, PASSWORD).await.expect(201);
    site.stop().await;
}

#[actix_web::test]
async fn a_link_ends_the_sessions_that_there_were() {
    let site = TestSite::start().await;
    let (user, admin) = (site.user(Role::Author).await, site.client(Role::Admin).await);
    let (browser, _) = signed_in(&site, user).await;
    let link = admin.send(Method::POST, &format!("/admin/v1/users/{user}/link"), &[], None).await.expect(200);
    browser.get("/admin/v1/me").await.expect(200);
    let link = link.json["link"].as_str().expect("shown, without mail").to_owned();
    let secret = link.split("#reset=").nth(1).expect("a reset");
    let body = json!({ "secret": secret, "password": NEW });
    let answer = site.anonymous().post("/admin/v1/links/redeem", &body).await.expect(201);
    is_out(&site, &browser).await;
    let fresh = site.anonymous().with_cookie(answer.cookie());
    assert_eq!(fresh.get("/admin/v1/me").await.expect(200).json["id"], json!(user.to_string()));
    log_in(&site, &email(&site, user).await, PASSWORD).await.refused(401, "wrong_credentials");
    site.stop().await;
}

#[actix_web::test]
async fn a_new_role_acts_on_the_next_request_of_a_session() {
    let site = TestSite::start().await;
    let (user, admin) = (site.user(Role::Editor).await, site.client(Role::Admin).await);
    let (browser, _) = signed_in(&site, user).await;
    create(&browser, json!({ "title": "Once" })).await;
    let user_now = seen(&admin, user).await;
    let mut draft = json!({ "email": user_now.json["email"], "name": "Ilse Fictional", "role": "viewer" });
    let path = format!("/admin/v1/users/{user}");
    let demoted = admin.put_at(&path, user_now.version(), &draft).await.expect(200);
    let before = site.database.fingerprint().await;
    browser.post("/admin/v1/pages", &page(json!({}))).await.refused(403, "forbidden");
    assert_eq!(site.database.fingerprint().await, before);
    let mut grants = browser.get("/admin/v1/me").await.expect(200).json["grants"].take();
    sort(&mut grants);
    let read = |kind: &str| json!({ "kind": kind, "verb": "read", "scope": { "type": "everything" } });
    let kinds = ["media", "menu", "page", "person", "settings"];
    assert_eq!(grants, json!(kinds.map(read)));
    draft["role"] = json!("editor");
    admin.put_at(&path, demoted.version(), &draft).await.expect(200);
    create(&browser, json!({ "title": "Again" })).await;
    site.stop().await;
}

#[actix_web::test]
async fn a_hash_of_older_parameters_becomes_one_of_the_present_ones_at_the_next_login() {
    let site = TestSite::start().await;
    let user = site.user(Role::Author).await;
    let address = email(&site, user).await;
    // Argon2id with 8 MiB and one pass, of the password that every user of a test has.
    let weak = weak_hash();
    site.database
        .execute(&format!(
            "update users set password_hash = '{weak}' where id = '{user}'; \
             insert into events (actor_kind, reason, action, subject_kind, subject_id) \
             values ('system', 'test', 'user.weakened', 'user', '{user}')"
        ))
        .await;
    let hash = format!("select password_hash as value from users where id = '{user}'");
    log_in(&site, &address, WRONG).await.refused(401, "wrong_credentials");
    assert_eq!(site.database.texts(&hash).await, [weak.as_str()]);
    let (browser, _) = signed_in(&site, user).await;
    let strong = site.database.texts(&hash).await.remove(0);
    assert!(strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{strong}");
    browser.get("/admin/v1/me").await.expect(200);
    log_in(&site, &address, PASSWORD).await.expect(201);
    assert_eq!(site.database.texts(&hash).await, [strong]);
    let told = "select action as value from events where action like 'user.password%'";
    assert_eq!(site.database.texts(told).await, ["user.password_rehashed"]);
    site.stop().await;
}

fn weak_hash() -> String {
    use argon2::password_hash::{PasswordHasher, phc};
    let params = argon2::Params::new(8 * 1024, 1, 1, None).expect("parameters");
    let hasher = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let hash: phc::PasswordHash = hasher.hash_password(PASSWORD.as_bytes()).expect("a hash");
    hash.to_string()
}

/// The address is what somebody signs in with.
#[actix_web::test]
async fn another_address_ends_the_sessions_but_the_one_in_which_it_is_changed() {
    let site = TestSite::start().await;
    let (user, editor) = (site.user(Role::Admin).await, site.user(Role::Editor).await);
    let ((here, _), (there, _)) = (signed_in(&site, user).await, signed_in(&site, user).await);
    let (other, _) = signed_in(&site, editor).await;
    let change = async |user: UserId, email: &str, name: &str| {
        let seen = seen(&here, user).await;
        let draft = json!({ "email": email, "name": name, "role": seen.json["role"] });
        here.put_at(&format!("/admin/v1/users/{user}"), seen.version(), &draft).await.expect(200)
    };
    let address = email(&site, editor).await;
    change(editor, &address, "Ilse of the Lighthouse").await;
    other.get("/admin/v1/me").await.expect(200);

    change(user, "keeper@example.org", "Ada Example").await;
    here.get("/admin/v1/me").await.expect(200);
    is_out(&site, &there).await;
    change(editor, "ilse@example.org", "Ilse of the Lighthouse").await;
    is_out(&site, &other).await;
    log_in(&site, "ilse@example.org", PASSWORD).await.expect(201);
    site.stop().await;
}
