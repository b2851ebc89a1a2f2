//! The write side of the store: a change is one transaction that cannot succeed without saying what happened.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::prepared::Prepare;
use crate::platform::access::Actor;
use crate::platform::event::Event;
use crate::platform::problem::Problem;

/// An open write transaction. Functions that write facts take `&mut Change`; nothing else gives them a connection.
pub struct Change<'a> {
    pub(super) conn: &'a mut AsyncPgConnection,
    pub(super) actor: &'a Actor,
    pub(super) instant: Option<DateTime<Utc>>,
}

/// The value of a change whose event has been written. Only [`Change`] makes one.
#[must_use]
pub struct Recorded<T>(pub(super) T);

#[derive(QueryableByName)]
struct Instant {
    #[diesel(sql_type = Timestamptz)]
    instant: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Locale {
    #[diesel(sql_type = Text)]
    default_locale: String,
}

const INSERT_EVENTS: &str = "insert into events \
    (actor_kind, actor_id, token_id, reason, request_id, action, subject_kind, subject_id, data) \
    select $1, $2, $3, $4, $5, e.action, e.subject_kind, e.subject_id, e.data \
    from unnest($6, $7, $8, $9) with ordinality e (action, subject_kind, subject_id, data, nth) order by e.nth";

/// How many events a statement writes at most, so that none comes near the limit of a statement's time.
const EVENTS_AT_ONCE: usize = 2_000;

impl Change<'_> {
    /// The connection, for the SQL of `store.rs` files.
    pub fn conn(&mut self) -> &mut AsyncPgConnection {
        self.conn
    }

    /// Bookkeeping that belongs into this change, and is taken back with it.
    pub fn housekeeping(&mut self) -> Housekeeping<'_> {
        Housekeeping { conn: self.conn }
    }

    /// Who makes this change.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        self.actor
    }

    /// Writes the event and releases the value.
    ///
    /// # Errors
    /// When the database refuses the event.
    pub async fn record<T>(&mut self, event: Event, value: T) -> Result<Recorded<T>, Problem> {
        self.record_all(vec![event], value).await
    }

    /// Writes several events, one per subject that changed, and releases the value.
    ///
    /// # Errors
    /// When the database refuses an event.
    pub async fn record_all<T>(&mut self, events: Vec<Event>, value: T) -> Result<Recorded<T>, Problem> {
        let mut events = events.into_iter().peekable();
        while events.peek().is_some() {
            self.insert_events(events.by_ref().take(EVENTS_AT_ONCE)).await?;
        }
        Ok(Recorded(value))
    }

    async fn insert_events(&mut self, events: impl Iterator<Item = Event>) -> Result<(), Problem> {
        let (mut actions, mut kinds, mut subjects, mut data) = (vec![], vec![], vec![], vec![]);
        for event in events {
            actions.push(event.action);
            kinds.push(event.subject_kind);
            subjects.push(event.subject_id);
            data.push(event.data);
        }
        sql_query(INSERT_EVENTS)
            .bind::<Text, _>(self.actor.kind())
            .bind::<Nullable<SqlUuid>, _>(self.actor.user().map(super::super::id::Id::uuid))
            .bind::<Nullable<SqlUuid>, _>(self.actor.token().map(super::super::id::Id::uuid))
            .bind::<Nullable<Text>, _>(self.actor.reason())
            .bind::<Nullable<Text>, _>(self.actor.request_id())
            .bind::<Array<Text>, _>(actions)
            .bind::<Array<Text>, _>(kinds)
            .bind::<Array<SqlUuid>, _>(subjects)
            .bind::<Array<Nullable<Jsonb>>, _>(data)
            .prepared()
            .execute(self.conn)
            .await?;
        Ok(())
    }

    /// Releases a value when nothing was written. Should something have been, Postgres refuses the commit, because no
    /// event tells of it.
    pub fn nothing_changed<T>(&self, value: T) -> Recorded<T> {
        Recorded(value)
    }

    /// The one instant at which this transaction may change what is public; later than every earlier one.
    /// Call it after the revisions are written: from here to the commit other publishers wait.
    ///
    /// # Errors
    /// When the site row cannot be locked in time.
    pub async fn public_change(&mut self) -> Result<DateTime<Utc>, Problem> {
        if let Some(instant) = self.instant {
            return Ok(instant);
        }
        let row: Instant =
            sql_query("select mh.public_change() as instant").prepared().get_result(self.conn).await?;
        self.instant = Some(row.instant);
        Ok(row.instant)
    }

    /// The site's default locale.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn default_locale(&mut self) -> Result<String, Problem> {
        let row: Locale =
            sql_query("select default_locale from site").prepared().get_result(self.conn).await?;
        Ok(row.default_locale)
    }

    /// The database's time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn now(&mut self) -> Result<DateTime<Utc>, Problem> {
        now(self.conn).await
    }
}

/// The database's time, the only clock there is for content: never before the last change of what is public, even when
/// the clock of the server is set back.
pub(super) async fn now(conn: &mut AsyncPgConnection) -> Result<DateTime<Utc>, Problem> {
    let row: Instant = sql_query("select greatest(mh_now(), changed_at) as instant from site")
        .prepared()
        .get_result(conn)
        .await?;
    Ok(row.instant)
}

/// A transaction for the closed list of housekeeping in `data-model.md`: bookkeeping that is no fact and has no event. To
/// that list belongs the removal of blobs that nothing shows; the adding of one is part of the change that shows it.
pub struct Housekeeping<'a> {
    pub(super) conn: &'a mut AsyncPgConnection,
}

impl Housekeeping<'_> {
    /// The connection, for the SQL of `store.rs` files.
    pub fn conn(&mut self) -> &mut AsyncPgConnection {
        self.conn
    }
}

/// A state of everything public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct SiteState {
    /// The instant that an answer speaks of.
    #[diesel(sql_type = Timestamptz)]
    pub instant: DateTime<Utc>,
    /// Moves with every change of what is public.
    #[diesel(sql_type = BigInt)]
    pub version: i64,
}
