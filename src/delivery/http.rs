//! `/v1`: the read API.

use actix_web::http::header::HeaderName;
use actix_web::{HttpRequest, get, web};
use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::include::model::Include;
use super::include::view::Nested;
use super::listing::params::{Along, PageFilters, Reading, Times, Walking};
use super::model::{About, Answer, Rendered};
use super::view::{AtAPath, PageCard, PageView, Resolution, Shown};
use super::{actions, kinds, listing};
use crate::app::App;
use crate::content::pages;
use crate::content::people::{self, Person};
use crate::content::text::forms::TextForms;
use crate::documents::path::SitePath;
use crate::platform::access::{Public, Require};
use crate::platform::http::{
    CachePolicy, Fields, FinishedReply, Ids, Page, Params, Reply, Sparse, StrictParams, Text,
};
use crate::platform::problem::{Code, Erased, FieldCode, Forbidden, NotFound, Problem};

const MASTHEAD_AS_OF: HeaderName = HeaderName::from_static("masthead-as-of");
const SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");
const CACHE_TAG: HeaderName = HeaderName::from_static("cache-tag");
const MASTHEAD_FINAL: HeaderName = HeaderName::from_static("masthead-final");

/// List pages
///
/// Public pages as cards: what a list or a teaser shows. Walk the list by the cursors of the answer, or by its `Link`
/// header. Filters go together: a page is listed when all of them hold.
#[utoipa::path(
    tag = "pages",
    params(Walking, PageFilters, Times, Along, Reading),
    responses(
        (status = 200, description = "One page of the list.", body = Page<Sparse<PageCard>>),
        Forbidden,
    ),
)]
#[get("/v1/pages")]
async fn list_pages(
    Require(permit): Require<Public>,
    Params(given): Params<(Walking, (PageFilters, Times, Along), Reading)>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<Sparse<PageCard>>>, Problem> {
    let (walking, (filters, times, along), reading) = given;
    let asked = actions::asked(&permit, reading.locale, reading.as_of.as_deref())?;
    let listing = filters.listing(&times, along);
    let asking = (&asked, walking, reading.fields.as_deref());
    let answer = listing::http::answer((&app, &permit, &request), asking, &listing, |card, cards| {
        let shown = Shown::new(&cards.media, &app.gallery);
        Ok(Some(Nested { family: &cards.family, shown: &shown }.card(card, &listing.include)))
    });
    answer.await
}

/// In which forms rich text comes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Forms {
    /// The forms of rich text, separated by commas: `html`, `markdown`, `text`.
    #[param(
        default = "html",
        example = "html,text",
        pattern = "^(html(,markdown(,text)?|,text(,markdown)?)?|markdown(,html(,text)?|,text(,html)?)?|text(,html(,markdown)?|,markdown(,html)?)?)$"
    )]
    text: Option<String>,
}

impl StrictParams for Forms {
    const ALLOWED: &'static [&'static str] = &["text"];
}

/// Get a page
///
/// One public page with everything needed to render it: its blocks, resolved links, breadcrumbs and SEO.
#[utoipa::path(
    tag = "pages",
    params(("id" = Uuid, Path, description = "The entry."), Forms, Along, Reading),
    responses(
        (status = 200, description = "The page.", body = Sparse<PageView>),
        Forbidden,
        NotFound,
        Erased,
    ),
)]
#[get("/v1/pages/{id}")]
async fn get_page(
    Require(permit): Require<Public>,
    Ids(id): Ids,
    Params((forms, along, reading)): Params<(Forms, Along, Reading)>,
    app: web::Data<App>,
) -> Result<Reply<Sparse<PageView>>, Problem> {
    let asked = actions::asked(&permit, reading.locale, reading.as_of.as_deref())?;
    let (forms, include) = (forms.read()?, along.include());
    let fields = Fields::parse::<PageView>(reading.fields.as_deref())?;
    let kind = pages::kind();
    let Answer { value, about } = actions::get(&app, &permit, &asked, (&kind, &include), id).await?;
    Ok(reply(fields.of(PageView::new(value, forms, &include, &app.gallery)?)?, about))
}

/// Which path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AtPath {
    /// The path that a visitor asked for, percent-encoded or not, without query and fragment.
    #[param(value_type = String, example = "/about", min_length = 1, max_length = 3072)]
    path: Text<1, 3072>,
}

impl StrictParams for AtPath {
    const ALLOWED: &'static [&'static str] = &["path"];
}

/// Resolve a path
///
/// What a frontend asks first: the page or the person at a path of the site, or where to send the visitor. A path that once
/// led to a page leads on to where that page is now. A path of another locale of the chain leads to its page in the best one.
/// A path in another form than the normal one (upper case, a slash at the end) is answered by a redirect. `fields` names fields
/// of pages, of people, or of both: what an answer does not have is left out. `include` is for pages; a person comes without.
#[utoipa::path(
    tag = "paths",
    params(AtPath, Forms, Along, Reading),
    responses(
        (status = 200, description = "A page, a person or a redirect.", body = Resolution),
        Forbidden,
        NotFound,
        Erased,
    ),
)]
#[get("/v1/resolve")]
async fn resolve(
    Require(permit): Require<Public>,
    Params((at, forms, along, reading)): Params<(AtPath, Forms, Along, Reading)>,
    app: web::Data<App>,
) -> Result<Reply<Resolution>, Problem> {
    let asked = actions::asked(&permit, reading.locale, reading.as_of.as_deref())?;
    let (forms, include) = (forms.read()?, along.include());
    let fields = Fields::parse::<AtAPath>(reading.fields.as_deref())?;
    let path = SitePath::normalise(at.path.as_str()).map_err(|error| refused("path", &error))?;
    let Answer { value, about } = actions::resolve(&app, &permit, &asked, &include, &path.path).await?;
    let entry = |entry| found(&app, entry, &fields, (forms, &include));
    Ok(reply(Resolution::new(value, &path, entry)?, about))
}

/// What was found at a path.
fn found(
    app: &App,
    entry: Rendered,
    fields: &Fields,
    (forms, include): (TextForms, &Include),
) -> Result<Resolution, Problem> {
    if entry.document.card.kind == people::kind() {
        let person = fields.of(kinds::view::<Person>(app, entry, forms)?)?;
        return Ok(Resolution::Person { person: Box::new(person) });
    }
    let page = fields.of(PageView::new(entry, forms, include, &app.gallery)?)?;
    Ok(Resolution::Page { page: Box::new(page) })
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_pages).service(get_page).service(resolve);
    super::media::http::configure(config);
    super::menus::http::configure(config);
    super::settings::http::configure(config);
    super::kinds::http::configure::<Person>(config);
    super::search::http::configure(config);
    super::changes::http::configure(config);
    super::sitemap::http::configure(config);
    super::feeds::http::configure(config);
}

/// Finished bytes about now, for everybody.
pub(super) fn finished(media_type: &str, body: Vec<u8>, about: About) -> FinishedReply {
    let reply = FinishedReply::new(media_type, body);
    match about {
        About::Now(keep, tags) => tagged(tags, reply.public(keep), FinishedReply::header),
        About::At(_) => reply.cache(CachePolicy::Private),
    }
}

/// What is public now is for everybody; what was or will be is for its caller alone.
pub(super) fn reply<T: Serialize>(body: T, about: About) -> Reply<T> {
    let past = match about {
        About::Now(keep, tags) => return tagged(tags, Reply::public(body, keep), Reply::header),
        About::At(past) => past,
    };
    Reply::private(body)
        .header(MASTHEAD_AS_OF, past.instant.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        .header(MASTHEAD_FINAL, past.is_final.to_string())
}

/// Puts the cache tags on a reply: for Fastly and Varnish separated by spaces, for Cloudflare and others by commas.
pub(super) fn tagged<R>(tags: Option<String>, reply: R, header: impl Fn(R, HeaderName, String) -> R) -> R {
    let Some(tags) = tags else { return reply };
    let listed = tags.replace(' ', ",");
    header(header(reply, SURROGATE_KEY, tags), CACHE_TAG, listed)
}

impl Forms {
    /// The forms that are asked for.
    pub(super) fn read(&self) -> Result<TextForms, Problem> {
        let text = self.text.as_deref();
        text.map_or(Ok(TextForms::default()), |text| text.parse().map_err(|error| refused("text", &error)))
    }
}

pub(super) fn refused(parameter: &str, error: &dyn std::fmt::Display) -> Problem {
    let detail = format!("The query parameter `{parameter}` cannot be used: {error}.");
    Problem::new(Code::InvalidParameter).detail(detail.clone()).field(
        format!("/query/{parameter}"),
        FieldCode::Invalid,
        detail,
    )
}
