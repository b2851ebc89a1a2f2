//! SQL of deriving anew. Postgres lets only the owner of the tables write these columns of publications.

use diesel::sql_types::{Array, Bool, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::documents::publishing::Derived;
use crate::documents::publishing::store::DERIVED_BY;
use crate::documents::store::Place;
use crate::platform::db::{Change, Read};
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = Bool)]
    due: bool,
}

/// Publications that have not ended. Each condition is as the index that serves it has it.
const PUBLICATIONS: &str = "(select id from publications where upper_inf(during) and derived_by < $1 limit 100) \
    union all (select id from publications where not upper_inf(during) and upper(during) > $2 and derived_by < $1 limit 100)";

/// Whether any row was derived by an older program.
pub(super) async fn is_due(read: &mut Read<'_>) -> Result<bool, Problem> {
    let query = format!(
        "select exists (select from documents where derived_by < $1) or exists ({PUBLICATIONS}) as due"
    );
    let at = read.at.instant;
    let row: Due = sql_query(query)
        .bind::<SmallInt, _>(DERIVED_BY)
        .bind::<Timestamptz, _>(at)
        .get_result(read.conn())
        .await?;
    Ok(row.due)
}

/// The same of publications alone.
pub(super) async fn has_older_publications(tx: &mut Change<'_>) -> Result<bool, Problem> {
    let at = tx.now().await?;
    let row: Due = sql_query(format!("select exists ({PUBLICATIONS}) as due"))
        .bind::<SmallInt, _>(DERIVED_BY)
        .bind::<Timestamptz, _>(at)
        .get_result(tx.conn())
        .await?;
    Ok(row.due)
}

/// A row that an older program derived, with its body.
#[derive(QueryableByName)]
pub(super) struct Old {
    /// The publication, or the entry of a document.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub locale: String,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub body: Option<Value>,
    #[diesel(sql_type = SmallInt)]
    pub schema_version: i16,
}

/// Some of the publications.
pub(super) async fn publications(tx: &mut Change<'_>) -> Result<Vec<Old>, Problem> {
    let at = tx.now().await?;
    let query = format!(
        "select p.id, p.locale, p.kind, r.body, r.schema_version from ({PUBLICATIONS}) k \
         join publications p using (id) join revisions r using (entry_id, locale, number)"
    );
    Ok(sql_query(query).bind::<SmallInt, _>(DERIVED_BY).bind::<Timestamptz, _>(at).load(tx.conn()).await?)
}

/// Some of the documents, locked; those that somebody works on come later.
pub(super) async fn documents(tx: &mut Change<'_>) -> Result<Vec<Old>, Problem> {
    const QUERY: &str = "select d.entry_id as id, d.locale, d.kind, r.body, r.schema_version from documents d \
        join revisions r on r.entry_id = d.entry_id and r.locale = d.locale and r.number = d.head \
        where d.derived_by < $1 limit 200 for update of d skip locked";
    Ok(sql_query(QUERY).bind::<SmallInt, _>(DERIVED_BY).load(tx.conn()).await?)
}

/// What follows from a body now.
pub(super) struct Fresh {
    id: Uuid,
    /// By column; nothing when the row stays as it is.
    columns: Option<Value>,
    pub unreadable: bool,
}

impl Fresh {
    pub(super) fn publication(id: Uuid, derived: &Derived) -> Self {
        let wording = derived.public_wording();
        let columns = json!({
            "title": derived.title,
            "summary": derived.summary,
            "card": derived.card,
            "facets": derived.facets,
            "position": derived.position,
            "words": wording.words(),
            "search_text": wording.text,
        });
        Self { id, columns: Some(columns), unreadable: false }
    }

    pub(super) fn document(old: &Old, place: &Place) -> Self {
        let columns = json!({ "facets": place.facets(), "words": place.words() });
        Self { id: old.id, columns: Some(columns), unreadable: false }
    }

    /// What was erased has nothing to derive from.
    pub(super) fn nothing(id: Uuid) -> Self {
        Self { id, columns: None, unreadable: false }
    }

    pub(super) fn unreadable(id: Uuid) -> Self {
        Self { id, columns: None, unreadable: true }
    }
}

/// Writes the columns of publications, given a change of what is public.
pub(super) async fn write_publications(tx: &mut Change<'_>, fresh: &[Fresh]) -> Result<(), Problem> {
    const WRITE: &str = "update publications p set title = f.new ->> 'title', title_sort = f.new ->> 'title', \
        summary = f.new ->> 'summary', card = f.new -> 'card', facets = f.new -> 'facets', position = f.new ->> 'position', \
        search = mh.search_vector(mh.search_config(p.locale), f.new -> 'words'), search_text = f.new ->> 'search_text', \
        derived_by = $3 from unnest($1, $2) f (id, new) where p.id = f.id and f.new is not null";
    const PASS: &str = "update publications p set derived_by = $3 from unnest($1, $2) f (id, new) \
        where p.id = f.id and f.new is null";
    for query in [WRITE, PASS] {
        write(tx.conn(), query, fresh, None).await?;
    }
    Ok(())
}

/// Writes the columns of documents.
pub(super) async fn write_documents(
    tx: &mut Change<'_>,
    fresh: &[Fresh],
    locales: Vec<&str>,
) -> Result<(), Problem> {
    const WRITE: &str = "update documents d set facets = nullif(f.new -> 'facets', 'null'), \
        words = mh.search_vector('public.search_simple', f.new -> 'words'), derived_by = $3 \
        from unnest($1, $2, $4) f (id, new, locale) where d.entry_id = f.id and d.locale = f.locale and f.new is not null";
    const PASS: &str = "update documents d set derived_by = $3 from unnest($1, $2, $4) f (id, new, locale) \
        where d.entry_id = f.id and d.locale = f.locale and f.new is null";
    for query in [WRITE, PASS] {
        write(tx.conn(), query, fresh, Some(&locales)).await?;
    }
    Ok(())
}

async fn write(
    conn: &mut AsyncPgConnection,
    query: &'static str,
    fresh: &[Fresh],
    locales: Option<&[&str]>,
) -> Result<(), Problem> {
    let ids: Vec<Uuid> = fresh.iter().map(|one| one.id).collect();
    let columns: Vec<Option<&Value>> = fresh.iter().map(|one| one.columns.as_ref()).collect();
    let query = sql_query(query)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Nullable<Jsonb>>, _>(columns)
        .bind::<SmallInt, _>(DERIVED_BY);
    match locales {
        Some(locales) => query.bind::<Array<Text>, _>(locales).execute(conn).await?,
        None => query.execute(conn).await?,
    };
    Ok(())
}
