//! What makes a request that of a browser: its cookie, and where the page stands that sent it. A cookie goes along with
//! requests of foreign pages too, so what changes anything has to come from a page of our own (CSRF): by `Sec-Fetch-Site`
//! (Fetch Metadata), else by `Origin` (RFC 6454).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{COOKIE, HeaderMap, HeaderName, ORIGIN, USER_AGENT};
use actix_web::{FromRequest, HttpRequest};

use super::request::RequestInfo;
use crate::platform::problem::{Code, Problem};

/// The session's cookie where browsers come by https. The prefix has browsers refuse it for any other host or path.
const SECURE_COOKIE: &str = "__Host-masthead";
/// The session's cookie on plain http, which only the machine itself may use.
const PLAIN_COOKIE: &str = "masthead_session";
/// Longest name of a browser that is kept, in characters.
const MAX_USER_AGENT: usize = 400;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a handler may know of the browser.
#[derive(Debug, Clone)]
pub struct Browser {
    /// The address of the client.
    pub address: String,
    /// What limits count by: the address, or for IPv6 its network of 64 bits.
    pub network: String,
    /// What it calls itself, shortened.
    pub user_agent: String,
    /// The id of the request.
    pub request_id: String,
    secure: bool,
    local: bool,
}

impl Browser {
    /// The value of `Set-Cookie` that keeps a session for this many seconds; 0 takes it away.
    ///
    /// # Errors
    /// 409 on plain http from another machine: whoever listens on the way could take the session over.
    pub fn set_cookie(&self, secret: &str, seconds: i64) -> Result<String, Problem> {
        if self.secure {
            return Ok(format!(
                "{SECURE_COOKIE}={secret}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"
            ));
        }
        if self.local {
            return Ok(format!("{PLAIN_COOKIE}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax"));
        }
        Err(Problem::new(Code::Conflict).detail(
            "Sessions need https. Put Masthead behind a proxy with TLS and start it with --behind-tls, or use an API token.",
        ))
    }
}

impl FromRequest for Browser {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let agent = request.headers().get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let agent = agent.unwrap_or_default();
        let agent = agent.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT).collect();
        let Some(info) = RequestInfo::of(request) else {
            return ready(Err(Problem::internal("the route is served outside the middleware stack")));
        };
        let origin = info.origin();
        ready(Ok(Self {
            address: origin.client.to_string(),
            network: origin.client.network().to_string(),
            user_agent: agent,
            request_id: info.id().to_string(),
            secure: origin.secure,
            local: origin.client.is_local(),
        }))
    }
}

/// The secret in the session's cookie: on https the one of https alone. `Some("")` when it is there twice, which no
/// browser of ours sends.
#[must_use]
pub fn session_cookie(headers: &HeaderMap, secure: bool) -> Option<String> {
    let name = if secure { SECURE_COOKIE } else { PLAIN_COOKIE };
    let values = headers.get_all(COOKIE).filter_map(|value| value.to_str().ok());
    let mut found = values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(given, _)| *given == name)
        .map(|(_, value)| value.to_owned());
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Some(String::new()),
        (one, _) => one,
    }
}

/// Refuses what would change something at the wish of a foreign page. A client that is no browser sends neither header and
/// no cookie, and passes.
///
/// # Errors
/// 403 `cross_origin`.
pub fn same_origin(
    method: &Method,
    headers: &HeaderMap,
    host: Option<&str>,
    with_cookie: bool,
) -> Result<(), Problem> {
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(method) {
        return Ok(());
    }
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let ours = match (text(SEC_FETCH_SITE), text(ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => host.is_some_and(|host| {
            let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
        }),
        (None, None) => !with_cookie,
    };
    if ours {
        return Ok(());
    }
    Err(Problem::new(Code::CrossOrigin).detail(
        "A change with a session must come from a page of this server: the header Sec-Fetch-Site or Origin says otherwise, \
         or both are missing. Programs send an API token and no cookie.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_foreign_page_changes_nothing() {
        let own = Some("cms.example.org:8443");
        for (method, pairs, cookie, passes) in [
            (Method::POST, &[("sec-fetch-site", "same-origin")][..], true, true),
            (Method::POST, &[("sec-fetch-site", "same-site")], true, false),
            (Method::POST, &[("sec-fetch-site", "cross-site")], false, false),
            (Method::POST, &[("sec-fetch-site", "none")], true, false),
            (Method::PUT, &[("origin", "https://cms.example.org:8443")], true, true),
            (Method::PUT, &[("origin", "https://CMS.example.org:8443")], true, true),
            (Method::PUT, &[("origin", "https://cms.example.org")], true, false),
            (Method::PUT, &[("origin", "https://cms.example.org:8443.example.net")], true, false),
            (Method::DELETE, &[("origin", "null")], true, false),
            (Method::DELETE, &[], true, false),
            (Method::DELETE, &[], false, true),
            (
                Method::POST,
                &[("sec-fetch-site", "cross-site"), ("origin", "https://cms.example.org:8443")],
                true,
                false,
            ),
            (Method::GET, &[("sec-fetch-site", "cross-site")], true, true),
        ] {
            let verdict = same_origin(&method, &headers(pairs), own, cookie);
            assert_eq!(verdict.is_ok(), passes, "{method} {pairs:?}");
        }
        assert!(
            same_origin(&Method::POST, &headers(&[("origin", "https://a.example")]), None, true).is_err()
        );
    }

    #[test]
    fn the_cookie_is_that_of_the_scheme_and_there_once() {
        let both = headers(&[("cookie", "a=b; masthead_session=plain; __Host-masthead=secure")]);
        assert_eq!(session_cookie(&both, true).as_deref(), Some("secure"));
        assert_eq!(session_cookie(&both, false).as_deref(), Some("plain"));
        let twice = headers(&[("cookie", "masthead_session=a"), ("cookie", "masthead_session=b")]);
        assert_eq!(session_cookie(&twice, false).as_deref(), Some(""));
        assert_eq!(session_cookie(&headers(&[("cookie", "other=1")]), false), None);
    }
}
