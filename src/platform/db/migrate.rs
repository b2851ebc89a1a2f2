//! Bringing a database to the schema of this binary: migrations under an advisory lock, then the replaceable functions,
//! triggers and views, then the grants of the lesser roles, then the epoch of the event chain. A schema newer than the
//! binary is refused.

use std::fmt::Write as _;

use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel::sql_types::{Bool, Nullable, Text};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use sha2::{Digest, Sha256};

use super::connect::{self, Target};
use super::seal;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
const REPLACEABLE: &str = include_str!("replaceable.sql");

/// Held while a process migrates; any number of processes may start at once. The number is arbitrary and ours.
const LOCK: i64 = 0x006d_6173_7468_6561;

/// Why a database cannot be brought to the schema of this binary.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database does not let us in.
    #[error("{0}")]
    Connect(#[from] connect::ConnectError),
    /// A newer Masthead has migrated this database.
    #[error(
        "the database was migrated by a newer Masthead (it has {0}, which this binary does not know); \
         run that version or a later one"
    )]
    Newer(String),
    /// A migration failed; it was rolled back.
    #[error("migrating the database failed and was rolled back: {0}")]
    Failed(String),
    /// Postgres refused a statement.
    #[error("the database refused a statement of the migration: {0}")]
    Database(#[from] diesel::result::Error),
}

/// The roles that get grants, besides the owner that migrates.
#[derive(Debug, Clone, Default)]
pub struct Roles {
    /// The role of the service, when it is not the owner.
    pub service: Option<String>,
    /// The role of the read API, when there is one.
    pub reader: Option<String>,
}

/// How the schema of a database stands to this binary.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Status {
    /// Versions that are applied, oldest first.
    pub applied: Vec<String>,
    /// Versions that this binary brings and the database lacks.
    pub pending: Vec<String>,
    /// Versions that the database has and this binary does not know.
    pub unknown: Vec<String>,
    /// Whether functions, triggers and views are those of this binary.
    pub replaceable_current: bool,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Comment {
    #[diesel(sql_type = Nullable<Text>)]
    comment: Option<String>,
}

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = Bool)]
    exists: bool,
}

/// Says how the schema stands, changing nothing.
///
/// # Errors
/// When the database cannot be asked.
pub async fn status(target: &Target) -> Result<Status, MigrateError> {
    let mut conn = connect::establish(target).await?;
    read_status(&mut conn).await
}

/// Applies what is missing. Safe to call from any number of processes at once.
///
/// # Errors
/// When the schema is newer than the binary, or Postgres refuses something; then nothing of the failing step stays.
pub async fn run(target: &Target, roles: &Roles) -> Result<Status, MigrateError> {
    let mut conn = connect::establish(target).await?;
    conn.batch_execute(&format!("select pg_advisory_lock({LOCK})")).await?;
    let before = read_status(&mut conn).await?;
    if let [unknown, ..] = before.unknown.as_slice() {
        return Err(MigrateError::Newer(unknown.clone()));
    }
    if !before.pending.is_empty() {
        conn = migrate(conn, |harness| {
            harness.run_pending_migrations(MIGRATIONS).map(|_| ()).map_err(|error| error.to_string())
        })
        .await?;
    }
    let current = before.pending.is_empty() && before.replaceable_current;
    if !current {
        replace(&mut conn).await?;
    }
    if !current || roles.service.is_some() || roles.reader.is_some() {
        conn.batch_execute(&grants(roles)).await?;
    }
    seal::begin_epoch(&mut conn).await?;
    // The lock ends with the connection.
    read_status(&mut conn).await
}

/// Takes every migration back, newest first. Only tests have a reason to.
///
/// # Errors
/// When Postgres refuses something.
pub async fn revert_all(target: &Target) -> Result<(), MigrateError> {
    let mut conn = connect::establish(target).await?;
    conn.batch_execute("drop schema if exists mh cascade").await?;
    migrate(conn, |harness| {
        harness.revert_all_migrations(MIGRATIONS).map(|_| ()).map_err(|error| error.to_string())
    })
    .await
    .map(|_| ())
}

type Harness = AsyncMigrationHarness<AsyncPgConnection>;

/// diesel's harness blocks its thread and needs a runtime with several; actix has one thread per worker, so it gets a
/// runtime of its own for the moment.
async fn migrate(
    conn: AsyncPgConnection,
    work: impl FnOnce(&mut Harness) -> Result<(), String> + Send + 'static,
) -> Result<AsyncPgConnection, MigrateError> {
    let failed = |error: &dyn std::fmt::Display| MigrateError::Failed(error.to_string());
    tokio::task::spawn_blocking(move || {
        let mut harness = AsyncMigrationHarness::new(conn);
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| MigrateError::Failed(error.to_string()))?
            .block_on(async { work(&mut harness) })
            .map_err(MigrateError::Failed)?;
        Ok(harness.into_inner())
    })
    .await
    .map_err(|error| failed(&error))?
}

async fn read_status(conn: &mut AsyncPgConnection) -> Result<Status, MigrateError> {
    let known = known_versions()?;
    let has_table: Exists =
        sql_query("select to_regclass('public.__diesel_schema_migrations') is not null as exists")
            .get_result(conn)
            .await?;
    let applied: Vec<String> = if has_table.exists {
        sql_query("select version::text as version from public.__diesel_schema_migrations order by version")
            .load::<Version>(conn)
            .await?
            .into_iter()
            .map(|row| row.version)
            .collect()
    } else {
        Vec::new()
    };
    let comment: Option<Comment> = sql_query(
        "select obj_description(oid, 'pg_namespace') as comment from pg_namespace where nspname = 'mh'",
    )
    .get_result(conn)
    .await
    .optional()?;
    Ok(Status {
        pending: known.iter().filter(|version| !applied.contains(version)).cloned().collect(),
        unknown: applied.iter().filter(|version| !known.contains(version)).cloned().collect(),
        replaceable_current: comment.and_then(|row| row.comment) == Some(fingerprint()),
        applied,
    })
}

fn known_versions() -> Result<Vec<String>, MigrateError> {
    let migrations: Vec<Box<dyn Migration<Pg>>> =
        MIGRATIONS.migrations().map_err(|error| MigrateError::Failed(error.to_string()))?;
    let mut versions: Vec<String> = migrations
        .iter()
        .map(|migration| {
            let version: MigrationVersion<'_> = migration.name().version();
            version.to_string()
        })
        .collect();
    versions.sort();
    Ok(versions)
}

/// Identifies the replaceable part, so that an unchanged one is left alone.
fn fingerprint() -> String {
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(REPLACEABLE) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

async fn replace(conn: &mut AsyncPgConnection) -> Result<(), MigrateError> {
    let script = format!("begin;\n{REPLACEABLE}\ncomment on schema mh is '{}';\ncommit;", fingerprint());
    if let Err(error) = conn.batch_execute(&script).await {
        conn.batch_execute("rollback").await?;
        return Err(error.into());
    }
    Ok(())
}

/// Append-only tables get INSERT alone: with a lesser role the grant refuses before the trigger has to.
fn grants(roles: &Roles) -> String {
    let mut sql = String::from("begin;\nrevoke create on schema public from public;\n");
    if let Some(service) = &roles.service {
        let role = quote(service);
        let _ = write!(
            sql,
            "grant usage on schema public, mh to {role};
             grant select on all tables in schema public to {role};
             grant select on all tables in schema mh to {role};
             grant execute on all functions in schema mh to {role};
             grant insert on entries, documents, revisions, revision_refs, revision_blobs, blobs, publications, routes, redirects, events,
               users, roles, role_grants, api_tokens, import_sources, locales, working_copies, event_seals,
               sessions, one_time_links, mails, login_limits, refusals, search_words, preview_links
               to {role};
             grant update on entries, documents, site, users, roles, api_tokens, import_sources, working_copies,
               announced, sessions, one_time_links, mails, login_limits, refusals, search_words, search_progress to {role};
             grant update (during) on routes, redirects to {role};
             grant update (revoked_at, opened, last_opened_at) on preview_links to {role};
             grant update (during, until, first_published_at, published_at) on publications to {role};
             grant delete on publications, routes, redirects, roles, role_grants, working_copies, blobs,
               sessions, one_time_links, mails, login_limits, refusals, search_words to {role};
             grant usage on all sequences in schema public to {role};\n"
        );
    }
    if let Some(reader) = &roles.reader {
        let role = quote(reader);
        let _ = write!(
            sql,
            "grant usage on schema mh to {role};
             grant select on mh.public_site, mh.public_locales, mh.public_documents, mh.public_files, mh.public_routes,
               mh.public_former_routes, mh.public_redirects, mh.public_spans, mh.public_paths, mh.public_bodies,
               mh.public_search, mh.public_words to {role};\n"
        );
    }
    sql.push_str("commit;");
    sql
}

fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_name_cannot_break_out_of_its_quotes() {
        assert_eq!(quote("a\"; drop table site; --"), "\"a\"\"; drop table site; --\"");
    }

    #[test]
    fn without_lesser_roles_nothing_is_granted() {
        assert!(!grants(&Roles::default()).contains("grant"));
    }
}
