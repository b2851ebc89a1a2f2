//! The headers that every answer has for the sake of browsers. A handler may set a stricter `Content-Security-Policy`
//! or another resource policy (for example for uploads); nothing here overwrites it.

use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};

use super::area::Area;

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// For data, and for pages without script or style: nothing may be loaded and nothing may frame it.
const CSP_DATA: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// For the documentation pages. Swagger UI sets inline styles and has its icons as data addresses; scripts are files.
const CSP_DOCS: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; \
                        base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Two years, as the preload lists ask for.
const HSTS: &str = "max-age=63072000";

/// Adds the security headers of an area. `behind_tls` says that clients reach the server by https alone. An answer 304 needs
/// none: a browser goes by those that it kept with the body (RFC 9111, section 4.3.4).
pub(super) fn apply(headers: &mut HeaderMap, area: Area, behind_tls: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "no-referrer");
    set(CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    set(CROSS_ORIGIN_RESOURCE_POLICY, if area == Area::Read { "cross-origin" } else { "same-origin" });
    set(CONTENT_SECURITY_POLICY, if area == Area::Docs { CSP_DOCS } else { CSP_DATA });
    if behind_tls {
        set(STRICT_TRANSPORT_SECURITY, HSTS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hsts_only_behind_tls_and_nothing_is_overwritten() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
        apply(&mut headers, Area::Read, false);
        assert_eq!(headers.get(CONTENT_SECURITY_POLICY).unwrap(), "sandbox");
        assert_eq!(headers.get(CROSS_ORIGIN_RESOURCE_POLICY).unwrap(), "cross-origin");
        assert!(!headers.contains_key(STRICT_TRANSPORT_SECURITY));
        apply(&mut headers, Area::Read, true);
        assert!(headers.contains_key(STRICT_TRANSPORT_SECURITY));
    }
}
