//! JSON bodies in one pass: text to value, refusing what `serde_json` alone would let through or blur: duplicate members,
//! U+0000 in strings and names, too much nesting. Each fault has its place as a JSON Pointer (RFC 6901).

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::platform::problem::{Code, FieldCode, Problem};

/// Reads one JSON value from the bytes of a body. `depth` says how often arrays and objects may lie inside each other.
///
/// # Errors
/// `malformed_json`, `invalid_utf8`, `duplicate_key`, `too_deep`, or `invalid` for U+0000.
pub(super) fn read(bytes: &[u8], depth: usize) -> Result<Value, Problem> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::new(Code::MalformedJson).detail("The body is empty. Send a JSON value."));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Problem::new(Code::InvalidUtf8)
            .detail(format!("The body is not UTF-8: the byte at offset {} is wrong.", error.valid_up_to()))
    })?;
    let walk = Walk { depth, path: RefCell::new(Vec::new()), fault: RefCell::new(None) };
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Node(&walk).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| walk.fault.take().unwrap_or_else(|| malformed(&error)))
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(Code::MalformedJson).detail(format!("The body is not JSON: {error}."))
}

/// A step from a value to one inside it.
#[derive(Debug)]
enum Step {
    Member(String),
    Item(usize),
}

/// Where the reading is, and the fault that ended it. serde's errors are text, so the fault travels beside them.
struct Walk {
    depth: usize,
    path: RefCell<Vec<Step>>,
    fault: RefCell<Option<Problem>>,
}

impl Walk {
    fn pointer(&self) -> String {
        let path = self.path.borrow();
        path.iter()
            .map(|step| match step {
                Step::Member(name) => format!("/{}", escaped(name)),
                Step::Item(index) => format!("/{index}"),
            })
            .collect()
    }

    fn fail<T, E: serde::de::Error>(&self, problem: Problem) -> Result<T, E> {
        self.fault.replace(Some(problem));
        Err(E::custom("refused"))
    }

    fn inside<T>(&self, step: Step, read: impl FnOnce() -> T) -> T {
        self.path.borrow_mut().push(step);
        let value = read();
        self.path.borrow_mut().pop();
        value
    }

    fn check_depth<E: serde::de::Error>(&self) -> Result<(), E> {
        if self.path.borrow().len() < self.depth {
            return Ok(());
        }
        let limit = self.depth;
        self.fail(
            Problem::new(Code::TooDeep)
                .detail(format!("Arrays and objects may lie inside each other {limit} deep, not more.")),
        )
    }

    fn check_text<E: serde::de::Error>(&self, text: &str) -> Result<(), E> {
        if !text.contains('\0') {
            return Ok(());
        }
        self.fail(
            Problem::new(Code::Invalid)
                .detail("The body has the character U+0000, which no text may have.")
                .field(self.pointer(), FieldCode::NotAllowed, "U+0000 is not allowed."),
        )
    }

    fn duplicate<T, E: serde::de::Error>(&self) -> Result<T, E> {
        let pointer = self.pointer();
        self.fail(
            Problem::new(Code::DuplicateKey)
                .detail(format!("The member {pointer} stands twice in its object."))
                .field(pointer, FieldCode::Duplicate, "Send this member once."),
        )
    }
}

/// A name inside a JSON Pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The value that is read next.
#[derive(Clone, Copy)]
struct Node<'w>(&'w Walk);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.0.check_text(&value)?;
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.0.check_depth()?;
        let mut list = Vec::new();
        while let Some(item) = self.0.inside(Step::Item(list.len()), || items.next_element_seed(self))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.0.check_depth()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = self.0.inside(Step::Member(name.clone()), || {
                self.0.check_text(&name)?;
                if object.contains_key(&name) {
                    return self.0.duplicate();
                }
                members.next_value_seed(self)
            })?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(text: &[u8]) -> (Code, Option<String>, String) {
        let problem = read(text, 64).unwrap_err();
        let pointer = problem.errors().first().map(|field| field.pointer.to_string());
        (problem.code(), pointer, problem.body(None).detail.unwrap())
    }

    #[test]
    fn good_json_is_as_serde_json_reads_it() {
        let text =
            r#" {"a": [1, -2, 3.5, 1e3, true, null, "x\u00e9"], "b": {"": {}}, "c": 18446744073709551615} "#;
        assert_eq!(read(text.as_bytes(), 64).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn duplicates_have_a_pointer() {
        assert_eq!(refused(br#"{"a":[{"x":1,"x":2}]}"#).1.as_deref(), Some("/a/0/x"));
        assert_eq!(refused(br#"{"a":1,"\u0061":2}"#).0, Code::DuplicateKey);
        assert_eq!(refused(br#"{"a/b~":1,"a/b~":2}"#).1.as_deref(), Some("/a~1b~0"));
        assert!(read(br#"{"a":{"x":1},"b":{"x":1}}"#, 64).is_ok());
    }

    #[test]
    fn null_characters_are_found_in_strings_and_names() {
        for (text, pointer) in [
            (&br#"{"a":["x","b\u0000"]}"#[..], "/a/1"),
            (br#"{"a\u0000b":1}"#, "/a\0b"),
            (br#""\u0000""#, ""),
        ] {
            let (code, found, _) = refused(text);
            assert_eq!((code, found.as_deref()), (Code::Invalid, Some(pointer)));
        }
        // A raw NUL is no JSON at all.
        assert_eq!(refused(b"\"a\0\"").0, Code::MalformedJson);
    }

    #[test]
    fn depth_counts_arrays_and_objects() {
        let nested = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
        assert!(read(nested(64).as_bytes(), 64).is_ok());
        assert_eq!(refused(nested(65).as_bytes()).0, Code::TooDeep);
        assert_eq!(refused("[".repeat(1_000_000).as_bytes()).0, Code::TooDeep);
        let objects = format!("{}1{}", r#"{"a":"#.repeat(65), "}".repeat(65));
        assert_eq!(refused(objects.as_bytes()).0, Code::TooDeep);
    }

    #[test]
    fn syntax_faults_have_line_and_column() {
        let (code, _, detail) = refused(b"{\n  \"a\": 1,\n}");
        assert_eq!(code, Code::MalformedJson);
        assert!(detail.contains("line 3 column 1"), "{detail}");
        for text in
            [&b"{} {}"[..], b"nul", b"{\"a\":}", b"[1,]", b"1e999", b"'a'", b"\xEF\xBB\xBF{}", b"\"\\ud800\""]
        {
            assert_eq!(refused(text).0, Code::MalformedJson, "{text:?}");
        }
    }

    #[test]
    fn empty_and_badly_encoded_bodies_say_so() {
        assert_eq!(refused(b"").2, "The body is empty. Send a JSON value.");
        assert_eq!(refused(b" \n").2, "The body is empty. Send a JSON value.");
        let (code, _, detail) = refused(b"{\"a\":\"\xFF\"}");
        assert_eq!(code, Code::InvalidUtf8);
        assert!(detail.contains("offset 6"));
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_value_or_a_client_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            match read(&bytes, 64) {
                Ok(value) => prop_assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), value),
                Err(problem) => prop_assert!(matches!(problem.code().status(), 400 | 422)),
            }
        }

        #[test]
        fn any_text_without_null_comes_back(text in "\\PC{0,40}") {
            let json = serde_json::to_vec(&text).unwrap();
            prop_assert_eq!(read(&json, 64).unwrap(), Value::String(text));
        }
    }
}
