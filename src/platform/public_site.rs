//! The public site: where what is written here is shown to everybody. Sitemaps, feeds and preview links lead there.

use std::num::NonZeroU32;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use super::public_url::PublicUrl;

/// What may not stand in the path of an address as it is (the URL standard's path percent-encode set, and `%` itself,
/// because paths here are not encoded yet).
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

const ALLOWED: &str =
    "write the address of the public site, such as https://www.example.org, with no query or fragment";

/// How many addresses a sitemap may have (sitemaps.org).
const ADDRESSES: NonZeroU32 = NonZeroU32::MIN.saturating_add(49_999);

/// An address as the settings have it, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteUrl(String);

impl SiteUrl {
    /// Accepts `https` or `http` with a host and perhaps a path; a query, a fragment and credentials are refused.
    ///
    /// # Errors
    /// A sentence that says what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text.trim()).map_err(|_| ALLOWED.to_owned())?;
        let good = ["https", "http"].contains(&url.scheme())
            && url.host().is_some()
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if good { Ok(Self(url.as_str().trim_end_matches('/').to_owned())) } else { Err(ALLOWED.to_owned()) }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where the public site is, and how much of it one sitemap names.
#[derive(Debug, Clone)]
pub struct PublicSite {
    url: Option<SiteUrl>,
    installation: PublicUrl,
    /// How many addresses a sitemap has at most.
    pub addresses: NonZeroU32,
}

impl PublicSite {
    /// At this address; at that of the installation when there is none.
    #[must_use]
    pub fn new(url: Option<SiteUrl>, installation: PublicUrl) -> Self {
        Self { url, installation, addresses: ADDRESSES }
    }

    /// The same, or at this address when nobody has said where.
    #[must_use]
    pub fn or(&self, url: Option<SiteUrl>) -> Self {
        Self { url: self.url.clone().or(url), ..self.clone() }
    }

    /// Whether anybody has said where it is.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.url.is_some()
    }

    /// The address of the site, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        self.url.as_ref().map_or_else(|| self.installation.origin(), |url| &url.0)
    }

    /// What people call the site: its host.
    #[must_use]
    pub fn host(&self) -> &str {
        let after = self.base().split_once("://").map_or("", |(_, rest)| rest);
        after.split('/').next().unwrap_or_default()
    }

    /// Where a path of a locale is: that of the site's default locale as it is, those of others below the locale's tag.
    #[must_use]
    pub fn address(&self, default: &str, locale: &str, path: &str) -> String {
        self.encoded(default, locale, &utf8_percent_encode(path, PATH).to_string())
    }

    /// The same for a path that is percent-encoded already, as far as links in pages need it.
    #[must_use]
    pub fn encoded(&self, default: &str, locale: &str, path: &str) -> String {
        let prefix = if locale == default { String::new() } else { format!("/{locale}") };
        let path = if path == "/" && !prefix.is_empty() { "" } else { path };
        format!("{}{prefix}{}", self.base(), utf8_percent_encode(path, CONTROLS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_site_may_have_a_path() {
        for (text, base) in [
            ("https://www.example.org", "https://www.example.org"),
            ("https://www.example.org/", "https://www.example.org"),
            ("http://www.example.org:8080/alliance/", "http://www.example.org:8080/alliance"),
        ] {
            let site = PublicSite::new(Some(SiteUrl::parse(text).unwrap()), PublicUrl::default());
            assert_eq!(site.base(), base);
        }
        for bad in [
            "",
            "www.example.org",
            "ftp://example.org",
            "https://a@example.org",
            "https://example.org?a",
            "https://example.org#a",
        ] {
            assert!(SiteUrl::parse(bad).is_err_and(|error| error == ALLOWED), "{bad}");
        }
    }

    #[test]
    fn paths_are_encoded_and_other_locales_stand_below_their_tag() {
        let site = PublicSite::new(SiteUrl::parse("https://www.example.org").ok(), PublicUrl::default());
        assert_eq!(site.host(), "www.example.org");
        for (locale, path, address) in [
            ("en", "/", "https://www.example.org/"),
            ("en", "/about/our-history", "https://www.example.org/about/our-history"),
            ("en", "/\u{fc}ber 100%", "https://www.example.org/%C3%BCber%20100%25"),
            ("de", "/", "https://www.example.org/de"),
            ("de-AT", "/a", "https://www.example.org/de-AT/a"),
        ] {
            assert_eq!(site.address("en", locale, path), address);
        }
    }

    #[test]
    fn what_the_server_was_told_goes_before_what_the_settings_say() {
        let said = || SiteUrl::parse("https://said.example.org").ok();
        let told = PublicSite::new(SiteUrl::parse("https://told.example.org").ok(), PublicUrl::default());
        assert_eq!(told.or(said()).base(), "https://told.example.org");
        let site = PublicSite::new(None, PublicUrl::default());
        assert_eq!((site.is_known(), site.or(said()).base()), (false, "https://said.example.org"));
    }

    #[test]
    fn without_a_setting_the_site_is_where_the_installation_is() {
        let public = PublicUrl::parse("https://cms.example.org").unwrap();
        let site = PublicSite::new(None, public);
        assert_eq!(site.address("en", "en", "/a"), "https://cms.example.org/a");
    }
}
