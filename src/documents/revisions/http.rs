//! `/admin/v1/documents/{id}/...`: revisions, comparison and timeline of a document of whatever kind.

use actix_web::{HttpRequest, get, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::view::{Comparison, RevisionEntry, RevisionView, TimelineEntry};
use super::{Period, RevisionWindow};
use crate::app::App;
use crate::documents::Which;
use crate::documents::model::Revision;
use crate::documents::params::InLocale;
use crate::platform::access::{AnyContent, Read, Require};
use crate::platform::http::{CursorScope, Ids, Page, Paging, Params, Reply, StrictParams, time};
use crate::platform::id::Id;
use crate::platform::problem::{Erased, Forbidden, Invalid, NotFound, Problem};

/// Which revisions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListRevisions {
    /// The locale of the document, a BCP 47 tag; the site's default when it is left out.
    #[param(max_length = 12, example = "en")]
    locale: Option<String>,
    /// How many revisions an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
    /// Only revisions of this user.
    #[serde(rename = "filter[author]")]
    author: Option<Uuid>,
    /// Only revisions written at this time or later, RFC 3339.
    #[serde(rename = "filter[created_at][gte]", default, deserialize_with = "time")]
    #[param(value_type = Option<DateTime<Utc>>)]
    since: Option<DateTime<Utc>>,
    /// Only revisions written before this time, RFC 3339.
    #[serde(rename = "filter[created_at][lt]", default, deserialize_with = "time")]
    #[param(value_type = Option<DateTime<Utc>>)]
    until: Option<DateTime<Utc>>,
}

impl StrictParams for ListRevisions {
    const ALLOWED: &'static [&'static str] = &[
        "locale",
        "limit",
        "after",
        "before",
        "filter[author]",
        "filter[created_at][gte]",
        "filter[created_at][lt]",
    ];
}

impl ListRevisions {
    /// What a cursor belongs to.
    fn query(&self, id: Uuid) -> String {
        format!("{id} {:?} {:?} {:?} {:?}", self.locale, self.author, self.since, self.until)
    }
}

/// List revisions
///
/// The history of a document, the newest first, without content.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "The entry."), ListRevisions),
    responses(
        (status = 200, description = "One page of the list.", body = Page<RevisionEntry>,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden, NotFound,
    ),
)]
#[get("/admin/v1/documents/{id}/revisions")]
async fn list_revisions(
    Require(permit): Require<Read<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<ListRevisions>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<RevisionEntry>>, Problem> {
    let query = params.query(id);
    let scope = CursorScope { list: "admin.revisions", query: &query };
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let paging = Paging::new(params.limit, params.after.clone(), params.before.clone())?;
    let edge = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let window = window(&params, &paging, edge);
    let revisions = super::revisions(&app, &permit, which, &window).await?;
    let page = paging.page(revisions, |revision: &Revision| app.cursors.seal(scope, &revision.number))?;
    Ok(page.map(RevisionEntry::from).linked(&request, Reply::ok))
}

fn window(params: &ListRevisions, paging: &Paging, edge: Option<i32>) -> RevisionWindow {
    RevisionWindow {
        author: params.author.map(Id::from_uuid),
        since: params.since,
        before: params.until,
        edge,
        backwards: paging.is_backwards(),
        limit: paging.rows(),
    }
}

/// Get a revision
///
/// One revision with its content, in the current form of its kind.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        ("number" = i32, Path, description = "The number of the revision.", minimum = 1),
        InLocale,
    ),
    responses(
        (status = 200, description = "The revision.", body = RevisionView),
        Forbidden, NotFound, Erased,
    ),
)]
#[get("/admin/v1/documents/{id}/revisions/{number}")]
async fn get_revision(
    Require(permit): Require<Read<AnyContent>>,
    Ids((id, number)): Ids<(Uuid, i32)>,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
) -> Result<Reply<RevisionView>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let (revision, body) = super::revision(&app, &permit, which, number).await?;
    Ok(Reply::ok(RevisionView::new(revision, body)))
}

/// Which revisions are compared.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CompareRevisions {
    /// The locale of the document, a BCP 47 tag; the site's default when it is left out.
    #[param(max_length = 12, example = "en")]
    locale: Option<String>,
    /// The number of the one revision.
    #[param(minimum = 1, example = 2)]
    from: i32,
    /// The number of the other revision; the newest when it is left out.
    #[param(minimum = 1, example = 3)]
    to: Option<i32>,
}

impl StrictParams for CompareRevisions {
    const ALLOWED: &'static [&'static str] = &["locale", "from", "to"];
}

/// Compare two revisions
///
/// What differs between any two revisions, field by field and block by block, texts by words: ready to be drawn.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "The entry."), CompareRevisions),
    responses(
        (status = 200, description = "The differences.", body = Comparison),
        Forbidden, NotFound, Erased, Invalid,
    ),
)]
#[get("/admin/v1/documents/{id}/diff")]
async fn compare_revisions(
    Require(permit): Require<Read<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<CompareRevisions>,
    app: web::Data<App>,
) -> Result<Reply<Comparison>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let (to, changes) = super::compare(&app, &permit, which, (params.from, params.to)).await?;
    Ok(Reply::ok(Comparison { from: params.from, to, changes }))
}

/// How the timeline is cut.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct GetTimeline {
    /// The locale of the document, a BCP 47 tag; the site's default when it is left out.
    #[param(max_length = 12, example = "en")]
    locale: Option<String>,
    /// How many entries an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
}

impl StrictParams for GetTimeline {
    const ALLOWED: &'static [&'static str] = &["locale", "limit", "after", "before"];
}

/// Get the timeline
///
/// When which revision was public, is and will be, the latest first.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "The entry."), GetTimeline),
    responses(
        (status = 200, description = "One page of the timeline.", body = Page<TimelineEntry>,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden, NotFound,
    ),
)]
#[get("/admin/v1/documents/{id}/timeline")]
async fn get_timeline(
    Require(permit): Require<Read<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<GetTimeline>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<TimelineEntry>>, Problem> {
    let query = format!("{id} {:?}", params.locale);
    let scope = CursorScope { list: "admin.timeline", query: &query };
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let edge = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let cut = (edge, paging.is_backwards(), paging.rows());
    let (at, periods) = super::timeline(&app, &permit, which, cut).await?;
    let page =
        paging.page(periods, |period: &Period| app.cursors.seal(scope, &period.planned.during.from))?;
    Ok(page.map(|period| TimelineEntry::new(&period, at)).linked(&request, Reply::ok))
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_revisions).service(get_revision).service(compare_revisions).service(get_timeline);
}
