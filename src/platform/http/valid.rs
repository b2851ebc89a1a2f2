//! JSON bodies as types. What is not JSON is 400; JSON that does not fit the type is 422 with a pointer to the place.

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING};
use actix_web::{FromRequest, HttpRequest};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::body;
use super::json;
use super::limits::HttpLimits;
use crate::platform::problem::field::read_json;
use crate::platform::problem::{Code, Problem};

/// Longest message about a member; serde repeats wrong values in full.
const MESSAGE_CHARS: usize = 240;

/// The JSON body of a request as a type. Give the type `deny_unknown_fields`, so that a misspelt member is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Valid<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Valid<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let req = req.clone();
        let payload = payload.take();
        async move {
            check_type(req.headers())?;
            let limits = HttpLimits::of(&req);
            let bytes = body::read(&req, payload, &limits).await?;
            let value = json::read(&bytes, limits.json_depth)?;
            typed(&value).map(Self)
        }
        .boxed_local()
    }
}

/// The JSON body of a request as a type, or its default when the request has none or `null`: for actions that need nothing
/// said. Describe it as `Option<T>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidOrDefault<T>(pub T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for ValidOrDefault<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = req.headers();
        let length = headers.get(CONTENT_LENGTH).map_or(b"0".as_slice(), |length| length.as_bytes());
        if length == b"0" && !headers.contains_key(TRANSFER_ENCODING) {
            return std::future::ready(Ok(Self(T::default()))).boxed_local();
        }
        Valid::<Option<T>>::from_request(req, payload)
            .map(|read| read.map(|Valid(body)| Self(body.unwrap_or_default())))
            .boxed_local()
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let refuse = |detail: String| Err(Problem::new(Code::UnsupportedMediaType).detail(detail));
    if let Some(coding) = headers.get(CONTENT_ENCODING)
        && !coding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        return refuse("The body has a Content-Encoding. Send it uncompressed.".to_owned());
    }
    let given = match headers.get(CONTENT_TYPE) {
        None => return refuse("The body has no Content-Type. Send application/json.".to_owned()),
        Some(given) => given.to_str().unwrap_or("unreadable"),
    };
    let mut parts = given.split(';').map(str::trim);
    let json = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
    let utf8 = parts
        .filter_map(|part| part.split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case("charset"))
        .all(|(_, charset)| charset.trim_matches('"').eq_ignore_ascii_case("utf-8"));
    if json && utf8 {
        return Ok(());
    }
    refuse(format!("The body has the Content-Type {}. Send application/json in UTF-8.", shortened(given, 80)))
}

fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, Problem> {
    read_json(value).map_err(|mut field| {
        field.detail = sentence(&field.detail);
        let place = match field.pointer.as_str() {
            "" => String::new(),
            pointer => format!(" at {pointer}"),
        };
        Problem::new(Code::Invalid)
            .detail(format!("The body is not valid{place}: {}", field.detail))
            .fields([field])
    })
}

/// serde's message as a sentence.
fn sentence(message: &str) -> String {
    let mut text = shortened(message, MESSAGE_CHARS);
    if let Some(first) = text.get(..1) {
        text = first.to_ascii_uppercase() + &text[1..];
    }
    text.push('.');
    text
}

fn shortened(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::problem::{FieldCode, FieldProblem};
    use actix_web::http::header::HeaderValue;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Draft {
        title: String,
        tags: Vec<Tag>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Tag {
        name: String,
        weight: Option<u8>,
    }

    fn refused(value: &Value) -> FieldProblem {
        let problem = typed::<Draft>(value).unwrap_err();
        assert_eq!(problem.code(), Code::Invalid);
        problem.errors()[0].clone()
    }

    #[test]
    fn faults_of_content_have_pointer_and_code() {
        for (value, pointer, code) in [
            (json!({"title": "a", "tags": [{"name": "x"}, {}]}), "/tags/1/name", FieldCode::Required),
            (json!({"tags": []}), "/title", FieldCode::Required),
            (
                json!({"title": "a", "tags": [{"name": "x", "wieght": 1}]}),
                "/tags/0/wieght",
                FieldCode::Unknown,
            ),
            (json!({"title": "a", "tags": [], "x/y": 1}), "/x~1y", FieldCode::Unknown),
            (json!({"title": 7, "tags": []}), "/title", FieldCode::WrongType),
            (
                json!({"title": "a", "tags": [{"name": "x", "weight": 300}]}),
                "/tags/0/weight",
                FieldCode::Invalid,
            ),
            (json!(1), "", FieldCode::WrongType),
        ] {
            let field = refused(&value);
            assert_eq!((field.pointer.as_str(), field.code), (pointer, code), "{value}");
        }
    }

    #[test]
    fn an_unknown_member_lists_what_is_known() {
        let field = refused(&json!({"title": "a", "tags": [], "titel": 1}));
        assert_eq!(field.detail, "Unknown field `titel`, expected `title` or `tags`.");
    }

    #[test]
    fn a_long_wrong_value_is_shortened() {
        let field = refused(&json!({"title": "a", "tags": "x".repeat(10_000)}));
        assert!(field.detail.len() < 300, "{}", field.detail.len());
    }

    #[test]
    fn only_plain_json_in_utf8_is_taken() {
        let check = |name, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(name, HeaderValue::from_static(value));
            check_type(&headers).map_err(|problem| problem.code())
        };
        for good in
            ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""]
        {
            assert_eq!(check(CONTENT_TYPE, good), Ok(()), "{good}");
        }
        for bad in
            ["text/plain", "application/jsonx", "application/json; charset=latin1", "", "multipart/form-data"]
        {
            assert_eq!(check(CONTENT_TYPE, bad), Err(Code::UnsupportedMediaType), "{bad}");
        }
        assert_eq!(check(CONTENT_ENCODING, "identity"), Ok(()));
        assert_eq!(check(CONTENT_ENCODING, "gzip"), Err(Code::UnsupportedMediaType));
        assert!(check_type(&HeaderMap::new()).is_err());
    }
}
