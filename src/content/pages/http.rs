//! `/admin/v1/pages`: drafts of pages. Only create, get, list, save and trash stand here, because their bodies are exact;
//! what does not depend on the body is at `/admin/v1/documents/{id}`.

use actix_web::{HttpRequest, delete, get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Page, PageDraft};
use crate::app::App;
use crate::documents::body::Document;
use crate::documents::kind::KindSpec;
use crate::documents::model::{NewRevision, Origin, Snapshot, Source, State, StateFilter};
use crate::documents::params::{InLocale, TrashParams};
use crate::documents::view::DocumentState;
use crate::documents::{self, ListWindow, Placing, Seen, ShelfFilter, Which, typed};
use crate::platform::access::{Delete, Read, Require, Write};
use crate::platform::http::{
    CursorScope, Ids, IfMatch, MaybeIfMatch, NoContent, Page as ListPage, Paging, Params, Reply,
    StrictParams, Valid,
};
use crate::platform::id::Id;
use crate::platform::problem::{
    Conflict, Erased, Forbidden, Invalid, NotFound, PreconditionRequired, Problem, Stale,
};

/// A page as editors see it: how it stands, and the content of its newest revision.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageDocument {
    #[serde(flatten)]
    state: DocumentState,
    /// The content of the newest revision.
    body: Page,
}

/// A page that was saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedPage {
    #[serde(flatten)]
    page: PageDocument,
    /// Whether others had saved since `base`, and the newest revision holds the changes of both.
    merged: bool,
}

/// A page to be created.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePage {
    /// The whole content. Without a position it becomes the last among its siblings.
    body: PageDraft,
    /// What this change is about, for the history; at most 1,000 characters.
    #[schema(max_length = 1000, example = "A page for the new working group.")]
    note: Option<String>,
}

/// A page to be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavePage {
    /// The whole content. What is left out is emptied.
    body: PageDraft,
    /// What this change is about, for the history; at most 1,000 characters.
    #[schema(max_length = 1000, example = "Corrected the year of the founding.")]
    note: Option<String>,
    /// The revision that was edited, in place of `If-Match`: then what others have saved since is merged with this save,
    /// and contradictions are refused (409) with both sides.
    #[schema(minimum = 1, example = 2)]
    base: Option<i32>,
    /// For a translation: the revision of another locale that it follows from now on. As before when it is left out.
    source: Option<Source>,
}

/// Create a page
///
/// Makes a page as a draft: nothing becomes public. A draft may be unfinished; what it lacks is asked for when it is
/// published.
#[utoipa::path(
    tag = "pages",
    params(InLocale),
    request_body(content = CreatePage, description = "The content."),
    responses(
        (status = 201, description = "The page that was made.", body = PageDocument, headers(
            ("ETag" = String, description = "The version, `\"v<version>\"`."),
            ("Location" = String, description = "The address of the page in this API."),
        )),
        Forbidden, Invalid,
    ),
)]
#[post("/admin/v1/pages")]
async fn create_page(
    Require(permit): Require<Write<Page>>,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
    Valid(create): Valid<CreatePage>,
) -> Result<Reply<PageDocument>, Problem> {
    let last = create.body.position.is_none();
    let new = revision(&app, create.body, Origin::Create, create.note)?;
    let place = if last { Placing::Last } else { Placing::AsGiven };
    let snapshot = documents::create(&app, &permit, spec(&app)?, params.locale.as_deref(), (new, place))
        .await
        .map_err(typed::inside_body)?;
    let version = snapshot.state.header.version;
    let location = format!("/admin/v1/pages/{}", snapshot.state.header.entry);
    Ok(Reply::created(location, view(snapshot)?).version(version))
}

/// Get a page
///
/// The newest revision, whether it is public or not, with how the page stands.
#[utoipa::path(
    tag = "pages",
    params(("id" = Uuid, Path, description = "The entry."), InLocale),
    responses(
        (status = 200, description = "The page.", body = PageDocument,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Erased,
    ),
)]
#[get("/admin/v1/pages/{id}")]
async fn get_page(
    Require(permit): Require<Read<Page>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
) -> Result<Reply<PageDocument>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let snapshot = documents::get(&app, &permit, spec(&app)?, which).await?;
    let version = snapshot.state.header.version;
    Ok(Reply::ok(view(snapshot)?).version(version))
}

/// Save a page
///
/// Appends a revision. What is public stays as it is until a revision is published. An identical body makes no revision.
///
/// A save says what it is based on: with `If-Match` it is strict, and anything that happened since is a reason to refuse it
/// (412). With `base` in the body, what others have saved since is merged with it, field by field, block by block, and in
/// texts word by word; contradictions are refused (409), each with both sides.
#[utoipa::path(
    tag = "pages",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read, such as `\"v3\"`; or send `base`.", example = "\"v3\""),
    ),
    request_body(content = SavePage, description = "The whole content."),
    responses(
        (status = 200, description = "The page as it is now.", body = SavedPage,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[put("/admin/v1/pages/{id}")]
async fn save_page(
    Require(permit): Require<Write<Page>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    MaybeIfMatch(version): MaybeIfMatch,
    app: web::Data<App>,
    Valid(save): Valid<SavePage>,
) -> Result<Reply<SavedPage>, Problem> {
    let basis = typed::basis(version, save.base)?;
    let new = revision(&app, save.body, Origin::Edit, save.note)?;
    let new = NewRevision { source: save.source, ..new };
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let saved =
        documents::save(&app, &permit, spec(&app)?, which, basis, new).await.map_err(typed::inside_body)?;
    let version = saved.snapshot.state.header.version;
    Ok(Reply::ok(SavedPage { page: view(saved.snapshot)?, merged: saved.merged }).version(version))
}

/// Trash a page
///
/// Puts the page into the trash, in all its locales. What is public of it ends now and what is scheduled is taken back, for
/// which the right to publish is needed too. Nothing is deleted: every revision stays. Refused while pages below or links
/// to it remain, unless the request decides what becomes of them.
#[utoipa::path(
    tag = "pages",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        TrashParams,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    responses(
        (status = 204, description = "The page lies in the trash."),
        Forbidden, NotFound, Conflict, Stale, PreconditionRequired,
    ),
)]
#[delete("/admin/v1/pages/{id}")]
async fn trash_page(
    Require(permit): Require<Delete<Page>>,
    Ids(id): Ids,
    Params(params): Params<TrashParams>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
) -> Result<NoContent, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    documents::trash(&app, &permit, spec(&app)?, seen, params.decision()?).await?;
    Ok(NoContent::default())
}

/// How a list of pages is cut.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListPages {
    /// How many pages an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
    /// Only pages in this state. Without it: all that do not lie in the trash.
    #[serde(rename = "filter[state]")]
    #[param(inline)]
    state: Option<StateFilter>,
    /// The locale of the documents, a BCP 47 tag; the site's default when it is left out.
    #[param(example = "en")]
    locale: Option<String>,
}

impl StrictParams for ListPages {
    const ALLOWED: &'static [&'static str] = &["limit", "after", "before", "filter[state]", "locale"];
}

/// List pages
///
/// Drafts and all, those that changed last first, without their content.
#[utoipa::path(
    tag = "pages",
    params(ListPages),
    responses(
        (status = 200, description = "One page of the list.", body = ListPage<DocumentState>,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden,
    ),
)]
#[get("/admin/v1/pages")]
async fn list_pages(
    Require(permit): Require<Read<Page>>,
    Params(params): Params<ListPages>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<ListPage<DocumentState>>, Problem> {
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let locale = params.locale.as_deref();
    let state = params.state.map(StateFilter::as_str).unwrap_or_default();
    let query = format!("{state} {}", locale.unwrap_or_default());
    let scope = CursorScope { list: "admin.pages", query: &query };
    let edge = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let (state, shelf) = (params.state, ShelfFilter::default());
    let window = ListWindow { state, shelf, edge, backwards: paging.is_backwards(), limit: paging.rows() };
    let states = documents::list(&app, &permit, spec(&app)?, locale, window).await?;
    let key = |state: &State| (state.header.updated_at, state.header.entry);
    let page = paging.page(states, |state| app.cursors.seal(scope, &key(state)))?;
    Ok(page.map(DocumentState::from).linked(&request, Reply::ok))
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_pages).service(create_page).service(get_page).service(save_page).service(trash_page);
}

fn spec(app: &App) -> Result<&KindSpec, Problem> {
    app.kinds.get(Page::KIND.as_str())
}

/// What the client sent, as a revision; every fault of it at once.
fn revision(
    app: &App,
    draft: PageDraft,
    origin: Origin,
    note: Option<String>,
) -> Result<NewRevision, Problem> {
    typed::revision(draft.into_page(&mut || app.ids.uuid()), origin, note)
}

fn view(snapshot: Snapshot) -> Result<PageDocument, Problem> {
    let body = typed::body(&snapshot)?;
    Ok(PageDocument { state: snapshot.state.into(), body })
}
