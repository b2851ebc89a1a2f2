//! Rows made by bare SQL, as somebody in psql would, and what Postgres says to it.

use diesel::result::Error;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use masthead::platform::db::connect::Target;
use uuid::Uuid;

use crate::support::TestDatabase;
use crate::support::database::connect;

/// The built-in roles, by the ids of the migration.
pub const ADMIN: &str = "019a0000-0000-7000-8000-000000000001";
pub const EDITOR: &str = "019a0000-0000-7000-8000-000000000002";

/// A migrated database, and a connection to it as the service.
pub struct Rows {
    pub database: TestDatabase,
    pub service: AsyncPgConnection,
}

impl Rows {
    pub async fn new() -> Self {
        let database = TestDatabase::migrated().await;
        let service = connect(&database.service()).await;
        Self { database, service }
    }

    /// Commits statements as the service.
    #[track_caller]
    pub fn commit(&mut self, sql: &str) -> impl Future<Output = ()> {
        let sql = sql.to_owned();
        let service = &mut self.service;
        async move {
            if let Err(refusal) = attempt(service, &sql).await {
                panic!("{sql}: {refusal}");
            }
        }
    }

    /// A new entry with one revision, unpublished.
    pub async fn entry(&mut self) -> Uuid {
        let entry = id();
        self.commit(&create(entry)).await;
        entry
    }

    /// Expects that the service cannot commit these statements, for this reason, and that nothing changed.
    pub async fn refused(&mut self, why: &str, sql: &str) {
        let before = self.database.fingerprint().await;
        expect_refusal(attempt(&mut self.service, sql).await, why, sql);
        assert_eq!(before, self.database.fingerprint().await, "{sql} was refused and left something");
    }

    /// The same for another role.
    pub async fn refused_to(&self, who: &Target, why: &str, sql: &str) {
        let before = self.database.fingerprint().await;
        expect_refusal(attempt(&mut connect(who).await, sql).await, why, sql);
        assert_eq!(before, self.database.fingerprint().await, "{sql} was refused and left something");
    }

    /// The same for the superuser, whom no grant binds.
    pub async fn refused_to_superuser(&self, why: &str, sql: &str) {
        let before = self.database.fingerprint().await;
        expect_refusal(attempt(&mut self.database.superuser().await, sql).await, why, sql);
        assert_eq!(before, self.database.fingerprint().await, "{sql} was refused and left something");
    }
}

fn expect_refusal(outcome: Result<(), String>, why: &str, sql: &str) {
    match outcome {
        Ok(()) => panic!("not refused: {sql}"),
        Err(refusal) => assert!(refusal.contains(why), "{sql}: refused by {refusal:?}, expected {why:?}"),
    }
}

/// Runs statements as one transaction; what refused them is the name of the constraint, or the text of Postgres.
pub async fn attempt(conn: &mut AsyncPgConnection, sql: &str) -> Result<(), String> {
    let outcome = conn.batch_execute(&format!("begin; {sql}; commit")).await;
    if let Err(error) = outcome {
        // After a refusal at COMMIT there is no transaction left, and Postgres only warns.
        conn.batch_execute("rollback").await.expect("rollback");
        return Err(reason(&error));
    }
    Ok(())
}

pub fn reason(error: &Error) -> String {
    match error {
        Error::DatabaseError(_, info) => info.constraint_name().unwrap_or(info.message()).to_owned(),
        other => other.to_string(),
    }
}

pub fn id() -> Uuid {
    masthead::platform::id::Ids.uuid()
}

pub fn event(subject: Uuid) -> String {
    format!(
        "insert into events (actor_kind, reason, action, subject_kind, subject_id) \
         values ('system', 'test', 'page.changed', 'page', '{subject}')"
    )
}

/// An entry with its document, its first revision and its event.
pub fn create(entry: Uuid) -> String {
    format!(
        "insert into entries (id, kind) values ('{entry}', 'page'); \
         insert into documents (entry_id, locale, kind, head) values ('{entry}', 'en', 'page', 1); {}; {}",
        revision(entry, 1, "null"),
        event(entry)
    )
}

pub fn revision(entry: Uuid, number: i32, parent: &str) -> String {
    format!(
        "insert into revisions (entry_id, locale, number, title, body, schema_version, sha256, parent, origin) values \
         ('{entry}', 'en', {number}, 'Lantern {number}', '{{\"n\": {number}}}', 1, sha256('{number}'), {parent}, 'edit')"
    )
}

/// Moves the document on, with its event.
pub fn bump(entry: Uuid) -> String {
    format!("update documents set version = version + 1 where entry_id = '{entry}'; {}", event(entry))
}

/// The instant of the change under way, as SQL.
pub const INSTANT: &str = "(select changed_at from site)";

/// The beginning of a change of what is public.
pub const CHANGE: &str = "select mh.public_change()";

/// A revision is public from one instant to another; both are SQL.
pub fn publication(entry: Uuid, number: i32, during: &str) -> String {
    publication_opened(entry, number, during, INSTANT)
}

/// The same, made at an instant that is said; SQL too.
pub fn publication_opened(entry: Uuid, number: i32, during: &str, opened_at: &str) -> String {
    format!(
        "insert into publications (id, entry_id, locale, number, kind, during, opened_at, first_published_at, \
           published_at, title, title_sort, card, facets, slug, derived_by) \
         values (gen_random_uuid(), '{entry}', 'en', {number}, 'page', {during}, {opened_at}, mh_now(), mh_now(), \
           'Lantern', 'Lantern', '{{}}', '{{}}', 'lantern', 1); {}",
        event(entry)
    )
}

pub fn route(entry: Uuid, path: &str, during: &str) -> String {
    format!(
        "insert into routes (entry_id, locale, path, during) values ('{entry}', 'en', '{path}', {during})"
    )
}

/// From the instant of this change on, for ever.
pub fn from_now() -> String {
    format!("tstzrange({INSTANT}, null)")
}

/// Publishes a revision under a path, now and for ever.
pub fn publish(entry: Uuid, number: i32, path: &str) -> String {
    let now = from_now();
    format!("{CHANGE}; {}; {}", publication(entry, number, &now), route(entry, path, &now))
}

/// Ends what is public of an entry.
pub fn unpublish(entry: Uuid) -> String {
    let ends = format!(
        "set during = tstzrange(lower(during), {INSTANT}) where entry_id = '{entry}' and upper_inf(during)"
    );
    format!("{CHANGE}; update publications {ends}; update routes {ends}; {}", event(entry))
}
