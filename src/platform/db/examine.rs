//! What `masthead doctor` asks the database: its settings, the schema, whether the roles are as narrow as promised, the
//! invariants, and the chain of seals.

use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;

use super::connect::{self, Target};
use super::invariants::{INVARIANTS, SHOWN};
use super::migrate::{self, MigrateError};
use super::seal;

/// One promise and whether it is kept.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// What is checked.
    pub name: &'static str,
    /// Whether it is as promised.
    pub verdict: Verdict,
    /// What was found, and what to do about it.
    pub detail: String,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As promised.
    Ok,
    /// Works, with less protection than it could have.
    Weak,
    /// A promise is broken.
    Broken,
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// Settings, and the value without which an acknowledged write could be lost or a damaged page go unnoticed.
const SETTINGS: [(&str, &str, Verdict); 5] = [
    ("fsync", "on", Verdict::Broken),
    ("full_page_writes", "on", Verdict::Broken),
    ("synchronous_commit", "on", Verdict::Broken),
    ("server_encoding", "UTF8", Verdict::Broken),
    ("data_checksums", "on", Verdict::Weak),
];

/// The version of the server behind a target, as it names itself.
///
/// # Errors
/// When it does not let us in.
pub async fn server_version(target: &Target) -> Result<String, MigrateError> {
    let mut conn = connect::establish(target).await?;
    let row: Setting =
        sql_query("select 'server_version' as name, current_setting('server_version') as value")
            .get_result(&mut conn)
            .await?;
    Ok(row.value)
}

/// All checks of a database that need no knowledge of its content. `progress` hears what is being checked.
///
/// # Errors
/// When a role is not let in; then nothing else can be said.
pub async fn examine(
    owner: &Target,
    service: &Target,
    reader: &Target,
    progress: &mut dyn FnMut(&str),
) -> Result<Vec<Check>, MigrateError> {
    let mut conn = connect::establish(service).await?;
    let mut checks = settings(&mut conn).await?;
    let schema = schema(owner).await?;
    let known = schema.verdict == Verdict::Ok;
    checks.push(schema);
    if !known {
        // What the roles may do can only be asked of tables that are there.
        return Ok(checks);
    }
    checks.push(service_is_narrow(&mut conn).await?);
    let mut public = connect::establish(reader).await?;
    checks.push(reader_is_narrow(&mut public).await?);
    for invariant in INVARIANTS {
        progress(invariant.name);
        let broken_by = invariant.ask(&mut conn).await?;
        checks.push(Check::of_promise(invariant.name, invariant.holds, broken_by));
    }
    checks.push(chain(&mut conn, progress).await?);
    Ok(checks)
}

impl Check {
    /// A promise that is kept when nothing breaks it; at most five of what does is shown.
    #[must_use]
    pub fn of_promise(name: &'static str, holds: &str, mut broken_by: Vec<String>) -> Self {
        if broken_by.is_empty() {
            return Self { name, verdict: Verdict::Ok, detail: holds.to_owned() };
        }
        let more = broken_by.len() > SHOWN;
        broken_by.truncate(SHOWN);
        let rows = broken_by.join("; ");
        let detail = format!("not so: {holds}. Broken by {rows}{}", if more { "; and more" } else { "" });
        Self { name, verdict: Verdict::Broken, detail }
    }
}

async fn chain(conn: &mut AsyncPgConnection, progress: &mut dyn FnMut(&str)) -> Result<Check, MigrateError> {
    let verified = seal::verify(conn, &mut |seal, of| progress(&format!("seal {seal} of {of}"))).await?;
    let name = "event chain";
    Ok(match verified {
        Ok(seal::Chain { newest: None, .. }) => {
            Check { name, verdict: Verdict::Ok, detail: "no event is sealed yet".to_owned() }
        }
        Ok(seal::Chain { seals, events, newest: Some(newest) }) => {
            let later = unsealed(conn, events).await?;
            let detail = format!(
                "{seals} seals over {events} events hold; the newest digest is {newest}. Events since that are not sealed \
                 yet: {later}. What a chain cannot show: that its end was cut off, or that all of it was written anew, by \
                 somebody who has the whole database. Keep a copy of the digest elsewhere: as long as a seal has it \
                 (select number from event_seals where digest = '\\x...'), nothing before it was changed"
            );
            Check { name, verdict: Verdict::Ok, detail }
        }
        Err(seal::Broken { seal, why }) => {
            let detail = format!(
                "the record was changed behind Masthead's back: seal {seal} does not hold, because {why}; compare the \
                 events with those of a backup"
            );
            Check { name, verdict: Verdict::Broken, detail }
        }
    })
}

/// How many events no seal covers.
async fn unsealed(conn: &mut AsyncPgConnection, sealed: i64) -> Result<i64, MigrateError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let all: Count = sql_query("select count(*) from events").get_result(conn).await?;
    Ok(all.count - sealed)
}

async fn settings(conn: &mut AsyncPgConnection) -> Result<Vec<Check>, MigrateError> {
    let mut checks = Vec::new();
    for (name, wanted, otherwise) in SETTINGS {
        let row: Setting = sql_query("select $1 as name, current_setting($1) as value")
            .bind::<Text, _>(name)
            .get_result(conn)
            .await?;
        // Other values of synchronous_commit wait for replicas too, which is more and not less.
        let kept = row.value == wanted || (name == "synchronous_commit" && row.value.starts_with("remote_"));
        let verdict = if kept { Verdict::Ok } else { otherwise };
        let detail = format!("{} is {}, should be {wanted}", row.name, row.value);
        checks.push(Check { name, verdict, detail: if kept { row.value } else { detail } });
    }
    Ok(checks)
}

async fn schema(owner: &Target) -> Result<Check, MigrateError> {
    let status = migrate::status(owner).await?;
    let (verdict, detail) = if !status.unknown.is_empty() {
        (Verdict::Broken, "the schema is newer than this binary; use the newer Masthead".to_owned())
    } else if !status.pending.is_empty() || !status.replaceable_current {
        (Verdict::Broken, "the schema is behind; run `masthead migrate run`".to_owned())
    } else {
        (Verdict::Ok, format!("{} migrations, all applied", status.applied.len()))
    };
    Ok(Check { name: "migrations", verdict, detail })
}

async fn service_is_narrow(conn: &mut AsyncPgConnection) -> Result<Check, MigrateError> {
    let owns = ask(
        conn,
        "select pg_has_role(relowner, 'member') as yes from pg_class where oid = 'revisions'::regclass",
    )
    .await?;
    Ok(if owns {
        Check {
            name: "service role",
            verdict: Verdict::Weak,
            detail: "the service owns its tables: triggers keep history, grants do not; give the owner's address as \
                     MASTHEAD_MIGRATE_URL and a lesser role's as DATABASE_URL"
                .to_owned(),
        }
    } else {
        let detail = "does not own its tables".to_owned();
        Check { name: "service role", verdict: Verdict::Ok, detail }
    })
}

async fn reader_is_narrow(conn: &mut AsyncPgConnection) -> Result<Check, MigrateError> {
    let reads = ask(conn, "select has_table_privilege('public.revisions', 'select') as yes").await?;
    Ok(if reads {
        Check {
            name: "reader role",
            verdict: Verdict::Weak,
            detail: "the read API could read drafts if it had a defect; give it a role of its own by MASTHEAD_READER_URL"
                .to_owned(),
        }
    } else {
        let detail = "cannot read revisions".to_owned();
        Check { name: "reader role", verdict: Verdict::Ok, detail }
    })
}

async fn ask(conn: &mut AsyncPgConnection, question: &'static str) -> Result<bool, MigrateError> {
    let row: Answer = sql_query(question).get_result(conn).await?;
    Ok(row.yes)
}
