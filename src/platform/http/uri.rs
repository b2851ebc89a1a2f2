//! The address of a request, checked before anything looks at it: length, slashes, escapes, UTF-8, U+0000.
//! Nothing is silently normalised: two spellings are two addresses, and only one of them exists.

use actix_web::http::Uri;
use percent_encoding::percent_decode_str;

use crate::platform::problem::{Code, FieldCode, Problem};

/// Checks path and query of a request.
///
/// # Errors
/// `uri_too_long`, `malformed_request` for broken escapes, `invalid_utf8`, `invalid` for U+0000, `not_found` for
/// trailing or doubled slashes.
pub(super) fn check(uri: &Uri, max_bytes: usize) -> Result<(), Problem> {
    let path = uri.path();
    let query = uri.query().unwrap_or_default();
    if path.len() + query.len() >= max_bytes {
        return Err(Problem::new(Code::UriTooLong)
            .detail(format!("Path and query together may have at most {max_bytes} bytes.")));
    }
    if !path.starts_with('/') {
        return Err(Problem::new(Code::MalformedRequest)
            .detail("The request line must name a path that begins with a slash."));
    }
    check_text(path, "path")?;
    check_text(query, "query")?;
    check_slashes(path)
}

fn check_text(text: &str, place: &str) -> Result<(), Problem> {
    if has_broken_escape(text) {
        return Err(Problem::new(Code::MalformedRequest).detail(format!(
            "The {place} has a percent sign that is not followed by two hexadecimal digits. Write a percent sign as %25."
        )));
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| {
        Problem::new(Code::InvalidUtf8).detail(format!("The escapes of the {place} are not valid UTF-8."))
    })?;
    if decoded.contains('\0') {
        return Err(Problem::new(Code::Invalid)
            .detail(format!("The {place} has the character U+0000, which no text may have."))
            .field(format!("/{place}"), FieldCode::NotAllowed, "U+0000 is not allowed."));
    }
    Ok(())
}

fn has_broken_escape(text: &str) -> bool {
    text.split('%').skip(1).any(|after| {
        let bytes = after.as_bytes();
        bytes.len() < 2 || !bytes[..2].iter().all(u8::is_ascii_hexdigit)
    })
}

fn check_slashes(path: &str) -> Result<(), Problem> {
    let fault = if path.contains("//") {
        "The path has two slashes in a row."
    } else if path.len() > 1 && path.ends_with('/') {
        "The path ends with a slash."
    } else {
        return Ok(());
    };
    Err(Problem::new(Code::NotFound)
        .detail(format!("{fault} Addresses are exact: leave the extra slash out.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(uri: &str) -> Option<Code> {
        check(&uri.parse().unwrap(), 8192).err().map(|problem| problem.code())
    }

    #[test]
    fn good_addresses_pass() {
        for uri in [
            "/",
            "/v1/pages",
            "/a%2Fb",
            "/v1?filter%5Btag%5D=caf%C3%A9&x=%25",
            "/a?b=//c/",
            "http://h.example/v1",
        ] {
            assert_eq!(code(uri), None, "{uri}");
        }
    }

    #[test]
    fn each_fault_has_its_code() {
        for (uri, expected) in [
            ("/v1/", Code::NotFound),
            ("//v1", Code::NotFound),
            ("/v1//pages", Code::NotFound),
            ("/%zz", Code::MalformedRequest),
            ("/v1?a=%", Code::MalformedRequest),
            ("/v1?a=%4", Code::MalformedRequest),
            ("/%FF", Code::InvalidUtf8),
            ("/v1?q=%C3%28", Code::InvalidUtf8),
            ("/%00", Code::Invalid),
            ("/v1?q=a%00b", Code::Invalid),
            ("*", Code::MalformedRequest),
        ] {
            assert_eq!(code(uri), Some(expected), "{uri}");
        }
    }

    #[test]
    fn the_length_counts_path_and_query() {
        let uri = format!("/v1?q={}", "a".repeat(8180));
        assert_eq!(uri.len(), 8186);
        assert_eq!(code(&uri), None);
        assert_eq!(code(&format!("{uri}aaaaaa")), None);
        assert_eq!(code(&format!("{uri}aaaaaaa")), Some(Code::UriTooLong));
    }
}
