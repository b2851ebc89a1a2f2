//! Reading the settings with what they show and lead to, and what crawlers are told.

use std::collections::HashMap;

use uuid::Uuid;

use super::model::{SiteSaid, SiteSettings};
use super::store;
use crate::app::App;
use crate::content::media::public::PublicMedia;
use crate::delivery::actions::select;
use crate::delivery::model::{Answer, Asked, Crumb, Locale};
use crate::delivery::{media, store as public};
use crate::documents::body::{Document as _, References};
use crate::platform::access::{Permit, Public};
use crate::platform::problem::Problem;

/// The settings with everything that is needed to show them.
#[derive(Debug)]
pub(super) struct Found {
    pub settings: SiteSettings,
    /// The locales of the site.
    pub locales: Vec<Locale>,
    /// The site's default locale.
    pub default: String,
    /// The locale that was asked for.
    pub requested: String,
    /// Every public entry that they point at.
    pub links: HashMap<Uuid, Crumb>,
    /// Those of them that are media.
    pub media: Vec<PublicMedia>,
}

/// The settings; defaults, while none are public.
pub(super) async fn settings(
    app: &App,
    _permit: &Permit<Public>,
    asked: &Asked,
) -> Result<Answer<Found>, Problem> {
    select(app, asked, async |found| {
        let settings = store::settings(app, found).await?;
        let mut references = References::default();
        if let Some(own) = &settings.own {
            own.body.references(&mut references);
        }
        let wanted: Vec<Uuid> = references.iter().map(|reference| reference.target).collect();
        let links = public::targets(found, &wanted).await?;
        let media = media::store::among(found, &wanted).await?;
        let locales = settings.locales(&store::locales(found).await?);
        Ok(Found {
            settings,
            locales,
            default: found.default.clone(),
            requested: found.locales.first().cloned().unwrap_or_default(),
            links: links.into_iter().map(|crumb| (crumb.entry, crumb)).collect(),
            media,
        })
    })
    .await
}

/// What they say of the whole site.
pub(super) async fn said(app: &App, _permit: &Permit<Public>) -> Result<Answer<SiteSaid>, Problem> {
    select(app, &Asked::default(), async |found| Ok(store::settings(app, found).await?.said())).await
}
