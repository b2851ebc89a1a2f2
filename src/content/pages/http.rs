//! `/admin/v1/pages`: drafts of pages. Only create, get, list, save and trash stand here, because their bodies are exact;
//! what does not depend on the body is at `/admin/v1/documents/{id}`.

use actix_web::{HttpRequest, delete, get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::{Page, PageDraft};
use crate::app::App;
use crate::documents::body::Document;
use crate::documents::kind::KindSpec;
use crate::documents::model::{NewRevision, Origin, Snapshot, Source, State, StateFilter};
use crate::documents::params::InLocale;
use crate::documents::view::DocumentState;
use crate::documents::{self, Basis, Below, Decision, ListWindow, Placing, Seen, Uses, Which};
use crate::platform::access::{Delete, Read, Require, Write};
use crate::platform::http::{
    CursorScope, Ids, IfMatch, MaybeIfMatch, NoContent, Page as ListPage, Paging, Params, Reply,
    StrictParams, Valid,
};
use crate::platform::id::Id;
use crate::platform::problem::{
    Code, Conflict, Erased, FieldCode, Forbidden, Invalid, NotFound, Pointer, PreconditionRequired, Problem,
    Stale,
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
        .map_err(inside_body)?;
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
    let basis = basis(version, save.base)?;
    let new = revision(&app, save.body, Origin::Edit, save.note)?;
    let new = NewRevision { source: save.source, ..new };
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let saved = documents::save(&app, &permit, spec(&app)?, which, basis, new).await.map_err(inside_body)?;
    let version = saved.snapshot.state.header.version;
    Ok(Reply::ok(SavedPage { page: view(saved.snapshot)?, merged: saved.merged }).version(version))
}

/// What is decided when a page goes into the trash.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TrashPage {
    /// The locale whose version `If-Match` names; the site's default when it is left out. All locales go into the trash.
    #[param(max_length = 12, example = "en")]
    locale: Option<String>,
    /// What happens to pages below: `refuse` (when it is left out) or `trash`.
    #[param(inline)]
    descendants: Option<DescendantsChoice>,
    /// What happens to links to it: `refuse` (when it is left out), `unlink` or `replace`.
    #[param(inline)]
    references: Option<ReferencesChoice>,
    /// With `references=replace`: the entry that links lead to from then on.
    replacement: Option<Uuid>,
}

impl StrictParams for TrashPage {
    const ALLOWED: &'static [&'static str] = &["locale", "descendants", "references", "replacement"];
}

/// What happens to pages below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DescendantsChoice {
    /// The page stays while there are any, and they are named.
    Refuse,
    /// They go with it, and come back with it.
    Trash,
}

/// What happens to links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ReferencesChoice {
    /// The page stays while there are any, and the pages that have them are named.
    Refuse,
    /// The links are taken away and their words stay, in a new revision of each page.
    Unlink,
    /// They lead to `replacement`, in a new revision of each page.
    Replace,
}

impl TrashPage {
    fn decision(&self) -> Result<Decision, Problem> {
        let refused = |detail: &'static str| {
            Problem::new(Code::InvalidParameter).detail(detail).field(
                "/query/replacement",
                FieldCode::Invalid,
                detail,
            )
        };
        let uses = match (self.references, self.replacement) {
            (None | Some(ReferencesChoice::Refuse), None) => Uses::Refuse,
            (Some(ReferencesChoice::Unlink), None) => Uses::Unlink,
            (Some(ReferencesChoice::Replace), Some(entry)) => Uses::Replace(Id::from_uuid(entry)),
            (Some(ReferencesChoice::Replace), None) => {
                return Err(refused("references=replace needs `replacement`, the id of another entry."));
            }
            (_, Some(_)) => return Err(refused("`replacement` goes with references=replace.")),
        };
        let below = match self.descendants {
            None | Some(DescendantsChoice::Refuse) => Below::Refuse,
            Some(DescendantsChoice::Trash) => Below::Trash,
        };
        Ok(Decision { below, uses })
    }
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
        TrashPage,
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
    Params(params): Params<TrashPage>,
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
    let window =
        ListWindow { state: params.state, edge, backwards: paging.is_backwards(), limit: paging.rows() };
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

/// What a save is based on: `If-Match` or `base`.
fn basis(version: Option<i64>, base: Option<i32>) -> Result<Basis, Problem> {
    match (version, base) {
        (Some(version), None) => Ok(Basis::Version(version)),
        (None, Some(base)) => Ok(Basis::Revision(base)),
        (Some(_), Some(_)) => Err(Problem::new(Code::InvalidPrecondition).detail(
            "Send If-Match for a strict save or `base` for a merging one, not both.",
        )),
        (None, None) => Err(Problem::new(Code::PreconditionRequired).detail(
            "Say what this save is based on: the ETag that was read as If-Match, or the number of the revision as `base`.",
        )),
    }
}

/// What the client sent, as a revision; every fault of it at once.
fn revision(
    app: &App,
    draft: PageDraft,
    origin: Origin,
    note: Option<String>,
) -> Result<NewRevision, Problem> {
    if note.as_ref().is_some_and(|note| note.chars().count() > 1000) {
        return Err(Problem::new(Code::Invalid).field(
            "/note",
            FieldCode::TooLong,
            "A note has at most 1,000 characters.",
        ));
    }
    let page = draft.into_page(&mut || app.ids.uuid()).map_err(|problems| {
        inside_body(
            Problem::new(Code::Invalid)
                .detail(
                    "The content breaks the rules named in `errors`; each names its place by a JSON pointer.",
                )
                .fields(problems),
        )
    })?;
    let body = serde_json::to_value(page).map_err(Problem::internal)?;
    Ok(NewRevision::new(body, origin).note(note))
}

/// What is wrong with the content, counted from the body of the request; `base` stands there itself.
fn inside_body(problem: Problem) -> Problem {
    let beside = |place: &str| place == "/base" || place.starts_with("/source/");
    if problem.errors().iter().any(|error| beside(error.pointer.as_str())) {
        return problem;
    }
    problem.inside(&Pointer::root().field("body"))
}

fn view(snapshot: Snapshot) -> Result<PageDocument, Problem> {
    let version = snapshot.state.header.version;
    // What is saved next is based on this version, so it is told although there is no content.
    let body = snapshot.body.ok_or_else(|| {
        Problem::new(Code::Erased)
            .detail("The content of the newest revision was erased for good. Save new content to go on.")
            .header("etag", format!("\"v{version}\""))
    })?;
    let body = serde_json::from_value(body).map_err(Problem::internal)?;
    Ok(PageDocument { state: snapshot.state.into(), body })
}
