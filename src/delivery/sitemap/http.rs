//! `/v1/sitemap.xml` and its parts.

use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::{self, Sitemap};
use super::xml;
use crate::app::App;
use crate::delivery::http::finished;
use crate::delivery::model::Answer;
use crate::platform::access::{Public, Require};
use crate::platform::http::{FinishedReply, Ids, NoParams, Params};
use crate::platform::problem::{NotFound, Problem};

/// Get the sitemap
///
/// Every page that search engines may know, at its address on the public site, with the time of its last change and with
/// its other locales. Over 50,000 addresses it is an index of sitemaps. Name it in the `robots.txt` of the public site.
#[utoipa::path(
    tag = "feeds",
    responses((status = 200, description = "A sitemap, or an index of sitemaps (sitemaps.org).", body = String,
        content_type = "application/xml", headers(
        ("ETag" = String, description = "Changes whenever the answer does."),
    ))),
)]
#[get("/v1/sitemap.xml")]
async fn get_sitemap(
    Require(permit): Require<Public>,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
) -> Result<FinishedReply, Problem> {
    reply(&app, actions::whole(&app, &permit).await?)
}

/// Get a part of the sitemap
///
/// One of the sitemaps that the index names.
#[utoipa::path(
    tag = "feeds",
    params(("number" = i64, Path, description = "Which, from 1.", minimum = 1, example = 1)),
    responses(
        (status = 200, description = "A sitemap (sitemaps.org).", body = String, content_type = "application/xml",
         headers(("ETag" = String, description = "Changes whenever the answer does."))),
        NotFound,
    ),
)]
#[get("/v1/sitemaps/{number}.xml")]
async fn get_sitemap_part(
    Require(permit): Require<Public>,
    Ids(number): Ids<i64>,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
) -> Result<FinishedReply, Problem> {
    reply(&app, actions::part(&app, &permit, number).await?)
}

fn reply(app: &App, answer: Answer<Sitemap>) -> Result<FinishedReply, Problem> {
    let xml = xml::write(&answer.value, app.public_url.origin())?;
    Ok(finished("application/xml", xml, answer.about))
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_sitemap).service(get_sitemap_part);
}
