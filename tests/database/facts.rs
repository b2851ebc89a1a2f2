//! No fact without its event: a change of an entry, a user, a role and their like is refused at COMMIT unless an event of
//! the same transaction tells of the same subject.

use diesel_async::SimpleAsyncConnection;
use uuid::Uuid;

use super::rows::{
    CHANGE, EDITOR, INSTANT, Rows, attempt, event, from_now, id, locale, publication, reason, redirect,
    revision,
};

/// A change of one table, and the subject that its event must name.
struct Fact {
    change: String,
    subject: Uuid,
    /// Whether the service may do it at all; the owner tries what it may not.
    service: bool,
}

fn fact(subject: Uuid, change: impl Into<String>) -> Fact {
    Fact { change: change.into(), subject, service: true }
}

fn user_row(user: Uuid) -> String {
    format!(
        "insert into users (id, email, name, role_id) values ('{user}', '{user}@example.org', 'Ilse', '{EDITOR}')"
    )
}

fn token_row(token: Uuid, user: Uuid) -> String {
    format!(
        "insert into api_tokens (id, user_id, name, digest, hint) \
         values ('{token}', '{user}', 'test', sha256('{token}'), 'mh_...')"
    )
}

/// A role with one grant.
fn role_row(role: Uuid) -> String {
    format!(
        "insert into roles (id, name) values ('{role}', 'r{}'); \
         insert into role_grants (role_id, kind, verb) values ('{role}', 'page', 'read')",
        role.simple()
    )
}

/// One change of every kind of fact.
async fn facts(rows: &mut Rows) -> Vec<Fact> {
    let (entry, user, token, role) = (rows.entry().await, id(), id(), id());
    let (lasting, planned) = (id(), id());
    let events: Vec<String> = [user, token, lasting, planned, role].map(event).into();
    let tomorrow = format!("tstzrange({INSTANT} + interval '1 day', null)");
    let made = [
        user_row(user),
        token_row(token, user),
        CHANGE.into(),
        redirect(lasting, &format!("/{lasting}"), &from_now()),
        redirect(planned, &format!("/{planned}"), &tomorrow),
        role_row(role),
    ];
    rows.commit(&format!("{}; {}", made.join("; "), events.join("; "))).await;
    let (new_user, new_token, new_redirect, new_entry, new_locale) = (id(), id(), id(), id(), id());
    let ended = format!("during = tstzrange(lower(during), {INSTANT})");
    let owners = |fact: Fact| Fact { service: false, ..fact };
    vec![
        fact(new_entry, format!("insert into entries (id, kind) values ('{new_entry}', 'page')")),
        fact(entry, format!("update entries set trashed_at = mh_now() where id = '{entry}'")),
        fact(entry, format!("update documents set version = version + 1 where entry_id = '{entry}'")),
        fact(entry, revision(entry, 2, "1")),
        fact(new_user, user_row(new_user)),
        fact(user, format!("update users set name = 'Ilse Other' where id = '{user}'")),
        fact(new_token, token_row(new_token, user)),
        fact(token, format!("update api_tokens set revoked_at = mh_now() where id = '{token}'")),
        fact(token, format!("update api_tokens set scopes = '{{x}}' where id = '{token}'")),
        fact(role, format!("update roles set description = 'x' where id = '{role}'")),
        fact(
            role,
            format!("insert into role_grants (role_id, kind, verb) values ('{role}', 'menu', 'read')"),
        ),
        fact(role, format!("delete from role_grants where role_id = '{role}'")),
        owners(fact(role, format!("update role_grants set kind = 'menu' where role_id = '{role}'"))),
        fact(new_locale, locale(new_locale, "de")),
        fact(new_redirect, format!("{CHANGE}; {}", redirect(new_redirect, "/old", &from_now()))),
        fact(lasting, format!("{CHANGE}; update redirects set {ended} where id = '{lasting}'")),
        fact(planned, format!("{CHANGE}; delete from redirects where id = '{planned}'")),
        fact(
            entry,
            format!("{CHANGE}; {}", publication(entry, 1, &from_now()).split(';').next().expect("insert")),
        ),
    ]
}

#[actix_web::test]
async fn a_fact_is_refused_without_its_event_and_with_that_of_another_subject() {
    let mut rows = Rows::new().await;
    let stranger = rows.entry().await;
    let owner = rows.database.owner();
    for fact in facts(&mut rows).await {
        let unrelated = format!("{}; {}", fact.change, event(stranger));
        if fact.service {
            rows.refused("fact_without_event", &fact.change).await;
            rows.refused("fact_without_event", &unrelated).await;
        } else {
            rows.refused("permission denied", &fact.change).await;
            rows.refused_to(&owner, "fact_without_event", &fact.change).await;
            rows.refused_to(&owner, "fact_without_event", &unrelated).await;
        }
    }
}

#[actix_web::test]
async fn a_fact_with_its_event_is_committed_whichever_comes_first() {
    let mut rows = Rows::new().await;
    for (nth, fact) in facts(&mut rows).await.into_iter().filter(|fact| fact.service).enumerate() {
        let before = rows.database.fingerprint().await;
        let (change, event) = (fact.change, event(fact.subject));
        let sql = if nth % 2 == 0 { format!("{change}; {event}") } else { format!("{event}; {change}") };
        rows.commit(&sql).await;
        assert_ne!(before, rows.database.fingerprint().await, "{sql}");
    }
}

#[actix_web::test]
async fn the_refusal_comes_at_commit_and_not_before() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let sql = format!("begin; update entries set trashed_at = mh_now() where id = '{entry}'; select 1");
    rows.service.batch_execute(&sql).await.expect("the statement itself is taken");
    let error = rows.service.batch_execute("commit").await.expect_err("the commit is refused");
    assert_eq!(reason(&error), "fact_without_event");
    let trashed =
        rows.database.texts("select count(*)::text as value from entries where trashed_at is not null").await;
    assert_eq!(trashed, ["0"]);
}

#[actix_web::test]
async fn an_event_counts_in_its_own_transaction_alone_and_not_when_taken_back() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let change = format!("update entries set trashed_at = mh_now() where id = '{entry}'");
    rows.commit(&event(entry)).await;
    rows.refused("fact_without_event", &change).await;
    let taken_back = format!("{change}; savepoint a; {}; rollback to a", event(entry));
    rows.refused("fact_without_event", &taken_back).await;
}

#[actix_web::test]
async fn an_event_cannot_pretend_to_be_of_another_time_or_transaction() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    rows.commit(&format!(
        "insert into events (at, xact, actor_kind, reason, action, subject_kind, subject_id) \
         values ('2001-01-01', '7', 'system', 'test', 'page.forged', 'page', '{entry}')"
    ))
    .await;
    let stamped = "select (at > mh_now() - interval '1 minute' and xact <> '7')::text as value from events \
                   where action = 'page.forged'";
    assert_eq!(rows.database.texts(stamped).await, ["true"]);
}

#[actix_web::test]
async fn when_a_token_was_used_last_is_no_fact() {
    let mut rows = Rows::new().await;
    let (user, token) = (id(), id());
    let made = [user_row(user), token_row(token, user), event(user), event(token)].join("; ");
    rows.commit(&made).await;
    rows.commit(&format!("update api_tokens set last_used_at = mh_now() where id = '{token}'")).await;
    // Together with anything else it is one.
    let both = format!("update api_tokens set last_used_at = mh_now(), name = 'other' where id = '{token}'");
    rows.refused("fact_without_event", &both).await;
}

#[actix_web::test]
async fn the_public_state_does_not_move_without_any_event() {
    let mut rows = Rows::new().await;
    let german = id();
    rows.commit(&format!("{}; {}", locale(german, "de"), event(german))).await;
    rows.refused("fact_without_event", CHANGE).await;
    rows.refused("fact_without_event", "update site set default_locale = 'de'").await;
    let entry = rows.entry().await;
    assert_eq!(attempt(&mut rows.service, &format!("{CHANGE}; {}", event(entry))).await, Ok(()));
}

#[actix_web::test]
async fn a_grant_that_moves_needs_an_event_about_both_roles() {
    let mut rows = Rows::new().await;
    let (from, to) = (id(), id());
    rows.commit(&format!("{}; {}; {}; {}", role_row(from), role_row(to), event(from), event(to))).await;
    let change = format!("update role_grants set role_id = '{to}', kind = 'menu' where role_id = '{from}'");
    let owner = rows.database.owner();
    for one in [from, to] {
        rows.refused_to(&owner, "fact_without_event", &format!("{change}; {}", event(one))).await;
    }
}
