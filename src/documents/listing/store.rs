//! SQL of the lists that editors see. No body is read. `offset 0` has Postgres walk along the order of the list and look
//! at each document, where it might join whole tables.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::documents::model::{State, StateFilter};
use crate::documents::publishing;
use crate::documents::publishing::store::Key;
use crate::documents::store::{HEADER, HeaderRow, REVISION, RevisionRow};
use crate::platform::access::Bounds;
use crate::platform::db::Read;
use crate::platform::id::UserId;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct StateRow {
    #[diesel(embed)]
    header: HeaderRow,
    #[diesel(embed)]
    revision: RevisionRow,
}

/// Documents by their keys, in the same order.
pub(in crate::documents) async fn states(read: &mut Read<'_>, keys: &[Key]) -> Result<Vec<State>, Problem> {
    let query = format!(
        "select {HEADER}, {REVISION} from unnest($1, $2) with ordinality k (entry_id, locale, nth) \
           cross join lateral (select * from documents where entry_id = k.entry_id and locale = k.locale offset 0) d \
           cross join lateral (select * from entries where id = d.entry_id offset 0) e \
           cross join lateral (select * from revisions where entry_id = d.entry_id and locale = d.locale \
             and number = d.head offset 0) r order by k.nth"
    );
    let (entries, locales): (Vec<Uuid>, Vec<String>) = keys.iter().cloned().unzip();
    let rows: Vec<StateRow> = sql_query(query)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Array<Text>, _>(locales)
        .load(read.conn())
        .await?;
    with_plans(read, rows).await
}

/// What a list is filtered by beyond the state of its documents; for kinds that keep a shelf. The default lets all through.
#[derive(Debug, Clone, Default)]
pub struct ShelfFilter {
    /// What the facets of a document contain.
    pub facets: Option<Value>,
    /// The beginnings of words, all of which a document has.
    pub words: Vec<String>,
    /// Whether anything that does not lie in the trash uses the entry, in its newest revision or in public.
    pub used: Option<bool>,
}

impl ShelfFilter {
    /// What a search says, in the language of Postgres. Words are letters and digits alone.
    fn query(&self) -> Option<String> {
        let words: Vec<String> = self.words.iter().map(|word| format!("'{word}':*")).collect();
        Some(words.join(" & ")).filter(|query| !query.is_empty())
    }

    fn clause(&self) -> String {
        let mut clause = String::new();
        if self.facets.is_some() {
            clause.push_str(" and d.facets @> $11");
        }
        if !self.words.is_empty() {
            clause.push_str(" and d.words @@ to_tsquery('public.search_simple', $12)");
        }
        let used = match self.used {
            None => return clause,
            Some(true) => " and ",
            Some(false) => " and not ",
        };
        clause + used + USED
    }
}

/// Whether a document `d` is used.
const USED: &str = "exists (select from revision_refs f \
    cross join lateral (select head from documents where entry_id = f.entry_id and locale = f.locale offset 0) u \
    cross join lateral (select trashed_at from entries where id = f.entry_id offset 0) by \
    where f.target = d.entry_id and by.trashed_at is null and (f.number = u.head or exists (select from publications p \
      where p.entry_id = f.entry_id and p.locale = f.locale and p.number = f.number and p.during && tstzrange($7, null))))";

/// Where a page of a list begins and how long it is, and what is in the list.
#[derive(Debug, Clone)]
pub struct ListWindow {
    /// Only documents in this state; without one, all that are not in the trash.
    pub state: Option<StateFilter>,
    /// What else they must be.
    pub shelf: ShelfFilter,
    /// The row at the edge, by time of change and entry.
    pub edge: Option<(DateTime<Utc>, Uuid)>,
    /// Whether the page lies before the edge and not after it.
    pub backwards: bool,
    /// How many rows.
    pub limit: i64,
}

/// Those that an actor with bounds may reach, by entry: their own, and all that is drafted below some entries. In a locale
/// without the document, the one in the site's own locale says what it hangs below.
pub(in crate::documents) const CANDIDATES: &str = "with recursive below as ( \
      select unnest($9) as entry_id \
      union \
      select c.entry_id from below cross join lateral ( \
        select d.entry_id from documents d where d.parent = below.entry_id and d.locale = $2 \
        union all \
        select d.entry_id from documents d where d.parent = below.entry_id and d.locale = $10 and d.locale <> $2 \
          and not exists (select from documents o where o.entry_id = d.entry_id and o.locale = $2) \
        offset 0) c), \
    candidates as (select entry_id from below union select id from entries where created_by = $8) ";

pub(in crate::documents) const OF_CANDIDATES: &str = "candidates c cross join lateral \
    (select * from documents where entry_id = c.entry_id and locale = $2 offset 0) d";

/// Whether a document `d` of an entry `e`, with what is public of it now as `p`, is in the state $3 at $7.
pub(in crate::documents) const IN_STATE: &str = "(e.trashed_at is not null) = ($3 is not distinct from 'trashed') \
    and case $3 when 'draft' then p.id is null when 'live' then p.id is not null \
          when 'changed' then p.number <> d.head \
          when 'scheduled' then exists (select from publications s where s.entry_id = d.entry_id \
            and s.locale = d.locale and s.during >> tstzrange($7, $7, '[]')) \
          else true end";

/// The query of a page of a list; with bounds, over the candidates for them.
fn page_of(window: &ListWindow, bounded: bool) -> String {
    let (after, id_after, order) = if window.backwards {
        (">", "<", "d.updated_at asc, d.entry_id desc")
    } else {
        ("<", ">", "d.updated_at desc, d.entry_id asc")
    };
    let (candidates, documents) = if bounded { (CANDIDATES, OF_CANDIDATES) } else { ("", "documents d") };
    format!(
        "{candidates}select {HEADER}, {REVISION} \
         from {documents} \
           cross join lateral (select * from entries where id = d.entry_id offset 0) e \
           cross join lateral (select * from revisions where entry_id = d.entry_id and locale = d.locale \
             and number = d.head offset 0) r \
           left join lateral (select * from publications where entry_id = d.entry_id and locale = d.locale \
             and during @> $7 offset 0) p on true \
         where d.kind = $1 and d.locale = $2 and {IN_STATE} \
           and ($4 is null or d.updated_at {after} $4 or (d.updated_at = $4 and d.entry_id {id_after} $5)){shelf} \
         order by {order} limit $6",
        shelf = window.shelf.clause(),
    )
}

/// Documents of a kind in a locale, those that changed last first; backwards, in the opposite order. No body is read. With
/// bounds, only candidates for them, and at the cost of all candidates.
pub(super) async fn list(
    read: &mut Read<'_>,
    (kind, locale): (&str, &str),
    window: &ListWindow,
    bounds: Option<&Bounds>,
) -> Result<Vec<State>, Problem> {
    let at = read.at.instant;
    // Rows are wide with their words, so that Postgres would rather read all of them than walk along the list.
    sql_query("select set_config('enable_seqscan', 'off', true)").execute(read.conn()).await?;
    let query = sql_query(page_of(window, bounds.is_some()))
        .bind::<Text, _>(kind)
        .bind::<Text, _>(locale)
        .bind::<Nullable<Text>, _>(window.state.map(StateFilter::as_str))
        .bind::<Nullable<Timestamptz>, _>(window.edge.map(|edge| edge.0))
        .bind::<Nullable<SqlUuid>, _>(window.edge.map(|edge| edge.1))
        .bind::<BigInt, _>(window.limit)
        .bind::<Timestamptz, _>(at)
        // What a query does not name is bound all the same.
        .bind::<Nullable<SqlUuid>, _>(bounds.and_then(|bounds| bounds.created_by).map(UserId::uuid))
        .bind::<Array<SqlUuid>, _>(
            bounds.iter().flat_map(|bounds| &bounds.below).map(|root| root.uuid()).collect::<Vec<_>>(),
        )
        .bind::<Text, _>(read.locale.clone())
        .bind::<Nullable<Jsonb>, _>(window.shelf.facets.as_ref())
        .bind::<Nullable<Text>, _>(window.shelf.query());
    let rows: Vec<StateRow> = query.load(read.conn()).await?;
    with_plans(read, rows).await
}

/// The states, each with what is public and planned of it.
async fn with_plans(read: &mut Read<'_>, rows: Vec<StateRow>) -> Result<Vec<State>, Problem> {
    let at = read.at.instant;
    let state = |row: StateRow| State {
        header: row.header.into(),
        head: row.revision.into(),
        planned: Vec::new(),
        unsaved: Vec::new(),
        at,
    };
    let mut states: Vec<State> = rows.into_iter().map(state).collect();
    let keys: Vec<_> = states.iter().map(|state| state.header.key()).collect();
    for (key, planned) in publishing::store::planned(read.conn(), &keys, at).await? {
        if let Some(state) = states.iter_mut().find(|state| state.header.key() == key) {
            state.planned.push(planned);
        }
    }
    Ok(states)
}
