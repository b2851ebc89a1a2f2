//! Content negotiation by `Accept` (RFC 9110, section 12.5.1): whether an operation may answer at all, and whether a
//! page is wanted as HTML or as JSON.

use actix_web::http::header::{ACCEPT, HeaderMap};

use super::quality::{Weighted, weighted};

const PROBLEM_JSON: &str = "application/problem+json";

/// Whether one of the media types that an operation produces is acceptable. No header, or one without anything readable,
/// accepts everything; who names `application/problem+json` gets JSON too.
#[must_use]
pub fn is_acceptable(headers: &HeaderMap, produces: &[String]) -> bool {
    let ranges = weighted(headers, ACCEPT);
    if ranges.is_empty() || produces.is_empty() {
        return true;
    }
    produces.iter().any(|media| weight(&ranges, media) > 0)
        || ranges.iter().any(|range| range.value == PROBLEM_JSON && range.weight > 0)
}

/// Whether JSON is wanted rather than HTML. Equal weights give HTML, which people see in browsers.
#[must_use]
pub fn prefers_json(headers: &HeaderMap) -> bool {
    let ranges = weighted(headers, ACCEPT);
    let json = weight(&ranges, "application/json").max(weight(&ranges, PROBLEM_JSON));
    json > weight(&ranges, "text/html")
}

/// The weight of a media type: the most specific range that covers it decides.
fn weight(ranges: &[Weighted], media: &str) -> u16 {
    let media = media.split(';').next().unwrap_or(media).trim();
    let family = media.split('/').next().unwrap_or(media);
    [media.to_owned(), format!("{family}/*"), "*/*".to_owned()]
        .iter()
        .find_map(|wanted| ranges.iter().find(|range| range.value == *wanted))
        .map_or(0, |range| range.weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn accepts(value: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_str(value).unwrap());
        is_acceptable(&headers, &["application/json".to_owned()])
    }

    #[test]
    fn ranges_and_weights() {
        for good in [
            "*/*",
            "application/*",
            "application/json",
            "application/problem+json",
            "text/html, */*;q=0.1",
            "application/json;q=0.001",
            "application/json; charset=utf-8",
            "",
            "garbage/;;;q=z",
        ] {
            assert!(accepts(good), "{good}");
        }
        for bad in [
            "text/html",
            "application/xml, text/*",
            "application/json;q=0",
            "*/*, application/json;q=0",
            "application/*;q=0, */*",
            "*/*;q=0",
            "application/problem+json;q=0",
        ] {
            assert!(!accepts(bad), "{bad}");
        }
    }

    #[test]
    fn no_header_accepts_everything() {
        assert!(is_acceptable(&HeaderMap::new(), &["application/json".to_owned()]));
        assert!(!prefers_json(&HeaderMap::new()));
    }

    #[test]
    fn html_wins_ties() {
        let prefers = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(value));
            prefers_json(&headers)
        };
        assert!(prefers("application/json"));
        assert!(prefers("application/problem+json"));
        assert!(!prefers("*/*"));
        assert!(!prefers("text/html,application/xhtml+xml,*/*;q=0.8"));
        assert!(prefers("text/html;q=0.5, application/json"));
    }
}
