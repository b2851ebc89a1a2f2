//! `/v1`: the read API.

use actix_web::http::header::HeaderName;
use actix_web::{HttpRequest, get, web};
use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use super::model::{Answer, Card, PageOrder, Past, Resolved};
use super::store::{Edge, Window};
use super::view::{PageCard, PageView, Resolution, Shown};
use crate::app::App;
use crate::content::pages;
use crate::content::text::forms::TextForms;
use crate::documents::path::SitePath;
use crate::platform::access::{Public, Require};
use crate::platform::http::{CursorScope, Ids, Page, Paging, Params, Reply, StrictParams};
use crate::platform::problem::{Code, Erased, FieldCode, Forbidden, NotFound, Problem};

const MASTHEAD_AS_OF: HeaderName = HeaderName::from_static("masthead-as-of");
const MASTHEAD_FINAL: HeaderName = HeaderName::from_static("masthead-final");

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
    /// The locale to read in, a BCP 47 tag of the site; its default when absent. What is missing in it is answered in the
    /// locale that stands in for it, and says so.
    #[param(example = "en", max_length = 35)]
    locale: Option<String>,
    /// The instant to read at, past or future, instead of now. Needs a token with `history:read`.
    #[param(format = DateTime, example = "2026-03-01T09:00:00Z")]
    as_of: Option<String>,
}

impl StrictParams for ListPages {
    const ALLOWED: &'static [&'static str] = &["limit", "after", "before", "sort", "locale", "as_of"];
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
            ("ETag" = String, description = "Changes whenever the answer does. Not with `as_of`."),
            ("Link" = String, description = "The next and the previous page of the list (RFC 8288)."),
            ("Masthead-As-Of" = String, description = "With `as_of`: the instant that the answer is about."),
            ("Masthead-Final" = bool, description = "With `as_of`: whether no later change can make this answer another one."),
        )),
        Forbidden,
    ),
)]
#[get("/v1/pages")]
async fn list_pages(
    Require(permit): Require<Public>,
    Params(params): Params<ListPages>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<PageCard>>, Problem> {
    let asked = actions::asked(&permit, params.locale, params.as_of.as_deref())?;
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let order = params.sort.unwrap_or(PageOrder::Newest);
    let bound = asked.bound(order);
    let scope = CursorScope { list: "pages", query: &bound };
    let edge: Option<Edge> = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let (backwards, limit) = (paging.is_backwards(), paging.rows());
    let window = Window { order, edge, backwards, limit, facets: None, shown: false };
    let Answer { value, past } = actions::list(&app, &permit, &asked, &pages::kind(), &window).await?;
    let shown = Shown::new(&value.media, &app.gallery);
    let page = paging.page(value.cards, |card: &Card| app.cursors.seal(scope, &Edge::of(order, card)))?;
    Ok(page.map(|card| PageCard::new(card, &shown)).linked(&request, |page| reply(page, past)))
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
        pattern = "^(html(,markdown(,text)?|,text(,markdown)?)?|markdown(,html(,text)?|,text(,html)?)?|text(,html(,markdown)?|,markdown(,html)?)?)$"
    )]
    text: Option<String>,
    /// The locale to read in, a BCP 47 tag of the site; its default when absent. What is missing in it is answered in the
    /// locale that stands in for it, and says so.
    #[param(example = "en", max_length = 35)]
    locale: Option<String>,
    /// The instant to read at, past or future, instead of now. Needs a token with `history:read`.
    #[param(format = DateTime, example = "2026-03-01T09:00:00Z")]
    as_of: Option<String>,
}

impl StrictParams for GetPage {
    const ALLOWED: &'static [&'static str] = &["text", "locale", "as_of"];
}

/// Get a page
///
/// One public page with everything needed to render it: its blocks, resolved links, breadcrumbs and SEO.
#[utoipa::path(
    tag = "pages",
    params(("id" = Uuid, Path, description = "The entry."), GetPage),
    responses(
        (status = 200, description = "The page.", body = PageView,
         headers(
            ("ETag" = String, description = "Changes whenever the answer does. Not with `as_of`."),
            ("Masthead-As-Of" = String, description = "With `as_of`: the instant that the answer is about."),
            ("Masthead-Final" = bool, description = "With `as_of`: whether no later change can make this answer another one."),
        )),
        Forbidden,
        NotFound,
        Erased,
    ),
)]
#[get("/v1/pages/{id}")]
async fn get_page(
    Require(permit): Require<Public>,
    Ids(id): Ids,
    Params(params): Params<GetPage>,
    app: web::Data<App>,
) -> Result<Reply<PageView>, Problem> {
    let asked = actions::asked(&permit, params.locale, params.as_of.as_deref())?;
    let forms = forms(params.text.as_deref())?;
    let Answer { value, past } = actions::get(&app, &permit, &asked, &pages::kind(), id).await?;
    Ok(reply(PageView::new(value, forms, &app.gallery)?, past))
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
        pattern = "^(html(,markdown(,text)?|,text(,markdown)?)?|markdown(,html(,text)?|,text(,html)?)?|text(,html(,markdown)?|,markdown(,html)?)?)$"
    )]
    text: Option<String>,
    /// The locale to read in, a BCP 47 tag of the site; its default when absent. What is missing in it is answered in the
    /// locale that stands in for it, and says so.
    #[param(example = "en", max_length = 35)]
    locale: Option<String>,
    /// The instant to read at, past or future, instead of now. Needs a token with `history:read`.
    #[param(format = DateTime, example = "2026-03-01T09:00:00Z")]
    as_of: Option<String>,
}

impl StrictParams for ResolvePath {
    const ALLOWED: &'static [&'static str] = &["path", "text", "locale", "as_of"];
}

/// Resolve a path
///
/// What a frontend asks first: the page at a path of the site, or where to send the visitor. A path that once led to a
/// page leads on to where that page is now. A path of another locale of the chain leads to its page in the best one. A path in another form than the normal one (upper case, a slash at the end)
/// is answered by a redirect.
#[utoipa::path(
    tag = "paths",
    params(ResolvePath),
    responses(
        (status = 200, description = "A page or a redirect.", body = Resolution,
         headers(
            ("ETag" = String, description = "Changes whenever the answer does. Not with `as_of`."),
            ("Masthead-As-Of" = String, description = "With `as_of`: the instant that the answer is about."),
            ("Masthead-Final" = bool, description = "With `as_of`: whether no later change can make this answer another one."),
        )),
        Forbidden,
        NotFound,
        Erased,
    ),
)]
#[get("/v1/resolve")]
async fn resolve(
    Require(permit): Require<Public>,
    Params(params): Params<ResolvePath>,
    app: web::Data<App>,
) -> Result<Reply<Resolution>, Problem> {
    let asked = actions::asked(&permit, params.locale, params.as_of.as_deref())?;
    let forms = forms(params.text.as_deref())?;
    let path = SitePath::normalise(&params.path).map_err(|error| refused("path", &error))?;
    let Answer { value, past } = actions::resolve(&app, &permit, &asked, &pages::kind(), &path.path).await?;
    let resolution = match value {
        Resolved::Redirect { to, status } => Resolution::redirect(to, status),
        Resolved::Page(_) if path.changed => Resolution::redirect(path.path.to_string(), 301),
        Resolved::Page(page) => Resolution::page(PageView::new(*page, forms, &app.gallery)?),
    };
    Ok(reply(resolution, past))
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_pages).service(get_page).service(resolve);
    super::media::http::configure(config);
    super::changes::http::configure(config);
    super::sitemap::http::configure(config);
    super::feeds::http::configure(config);
}

/// What is public now is for everybody; what was or will be is for its caller alone.
pub(super) fn reply<T: Serialize>(body: T, past: Option<Past>) -> Reply<T> {
    let Some(past) = past else { return Reply::public(body) };
    Reply::private(body)
        .header(MASTHEAD_AS_OF, past.instant.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        .header(MASTHEAD_FINAL, past.is_final.to_string())
}

fn forms(text: Option<&str>) -> Result<TextForms, Problem> {
    text.map_or(Ok(TextForms::default()), |text| text.parse().map_err(|error| refused("text", &error)))
}

pub(super) fn refused(parameter: &str, error: &dyn std::fmt::Display) -> Problem {
    let detail = format!("The query parameter `{parameter}` cannot be used: {error}.");
    Problem::new(Code::InvalidParameter).detail(detail.clone()).field(
        format!("/query/{parameter}"),
        FieldCode::Invalid,
        detail,
    )
}
