//! `/v1/feed.atom` and `/v1/feed.json`.

use actix_web::{HttpRequest, get, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::json_feed::JsonFeed;
use super::model::Feed;
use super::{actions, atom};
use crate::app::App;
use crate::content::pages;
use crate::delivery::http::finished;
use crate::delivery::include::model::Include;
use crate::delivery::listing::model::{Filter, Listing, Order, Window};
use crate::delivery::model::{Answer, Asked, Card};
use crate::platform::access::{Permit, Public, Require};
use crate::platform::http::{FinishedReply, Paging, Params, StrictParams, Text};
use crate::platform::problem::Problem;

/// Which pages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct GetFeed {
    /// How many pages the feed has at most.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    limit: Option<u32>,
    /// Only what has this tag.
    #[serde(rename = "filter[tag]")]
    #[param(value_type = Option<String>, min_length = 1, max_length = 100, example = "history")]
    tag: Option<Text<1, 100>>,
    /// The locale to read in, a BCP 47 tag of the site; its default when absent. What is missing in it comes in the locale
    /// that stands in for it, and says so.
    #[param(example = "en", max_length = 35)]
    locale: Option<String>,
}

impl StrictParams for GetFeed {
    const ALLOWED: &'static [&'static str] = &["limit", "filter[tag]", "locale"];
}

/// Get the Atom feed
///
/// The newest pages by the date that readers see, with their content as HTML and absolute addresses.
#[utoipa::path(
    tag = "feeds",
    params(GetFeed),
    responses((status = 200, description = "The feed (RFC 4287).", body = String, content_type = "application/atom+xml",
        headers(("ETag" = String, description = "Changes whenever the answer does.")))),
)]
#[get("/v1/feed.atom")]
async fn get_atom_feed(
    Require(permit): Require<Public>,
    Params(params): Params<GetFeed>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<FinishedReply, Problem> {
    let Answer { value, about } = feed(&app, &permit, params, &request).await?;
    Ok(finished("application/atom+xml", atom::write(&value)?, about))
}

/// Get the JSON feed
///
/// The newest pages by the date that readers see, with their content as HTML and absolute addresses.
#[utoipa::path(
    tag = "feeds",
    params(GetFeed),
    responses((status = 200, description = "The feed (JSON Feed 1.1).", body = JsonFeed,
        content_type = "application/feed+json",
        headers(("ETag" = String, description = "Changes whenever the answer does.")))),
)]
#[get("/v1/feed.json")]
async fn get_json_feed(
    Require(permit): Require<Public>,
    Params(params): Params<GetFeed>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<FinishedReply, Problem> {
    let Answer { value, about } = feed(&app, &permit, params, &request).await?;
    let bytes = serde_json::to_vec(&JsonFeed::from(value)).map_err(Problem::internal)?;
    Ok(finished("application/feed+json", bytes, about))
}

async fn feed(
    app: &App,
    permit: &Permit<Public>,
    params: GetFeed,
    request: &HttpRequest,
) -> Result<Answer<Feed>, Problem> {
    let paging = Paging::new(params.limit, None, None)?;
    let limit = i64::try_from(paging.limit()).unwrap_or(i64::MAX);
    let listing = Listing {
        name: "feed",
        kind: pages::kind(),
        picture: Card::image,
        order: Order::newest(),
        filter: Filter { facets: params.tag.map(|tag| json!({ "tags": [tag] })), ..Filter::default() },
        include: Include::default(),
        whole: false,
    };
    let window = Window { edge: None, backwards: false, limit, count: false };
    let asked = Asked { locale: params.locale, ..Asked::default() };
    let query = Some(request.query_string()).filter(|query| !query.is_empty());
    let query = query.map_or(String::new(), |query| format!("?{query}"));
    let own = format!("{}{}{query}", app.public_url.origin(), request.path());
    actions::feed(app, permit, &asked, (&listing, &window), own).await
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_atom_feed).service(get_json_feed);
}
