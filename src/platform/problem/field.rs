//! What is wrong with one field of a request or of a stored body: where it is, which rule it breaks, and what to do.
//! The API's `errors` array is a list of these, so that a form can show all of them at once.

use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::ToSchema;

use crate::platform::json::ByName;

/// A place in a JSON document, written as RFC 6901 says: `/blocks/3/actions/0/link`, or empty for the whole document.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The member `name` of the object at this place; `~` and `/` in the name are escaped.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        let escaped = name.replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{escaped}", self.0))
    }

    /// The item `index` (from 0) of the array at this place.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The place `inner`, which was counted from this place, counted from where this one is counted.
    #[must_use]
    pub fn join(&self, inner: &Pointer) -> Self {
        Self(format!("{}{}", self.0, inner.0))
    }

    /// The pointer as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Pointer {
    fn from(pointer: String) -> Self {
        Self(pointer)
    }
}

impl From<&str> for Pointer {
    fn from(pointer: &str) -> Self {
        Self(pointer.to_owned())
    }
}

impl From<&serde_path_to_error::Path> for Pointer {
    fn from(path: &serde_path_to_error::Path) -> Self {
        use serde_path_to_error::Segment;
        path.iter().fold(Self::root(), |at, segment| match segment {
            Segment::Seq { index } => at.item(*index),
            Segment::Map { key } => at.field(key),
            Segment::Enum { variant } => at.field(variant),
            Segment::Unknown => at,
        })
    }
}

/// Which rule a field breaks. Programs should branch on this and show `detail` to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(examples("too_long"))]
pub enum FieldCode {
    /// The field must be given and must not be empty.
    Required,
    /// There is no such field; it may be misspelt.
    Unknown,
    /// The value has another JSON type than the field.
    WrongType,
    /// The text is longer than the field allows.
    TooLong,
    /// The list has more items than the field allows.
    TooMany,
    /// The same thing is given twice.
    Duplicate,
    /// The value does not have the form that the field asks for.
    Invalid,
    /// The value is well formed but cannot be used here.
    NotAllowed,
    /// What the value points at does not exist.
    NotFound,
}

/// One thing that is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(examples(json!({"pointer": "/title", "code": "too_long", "detail": "The title has 312 characters; it may have 300."})))]
pub struct FieldProblem {
    /// Where the field is in the body that was sent: a JSON Pointer (RFC 6901), empty for the whole body.
    #[schema(value_type = String, format = "json-pointer")]
    pub pointer: Pointer,
    /// Which rule it breaks; stable, for programs.
    pub code: FieldCode,
    /// What is wrong and what to do about it, for people.
    pub detail: String,
}

impl FieldProblem {
    /// A problem with the field at `pointer`.
    #[must_use]
    pub fn new(pointer: Pointer, code: FieldCode, detail: impl Into<String>) -> Self {
        Self { pointer, code, detail: detail.into() }
    }

    /// The same problem, seen from outside: its pointer counted from where `outer` is counted.
    #[must_use]
    pub fn inside(mut self, outer: &Pointer) -> Self {
        self.pointer = outer.join(&self.pointer);
        self
    }

    /// Turns serde's refusal of a body into the problem that the API reports.
    ///
    /// A type that has to look at a value before it can choose how to read it is a blind spot for the tracker of
    /// paths. Such a type puts the place inside itself before its message, as [`Display`](fmt::Display) of this type
    /// does, and this function joins the two.
    #[must_use]
    pub fn from_json_error(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let text = error.inner().to_string();
        let message = without_position(&text, error.inner());
        let (inner, message) = split_place(message);
        let mut pointer = Pointer::from(error.path()).join(&inner);
        let code = code_of(message);
        // A type that put its own place before the message has named the missing field there.
        if code == FieldCode::Required
            && inner == Pointer::root()
            && let Some(name) = message.split('`').nth(1)
        {
            pointer = pointer.field(name);
        }
        Self::new(pointer, code, message)
    }
}

impl fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.as_str().is_empty() {
            write!(f, "{}: ", self.pointer)?;
        }
        f.write_str(&self.detail)
    }
}

/// Reads a JSON value as a `T`; a refusal says where.
///
/// # Errors
/// The first thing that does not fit, with its pointer.
pub fn read_json<T: DeserializeOwned>(value: &Value) -> Result<T, FieldProblem> {
    serde_path_to_error::deserialize(ByName(value)).map_err(|error| FieldProblem::from_json_error(&error))
}

/// `serde_json` ends its messages with a line and column when it read text; the pointer says it better.
fn without_position<'a>(text: &'a str, error: &serde_json::Error) -> &'a str {
    if error.line() == 0 {
        return text;
    }
    text.rsplit_once(" at line ").map_or(text, |(message, _)| message)
}

fn split_place(message: &str) -> (Pointer, &str) {
    match message.split_once(": ") {
        Some((place, rest)) if place.starts_with('/') => (Pointer(place.to_owned()), rest),
        _ => (Pointer::root(), message),
    }
}

/// serde has no error codes; its wording is stable and tested below. Our own messages that stand for one of these start
/// in the same way.
fn code_of(message: &str) -> FieldCode {
    const KNOWN: [(&str, FieldCode); 4] = [
        ("missing field", FieldCode::Required),
        ("unknown field", FieldCode::Unknown),
        ("invalid type", FieldCode::WrongType),
        ("duplicate ", FieldCode::Duplicate),
    ];
    KNOWN.iter().find(|(start, _)| message.starts_with(start)).map_or(FieldCode::Invalid, |(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(rename = "a/b")]
        #[expect(dead_code, reason = "only its parsing matters")]
        list: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its parsing matters")]
        size: u8,
    }

    fn refusal(value: &Value) -> (String, FieldCode) {
        let problem = read_json::<Outer>(value).unwrap_err();
        (problem.pointer.to_string(), problem.code)
    }

    #[test]
    fn serdes_refusals_become_pointers_and_codes() {
        let cases = [
            (json!({"a/b": [{"size": 1}, {"size": "x"}]}), "/a~1b/1/size", FieldCode::WrongType),
            (json!({"a/b": [{"size": 1}, {}]}), "/a~1b/1/size", FieldCode::Required),
            (json!({"a/b": [{"size": 300}]}), "/a~1b/0/size", FieldCode::Invalid),
            (json!({"a/b": [{"size": 1, "~": 2}]}), "/a~1b/0/~0", FieldCode::Unknown),
            (json!({}), "/a~1b", FieldCode::Required),
            (json!("text"), "", FieldCode::WrongType),
        ];
        for (value, pointer, code) in cases {
            assert_eq!(refusal(&value), (pointer.to_owned(), code), "{value}");
        }
    }

    #[test]
    fn the_position_in_the_text_is_left_out_and_duplicates_are_named() {
        let text = r#"{"a/b": [], "a/b": []}"#;
        let mut reader = serde_json::Deserializer::from_str(text);
        let error = serde_path_to_error::deserialize::<_, Outer>(&mut reader).unwrap_err();
        let problem = FieldProblem::from_json_error(&error);
        assert_eq!(problem.code, FieldCode::Duplicate);
        assert!(!problem.detail.contains("line"), "{}", problem.detail);
    }

    #[test]
    fn a_place_inside_the_message_is_joined() {
        let inner = FieldProblem::new(Pointer::root().field("x").item(2), FieldCode::Invalid, "bad: really");
        let (pointer, message) = split_place("/x/2: bad: really");
        assert_eq!((pointer, message), (inner.pointer.clone(), "bad: really"));
        assert_eq!(inner.to_string(), "/x/2: bad: really");
        assert_eq!(split_place("bad: really").1, "bad: really");
    }
}
