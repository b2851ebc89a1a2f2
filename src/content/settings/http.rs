//! `/admin/v1/settings`: the one entry of its kind. Publishing and the other actions that do not depend on the body are at
//! `/admin/v1/documents/{id}`.

use actix_web::{get, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::{self, Save};
use super::{Settings, SettingsDraft};
use crate::app::App;
use crate::documents::model::{NewRevision, Origin, Snapshot, Source};
use crate::documents::params::InLocale;
use crate::documents::typed;
use crate::documents::view::DocumentState;
use crate::platform::access::{Read, Require, Write};
use crate::platform::http::{MaybeKnown, Params, Reply, Valid};
use crate::platform::problem::{
    Conflict, Erased, Forbidden, Invalid, NotFound, PreconditionRequired, Problem, Stale,
};

/// The settings as editors see them: how they stand, and the content of their newest revision.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsDocument {
    #[serde(flatten)]
    state: DocumentState,
    /// The content of the newest revision.
    body: Settings,
}

/// Settings that were saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedSettings {
    #[serde(flatten)]
    settings: SettingsDocument,
    /// Whether others had saved since `base`, and the newest revision holds the changes of both.
    merged: bool,
}

/// Settings to be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveSettings {
    /// All of them. What is left out is emptied.
    body: SettingsDraft,
    /// What this change is about, for the history; at most 1,000 characters.
    #[schema(max_length = 1000, example = "German is added.")]
    note: Option<String>,
    /// The revision that was edited, in place of a header: then what others have saved since is merged with this save, and
    /// contradictions are refused (409) with both sides.
    #[schema(minimum = 1, example = 2)]
    base: Option<i32>,
    /// For a translation: the revision of another locale that it follows from now on. As before when it is left out.
    source: Option<Source>,
}

/// Get the settings
///
/// The newest revision, whether it is public or not, with how the settings stand. 404 until they are saved for the first time:
/// readers get defaults.
#[utoipa::path(
    tag = "settings",
    params(InLocale),
    responses(
        (status = 200, description = "The settings.", body = SettingsDocument,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Erased,
    ),
)]
#[get("/admin/v1/settings")]
async fn get_settings(
    Require(permit): Require<Read<Settings>>,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
) -> Result<Reply<SettingsDocument>, Problem> {
    let snapshot = actions::get(&app, &permit, params.locale.as_deref()).await?;
    let version = snapshot.state.header.version;
    Ok(Reply::ok(view(snapshot)?).version(version))
}

/// Save the settings
///
/// Appends a revision. What is public stays as it is until a revision is published. The first save makes the settings, in the
/// site's default locale, and says so with `If-None-Match: *`. Every later one says what it is based on: with `If-Match` it is
/// strict, with `base` in the body it merges, as for pages.
///
/// Publishing the settings of the site's default locale takes over `locales` and `default_locale`: new locales are added to the
/// site, which is for good.
#[utoipa::path(
    tag = "settings",
    params(
        InLocale,
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read, such as `\"v3\"`; or send `base`.", example = "\"v3\""),
        ("If-None-Match" = Option<String>, Header, description = "`*`, when there are no settings yet.", example = "*"),
    ),
    request_body(content = SaveSettings, description = "All of the settings."),
    responses(
        (status = 200, description = "The settings as they are now.", body = SavedSettings,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        (status = 201, description = "The settings, which were made.", body = SavedSettings, headers(
            ("ETag" = String, description = "The version, `\"v<version>\"`."),
            ("Location" = String, description = "The address of the settings in this API."),
        )),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[put("/admin/v1/settings")]
async fn save_settings(
    Require(permit): Require<Write<Settings>>,
    Params(params): Params<InLocale>,
    MaybeKnown(seen): MaybeKnown,
    app: web::Data<App>,
    Valid(save): Valid<SaveSettings>,
) -> Result<Reply<SavedSettings>, Problem> {
    let new = typed::revision(save.body.into_settings(), Origin::Edit, save.note)?;
    let new = NewRevision { source: save.source, ..new };
    let save = Save { new, seen, base: save.base };
    let saved = actions::save(&app, &permit, params.locale.as_deref(), save).await;
    let (saved, made) = saved.map_err(typed::inside_body)?;
    let version = saved.snapshot.state.header.version;
    let settings = SavedSettings { settings: view(saved.snapshot)?, merged: saved.merged };
    let created = |settings| Reply::created("/admin/v1/settings", settings);
    Ok(if made { created(settings) } else { Reply::ok(settings) }.version(version))
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_settings).service(save_settings);
}

fn view(snapshot: Snapshot) -> Result<SettingsDocument, Problem> {
    let body = typed::body(&snapshot)?;
    Ok(SettingsDocument { state: snapshot.state.into(), body })
}
