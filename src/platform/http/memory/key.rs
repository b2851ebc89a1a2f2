//! Which requests ask the same: the path, and the parameters in one order and one spelling.

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use url::form_urlencoded;

/// The parts of the address space whose answers are kept.
pub(super) const KEPT: &str = "/v1/";

/// The canonical form of a request that could be answered from memory; none for whoever shows a credential.
pub(super) fn of(request: &ServiceRequest) -> Option<String> {
    let open = request.method() == Method::GET && request.path().starts_with(KEPT);
    (open && is_anonymous(request.headers())).then(|| canonical(request.path(), request.query_string()))
}

fn is_anonymous(headers: &HeaderMap) -> bool {
    !headers.contains_key(AUTHORIZATION) && !headers.contains_key("masthead-preview")
}

fn canonical(path: &str, query: &str) -> String {
    if query.is_empty() {
        return path.to_owned();
    }
    let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    pairs.sort();
    let mut key = String::with_capacity(path.len() + query.len() + 1);
    key.push_str(path);
    key.push('?');
    form_urlencoded::Serializer::for_suffix(key, path.len() + 1).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn order_and_spelling_do_not_matter_and_all_else_does() {
        let plain = canonical("/v1/pages", "limit=2&sort=title");
        assert_eq!(plain, "/v1/pages?limit=2&sort=title");
        assert_eq!(canonical("/v1/pages", "sort=title&limit=2"), plain);
        assert_eq!(canonical("/v1/pages", "sort=t%69tle&limit=2"), plain);
        assert_eq!(
            canonical("/v1/pages", "filter%5Btag%5D=a+b"),
            canonical("/v1/pages", "filter[tag]=a%20b"),
        );
        for other in
            ["", "limit=2", "limit=2&sort=title&sort=title", "limit=2&sort=title%26", "limit=2%26sort=title"]
        {
            assert_ne!(canonical("/v1/pages", other), plain, "{other}");
        }
    }
}
