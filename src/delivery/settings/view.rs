//! The settings as readers get them: every member is there, with a default where nobody said anything.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::actions::Found;
use super::model::{PublicSettings, SiteSaid};
use crate::blobs::Gallery;
use crate::content::media::public::{ImageView, Images as _};
use crate::content::settings::{self, Robots, Settings, SocialProfile};
use crate::content::text::forms::{Text, TextForms};
use crate::content::text::links::Target;
use crate::delivery::view::Shown;
use crate::platform::public_site::PublicSite;

/// What holds for the whole site.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SettingsView {
    /// The entry; `null` while no settings are public.
    #[schema(required)]
    pub id: Option<Uuid>,
    /// Always `settings`.
    #[schema(example = "settings")]
    pub kind: String,
    /// The locale of the words, a BCP 47 tag.
    #[schema(example = "en")]
    pub locale: String,
    /// The locale that was asked for, or the site's default.
    #[schema(example = "en")]
    pub requested_locale: String,
    /// Whether `locale` stands in for `requested_locale`, in which there are no settings.
    pub fallback: bool,
    /// The name of the site; its host, while nobody has said one.
    #[schema(example = "Lantern Alliance")]
    pub title: String,
    /// What the site is about; `null` when nobody has said it.
    #[schema(required, example = "Teachers and learners who want care to be fair.")]
    pub tagline: Option<String>,
    /// The address of the public site, without a slash at the end; that of this server, while nobody has said one.
    #[schema(example = "https://www.example.org")]
    pub site_url: String,
    /// The languages of the site.
    pub locales: Vec<SiteLocaleView>,
    /// The language that is meant when none is named.
    #[schema(example = "en")]
    pub default_locale: String,
    /// Where else the organisation is to be found.
    pub social: Vec<SocialProfile>,
    /// How the organisation is reached.
    pub contact: ContactView,
    /// The picture that stands in for that of a page that has none; `null` when there is none that is public.
    #[schema(required)]
    pub image: Option<ImageView>,
    /// What stands at the foot of every page, in the forms that were asked for; `null` when there is nothing.
    #[schema(required)]
    pub footer: Option<Text>,
    /// What search engines are told of the whole site.
    pub robots: Robots,
    /// When they were first public; `null` while none are.
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
    /// When the present ones became public; `null` while none are.
    #[schema(required)]
    pub updated_at: Option<DateTime<Utc>>,
}

/// A language of the site.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SiteLocaleView {
    /// Its BCP 47 tag.
    #[schema(example = "de")]
    pub tag: String,
    /// The language that readers get instead of what is missing in this one; `null` when they get nothing.
    #[schema(required, example = "en")]
    pub fallback: Option<String>,
    /// Whether it is the one that is meant when none is named.
    pub default: bool,
}

/// How the organisation is reached.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContactView {
    /// The e-mail address; `null` when there is none.
    #[schema(required, example = "office@lantern.example")]
    pub email: Option<String>,
    /// The telephone number; `null` when there is none.
    #[schema(required, example = "+49 30 5550100")]
    pub phone: Option<String>,
    /// The postal address, with its lines; `null` when there is none.
    #[schema(required)]
    pub address: Option<String>,
}

fn given(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

impl SettingsView {
    /// Resolves what the settings show and lead to.
    #[must_use]
    pub(super) fn new(found: Found, forms: TextForms, gallery: &Gallery, site: &PublicSite) -> Self {
        let Found { settings, locales, default, requested, links, media } = found;
        let SiteSaid { title, tagline, image, url, noindex } = settings.said();
        let site = site.or(url);
        let shown = Shown::new(&media, gallery);
        let find = |id: Uuid| {
            let crumb = links.get(&id)?;
            match &crumb.path {
                Some(path) => Some(Target { path: path.clone(), title: crumb.title.clone() }),
                None => shown.file(id),
            }
        };
        let (card, Settings { social, contact, footer, .. }) = match settings.own {
            Some(PublicSettings { card, body }) => (Some(card), body),
            None => (None, Settings::default()),
        };
        let locale = card.as_ref().map_or_else(|| requested.clone(), |card| card.locale.clone());
        let view = |one: crate::delivery::model::Locale| SiteLocaleView {
            default: one.tag == default,
            tag: one.tag,
            fallback: one.fallback,
        };
        Self {
            id: card.as_ref().map(|card| card.entry),
            kind: settings::kind(),
            fallback: locale != requested,
            locale,
            requested_locale: requested,
            title: title.unwrap_or_else(|| site.host().to_owned()),
            tagline,
            site_url: site.base().to_owned(),
            locales: locales.into_iter().map(view).collect(),
            social,
            contact: ContactView {
                email: given(&contact.email),
                phone: given(&contact.phone),
                address: given(&contact.address),
            },
            image: image.and_then(|image| shown.image(image)),
            footer: Text::unless_blank(&footer, forms, "footer", &find),
            robots: if noindex { Robots::Noindex } else { Robots::Index },
            published_at: card.as_ref().map(|card| card.published_at),
            updated_at: card.as_ref().map(|card| card.updated_at),
            default_locale: default,
        }
    }
}
