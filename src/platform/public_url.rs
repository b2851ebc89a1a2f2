//! The address under which people reach this installation. It comes from the settings, or is where the server listens;
//! never from a request, whose Host header anybody may write.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};

use url::{Host, Url};

/// Where `masthead serve` listens when nothing else is said; what commands without a server go by.
const UNKNOWN: &str = "http://127.0.0.1:8080";

const ALLOWED: &str = "write https and a host, without a path, such as https://cms.example.org; \
                       plain http is for a loopback address alone";

/// Scheme, host and port of the installation, without a slash at the end. Clones speak of the same address.
#[derive(Debug, Clone, Default)]
pub struct PublicUrl(Arc<OnceLock<String>>);

impl PublicUrl {
    /// Accepts `https` with a host, or `http` with one of the loopback; a path, a query and credentials are refused.
    ///
    /// # Errors
    /// A sentence that says what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text.trim()).map_err(|_| ALLOWED.to_owned())?;
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        let scheme = url.scheme() == "https" || url.scheme() == "http" && loopback;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !scheme || !bare {
            return Err(ALLOWED.to_owned());
        }
        Ok(Self(Arc::new(OnceLock::from(url.origin().ascii_serialization()))))
    }

    /// Says where the server listens, which is the address when the settings name none. An address that stands for all
    /// of the machine becomes that of the loopback.
    pub fn listens_on(&self, address: SocketAddr) {
        let ip = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        // What the settings say stays.
        let _ = self.0.set(format!("http://{}", SocketAddr::new(ip, address.port())));
    }

    /// Scheme, host and port, such as `https://cms.example.org`.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.0.get().map_or(UNKNOWN, String::as_str)
    }

    /// Host and port alone, as people call the site.
    #[must_use]
    pub fn host(&self) -> &str {
        self.origin().split_once("://").map_or("", |(_, host)| host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_a_browser_may_sign_in_at_is_accepted() {
        for (text, origin) in [
            ("https://cms.example.org", "https://cms.example.org"),
            ("https://CMS.example.org:443/", "https://cms.example.org"),
            ("https://cms.example.org:8443", "https://cms.example.org:8443"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(PublicUrl::parse(text).unwrap().origin(), origin);
        }
        for bad in [
            "",
            "cms.example.org",
            "http://cms.example.org",
            "http://localhost.example.org",
            "ftp://cms.example.org",
            "https://",
            "https://cms.example.org/cms",
            "https://cms.example.org?a=b",
            "https://cms.example.org#a",
            "https://ada:secret@cms.example.org",
        ] {
            assert!(PublicUrl::parse(bad).is_err_and(|error| error == ALLOWED), "{bad}");
        }
    }

    #[test]
    fn where_the_server_listens_counts_when_nothing_is_set() {
        for (address, origin) in [
            ("127.0.0.1:9000", "http://127.0.0.1:9000"),
            ("0.0.0.0:9000", "http://127.0.0.1:9000"),
            ("[::]:9000", "http://[::1]:9000"),
        ] {
            let url = PublicUrl::default();
            let other = url.clone();
            url.listens_on(address.parse().unwrap());
            assert_eq!(other.origin(), origin);
        }
        let url = PublicUrl::parse("https://cms.example.org").unwrap();
        url.listens_on("127.0.0.1:9000".parse().unwrap());
        assert_eq!((url.origin(), url.host()), ("https://cms.example.org", "cms.example.org"));
        assert_eq!(PublicUrl::default().origin(), UNKNOWN);
    }
}
