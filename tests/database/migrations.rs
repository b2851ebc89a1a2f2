//! The schema can be made, taken back and made again; by many at once; and never over a newer one.

use std::process::{Command, Output};

use diesel_async::SimpleAsyncConnection;
use futures_util::future::join_all;
use masthead::platform::db::migrate::{self, MigrateError};

use crate::support::TestDatabase;
use crate::support::database::{connect, roles};

/// The schema as `pg_dump` prints it, without what differs from run to run. The tool lies beside the server, because a
/// server refuses an older one.
async fn dump(database: &TestDatabase) -> String {
    let folder = database.texts("select setting as value from pg_config where name = 'BINDIR'").await;
    let Output { status, stdout, stderr } = Command::new(format!("{}/pg_dump", folder[0]))
        .args(["--schema-only", "--dbname", &database.owner_url()])
        .output()
        .expect("pg_dump lies beside the server");
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    let random = ["\\restrict", "\\unrestrict", "--"];
    let text = String::from_utf8(stdout).expect("text");
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty() && !random.iter().any(|start| line.starts_with(start)))
        .collect();
    lines.join("\n")
}

/// Everything in the database that is ours: relations, functions, types, extensions, schemas.
async fn ours(database: &TestDatabase) -> Vec<String> {
    database
        .texts(
            "select 'relation ' || relname as value from pg_class where relnamespace = 'public'::regnamespace \
               and relname not like '\\_\\_diesel%' \
             union all select 'function ' || proname from pg_proc where pronamespace = 'public'::regnamespace \
             union all select 'type ' || typname from pg_type where typnamespace = 'public'::regnamespace \
               and typname not like '%\\_\\_diesel%' \
             union all select 'extension ' || extname from pg_extension where extname <> 'plpgsql' \
             union all select 'schema ' || nspname from pg_namespace where nspname not like 'pg\\_%' \
               and nspname not in ('public', 'information_schema') \
             order by 1",
        )
        .await
}

#[actix_web::test]
async fn up_down_and_up_again_gives_the_same_schema() {
    let database = TestDatabase::bare().await;
    migrate::run(&database.owner(), &roles()).await.expect("up");
    let first = dump(&database).await;
    assert!(
        first.contains("CREATE TABLE public.revisions") && first.contains("CREATE VIEW mh.public_bodies")
    );
    assert!(ours(&database).await.len() > 50, "the query finds what is ours");

    migrate::revert_all(&database.owner()).await.expect("down");
    assert_eq!(ours(&database).await, Vec::<String>::new());

    let status = migrate::run(&database.owner(), &roles()).await.expect("up again");
    assert!(
        status.pending.is_empty() && status.unknown.is_empty() && status.replaceable_current,
        "{status:?}"
    );
    let second = dump(&database).await;
    for (one, two) in first.lines().zip(second.lines()) {
        assert_eq!(one, two);
    }
    assert_eq!(first.len(), second.len());
}

#[actix_web::test]
async fn a_second_run_changes_nothing() {
    let database = TestDatabase::bare().await;
    migrate::run(&database.owner(), &roles()).await.expect("first");
    let (schema, rows) = (dump(&database).await, database.fingerprint().await);
    let status = migrate::run(&database.owner(), &roles()).await.expect("second");
    assert!(status.pending.is_empty() && status.replaceable_current);
    assert_eq!((schema, rows), (dump(&database).await, database.fingerprint().await));
}

#[actix_web::test]
async fn four_connections_and_four_processes_migrate_at_once() {
    let database = TestDatabase::bare().await;
    let url = database.owner_url();
    let processes: Vec<_> = (0..4)
        .map(|_| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_masthead"));
            for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MASTHEAD_")) {
                command.env_remove(name);
            }
            let piped = std::process::Stdio::piped;
            let command = command.args(["migrate", "run"]).env("DATABASE_URL", &url);
            command.stdout(piped()).stderr(piped()).spawn().expect("masthead starts")
        })
        .collect();
    let owner = database.owner();
    let roles = roles();
    let runs = join_all((0..4).map(|_| migrate::run(&owner, &roles))).await;
    for run in runs {
        let status = run.expect("a run beside others");
        assert!(status.pending.is_empty() && status.replaceable_current, "{status:?}");
    }
    for process in processes {
        // Not on this thread: it has connections to close, and the lock ends with them.
        let ended =
            actix_web::rt::task::spawn_blocking(|| process.wait_with_output()).await.expect("no panic");
        let Output { status, stderr, .. } = ended.expect("an end");
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    }
    let alone = TestDatabase::bare().await;
    migrate::run(&alone.owner(), &roles).await.expect("alone");
    assert_eq!(dump(&database).await, dump(&alone).await);
    assert_eq!(database.texts("select count(*)::text as value from site").await, ["1"]);
}

#[actix_web::test]
async fn a_newer_schema_is_refused_by_name_and_left_alone() {
    let database = TestDatabase::migrated().await;
    let newer = "99990101000000";
    database.execute(&format!("insert into __diesel_schema_migrations (version) values ('{newer}')")).await;
    // Nor is anything put in the place of the newer functions.
    database.execute("comment on schema mh is 'newer'").await;
    let before = (dump(&database).await, database.fingerprint().await);
    match migrate::run(&database.owner(), &roles()).await {
        Err(MigrateError::Newer(version)) => assert_eq!(version, newer),
        other => panic!("not refused: {other:?}"),
    }
    assert_eq!(before, (dump(&database).await, database.fingerprint().await));
    let status = migrate::status(&database.owner()).await.expect("status");
    assert_eq!(status.unknown, [newer]);
}

#[actix_web::test]
async fn functions_and_views_are_made_anew_only_when_they_differ() {
    let database = TestDatabase::bare().await;
    migrate::run(&database.owner(), &roles()).await.expect("first");
    let made = dump(&database).await;
    let schema = || database.texts("select oid::text as value from pg_namespace where nspname = 'mh'");
    let first = schema().await;
    migrate::run(&database.owner(), &roles()).await.expect("unchanged");
    assert_eq!(first, schema().await, "what is current is left alone");

    let mut owner = connect(&database.owner()).await;
    owner
        .batch_execute("comment on schema mh is 'older'; drop view mh.public_bodies")
        .await
        .expect("made older");
    assert!(!migrate::status(&database.owner()).await.expect("status").replaceable_current);
    let status = migrate::run(&database.owner(), &roles()).await.expect("changed");
    assert!(status.replaceable_current);
    assert_ne!(first, schema().await, "what differs is made anew");
    assert_eq!(made, dump(&database).await, "grants included");
}
