//! `/v1`: the read API.

use actix_web::{HttpRequest, get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use super::model::{Card, PageOrder, Resolved};
use super::store::{Edge, Window};
use super::view::{PageCard, PageView, Resolution};
use crate::app::App;
use crate::content::pages;
use crate::content::text::forms::TextForms;
use crate::documents::path::SitePath;
use crate::platform::access::{Public, Require};
use crate::platform::http::{CursorScope, Ids, Page, Paging, Params, Reply, StrictParams};
use crate::platform::problem::{Code, FieldCode, NotFound, Problem};

/// Which page of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListPages {
    /// How many pages an answer has at most.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    limit: Option<u32>,
    /// The cursor `page.next` of the answer before.
    #[param(max_length = 2048)]
    after: Option<String>,
    /// The cursor `page.previous` of the answer after.
    #[param(max_length = 2048)]
    before: Option<String>,
    /// The order: newest first (the default), or by title.
    #[param(inline)]
    sort: Option<PageOrder>,
}

impl StrictParams for ListPages {
    const ALLOWED: &'static [&'static str] = &["limit", "after", "before", "sort"];
}

/// List pages
///
/// Public pages as cards: what a list or a teaser shows. Walk the list by the cursors of the answer, or by its `Link`
/// header.
#[utoipa::path(
    tag = "pages",
    params(ListPages),
    responses(
        (status = 200, description = "One page of the list.", body = Page<PageCard>, headers(
            ("ETag" = String, description = "Changes whenever the answer does."),
            ("Link" = String, description = "The next and the previous page of the list (RFC 8288)."),
        )),
    ),
)]
#[get("/v1/pages")]
async fn list_pages(
    Require(permit): Require<Public>,
    Params(params): Params<ListPages>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<PageCard>>, Problem> {
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let order = params.sort.unwrap_or(PageOrder::Newest);
    let scope = CursorScope { list: "pages", query: order.as_str() };
    let edge: Option<Edge> = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let window = Window { order, edge, backwards: paging.is_backwards(), limit: paging.rows() };
    let cards = actions::list(&app, &permit, &pages::kind(), &window).await?;
    let page = paging.page(cards, |card: &Card| app.cursors.seal(scope, &Edge::of(order, card)))?;
    Ok(page.map(PageCard::from).linked(&request, Reply::public))
}

/// In which forms rich text comes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct GetPage {
    /// The forms of rich text, separated by commas: `html`, `markdown`, `text`.
    #[param(
        default = "html",
        example = "html,text",
        pattern = "^(html|markdown|text)(,(html|markdown|text)){0,2}$"
    )]
    text: Option<String>,
}

impl StrictParams for GetPage {
    const ALLOWED: &'static [&'static str] = &["text"];
}

/// Get a page
///
/// One public page with everything needed to render it: its blocks, resolved links, breadcrumbs and SEO.
#[utoipa::path(
    tag = "pages",
    params(("id" = Uuid, Path, description = "The entry."), GetPage),
    responses(
        (status = 200, description = "The page.", body = PageView,
         headers(("ETag" = String, description = "Changes whenever the answer does."))),
        NotFound,
    ),
)]
#[get("/v1/pages/{id}")]
async fn get_page(
    Require(permit): Require<Public>,
    Ids(id): Ids,
    Params(params): Params<GetPage>,
    app: web::Data<App>,
) -> Result<Reply<PageView>, Problem> {
    let forms = forms(params.text.as_deref())?;
    let rendered = actions::get(&app, &permit, &pages::kind(), id).await?;
    Ok(Reply::public(PageView::new(rendered, forms)?))
}

/// Which path, and in which forms rich text comes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ResolvePath {
    /// The path that a visitor asked for, percent-encoded or not, without query and fragment.
    #[param(example = "/about", min_length = 1, max_length = 3072)]
    path: String,
    /// The forms of rich text, separated by commas: `html`, `markdown`, `text`.
    #[param(
        default = "html",
        example = "html,text",
        pattern = "^(html|markdown|text)(,(html|markdown|text)){0,2}$"
    )]
    text: Option<String>,
}

impl StrictParams for ResolvePath {
    const ALLOWED: &'static [&'static str] = &["path", "text"];
}

/// Resolve a path
///
/// What a frontend asks first: the page at a path of the site, or where to send the visitor. A path that once led to a
/// page leads on to where that page is now. A path in another form than the normal one (upper case, a slash at the end)
/// is answered by a redirect.
#[utoipa::path(
    tag = "paths",
    params(ResolvePath),
    responses(
        (status = 200, description = "A page or a redirect.", body = Resolution,
         headers(("ETag" = String, description = "Changes whenever the answer does."))),
        NotFound,
    ),
)]
#[get("/v1/resolve")]
async fn resolve(
    Require(permit): Require<Public>,
    Params(params): Params<ResolvePath>,
    app: web::Data<App>,
) -> Result<Reply<Resolution>, Problem> {
    let forms = forms(params.text.as_deref())?;
    let asked = SitePath::normalise(&params.path).map_err(|error| refused("path", &error))?;
    let (resolved, page) = actions::resolve(&app, &permit, &pages::kind(), &asked.path).await?;
    let resolution = match (resolved, page) {
        (Resolved::Redirect { to, status }, _) => Resolution::redirect(to, status),
        (Resolved::Entry(_), _) if asked.changed => Resolution::redirect(asked.path.to_string(), 301),
        (Resolved::Entry(_), Some(page)) => Resolution::page(PageView::new(page, forms)?),
        (Resolved::Entry(_), None) => return Err(Problem::new(Code::NotFound)),
    };
    Ok(Reply::public(resolution))
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_pages).service(get_page).service(resolve);
}

fn forms(text: Option<&str>) -> Result<TextForms, Problem> {
    text.map_or(Ok(TextForms::default()), |text| text.parse().map_err(|error| refused("text", &error)))
}

fn refused(parameter: &str, error: &dyn std::fmt::Display) -> Problem {
    let detail = format!("The query parameter `{parameter}` cannot be used: {error}.");
    Problem::new(Code::InvalidParameter).detail(detail.clone()).field(
        format!("/query/{parameter}"),
        FieldCode::Invalid,
        detail,
    )
}
