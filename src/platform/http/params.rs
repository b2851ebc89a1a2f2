//! Query parameters. Strict: an unknown or repeated parameter is refused by name, with the list of what is allowed, so that
//! a typing error never silently widens a result. What several operations take alike is a type of its own, and an operation
//! takes a tuple of such types.

use std::borrow::Cow;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;
use utoipa::IntoParams;

use super::values::{self, Place, shortened};
use crate::platform::problem::{Code, FieldCode, Problem};

/// The query parameters that an operation takes.
pub trait StrictParams {
    /// Their names as they stand in the address, for example `filter[tag]`.
    const ALLOWED: &'static [&'static str];
}

/// The query of a request as a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Params<T>(pub T);

/// A parameter that is text of so many characters, which its document says by `min_length` and `max_length`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const LEAST: usize, const MOST: usize>(String);

impl<const LEAST: usize, const MOST: usize> Text<LEAST, MOST> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const LEAST: usize, const MOST: usize> TryFrom<String> for Text<LEAST, MOST> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let fits = (LEAST..=MOST).contains(&text.chars().count());
        if fits { Ok(Self(text)) } else { Err(format!("it must have {LEAST} to {MOST} characters")) }
    }
}

impl<const LEAST: usize, const MOST: usize> From<Text<LEAST, MOST>> for String {
    fn from(text: Text<LEAST, MOST>) -> Self {
        text.0
    }
}

/// For operations without query parameters: whatever is given is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoParams)]
pub struct NoParams {}

impl StrictParams for NoParams {
    const ALLOWED: &'static [&'static str] = &[];
}

/// A pair of name and value as they stand in the address, decoded.
type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// What a query is read into: one set of parameters, or several side by side in a tuple.
pub trait QueryParams: Sized {
    /// The names of all of them, in the order in which they are listed to somebody who has mistyped one.
    fn allowed() -> Vec<&'static str>;

    /// Takes what is its own out of the pairs of a query.
    ///
    /// # Errors
    /// 400 for a value that is malformed or missing.
    fn read(pairs: &[Pair<'_>]) -> Result<Self, Problem>;
}

impl<T: DeserializeOwned + StrictParams> QueryParams for T {
    fn allowed() -> Vec<&'static str> {
        T::ALLOWED.to_vec()
    }

    fn read(pairs: &[Pair<'_>]) -> Result<Self, Problem> {
        let own: Vec<Pair<'_>> =
            pairs.iter().filter(|(name, _)| T::ALLOWED.contains(&name.as_ref())).cloned().collect();
        values::parse(Place::Query, &own)
    }
}

impl<A: QueryParams, B: QueryParams> QueryParams for (A, B) {
    fn allowed() -> Vec<&'static str> {
        [A::allowed(), B::allowed()].concat()
    }

    fn read(pairs: &[Pair<'_>]) -> Result<Self, Problem> {
        Ok((A::read(pairs)?, B::read(pairs)?))
    }
}

impl<A: QueryParams, B: QueryParams, C: QueryParams> QueryParams for (A, B, C) {
    fn allowed() -> Vec<&'static str> {
        [A::allowed(), B::allowed(), C::allowed()].concat()
    }

    fn read(pairs: &[Pair<'_>]) -> Result<Self, Problem> {
        Ok((A::read(pairs)?, B::read(pairs)?, C::read(pairs)?))
    }
}

impl<A: QueryParams, B: QueryParams, C: QueryParams, D: QueryParams> QueryParams for (A, B, C, D) {
    fn allowed() -> Vec<&'static str> {
        [A::allowed(), B::allowed(), C::allowed(), D::allowed()].concat()
    }

    fn read(pairs: &[Pair<'_>]) -> Result<Self, Problem> {
        Ok((A::read(pairs)?, B::read(pairs)?, C::read(pairs)?, D::read(pairs)?))
    }
}

impl<T: QueryParams + 'static> FromRequest for Params<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(from_query(req.query_string()).map(Self))
    }
}

/// Parses a query. The gate has refused broken escapes and bytes that are not UTF-8 before.
fn from_query<T: QueryParams>(query: &str) -> Result<T, Problem> {
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    refuse_unknown(&pairs, &T::allowed())?;
    refuse_repeated(&pairs)?;
    T::read(&pairs)
}

fn refuse_unknown(pairs: &[Pair<'_>], allowed: &[&str]) -> Result<(), Problem> {
    let unknown: Vec<_> = pairs
        .iter()
        .map(|(name, _)| shortened(name))
        .filter(|name| !allowed.contains(&name.as_ref()))
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let names = quoted(unknown.iter().map(AsRef::as_ref));
    let known = if allowed.is_empty() {
        "It takes no query parameters.".to_owned()
    } else {
        format!("It takes {}.", quoted(allowed.iter().copied()))
    };
    let mut problem = Problem::new(Code::UnknownParameter)
        .detail(format!("This operation does not know the query parameter {names}. {known}"));
    for name in unknown {
        problem = problem.field(Place::Query.pointer(&name), FieldCode::Unknown, known.clone());
    }
    Err(problem)
}

fn refuse_repeated(pairs: &[Pair<'_>]) -> Result<(), Problem> {
    let repeated = pairs
        .iter()
        .enumerate()
        .find(|(at, (name, _))| pairs[..*at].iter().any(|(earlier, _)| earlier == name));
    match repeated {
        None => Ok(()),
        Some((_, (name, _))) => Err(Problem::new(Code::RepeatedParameter)
            .detail(format!("The query parameter `{name}` is given more than once. Give it once."))
            .field(Place::Query.pointer(name), FieldCode::Duplicate, "Give it once.")),
    }
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Form {
        Html,
        PlainText,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Listing {
        limit: Option<u8>,
        #[serde(rename = "filter[tag]")]
        tag: Option<String>,
        #[serde(default)]
        exact: bool,
        form: Option<Form>,
        weight: Option<f64>,
    }

    impl StrictParams for Listing {
        const ALLOWED: &'static [&'static str] = &["limit", "filter[tag]", "exact", "form", "weight"];
    }

    #[derive(Debug, Deserialize)]
    struct Search {
        q: String,
    }

    impl StrictParams for Search {
        const ALLOWED: &'static [&'static str] = &["q"];
    }

    fn refused(query: &str) -> (Code, String) {
        let problem = from_query::<Listing>(query).unwrap_err();
        (problem.code(), problem.body(None).detail.unwrap())
    }

    #[test]
    fn good_queries_parse() {
        let listing: Listing =
            from_query("limit=20&filter%5Btag%5D=caf%C3%A9+noir&exact=true&form=plain_text&weight=0.5")
                .unwrap();
        assert_eq!(
            listing,
            Listing {
                limit: Some(20),
                tag: Some("café noir".into()),
                exact: true,
                form: Some(Form::PlainText),
                weight: Some(0.5)
            }
        );
        assert_eq!(from_query::<Listing>("filter[tag]=x").unwrap().tag.as_deref(), Some("x"));
        assert!(from_query::<Listing>("").unwrap().limit.is_none());
        assert!(from_query::<NoParams>("").is_ok());
    }

    #[test]
    fn several_sets_are_read_side_by_side() {
        let (listing, search) = from_query::<(Listing, Search)>("q=a&limit=3").unwrap();
        assert_eq!((listing.limit, search.q.as_str()), (Some(3), "a"));
        let refused = |query: &str| from_query::<(Listing, Search)>(query).unwrap_err();
        assert!(refused("x=1&q=a").to_string().ends_with("`weight`, `q`."), "all sets are listed");
        assert_eq!(refused("limit=3").errors()[0].pointer.as_str(), "/query/q");
        assert_eq!(refused("q=a&q=b").code(), Code::RepeatedParameter);
        assert_eq!(refused("q=a&limit=x").errors()[0].pointer.as_str(), "/query/limit");
    }

    #[test]
    fn unknown_parameters_are_all_named() {
        let (code, detail) = refused("limt=3&x=1&limit=2");
        assert_eq!(code, Code::UnknownParameter);
        assert_eq!(
            detail,
            "This operation does not know the query parameter `limt`, `x`. It takes `limit`, `filter[tag]`, `exact`, \
             `form`, `weight`."
        );
        let problem = from_query::<NoParams>("a=1").unwrap_err();
        assert!(problem.to_string().ends_with("It takes no query parameters."));
    }

    #[test]
    fn repeated_parameters_are_named() {
        let (code, detail) = refused("limit=2&limit=2");
        assert_eq!(code, Code::RepeatedParameter);
        assert!(detail.contains("`limit`"));
        assert_eq!(refused("filter[tag]=a&filter%5Btag%5D=b").0, Code::RepeatedParameter);
    }

    #[test]
    fn wrong_values_say_what_is_allowed() {
        for (query, detail) in [
            (
                "limit=abc",
                "The query parameter `limit` has the value `abc`: it must be a whole number from 0 to 255.",
            ),
            (
                "limit=256",
                "The query parameter `limit` has the value `256`: it must be a whole number from 0 to 255.",
            ),
            (
                "limit=",
                "The query parameter `limit` has the value ``: it must be a whole number from 0 to 255.",
            ),
            (
                "limit=%2B1",
                "The query parameter `limit` has the value `+1`: it must be a whole number from 0 to 255.",
            ),
            ("exact=yes", "The query parameter `exact` has the value `yes`: it must be true or false."),
            (
                "form=pdf",
                "The query parameter `form` has the value `pdf`: it must be one of html, plain_text.",
            ),
            ("weight=NaN", "The query parameter `weight` has the value `NaN`: it must be finite."),
        ] {
            assert_eq!(refused(query), (Code::InvalidParameter, detail.to_owned()), "{query}");
        }
    }

    #[test]
    fn long_values_are_shortened() {
        let (_, detail) = refused(&format!("limit={}", "9".repeat(500)));
        assert!(detail.contains(&format!("`{}...`", "9".repeat(40))) && detail.len() < 200);
    }

    #[test]
    fn a_missing_parameter_is_named() {
        assert_eq!(from_query::<Search>("q=a").unwrap().q, "a");
        let problem = from_query::<Search>("").unwrap_err();
        assert_eq!(problem.errors()[0].pointer.as_str(), "/query/q");
        assert_eq!(problem.errors()[0].detail, "The query parameter `q` is required.");
    }
}
