//! `/admin/v1/menus`: drafts of menus. Publishing and the other actions that do not depend on the body are at
//! `/admin/v1/documents/{id}`.

use actix_web::{HttpRequest, delete, get, post, put, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::{self, spec};
use super::view::{MenuDocument, SavedMenu};
use super::{Menu, MenuDraft};
use crate::app::App;
use crate::documents::model::{NewRevision, Origin, Source, State, StateFilter};
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

/// A menu to be created.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMenu {
    /// The whole content.
    body: MenuDraft,
    /// What this change is about, for the history; at most 1,000 characters.
    #[schema(max_length = 1000, example = "The links of the foot of each page.")]
    note: Option<String>,
}

/// A menu to be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveMenu {
    /// The whole content. What is left out is emptied.
    body: MenuDraft,
    /// What this change is about, for the history; at most 1,000 characters.
    #[schema(max_length = 1000, example = "The shop has moved.")]
    note: Option<String>,
    /// The revision that was edited, in place of `If-Match`: then what others have saved since is merged with this save,
    /// and contradictions are refused (409) with both sides.
    #[schema(minimum = 1, example = 2)]
    base: Option<i32>,
    /// For a translation: the revision of another locale that it follows from now on. As before when it is left out.
    source: Option<Source>,
}

/// Create a menu
///
/// Makes a menu as a draft: nothing becomes public. A draft may be unfinished; what it lacks is asked for when it is
/// published.
#[utoipa::path(
    tag = "menus",
    params(InLocale),
    request_body(content = CreateMenu, description = "The content."),
    responses(
        (status = 201, description = "The menu that was made.", body = MenuDocument, headers(
            ("ETag" = String, description = "The version, `\"v<version>\"`."),
            ("Location" = String, description = "The address of the menu in this API."),
        )),
        Forbidden, Invalid,
    ),
)]
#[post("/admin/v1/menus")]
async fn create_menu(
    Require(permit): Require<Write<Menu>>,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
    Valid(create): Valid<CreateMenu>,
) -> Result<Reply<MenuDocument>, Problem> {
    let new = (revision(&app, create.body, Origin::Create, create.note)?, Placing::AsGiven);
    let locale = params.locale.as_deref();
    let made = documents::create(&app, &permit, spec(&app)?, locale, new).await;
    let snapshot = made.map_err(typed::inside_body)?;
    let version = snapshot.state.header.version;
    let location = format!("/admin/v1/menus/{}", snapshot.state.header.entry);
    Ok(Reply::created(location, actions::shown(&app, snapshot).await?).version(version))
}

/// Get a menu
///
/// The newest revision, whether it is public or not, with how the menu stands and what readers do not get of it now.
#[utoipa::path(
    tag = "menus",
    params(("id" = Uuid, Path, description = "The entry."), InLocale),
    responses(
        (status = 200, description = "The menu.", body = MenuDocument,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Erased,
    ),
)]
#[get("/admin/v1/menus/{id}")]
async fn get_menu(
    Require(permit): Require<Read<Menu>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
) -> Result<Reply<MenuDocument>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let snapshot = documents::get(&app, &permit, spec(&app)?, which).await?;
    let version = snapshot.state.header.version;
    Ok(Reply::ok(actions::shown(&app, snapshot).await?).version(version))
}

/// Save a menu
///
/// Appends a revision. What is public stays as it is until a revision is published. An identical body makes no revision.
///
/// A save says what it is based on: with `If-Match` it is strict, and anything that happened since is a reason to refuse it
/// (412). With `base` in the body, what others have saved since is merged with it, item by item; contradictions are refused
/// (409), each with both sides.
#[utoipa::path(
    tag = "menus",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read, such as `\"v3\"`; or send `base`.", example = "\"v3\""),
    ),
    request_body(content = SaveMenu, description = "The whole content."),
    responses(
        (status = 200, description = "The menu as it is now.", body = SavedMenu,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[put("/admin/v1/menus/{id}")]
async fn save_menu(
    Require(permit): Require<Write<Menu>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    MaybeIfMatch(version): MaybeIfMatch,
    app: web::Data<App>,
    Valid(save): Valid<SaveMenu>,
) -> Result<Reply<SavedMenu>, Problem> {
    let basis = typed::basis(version, save.base)?;
    let new = revision(&app, save.body, Origin::Edit, save.note)?;
    let new = NewRevision { source: save.source, ..new };
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let saved =
        documents::save(&app, &permit, spec(&app)?, which, basis, new).await.map_err(typed::inside_body)?;
    let version = saved.snapshot.state.header.version;
    let menu = actions::shown(&app, saved.snapshot).await?;
    Ok(Reply::ok(menu.saved(saved.merged)).version(version))
}

/// Trash a menu
///
/// Puts the menu into the trash, in all its locales. What is public of it ends now and what is scheduled is taken back, for
/// which the right to publish is needed too. Nothing is deleted: every revision stays. Refused while
/// anything links to it, unless the request decides what becomes of these links.
#[utoipa::path(
    tag = "menus",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        TrashParams,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    responses(
        (status = 204, description = "The menu lies in the trash."),
        Forbidden, NotFound, Conflict, Stale, PreconditionRequired,
    ),
)]
#[delete("/admin/v1/menus/{id}")]
async fn trash_menu(
    Require(permit): Require<Delete<Menu>>,
    Ids(id): Ids,
    Params(params): Params<TrashParams>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
) -> Result<NoContent, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    documents::trash(&app, &permit, spec(&app)?, seen, params.decision()?).await?;
    Ok(NoContent::default())
}

/// How a list of menus is cut.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListMenus {
    /// How many menus an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
    /// Only menus in this state. Without it: all that do not lie in the trash.
    #[serde(rename = "filter[state]")]
    #[param(inline)]
    state: Option<StateFilter>,
    /// The locale of the documents, a BCP 47 tag; the site's default when it is left out.
    #[param(example = "en")]
    locale: Option<String>,
}

impl StrictParams for ListMenus {
    const ALLOWED: &'static [&'static str] = &["limit", "after", "before", "filter[state]", "locale"];
}

/// List menus
///
/// Drafts and all, those that changed last first, without their content.
#[utoipa::path(
    tag = "menus",
    params(ListMenus),
    responses(
        (status = 200, description = "One page of the list.", body = ListPage<DocumentState>,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden,
    ),
)]
#[get("/admin/v1/menus")]
async fn list_menus(
    Require(permit): Require<Read<Menu>>,
    Params(params): Params<ListMenus>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<ListPage<DocumentState>>, Problem> {
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let locale = params.locale.as_deref();
    let state = params.state.map(StateFilter::as_str).unwrap_or_default();
    let query = format!("{state} {}", locale.unwrap_or_default());
    let scope = CursorScope { list: "admin.menus", query: &query };
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
    config.service(list_menus).service(create_menu).service(get_menu).service(save_menu).service(trash_menu);
}

/// What the client sent, as a revision; every fault of it at once.
fn revision(
    app: &App,
    draft: MenuDraft,
    origin: Origin,
    note: Option<String>,
) -> Result<NewRevision, Problem> {
    typed::revision(draft.into_menu(&mut || app.ids.uuid()), origin, note)
}
