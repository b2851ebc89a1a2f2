//! What an answer is made of: a snapshot, an instant and the locales that will do. What is public now is asked of the
//! `mh.public_*` views as the reader, whose role has nothing else; another instant of the `mh.history_*` views. The queries
//! are the same: each says itself what its instant demands, and takes it as $1 and the locales, the best first, as $2.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::delivery::model::{AsOf, Card, Locale, chain};
use crate::delivery::store::CardRow;
use crate::delivery::tags::Tags;
use crate::documents::drafted::Drafted;
use crate::platform::db::{Prepare, PublicRead, Read};
use crate::platform::problem::Problem;

/// What is asked: views with the same columns.
pub(in crate::delivery) struct Relations {
    pub(in crate::delivery) documents: &'static str,
    pub(in crate::delivery) bodies: &'static str,
    pub(in crate::delivery) routes: &'static str,
    pub(in crate::delivery) former_routes: &'static str,
    pub(in crate::delivery) redirects: &'static str,
    pub(in crate::delivery) files: &'static str,
    pub(in crate::delivery) search: &'static str,
}

const PUBLIC: Relations = Relations {
    documents: "mh.public_documents",
    bodies: "mh.public_bodies",
    routes: "mh.public_routes",
    former_routes: "mh.public_former_routes",
    redirects: "mh.public_redirects",
    files: "mh.public_files",
    search: "mh.public_search",
};

const HISTORY: Relations = Relations {
    documents: "mh.history_documents",
    bodies: "mh.history_bodies",
    routes: "mh.history_routes",
    former_routes: "mh.history_routes",
    redirects: "mh.history_redirects",
    files: "mh.history_files",
    search: "mh.history_search",
};

const PREVIEW: Relations = Relations {
    documents: "mh.preview_documents",
    bodies: "mh.history_bodies",
    routes: "mh.preview_routes",
    former_routes: "mh.preview_former_routes",
    redirects: "mh.history_redirects",
    files: "mh.history_files",
    search: "mh.history_search",
};

/// An open snapshot that is asked about one instant, in a locale and those that stand in for it.
pub(in crate::delivery) struct Selection<'a> {
    pub(in crate::delivery) conn: &'a mut AsyncPgConnection,
    pub(in crate::delivery) relations: &'static Relations,
    pub(in crate::delivery) at: DateTime<Utc>,
    pub(in crate::delivery) locales: Vec<String>,
    /// The site's default locale.
    pub(in crate::delivery) default: String,
    /// What a preview shows though nothing public points at it.
    pub(in crate::delivery) shows: Vec<Uuid>,
    /// What addresses of media are signed with, so that a preview can load them.
    pub(in crate::delivery) signature: Option<String>,
    /// What is looked at.
    pub(in crate::delivery) tags: Tags,
}

impl<'a> Selection<'a> {
    /// What is public at the instant of the snapshot.
    ///
    /// # Errors
    /// 400 for a locale that the site does not have.
    pub(in crate::delivery) async fn now(
        read: &'a mut PublicRead<'_>,
        locale: Option<&str>,
    ) -> Result<Self, Problem> {
        let (at, default) = (read.at.instant, read.locale.clone());
        Self::of(read.conn(), &PUBLIC, at, locale, default).await
    }

    /// What was or will be public at another instant, as far as the snapshot knows.
    ///
    /// # Errors
    /// 400 for a locale that the site does not have.
    pub(in crate::delivery) async fn as_of(
        read: &'a mut Read<'_>,
        locale: Option<&str>,
        as_of: AsOf,
    ) -> Result<Self, Problem> {
        let default = read.locale.clone();
        Self::of(read.conn(), &HISTORY, as_of.instant(), locale, default).await
    }

    /// What is public at the instant of the snapshot, with a draft in the place of what is public of it.
    ///
    /// # Errors
    /// 400 for a locale that the site does not have.
    pub(in crate::delivery) async fn previewed(
        read: &'a mut Read<'_>,
        locale: Option<&str>,
        drafted: &Drafted,
    ) -> Result<Self, Problem> {
        let (at, default) = (read.at.instant, read.locale.clone());
        // For this transaction alone; `mh.preview_rows` reads it.
        sql_query("select set_config('masthead.preview', $1, true)")
            .bind::<Text, _>(drafted.rows.to_string())
            .execute(read.conn())
            .await?;
        let found = Self::of(read.conn(), &PREVIEW, at, locale, default).await?;
        Ok(Self { shows: drafted.shows.clone(), ..found })
    }

    async fn of(
        conn: &'a mut AsyncPgConnection,
        relations: &'static Relations,
        at: DateTime<Utc>,
        locale: Option<&str>,
        default: String,
    ) -> Result<Self, Problem> {
        let rows: Vec<LocaleRow> = sql_query("select tag, fallback from mh.public_locales order by tag")
            .prepared()
            .load(conn)
            .await?;
        let site: Vec<Locale> =
            rows.into_iter().map(|row| Locale { tag: row.tag, fallback: row.fallback }).collect();
        let locales = chain(&site, locale.unwrap_or(&default))?;
        let tags = Tags::default();
        Ok(Self { conn, relations, at, locales, default, shows: Vec::new(), signature: None, tags })
    }

    /// The card of a row that the answer shows.
    pub(in crate::delivery) fn shown(&mut self, row: CardRow) -> Card {
        let card = Card::from(row);
        self.tags.shows(&card.kind, card.entry);
        card
    }

    /// The columns of a card from a document `d`. A parent that was erased is none.
    pub(in crate::delivery) fn card(&self) -> String {
        format!(
            "d.entry_id, d.kind, d.locale, ($2::text[])[1] as requested_locale, d.title, d.summary, d.published_at, \
               d.updated_at, d.card, d.position, \
             (select d.parent where exists (select from {documents} a \
              where a.entry_id = d.parent and a.locale = any ($2) and a.during @> $1 and not a.erased)) as parent, \
             (select r.path from {routes} r \
              where r.entry_id = d.entry_id and r.locale = d.locale and r.during @> $1) as path",
            documents = self.relations.documents,
            routes = self.relations.routes,
        )
    }

    /// The document of an entry in the best locale. What was erased comes only when there is nothing else.
    pub(in crate::delivery) fn best(&self, entry: &str) -> String {
        format!(
            "(select b.* from {documents} b \
              where b.entry_id = {entry} and b.locale = any ($2) and b.during @> $1 \
              order by b.erased, array_position($2, b.locale) limit 1)",
            documents = self.relations.documents,
        )
    }
}

#[derive(QueryableByName)]
struct LocaleRow {
    #[diesel(sql_type = Text)]
    tag: String,
    #[diesel(sql_type = Nullable<Text>)]
    fallback: Option<String>,
}

#[derive(QueryableByName)]
struct FinalRow {
    #[diesel(sql_type = Bool)]
    is_final: bool,
}

/// Whether no change that this snapshot does not see can still alter what it shows of an instant. Changes come in the
/// order of their instants, so what is not later than the last one is settled. A change commits within 20 s of its
/// instant or not at all; the ten more are for what lies between that check and the sight of its commit.
pub(in crate::delivery) async fn is_final(read: &mut Read<'_>, as_of: AsOf) -> Result<bool, Problem> {
    const QUERY: &str =
        "select $1 <= changed_at or $1 < $2::timestamptz - interval '30 seconds' as is_final from site";
    let now = read.at.instant;
    let row: FinalRow = sql_query(QUERY)
        .bind::<Timestamptz, _>(as_of.instant())
        .bind::<Timestamptz, _>(now)
        .get_result(read.conn())
        .await?;
    Ok(row.is_final)
}
