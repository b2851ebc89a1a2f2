//! The body of the settings. What is empty is left out of the stored JSON: equal content is an equal body.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::SettingsDraft;
use super::tag::LocaleTag;
use crate::{
    content::text::{
        address::Address,
        plain_field::{check_given, check_line, check_lines},
        rich_text::Markdown,
    },
    documents::body::{
        Document, Kind, Listing, NamedLocale, Problems, References, SearchText, SiteLocales, Stage, Weight,
    },
    platform::{
        json::is_default,
        problem::field::{FieldCode, FieldProblem, Pointer, read_json},
        public_site::SiteUrl,
    },
};

const MAX_TITLE: usize = 300;
const MAX_TAGLINE: usize = 1_000;
const MAX_NETWORK: usize = 40;
const MAX_PROFILES: usize = 30;
const MAX_EMAIL: usize = 254;
const MAX_PHONE: usize = 50;
const MAX_LOCALES: usize = 50;

/// The settings of the site in one language. Fields that are empty are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(Settings::sample))]
pub struct Settings {
    /// The name of the site, at most 300 characters; may be empty in a draft.
    #[schema(max_length = 300, examples("Lantern Alliance"))]
    pub title: String,
    /// What the site is about, in a sentence or two, at most 1,000 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 1_000, examples("Teachers and learners who want care to be fair."))]
    pub tagline: String,
    /// The address of the public site.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 2_048, examples("https://www.example.org"))]
    pub site_url: String,
    /// The languages of the site, each with the one that stands in for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub locales: Vec<LocaleChoice>,
    /// The language that is meant when none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_locale: Option<LocaleTag>,
    /// Where else the organisation is to be found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 30)]
    pub social: Vec<SocialProfile>,
    /// How the organisation is reached.
    #[serde(default, skip_serializing_if = "is_default")]
    pub contact: Contact,
    /// The media entry that stands in for the picture of a page that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Uuid>,
    /// What stands at the foot of every page.
    #[serde(default, skip_serializing_if = "is_default")]
    pub footer: Markdown,
    /// What search engines are told of the whole site.
    #[serde(default, skip_serializing_if = "is_default")]
    pub robots: Robots,
}

/// A language of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"tag": "de", "fallback": "en"})))]
pub struct LocaleChoice {
    /// Its tag.
    pub tag: LocaleTag,
    /// The language that readers get instead of what is missing in this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<LocaleTag>,
}

/// Where else the organisation is to be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"network": "mastodon", "url": "https://social.example.org/@lantern"})))]
pub struct SocialProfile {
    /// The network: 1 to 40 of `a-z`, `0-9`, `_` and `-`.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9_-]{1,40}$", examples("mastodon"))]
    pub network: String,
    /// The address of the profile: `https://` or `http://`.
    pub url: Address,
}

/// How the organisation is reached. All of it is public.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"email": "office@example.org", "phone": "+49 30 5550100", "address": "1 Lantern Row\nExampletown"})))]
pub struct Contact {
    /// The e-mail address, at most 254 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 254, examples("office@example.org"))]
    pub email: String,
    /// The telephone number, as people write it, at most 50 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 50, examples("+49 30 5550100"))]
    pub phone: String,
    /// The postal address, with its lines, at most 1,000 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 1_000)]
    pub address: String,
}

/// What search engines are told of the whole site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Robots {
    /// They may list it.
    #[default]
    Index,
    /// They should leave all of it out.
    Noindex,
}

impl Settings {
    /// Settings for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Value {
        json!({
            "title": "Lantern Alliance",
            "tagline": "Teachers and learners who want care to be fair.",
            "site_url": "https://www.example.org",
            "locales": [{"tag": "en"}, {"tag": "de", "fallback": "en"}],
            "default_locale": "en",
            "social": [{"network": "mastodon", "url": "https://social.example.org/@lantern"}],
            "contact": {"email": "office@example.org"},
            "footer": "A fictional alliance. [Imprint](entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41)",
        })
    }

    /// The address of the public site, when they say one.
    #[must_use]
    pub fn site_url(&self) -> Option<SiteUrl> {
        SiteUrl::parse(&self.site_url).ok()
    }

    pub(super) fn check_all(&self, stage: Stage, problems: &mut Problems) {
        let at = |name| Pointer::root().field(name);
        check_line(problems, &at("title"), &self.title, MAX_TITLE);
        check_given(problems, stage, &at("title"), &self.title, "the name of the site");
        check_lines(problems, &at("tagline"), &self.tagline, MAX_TAGLINE);
        if !self.site_url.is_empty() {
            problems.keep(&at("site_url"), SiteUrl::parse(&self.site_url));
        }
        self.check_locales(problems);
        self.check_social(&at("social"), problems);
        self.contact.check(&at("contact"), problems);
    }

    fn check_locales(&self, problems: &mut Problems) {
        let at = |name| Pointer::root().field(name);
        if self.locales.len() > MAX_LOCALES {
            let detail = format!("There are {} locales; there may be {MAX_LOCALES}.", self.locales.len());
            problems.add(&at("locales"), FieldCode::TooMany, detail);
        }
        for (nth, LocaleChoice { tag, fallback }) in self.locales.iter().enumerate() {
            let place = at("locales").item(nth);
            let before = || self.locales.iter().take(nth).map(|earlier| &earlier.tag);
            if before().any(|earlier| earlier == tag) {
                let detail = format!("The locale `{tag}` is there already; remove it.");
                problems.add(&place.field("tag"), FieldCode::Duplicate, detail);
            }
            if let Some(fallback) = fallback
                && !before().any(|earlier| earlier == fallback)
            {
                let detail = format!("`{fallback}` must stand before `{tag}`, for which it stands in.");
                problems.add(&place.field("fallback"), FieldCode::NotAllowed, detail);
            }
        }
        if let Some(default) = &self.default_locale
            && !self.locales.iter().any(|locale| locale.tag == *default)
        {
            let detail = format!("`{default}` must be one of `locales`.");
            problems.add(&at("default_locale"), FieldCode::NotAllowed, detail);
        }
    }

    fn check_social(&self, at: &Pointer, problems: &mut Problems) {
        if self.social.len() > MAX_PROFILES {
            let detail = format!("There are {} profiles; there may be {MAX_PROFILES}.", self.social.len());
            problems.add(at, FieldCode::TooMany, detail);
        }
        for (nth, profile) in self.social.iter().enumerate() {
            let network = &profile.network;
            let good = (1..=MAX_NETWORK).contains(&network.len())
                && network
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b));
            if !good {
                let detail = "A network is 1 to 40 of a-z, 0-9, _ and -, such as `mastodon`.";
                problems.add(&at.item(nth).field("network"), FieldCode::Invalid, detail);
            }
            if !profile.url.as_str().starts_with("http") {
                let detail = "The address of a profile starts with https:// or http://.";
                problems.add(&at.item(nth).field("url"), FieldCode::NotAllowed, detail);
            }
        }
    }
}

impl Contact {
    fn check(&self, at: &Pointer, problems: &mut Problems) {
        let email = at.field("email");
        check_line(problems, &email, &self.email, MAX_EMAIL);
        let parts = self.email.split_once('@');
        let good =
            parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
        if !self.email.is_empty() && (!good || self.email.contains(char::is_whitespace)) {
            problems.add(&email, FieldCode::Invalid, "This is no e-mail address such as office@example.org.");
        }
        check_line(problems, &at.field("phone"), &self.phone, MAX_PHONE);
        check_lines(problems, &at.field("address"), &self.address, MAX_TAGLINE);
    }
}

impl Document for Settings {
    const KIND: Kind = Kind::named("settings");
    const SCHEMA_VERSION: i16 = 1;
    const SEARCHED: bool = false;

    fn title(&self) -> &str {
        &self.title
    }

    fn listing(&self) -> Listing {
        Listing {
            summary: Some(self.tagline.clone()).filter(|tagline| !tagline.is_empty()),
            ..Listing::default()
        }
    }

    fn references(&self, found: &mut References) {
        let at = |name| Pointer::root().field(name);
        if let Some(image) = self.image {
            found.add(&at("image"), image, false);
        }
        for link in self.footer.references() {
            found.add(&at("footer"), link.target, false);
        }
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Title, &self.title);
        out.add(Weight::Summary, &self.tagline);
        out.add(Weight::Body, &self.footer.to_text());
    }

    fn locales(&self) -> Option<SiteLocales> {
        let named = |locale: &LocaleChoice| NamedLocale {
            tag: locale.tag.to_string(),
            fallback: locale.fallback.as_ref().map(LocaleTag::to_string),
        };
        (!self.locales.is_empty()).then(|| SiteLocales {
            named: self.locales.iter().map(named).collect(),
            default: self.default_locale.as_ref().map(LocaleTag::to_string),
        })
    }

    fn check(&self, stage: Stage, problems: &mut Problems) {
        self.check_all(stage, problems);
    }

    fn from_draft(draft: Value, _new_id: &mut dyn FnMut() -> Uuid) -> Result<Self, Vec<FieldProblem>> {
        read_json::<SettingsDraft>(&draft).map_err(|problem| vec![problem])?.into_settings()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(draft: Value) -> Vec<(String, FieldCode)> {
        let problems = Settings::from_draft(draft, &mut Uuid::nil).unwrap_err();
        problems.into_iter().map(|problem| (problem.pointer.as_str().to_owned(), problem.code)).collect()
    }

    #[test]
    fn the_sample_is_what_is_stored() {
        let body =
            (crate::documents::kind::KindSpec::of::<Settings>().canonical)(&Settings::sample()).unwrap();
        assert_eq!(body, Settings::sample());
    }

    #[test]
    fn what_cannot_be_is_refused_in_its_place() {
        for (draft, place, code) in [
            (json!({"title": "x", "site_url": "www.example.org"}), "/site_url", FieldCode::Invalid),
            (json!({"title": "x", "site_url": "https://example.org/?a"}), "/site_url", FieldCode::Invalid),
            (json!({"title": "x", "locales": [{"tag": "Deutsch"}]}), "/locales/0/tag", FieldCode::Invalid),
            (
                json!({"title": "x", "locales": [{"tag": "en"}, {"tag": "en"}]}),
                "/locales/1/tag",
                FieldCode::Duplicate,
            ),
            (
                json!({"title": "x", "locales": [{"tag": "de", "fallback": "en"}, {"tag": "en"}]}),
                "/locales/0/fallback",
                FieldCode::NotAllowed,
            ),
            (json!({"title": "x", "default_locale": "de"}), "/default_locale", FieldCode::NotAllowed),
            (
                json!({"title": "x", "social": [{"network": "X Y", "url": "https://example.org"}]}),
                "/social/0/network",
                FieldCode::Invalid,
            ),
            (
                json!({"title": "x", "social": [{"network": "x", "url": "javascript:alert(1)"}]}),
                "/social/0/url",
                FieldCode::Invalid,
            ),
            (
                json!({"title": "x", "social": [{"network": "x", "url": "/here"}]}),
                "/social/0/url",
                FieldCode::NotAllowed,
            ),
            (json!({"title": "x", "contact": {"email": "office"}}), "/contact/email", FieldCode::Invalid),
            (json!({"title": "x", "contact": {"fax": "1"}}), "/contact/fax", FieldCode::Unknown),
            (json!({"title": "x", "robots": "none"}), "/robots", FieldCode::Invalid),
        ] {
            assert_eq!(faults(draft.clone()), [(place.to_owned(), code)], "{draft}");
        }
    }
}
