//! One-time links: each lets in once, whoever asks and however many ask at once, and a refusal says no more than that.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use futures_util::future::join_all;
use masthead::app::App;
use masthead::identity::links::{self, Link, Purpose, Redeemed};
use masthead::platform::access::Actor;
use masthead::platform::event::Event;
use masthead::platform::id::UserId;
use masthead::platform::problem::{Code, Problem};
use masthead::platform::secret::{Prefix, Secret};

use crate::support::{Role, TestSite};

async fn issue(app: &App, purpose: Purpose) -> Link {
    app.store.housekeep(async |work| links::issue(work, app.ids, purpose).await).await.expect("a link")
}

/// Redeems in a change of its own, as the operation does: with an event about the account, and with the change that the
/// link is for.
async fn redeem(app: &App, secret: &str) -> Result<Redeemed, Problem> {
    app.store
        .change(&Actor::system("test: redeems a link"), async |tx| {
            let redeemed = links::redeem(tx, secret).await?;
            let user = redeemed.purpose.user().unwrap_or_else(|| app.ids.id());
            let sql = match redeemed.purpose {
                Purpose::Setup => format!(
                    "insert into users (id, email, name, role_id, password_hash) \
                     select '{user}', '{user}@example.org', 'Ilse', id, 'a hash' from roles where name = 'admin'"
                ),
                _ => format!("update users set password_changed_at = mh_now() where id = '{user}'"),
            };
            tx.conn().batch_execute(&sql).await?;
            tx.record(Event::new("user", "entered", user.uuid()), redeemed).await
        })
        .await
}

/// Asserts the one refusal that there is, and that nothing changed.
async fn refused(site: &TestSite, secret: &str) {
    let before = site.database.fingerprint().await;
    let problem = redeem(&site.app, secret).await.expect_err("the link lets nobody in");
    assert_eq!(problem.code(), Code::InvalidToken);
    let detail = problem.body(None).detail.expect("what to do");
    assert_eq!(
        detail,
        "The link does not work: it was used, has expired, or was replaced by a newer one. Ask for a new link."
    );
    assert_eq!(site.database.fingerprint().await, before);
}

/// Deactivates an account, as an administrator would who stays.
pub async fn deactivate(site: &TestSite, user: UserId) {
    site.user(Role::Admin).await;
    let sql = format!(
        "insert into events (actor_kind, reason, action, subject_kind, subject_id) \
         values ('system', 'test', 'user.deactivated', 'user', '{user}'); \
         update users set deactivated_at = mh_now() where id = '{user}'"
    );
    site.database.execute(&sql).await;
}

async fn count(site: &TestSite, sql: &str) -> String {
    site.database.texts(&format!("select count(*)::text as value from {sql}")).await.remove(0)
}

#[actix_web::test]
async fn a_link_lets_in_once_and_says_whom() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    for purpose in [Purpose::Invitation(user), Purpose::Reset(user)] {
        let link = issue(&site.app, purpose).await;
        let redeemed = redeem(&site.app, link.secret.reveal()).await.expect("it lets in");
        assert_eq!(redeemed, Redeemed { link: link.id, purpose });
        refused(&site, link.secret.reveal()).await;
    }
    assert_eq!(count(&site, "events where action = 'user.entered'").await, "2");
}

#[actix_web::test]
async fn what_is_not_a_good_link_is_refused_in_the_same_words() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    let other = site.user(Role::Editor).await;
    let unknown = Secret::generate(Prefix::Link).expect("random");
    let token = Secret::generate(Prefix::Token).expect("random");
    for text in ["", "mhl_", "nonsense", unknown.reveal(), token.reveal()] {
        refused(&site, text).await;
    }
    // A newer one of the same purpose for the same account takes its place; others stay.
    let old = issue(&site.app, Purpose::Reset(user)).await;
    let invitation = issue(&site.app, Purpose::Invitation(user)).await;
    let others = issue(&site.app, Purpose::Reset(other)).await;
    let new = issue(&site.app, Purpose::Reset(user)).await;
    refused(&site, old.secret.reveal()).await;
    for good in [&invitation, &others, &new] {
        redeem(&site.app, good.secret.reveal()).await.expect("it lets in");
    }
    // All links of an account at once.
    let links =
        [issue(&site.app, Purpose::Reset(user)).await, issue(&site.app, Purpose::Invitation(user)).await];
    let kept = issue(&site.app, Purpose::Reset(other)).await;
    site.app.store.housekeep(async |work| links::revoke(work, user).await).await.expect("revoked");
    for link in &links {
        refused(&site, link.secret.reveal()).await;
    }
    redeem(&site.app, kept.secret.reveal()).await.expect("that of another account");
    // Whoever is deactivated does not come back by a link.
    let link = issue(&site.app, Purpose::Reset(user)).await;
    deactivate(&site, user).await;
    refused(&site, link.secret.reveal()).await;
}

#[actix_web::test]
async fn a_link_lives_as_long_as_its_purpose() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    for (purpose, just_before, more) in [
        (Purpose::Reset(user), "59 minutes 50 seconds", "11 seconds"),
        (Purpose::Invitation(user), "71 hours 59 minutes 50 seconds", "11 seconds"),
    ] {
        let (good, late) = (issue(&site.app, purpose).await, site.user(Role::Editor).await);
        let late = match purpose {
            Purpose::Reset(_) => Purpose::Reset(late),
            _ => Purpose::Invitation(late),
        };
        let late = issue(&site.app, late).await;
        site.database.advance(just_before).await;
        redeem(&site.app, good.secret.reveal()).await.expect("it lets in");
        site.database.advance(more).await;
        refused(&site, late.secret.reveal()).await;
    }
}

#[actix_web::test]
async fn of_fifty_at_once_one_gets_in() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    let link = issue(&site.app, Purpose::Reset(user)).await;
    let tries = (0..50).map(|_| redeem(&site.app, link.secret.reveal()));
    let outcomes = join_all(tries).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for problem in outcomes.into_iter().filter_map(Result::err) {
        assert_eq!(problem.code(), Code::InvalidToken, "{problem}");
    }
    assert_eq!(count(&site, "events where action = 'user.entered'").await, "1");
}

#[actix_web::test]
async fn a_change_that_is_taken_back_gives_the_use_back() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    let link = issue(&site.app, Purpose::Invitation(user)).await;
    let before = site.database.fingerprint().await;
    let secret = link.secret.reveal();
    let failed: Result<(), Problem> = site
        .app
        .store
        .change(&Actor::system("test"), async |tx| {
            links::redeem(tx, secret).await?;
            Err(Problem::new(Code::Invalid))
        })
        .await;
    assert_eq!(failed.expect_err("taken back").code(), Code::Invalid);
    assert_eq!(site.database.fingerprint().await, before);
    redeem(&site.app, secret).await.expect("it lets in");
}

#[actix_web::test]
async fn the_first_administrator_comes_in_while_there_is_none() {
    let site = TestSite::start().await;
    let old = links::setup(&site.app).await.expect("made").expect("there is none");
    let new = links::setup(&site.app).await.expect("made").expect("there is none");
    refused(&site, old.secret.reveal()).await;
    // An editor is no administrator.
    site.user(Role::Editor).await;
    let redeemed = redeem(&site.app, new.secret.reveal()).await.expect("it lets in");
    assert_eq!(redeemed.purpose, Purpose::Setup);
    assert!(links::setup(&site.app).await.expect("asked").is_none());
    assert_eq!(count(&site, "one_time_links").await, "2", "no third one was made");
}

#[actix_web::test]
async fn a_setup_link_is_worth_nothing_once_there_is_an_administrator() {
    let site = TestSite::start().await;
    let link = links::setup(&site.app).await.expect("made").expect("there is none");
    site.user(Role::Admin).await;
    refused(&site, link.secret.reveal()).await;
}

/// Two links can be good at once when two processes make them at the same moment.
#[actix_web::test]
async fn two_good_setup_links_make_one_administrator() {
    let site = TestSite::start().await;
    let one = links::setup(&site.app).await.expect("made").expect("there is none");
    let two = links::setup(&site.app).await.expect("made").expect("there is none");
    site.database.execute("update one_time_links set revoked_at = null").await;
    let outcomes = join_all([&one, &two].map(|link| redeem(&site.app, link.secret.reveal()))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(count(&site, "users").await, "1");
}

#[actix_web::test]
async fn a_secret_is_kept_nowhere_and_old_links_go() {
    let site = TestSite::start().await;
    let user: UserId = site.user(Role::Editor).await;
    let link = issue(&site.app, Purpose::Reset(user)).await;
    let rows = site.database.texts("select to_jsonb(l)::text as value from one_time_links l").await;
    assert_eq!(rows.len(), 1);
    assert!(!rows[0].contains(&link.secret.reveal()["mhl_".len()..]), "{}", rows[0]);
    assert!(link.expires_at > site.app.store.now().await.expect("time") + Duration::from_secs(3500));
    site.database.advance("30 days").await;
    assert_eq!(links::forget(&site.app).await.expect("forgets"), 0);
    site.database.advance("2 hours").await;
    assert_eq!(links::forget(&site.app).await.expect("forgets"), 1);
    assert_eq!(count(&site, "one_time_links").await, "0");
}
