//! `/v1/settings` and `/v1/robots.txt`.

use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use super::view::SettingsView;
use crate::app::App;
use crate::delivery::http::{Forms, finished, reply};
use crate::delivery::listing::params::Reading;
use crate::delivery::model::Answer;
use crate::platform::access::{Public, Require};
use crate::platform::http::{Fields, FinishedReply, NoParams, Params, Reply, Sparse};
use crate::platform::problem::{Forbidden, Problem};

/// Get the settings
///
/// What holds for the whole site: its name, its address, its languages, what stands at the foot of every page. It always answers:
/// while no settings are public every member has a default, so that a site can be built before anybody has filled them in.
/// The words come in the locale that is asked for, or the one that stands in for it; `site_url`, `locales` and `robots` are
/// those of the default locale. The languages are those of the site now, whatever the instant.
#[utoipa::path(
    tag = "settings",
    params(Forms, Reading),
    responses(
        (status = 200, description = "The settings.", body = Sparse<SettingsView>),
        Forbidden,
    ),
)]
#[get("/v1/settings")]
async fn get_settings(
    Require(permit): Require<Public>,
    Params((forms, reading)): Params<(Forms, Reading)>,
    app: web::Data<App>,
) -> Result<Reply<Sparse<SettingsView>>, Problem> {
    let asked = crate::delivery::actions::asked(&permit, reading.locale, reading.as_of.as_deref())?;
    let forms = forms.read()?;
    let fields = Fields::parse::<SettingsView>(reading.fields.as_deref())?;
    let Answer { value, about } = actions::settings(&app, &permit, &asked).await?;
    Ok(reply(fields.of(SettingsView::new(value, forms, &app.gallery, &app.site))?, about))
}

/// Get the robots.txt
///
/// A text for the `robots.txt` of the public site, which serves it under its own address: what the settings say of search
/// engines, and where the sitemap is.
#[utoipa::path(
    tag = "settings",
    responses((status = 200, description = "The rules (RFC 9309).", body = String, content_type = "text/plain",
        headers(("ETag" = String, description = "Changes whenever the answer does.")))),
)]
#[get("/v1/robots.txt")]
async fn get_robots(
    Require(permit): Require<Public>,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
) -> Result<FinishedReply, Problem> {
    let Answer { value, about } = actions::said(&app, &permit).await?;
    let rule = if value.noindex { "Disallow: /" } else { "Allow: /" };
    let text = format!("User-agent: *\n{rule}\n\nSitemap: {}/v1/sitemap.xml\n", app.public_url.origin());
    Ok(finished("text/plain", text.into_bytes(), about))
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_settings).service(get_robots);
}
