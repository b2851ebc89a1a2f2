//! Ids and numbers in the path, as types.

use std::borrow::Cow;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::values::{self, Place};
use crate::platform::problem::Problem;

/// The parameters of the path: one id by default; a tuple takes them in order, a struct by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ids<T = Uuid>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Ids<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = req.match_info();
        let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = found
            .iter()
            .map(|(name, value)| (name.into(), percent_decode_str(value).decode_utf8_lossy()))
            .collect();
        ready(values::parse(Place::Path, &pairs).map(Self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use serde::Deserialize;

    const ID: &str = "0197f2a4-8c1e-7d52-9b3a-2f6c1d0e4a5b";

    fn extract<T: DeserializeOwned + 'static>(params: &[(&'static str, &'static str)]) -> Result<T, Problem> {
        let mut req = TestRequest::default();
        for (name, value) in params {
            req = req.param(*name, *value);
        }
        Ids::extract(&req.to_http_request()).into_inner().map(|ids: Ids<T>| ids.0)
    }

    #[test]
    fn one_id_a_tuple_and_a_struct() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Revision {
            n: i32,
            id: Uuid,
        }
        let id: Uuid = ID.parse().unwrap();
        assert_eq!(extract::<Uuid>(&[("id", ID)]).unwrap(), id);
        assert_eq!(extract::<(Uuid, i32)>(&[("id", ID), ("n", "7")]).unwrap(), (id, 7));
        assert_eq!(extract::<Revision>(&[("id", ID), ("n", "7")]).unwrap(), Revision { n: 7, id });
    }

    #[test]
    fn a_malformed_id_is_named() {
        let problem = extract::<Uuid>(&[("id", "not-an-id")]).unwrap_err();
        let text = problem.to_string();
        assert!(
            text.starts_with(
                "invalid_parameter: The path parameter `id` has the value `not-an-id`: it must be an id as answers give it"
            ),
            "{text}"
        );
        assert_eq!(problem.errors()[0].pointer.as_str(), "/path/id");
    }

    #[test]
    fn in_a_tuple_the_faulty_one_is_named() {
        let problem = extract::<(Uuid, i32)>(&[("id", ID), ("n", "seven")]).unwrap_err();
        assert_eq!(
            problem.errors()[0].detail,
            "The path parameter `n` has the value `seven`: it must be a whole number from -2147483648 to 2147483647."
        );
        assert_eq!(problem.errors()[0].pointer.as_str(), "/path/n");
    }
}
