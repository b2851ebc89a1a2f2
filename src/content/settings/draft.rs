//! Settings as a client sends them, and how they become a body: everything that is wrong is reported at once.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Contact, LocaleChoice, Robots, Settings, SocialProfile};
use super::tag::LocaleTag;
use crate::{
    content::text::{address::Address, rich_text::Markdown},
    documents::body::{Problems, Stage},
    platform::{
        json::null_is_default,
        problem::field::{FieldProblem, Pointer},
        public_site::SiteUrl,
    },
};

/// The settings of the site in one language, as a client sends them. Leaving a field out, or `null`, is the same as leaving it
/// empty: a save replaces all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(SettingsDraft::sample))]
pub struct SettingsDraft {
    /// The name of the site, at most 300 characters on one line; may be empty until they are published.
    #[schema(max_length = 300, examples("Lantern Alliance"))]
    pub title: String,
    /// What the site is about, in a sentence or two, at most 1,000 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 1_000, examples("Teachers and learners who want care to be fair."))]
    pub tagline: String,
    /// The address of the public site, with no query or fragment. Where the server was given one (`--site-url`), that one is
    /// taken.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 2_048, examples("https://www.example.org"))]
    pub site_url: String,
    /// The languages of the site; those that it has, when there are none. What stands in for another stands before it. They
    /// count in the settings of the site's default locale alone, from when these are published or planned: a new one is added
    /// to the site for good, and one in which there are documents cannot be left out.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable, max_items = 50)]
    pub locales: Vec<LocaleDraft>,
    /// The language that is meant when none is named, one of `locales`; as it is, when it is left out. It counts in the settings
    /// of the site's default locale alone, and changes when these are published, not by plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 2, max_length = 12, examples("en"))]
    pub default_locale: Option<String>,
    /// Where else the organisation is to be found; at most 30.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable, max_items = 30)]
    pub social: Vec<SocialDraft>,
    /// How the organisation is reached. All of it is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactDraft>,
    /// The media entry that stands in for the picture of a page that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Uuid>,
    /// What stands at the foot of every page.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable)]
    pub footer: Markdown,
    /// What search engines are told of the whole site; `index` when it is left out.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable)]
    pub robots: Robots,
}

/// A language of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocaleDraft {
    /// A BCP 47 tag: a language, perhaps with a script and a region.
    #[schema(min_length = 2, max_length = 12, examples("de"))]
    pub tag: String,
    /// The language that readers get instead of what is missing in this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 2, max_length = 12, examples("en"))]
    pub fallback: Option<String>,
}

/// Where else the organisation is to be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SocialDraft {
    /// The network: 1 to 40 of `a-z`, `0-9`, `_` and `-`.
    #[schema(min_length = 1, max_length = 40, examples("mastodon"))]
    pub network: String,
    /// The address of the profile: `https://` or `http://`.
    #[schema(min_length = 1, max_length = 2_048, examples("https://social.example.org/@lantern"))]
    pub url: String,
}

/// How the organisation is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactDraft {
    /// The e-mail address, at most 254 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 254, examples("office@example.org"))]
    pub email: String,
    /// The telephone number, as people write it, at most 50 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 50, examples("+49 30 5550100"))]
    pub phone: String,
    /// The postal address, with its lines, at most 1,000 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 1_000)]
    pub address: String,
}

impl SettingsDraft {
    /// Settings for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Value {
        Settings::sample()
    }

    /// The body.
    ///
    /// # Errors
    /// Everything that is wrong with it as a draft; what a publication asks for is not asked yet.
    pub fn into_settings(self) -> Result<Settings, Vec<FieldProblem>> {
        let mut problems = Problems::default();
        let at = |name| Pointer::root().field(name);
        let trimmed = |text: &str| text.trim().to_owned();
        let site_url = Some(self.site_url.trim()).filter(|url| !url.is_empty());
        let site_url = site_url.and_then(|url| problems.keep(&at("site_url"), SiteUrl::parse(url)));
        let locales = locales(self.locales, &at("locales"), &mut problems);
        let contact = self.contact.unwrap_or_default();
        let settings = Settings {
            title: trimmed(&self.title),
            tagline: trimmed(&self.tagline),
            site_url: site_url.map(|url| url.as_str().to_owned()).unwrap_or_default(),
            locales,
            default_locale: self
                .default_locale
                .and_then(|tag| problems.keep(&at("default_locale"), LocaleTag::try_from(tag))),
            social: social(self.social, &at("social"), &mut problems),
            contact: Contact {
                email: trimmed(&contact.email),
                phone: trimmed(&contact.phone),
                address: trimmed(&contact.address),
            },
            image: self.image,
            footer: self.footer,
            robots: self.robots,
        };
        // Items that cannot be read are left out of the lists, so places in them are told only when all can be.
        if problems.is_empty() {
            settings.check_all(Stage::Save, &mut problems);
        }
        if problems.is_empty() { Ok(settings) } else { Err(problems.into_vec()) }
    }
}

fn locales(drafts: Vec<LocaleDraft>, at: &Pointer, problems: &mut Problems) -> Vec<LocaleChoice> {
    let mut made = Vec::with_capacity(drafts.len());
    for (nth, LocaleDraft { tag, fallback }) in drafts.into_iter().enumerate() {
        let at = at.item(nth);
        let tag = problems.keep(&at.field("tag"), LocaleTag::try_from(tag));
        let fallback =
            fallback.and_then(|tag| problems.keep(&at.field("fallback"), LocaleTag::try_from(tag)));
        made.extend(tag.map(|tag| LocaleChoice { tag, fallback }));
    }
    made
}

fn social(drafts: Vec<SocialDraft>, at: &Pointer, problems: &mut Problems) -> Vec<SocialProfile> {
    let mut made = Vec::with_capacity(drafts.len());
    for (nth, SocialDraft { network, url }) in drafts.into_iter().enumerate() {
        let url = problems.keep(&at.item(nth).field("url"), Address::try_from(url));
        made.extend(url.map(|url| SocialProfile { network, url }));
    }
    made
}
