//! The address of an SMTP server, as the settings write it.

use std::net::IpAddr;

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::MailError;

/// The port of submission (RFC 6409), and the one that speaks TLS from the first byte (RFC 8314).
const PORTS: (u16, u16) = (587, 465);

/// How the conversation is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protection {
    /// Not at all.
    Plain,
    /// STARTTLS if the server offers it.
    Opportunistic,
    /// STARTTLS, or no mail.
    Required,
    /// TLS from the first byte.
    Wrapped,
}

/// Where the server is, and what lets us in.
pub(super) struct Server {
    pub host: String,
    pub port: u16,
    pub protection: Protection,
    pub credentials: Option<Credentials>,
}

impl Server {
    /// Parses `smtp://user:password@host:port?tls=required|opportunistic|none` or `smtps://...`. Without `tls`, STARTTLS is
    /// required, but for a server on the loopback, which is spoken to in plain text.
    pub(super) fn parse(text: &str) -> Result<Self, MailError> {
        let form = || {
            wrong(
                "write smtp://user:password@host:port?tls=required (or opportunistic, or none), \
                 or smtps://user:password@host:port; write special characters as %XX",
            )
        };
        let url = Url::parse(text.trim()).map_err(|_| form())?;
        let (host, loopback) = host(&url).ok_or_else(form)?;
        if !["", "/"].contains(&url.path()) || url.fragment().is_some() {
            return Err(form());
        }
        let credentials = credentials(&url).map_err(|()| form())?;
        let wrapped = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(form()),
        };
        let mut said = url.query_pairs();
        let protection = match (said.next(), wrapped) {
            (None, true) => Protection::Wrapped,
            (None, false) if loopback => Protection::Plain,
            (None, false) => Protection::Required,
            (Some((name, value)), false) if name == "tls" => match value.as_ref() {
                "required" => Protection::Required,
                "opportunistic" => Protection::Opportunistic,
                "none" => Protection::Plain,
                _ => return Err(form()),
            },
            (Some(_), _) => return Err(form()),
        };
        if said.next().is_some() {
            return Err(form());
        }
        // Whoever stands between could take the offer of STARTTLS away, and read the password.
        if protection == Protection::Opportunistic && credentials.is_some() && !loopback {
            return Err(wrong("a password goes with tls=required, not with tls=opportunistic"));
        }
        let port = url.port().unwrap_or(if wrapped { PORTS.1 } else { PORTS.0 });
        Ok(Self { host, port, protection, credentials })
    }
}

/// The host, and whether it is this machine itself.
fn host(url: &Url) -> Option<(String, bool)> {
    match url.host()? {
        Host::Domain("") => None,
        // The scheme is none that the library knows, so it leaves IPv4 as it stands.
        Host::Domain(name) => {
            let loopback = name.eq_ignore_ascii_case("localhost")
                || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
            Some((name.to_owned(), loopback))
        }
        Host::Ipv4(ip) => Some((ip.to_string(), ip.is_loopback())),
        Host::Ipv6(ip) => Some((ip.to_string(), ip.is_loopback())),
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, ()> {
    let decoded =
        |text: &str| percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| ());
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(()),
        (user, Some(password)) => Ok(Some(Credentials::new(decoded(user)?, decoded(password)?))),
    }
}

fn wrong(what: &str) -> MailError {
    MailError::Settings(format!("MASTHEAD_SMTP_URL: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protection_is_the_default_off_the_loopback() {
        use Protection::{Opportunistic, Plain, Required, Wrapped};
        for (text, host, port, protection) in [
            ("smtp://mail.example.org", "mail.example.org", 587, Required),
            ("smtp://mail.example.org:25?tls=required", "mail.example.org", 25, Required),
            ("smtp://mail.example.org?tls=opportunistic", "mail.example.org", 587, Opportunistic),
            ("smtp://mail.example.org?tls=none", "mail.example.org", 587, Plain),
            ("smtps://mail.example.org", "mail.example.org", 465, Wrapped),
            ("smtp://localhost:1025", "localhost", 1025, Plain),
            ("smtp://127.0.0.1:1025/", "127.0.0.1", 1025, Plain),
            ("smtp://[::1]:1025", "::1", 1025, Plain),
            ("smtp://localhost.example.org", "localhost.example.org", 587, Required),
            ("smtp://127.0.0.1?tls=required", "127.0.0.1", 587, Required),
        ] {
            let server = Server::parse(text).unwrap();
            assert_eq!(
                (server.host.as_str(), server.port, server.protection),
                (host, port, protection),
                "{text}"
            );
            assert!(server.credentials.is_none());
        }
    }

    #[test]
    fn credentials_are_percent_decoded() {
        let server = Server::parse("smtps://ada%40example.org:p%3A%2F%20%C3%A9@mail.example.org").unwrap();
        let expected = Credentials::new("ada@example.org".into(), "p:/ \u{e9}".into());
        assert!(server.credentials == Some(expected));
    }

    #[test]
    fn a_wrong_address_is_refused_without_being_repeated() {
        for bad in [
            "",
            "sesame",
            "http://ada:sesame@mail.example.org",
            "smtp:ada:sesame",
            "smtp://",
            "smtp://ada:sesame@mail.example.org/path",
            "smtp://ada:sesame@mail.example.org#x",
            "smtp://ada:sesame@mail.example.org?tls=sometimes",
            "smtp://ada:sesame@mail.example.org?ssl=required",
            "smtp://ada:sesame@mail.example.org?tls=none&tls=required",
            "smtp://ada:sesame@mail.example.org:port",
            "smtp://ada:sesame@mail.example.org?tls=opportunistic",
            "smtps://ada:sesame@mail.example.org?tls=none",
            "smtp://ada:%FFsesame@mail.example.org",
            "smtp://ada@mail.example.org",
            "smtp://:sesame@mail.example.org",
        ] {
            let error = Server::parse(bad).err().map(|error| error.to_string());
            let error = error.unwrap_or_else(|| panic!("{bad} is accepted"));
            assert!(error.starts_with("MASTHEAD_SMTP_URL: ") && !error.contains("sesame"), "{error}");
        }
    }
}
