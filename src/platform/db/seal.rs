//! The chain of seals over the events: each seal hashes the one before and the events of finished transactions since, so
//! that a change of the record behind our back shows. An epoch is the time that a database spends in one cluster: after
//! a dump is restored elsewhere, transactions count anew, so the old epoch is closed and another begins.
//!
//! Bytes that are hashed, all UTF-8: the digest of the seal before (nothing for the first), the JSON array of the seal's
//! own columns, then the JSON array of each event in order of id, with `data_sha256` and without `data`. JSON as
//! Postgres writes `jsonb`: a space after each comma. Instants are microseconds since 1970.

use std::fmt::Write as _;

use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text};
use diesel::{OptionalExtension, QueryResult, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use super::change::Housekeeping;
use super::store::Store;
use crate::platform::problem::Problem;

/// Held while a seal is made or an epoch begins. The number is arbitrary and ours.
const LOCK: i64 = 0x006d_6173_7365_616c;

/// A seal covers at most so many events, unless one transaction alone wrote more.
const MOST: i64 = 50_000;

/// What a round of sealing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sealed {
    /// How many events the new seal covers; 0 when there is no new seal.
    pub events: i64,
    /// Whether finished events were left for the next round.
    pub more: bool,
}

/// What a chain that holds consists of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// How many seals there are.
    pub seals: i64,
    /// How many events they cover.
    pub events: i64,
    /// The digest of the newest seal in hexadecimal. Kept elsewhere, it proves later that nothing before it changed.
    pub newest: Option<String>,
}

/// The first place where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The number of the seal.
    pub seal: i64,
    /// What is wrong.
    pub why: String,
}

/// The bytes of one event `v`.
const EVENT: &str = "convert_to(jsonb_build_array(v.id, (extract(epoch from v.at) * 1000000)::bigint, v.actor_kind, v.actor_id, \
    v.token_id, v.reason, v.action, v.subject_kind, v.subject_id, encode(v.data_sha256, 'hex'), v.request_id, v.xact::text \
    )::text, 'UTF8')";

/// The bytes of a seal `s` in its epoch `e`.
const SEAL: &str = "convert_to(jsonb_build_array(s.number, e.number, e.system_identifier, e.first_event, s.xact_from::text, \
    s.xact_until::text, s.events, s.last_event, (extract(epoch from s.sealed_at) * 1000000)::bigint)::text, 'UTF8')";

/// Seals what finished transactions have recorded since the newest seal, at most 50,000 events at once. Any number of
/// processes may call it: while one seals, the others do nothing.
///
/// # Errors
/// When the database is away, or was moved to another cluster under a running process.
pub async fn seal(store: &Store) -> Result<Sealed, Problem> {
    store
        .housekeep(async |work| {
            #[derive(QueryableByName)]
            struct Turn {
                #[diesel(sql_type = Bool)]
                ours: bool,
            }
            let turn: Turn = sql_query("select pg_try_advisory_xact_lock($1) as ours")
                .bind::<BigInt, _>(LOCK)
                .get_result(work.conn())
                .await?;
            if !turn.ours {
                return Ok(Sealed::default());
            }
            // A statement of its own, so that its snapshot is younger than the lock.
            match place(work.conn()).await?.current {
                Some(true) => Ok(append(work, false).await?.unwrap_or_default()),
                _ => Err(Problem::internal(
                    "this database was moved to another cluster while Masthead ran; start Masthead again",
                )),
            }
        })
        .await
}

#[derive(QueryableByName)]
struct Appended {
    #[diesel(sql_type = BigInt)]
    events: i64,
    #[diesel(sql_type = Bool)]
    more: bool,
}

/// Adds one seal to the newest epoch; when `closing`, also over nothing, and the last one has no end.
async fn append(work: &mut Housekeeping<'_>, closing: bool) -> QueryResult<Option<Sealed>> {
    // Every transaction of another cluster is over. Here, those below the oldest that still runs are.
    let (limit, end) = if closing {
        ("'18446744073709551615'::xid8", "null::xid8")
    } else {
        ("pg_snapshot_xmin(pg_current_snapshot())", "pg_snapshot_xmin(pg_current_snapshot())")
    };
    let query = format!(
        "with e as (select number, system_identifier, first_event from event_epochs order by number desc limit 1), \
         h as (select number, epoch, xact_until, last_event, digest from event_seals order by number desc limit 1), \
         start as ( \
           select coalesce(h.number, 0) + 1 as number, coalesce(h.digest, '') as previous, \
             coalesce(h.last_event, 0) as last_event, \
             case when h.epoch = e.number then h.xact_until else '0'::xid8 end as xact_from \
           from e left join h on true), \
         finished as ( \
           select v.xact from events v, e, start where v.id >= e.first_event and v.xact >= start.xact_from \
             and v.xact < {limit} order by v.xact, v.id limit {MOST} + 1), \
         bounds as ( \
           select (select count(*) from finished) > {MOST} as more, (select xact from finished order by xact limit 1) as first, \
             (select xact from finished order by xact desc limit 1) as last), \
         until as ( \
           select more, case when not more then {end} when last > first then last \
             else (last::text::numeric + 1)::text::xid8 end as xact from bounds), \
         covered as ( \
           select v.* from events v, e, start, until where v.id >= e.first_event and v.xact >= start.xact_from \
             and (until.xact is null or v.xact < until.xact)), \
         s as materialized ( \
           select start.number, start.previous, start.xact_from, until.xact as xact_until, until.more, \
             (select count(*) from covered) as events, \
             coalesce((select max(id) from covered), start.last_event) as last_event, mh_now() as sealed_at \
           from start, until), \
         made as ( \
           insert into event_seals (number, epoch, xact_from, xact_until, events, last_event, digest, sealed_at) \
           select s.number, e.number, s.xact_from, s.xact_until, s.events, s.last_event, sha256(s.previous || {SEAL} \
             || coalesce((select string_agg({EVENT}, ''::bytea order by v.id) from covered v), '')), s.sealed_at \
           from s, e where s.events > 0 or {closing} \
           returning events) \
         select made.events, s.more from made, s"
    );
    let made: Option<Appended> = sql_query(query).get_result(work.conn()).await.optional()?;
    Ok(made.map(|made| Sealed { events: made.events, more: made.more }))
}

#[derive(QueryableByName)]
struct Place {
    /// Whether the newest epoch is that of this cluster; none without an epoch.
    #[diesel(sql_type = Nullable<Bool>)]
    current: Option<bool>,
    #[diesel(sql_type = Bool)]
    has_events: bool,
}

async fn place(conn: &mut AsyncPgConnection) -> QueryResult<Place> {
    const QUERY: &str = "select (select system_identifier from event_epochs order by number desc limit 1) \
        = (select system_identifier from pg_control_system()) as current, exists (select from events) as has_events";
    sql_query(QUERY).get_result(conn).await
}

/// Begins an epoch when the database is in another cluster than before, in a transaction of its own. As the owner of the
/// tables, before this process writes: what was written elsewhere is closed with a last seal.
///
/// # Errors
/// When Postgres refuses something; then nothing has changed.
pub(super) async fn begin_epoch(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    if place(conn).await?.current == Some(true) {
        return Ok(());
    }
    // The lock of the table waits for writers that have begun, so that no event is numbered below the new epoch later.
    let begin =
        format!("begin; select pg_advisory_xact_lock({LOCK}); lock table events in share row exclusive mode");
    conn.batch_execute(&begin).await?;
    let mut work = Housekeeping { conn: &mut *conn };
    let outcome = open_epoch(&mut work).await;
    conn.batch_execute(if outcome.is_ok() { "commit" } else { "rollback" }).await?;
    outcome
}

async fn open_epoch(work: &mut Housekeeping<'_>) -> QueryResult<()> {
    const OPEN: &str = "insert into event_epochs (number, system_identifier, first_event) \
        select (select coalesce(max(number), 0) + 1 from event_epochs), (select system_identifier from pg_control_system()), \
          (select coalesce(max(id), 0) + 1 from events)";
    // Events from before there were seals may come from any cluster.
    const UNKNOWN: &str =
        "insert into event_epochs (number, system_identifier, first_event) values (1, 0, 1)";
    let place = place(work.conn()).await?;
    if place.current == Some(true) {
        return Ok(());
    }
    if place.current.is_none() && place.has_events {
        sql_query(UNKNOWN).execute(work.conn()).await?;
    }
    if place.current.is_some() || place.has_events {
        while append(work, true).await?.is_some_and(|sealed| sealed.more) {}
    }
    sql_query(OPEN).execute(work.conn()).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Link {
    #[diesel(sql_type = Integer)]
    epoch: i32,
    #[diesel(sql_type = Text)]
    xact_from: String,
    #[diesel(sql_type = Nullable<Text>)]
    xact_until: Option<String>,
    #[diesel(sql_type = BigInt)]
    events: i64,
    #[diesel(sql_type = Binary)]
    digest: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    found: i64,
    #[diesel(sql_type = Binary)]
    computed: Vec<u8>,
    #[diesel(sql_type = Nullable<BigInt>)]
    altered: Option<i64>,
}

#[derive(QueryableByName)]
struct Extent {
    #[diesel(sql_type = BigInt)]
    newest: i64,
    #[diesel(sql_type = BigInt)]
    strays: i64,
}

/// Walks the chain and computes every digest anew; `progress` hears the number of each seal and of the last one.
///
/// # Errors
/// When the database does not answer. A chain that does not hold is the inner error.
pub async fn verify(
    conn: &mut AsyncPgConnection,
    progress: &mut dyn FnMut(i64, i64),
) -> QueryResult<Result<Chain, Broken>> {
    const EXTENT: &str = "select coalesce(max(number), 0) as newest, (select count(*) from events \
        where id < (select first_event from event_epochs where number = 1)) as strays from event_seals";
    let extent: Extent = sql_query(EXTENT).get_result(conn).await?;
    if extent.strays > 0 {
        return Ok(Err(Broken {
            seal: 1,
            why: format!("{} events stand before the first one", extent.strays),
        }));
    }
    let mut chain = Chain::default();
    let mut before: Option<Link> = None;
    for number in 1..=extent.newest {
        let previous = before.as_ref().map(|link| link.digest.as_slice()).unwrap_or_default();
        let Some(link) = link(conn, number, previous).await? else {
            return Ok(Err(Broken { seal: number, why: "it is missing".to_owned() }));
        };
        if let Some(why) = fault(&link, before.as_ref()) {
            return Ok(Err(Broken { seal: number, why }));
        }
        chain.seals = number;
        chain.events += link.events;
        before = Some(link);
        progress(number, extent.newest);
    }
    chain.newest = before.map(|link| hexadecimal(&link.digest));
    Ok(Ok(chain))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

async fn link(conn: &mut AsyncPgConnection, number: i64, previous: &[u8]) -> QueryResult<Option<Link>> {
    let query = format!(
        "select s.epoch, s.xact_from::text, s.xact_until::text, s.events, s.digest, c.found, \
           sha256($2 || {SEAL} || c.bytes) as computed, c.altered \
         from event_seals s join event_epochs e on e.number = s.epoch \
           left join event_epochs n on n.number = e.number + 1 \
           cross join lateral ( \
             select count(*) as found, coalesce(string_agg({EVENT}, ''::bytea order by v.id), '') as bytes, \
               min(v.id) filter (where v.data is not null \
                 and v.data_sha256 is distinct from sha256(convert_to(v.data::text, 'UTF8'))) as altered \
             from events v where v.id >= e.first_event and (n.number is null or v.id < n.first_event) \
               and v.xact >= s.xact_from and (s.xact_until is null or v.xact < s.xact_until)) c \
         where s.number = $1"
    );
    sql_query(query).bind::<BigInt, _>(number).bind::<Binary, _>(previous).get_result(conn).await.optional()
}

/// What is wrong with a seal, given the one before.
fn fault(link: &Link, before: Option<&Link>) -> Option<String> {
    let continues = match before {
        None => link.epoch == 1 && link.xact_from == "0",
        Some(before) => match &before.xact_until {
            Some(until) => link.epoch == before.epoch && link.xact_from == *until,
            None => link.epoch == before.epoch + 1 && link.xact_from == "0",
        },
    };
    if !continues {
        return Some("it does not begin where the one before ends".to_owned());
    }
    if link.found != link.events {
        return Some(format!("it covers {} events, and {} are there", link.events, link.found));
    }
    if let Some(event) = link.altered {
        return Some(format!("the data of event {event} is not what was written"));
    }
    (link.computed != link.digest).then(|| "an event or the seal is not what was written".to_owned())
}
