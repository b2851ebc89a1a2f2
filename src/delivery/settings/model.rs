//! Which of the settings count: the words of the locale that is asked for, and what holds for the whole site of those of its
//! default locale. Pure.

use uuid::Uuid;

use crate::content::settings::{Robots, Settings};
use crate::delivery::model::{Card, Locale};
use crate::platform::public_site::{PublicSite, SiteUrl};

/// The settings that are public in one locale.
#[derive(Debug, Clone)]
pub(in crate::delivery) struct PublicSettings {
    pub card: Card,
    pub body: Settings,
}

/// The public settings of all locales, as somebody who asks for one of them sees them.
#[derive(Debug, Clone, Default)]
pub(in crate::delivery) struct SiteSettings {
    /// Those whose words are shown; none while nothing is public.
    pub own: Option<PublicSettings>,
    /// Those that count for the whole site.
    pub whole: Option<Settings>,
}

impl SiteSettings {
    /// Out of those of all locales, in some fixed order; `chain` is the locale that is asked for and those that stand in for it.
    /// Where none of them has any, those of the default locale do, and else the first: a site has one name at least.
    #[must_use]
    pub fn choose(all: &[PublicSettings], chain: &[String], default: &str) -> Self {
        let of = |locale: &str| all.iter().find(|one| one.card.locale == locale);
        let own = chain.iter().find_map(|locale| of(locale)).or_else(|| of(default)).or(all.first());
        let whole = of(default).or(own).map(|one| one.body.clone());
        Self { own: own.cloned(), whole }
    }

    /// What other answers need to know of the site.
    #[must_use]
    pub fn said(&self) -> SiteSaid {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let own = self.own.as_ref().map(|own| &own.body);
        let whole = self.whole.as_ref();
        SiteSaid {
            title: own.and_then(|own| given(&own.title)),
            tagline: own.and_then(|own| given(&own.tagline)),
            image: own.and_then(|own| own.image),
            url: whole.and_then(Settings::site_url),
            noindex: whole.is_some_and(|whole| whole.robots == Robots::Noindex),
        }
    }

    /// The locales of the site in the order of the settings, of those that it really has. Those alone that the settings name,
    /// when they name any.
    #[must_use]
    pub fn locales(&self, site: &[Locale]) -> Vec<Locale> {
        let named = self.whole.as_ref().map(|whole| whole.locales.as_slice()).unwrap_or_default();
        if named.is_empty() {
            return site.to_vec();
        }
        let find = |tag: &str| site.iter().find(|locale| locale.tag == tag).cloned();
        named.iter().filter_map(|choice| find(choice.tag.as_str())).collect()
    }
}

/// What the settings say of the site, as far as other answers need to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteSaid {
    /// The name of the site.
    pub title: Option<String>,
    /// What it is about.
    pub tagline: Option<String>,
    /// The media entry that stands in for the picture of a page that has none.
    pub image: Option<Uuid>,
    /// Where the public site is.
    pub url: Option<SiteUrl>,
    /// Whether search engines should leave all of it out.
    pub noindex: bool,
}

/// What is known of the site as a whole, for what is said of an entry to search engines.
#[derive(Debug, Clone)]
pub struct AboutSite {
    /// What the settings say.
    pub said: SiteSaid,
    /// Where it is.
    pub site: PublicSite,
    /// Its default locale.
    pub default: String,
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;

    fn settings(locale: &str, body: serde_json::Value) -> PublicSettings {
        let card = Card {
            entry: Uuid::nil(),
            kind: "settings".into(),
            locale: locale.into(),
            requested_locale: "de".into(),
            title: String::new(),
            path: None,
            summary: None,
            published_at: DateTime::default(),
            updated_at: DateTime::default(),
            more: json!({}),
            parent: None,
            position: None,
        };
        PublicSettings { card, body: serde_json::from_value(body).unwrap() }
    }

    fn chosen(chain: &[&str]) -> (String, SiteSaid) {
        let all = vec![
            settings(
                "de",
                json!({"title": "Laterne", "site_url": "https://de.example.org", "robots": "noindex"}),
            ),
            settings(
                "en",
                json!({"title": "Lantern", "site_url": "https://www.example.org", "tagline": "Fair."}),
            ),
        ];
        let chain: Vec<String> = chain.iter().map(|&tag| tag.to_owned()).collect();
        let found = SiteSettings::choose(&all, &chain, "en");
        (found.own.as_ref().unwrap().card.locale.clone(), found.said())
    }

    #[test]
    fn words_come_in_the_locale_and_the_address_from_the_default_one() {
        let (locale, said) = chosen(&["de", "en"]);
        assert_eq!((locale.as_str(), said.title.as_deref(), &said.tagline), ("de", Some("Laterne"), &None));
        assert_eq!(said.url, SiteUrl::parse("https://www.example.org").ok());
        assert!(!said.noindex);
        assert_eq!(chosen(&["fr"]).0, "en", "somebody must say what the site is called");
        assert_eq!(SiteSettings::choose(&[], &[], "en").said(), SiteSaid::default());
    }

    #[test]
    fn locales_are_those_of_the_settings_that_there_are() {
        let site: Vec<Locale> =
            ["de", "en", "fr"].map(|tag| Locale { tag: tag.into(), fallback: None }).into();
        let body = json!({"title": "x", "locales": [{"tag": "fr"}, {"tag": "en"}, {"tag": "it"}]});
        let found = SiteSettings::choose(&[settings("en", body)], &[], "en");
        let tags = |found: &SiteSettings| -> Vec<String> {
            found.locales(&site).into_iter().map(|locale| locale.tag).collect()
        };
        assert_eq!(tags(&found), ["fr", "en"]);
        assert_eq!(tags(&SiteSettings::default()), ["de", "en", "fr"]);
    }
}
