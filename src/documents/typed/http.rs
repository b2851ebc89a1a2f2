//! `/admin/v1/<kind>`: drafts of a kind. Only create, get, list, save and trash stand here, because their bodies are exact;
//! what does not depend on the body is at `/admin/v1/documents/{id}`.

use actix_web::http::Method;
use actix_web::{HttpRequest, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Create, IntoBody as _, Save, Saved, ShelfFilters as _, TypedDocument, TypedKind, operations};
use crate::app::App;
use crate::documents::kind::KindSpec;
use crate::documents::model::{NewRevision, Origin, State, StateFilter};
use crate::documents::params::{InLocale, TrashParams};
use crate::documents::view::DocumentState;
use crate::documents::{self, ListWindow, Seen, Which};
use crate::platform::access::{Delete, Read, Require, Write};
use crate::platform::http::{
    CursorScope, Ids, IfMatch, MaybeIfMatch, NoContent, Page, Paging, Params, Reply, StrictParams, Valid,
};
use crate::platform::id::Id;
use crate::platform::problem::{FieldProblem, Problem};

/// Mounts the endpoints of a kind.
pub fn configure<D: TypedKind>(config: &mut ServiceConfig<'_>) {
    let all = format!("/admin/v1/{}", D::WORDS.many);
    let one = format!("{all}/{{id}}");
    config
        .service(operations::list::<D>().at(Method::GET, &all, list::<D>))
        .service(operations::create::<D>().at(Method::POST, &all, create::<D>))
        .service(operations::get::<D>().at(Method::GET, &one, get::<D>))
        .service(operations::save::<D>().at(Method::PUT, &one, save::<D>))
        .service(operations::trash::<D>().at(Method::DELETE, &one, trash::<D>));
}

async fn create<D: TypedKind>(
    Require(permit): Require<Write<D>>,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
    Valid(create): Valid<Create<D>>,
) -> Result<Reply<TypedDocument<D>>, Problem> {
    let place = D::placing(&create.body);
    let new = super::revision(of_draft::<D>(&app, create.body), Origin::Create, create.note)?;
    let snapshot = documents::create(&app, &permit, spec::<D>(&app)?, params.locale.as_deref(), (new, place))
        .await
        .map_err(super::inside_body)?;
    let version = snapshot.state.header.version;
    let location = format!("/admin/v1/{}/{}", D::WORDS.many, snapshot.state.header.entry);
    Ok(Reply::created(location, TypedDocument::new(snapshot)?).version(version))
}

async fn get<D: TypedKind>(
    Require(permit): Require<Read<D>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
) -> Result<Reply<TypedDocument<D>>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let snapshot = documents::get(&app, &permit, spec::<D>(&app)?, which).await?;
    let version = snapshot.state.header.version;
    Ok(Reply::ok(TypedDocument::new(snapshot)?).version(version))
}

async fn save<D: TypedKind>(
    Require(permit): Require<Write<D>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    MaybeIfMatch(version): MaybeIfMatch,
    app: web::Data<App>,
    Valid(save): Valid<Save<D>>,
) -> Result<Reply<Saved<D>>, Problem> {
    let basis = super::basis(version, save.base)?;
    let new = super::revision(of_draft::<D>(&app, save.body), Origin::Edit, save.note)?;
    let new = NewRevision { source: save.source, ..new };
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let saved = documents::save(&app, &permit, spec::<D>(&app)?, which, basis, new)
        .await
        .map_err(super::inside_body)?;
    let version = saved.snapshot.state.header.version;
    let document = TypedDocument::new(saved.snapshot)?;
    Ok(Reply::ok(Saved { document, merged: saved.merged }).version(version))
}

async fn trash<D: TypedKind>(
    Require(permit): Require<Delete<D>>,
    Ids(id): Ids,
    Params(params): Params<TrashParams>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
) -> Result<NoContent, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    documents::trash(&app, &permit, spec::<D>(&app)?, seen, params.decision()?).await?;
    Ok(NoContent::default())
}

/// How a list of drafts is cut.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListDocuments {
    /// How many entries an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
    /// Only what is in this state. Without it: all that does not lie in the trash.
    #[serde(rename = "filter[state]")]
    #[param(inline)]
    state: Option<StateFilter>,
    /// The locale of the documents, a BCP 47 tag; the site's default when it is left out.
    #[param(example = "en")]
    locale: Option<String>,
}

impl StrictParams for ListDocuments {
    const ALLOWED: &'static [&'static str] = &["limit", "after", "before", "filter[state]", "locale"];
}

async fn list<D: TypedKind>(
    Require(permit): Require<Read<D>>,
    Params((params, filters)): Params<(ListDocuments, D::Filters)>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<DocumentState>>, Problem> {
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let locale = params.locale.as_deref();
    let state = params.state.map(StateFilter::as_str).unwrap_or_default();
    let query = format!("{state} {} {}", locale.unwrap_or_default(), filters.bound());
    let list = format!("admin.{}", D::WORDS.many);
    let scope = CursorScope { list: &list, query: &query };
    let edge = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let (state, shelf) = (params.state, filters.filter());
    let window = ListWindow { state, shelf, edge, backwards: paging.is_backwards(), limit: paging.rows() };
    let states = documents::list(&app, &permit, spec::<D>(&app)?, locale, window).await?;
    let key = |state: &State| (state.header.updated_at, state.header.entry);
    let page = paging.page(states, |state| app.cursors.seal(scope, &key(state)))?;
    Ok(page.map(DocumentState::from).linked(&request, Reply::ok))
}

fn spec<D: TypedKind>(app: &App) -> Result<&KindSpec, Problem> {
    app.kinds.get(D::KIND.as_str())
}

/// What the client sent; every fault of it at once.
fn of_draft<D: TypedKind>(app: &App, draft: D::Draft) -> Result<D, Vec<FieldProblem>> {
    draft.into_body(&mut || app.ids.uuid())
}
