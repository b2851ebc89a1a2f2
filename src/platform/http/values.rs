//! Values of paths and queries: text that serde turns into types. Every fault says which parameter it is in, what it is
//! and what would be right.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::value::{Error as ValueError, MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, Deserializer, EnumAccess, Error as _, IntoDeserializer, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::platform::problem::{Code, FieldCode, Pointer, Problem};

/// Longest part of a wrong value that is repeated in an answer.
const SHOWN_CHARS: usize = 40;

/// Where parameters come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
        }
    }

    /// The pointer of a parameter in `errors`. Its name may be anything that a client has sent.
    pub(super) fn pointer(self, name: &str) -> Pointer {
        Pointer::root().field(self.name()).field(name)
    }
}

/// Turns named texts into a type. Structs take them by name, tuples in order, and a single value stands for itself.
///
/// # Errors
/// `invalid_parameter`, naming the parameter, its value and what is allowed.
pub(super) fn parse<T: DeserializeOwned>(
    place: Place,
    pairs: &[(Cow<'_, str>, Cow<'_, str>)],
) -> Result<T, Problem> {
    serde_path_to_error::deserialize(Values(pairs)).map_err(|error| {
        let name = faulty_name(&error, pairs);
        let value = pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        invalid(place, &name, value.map(AsRef::as_ref), error.inner())
    })
}

/// The parameter that an error is about: by name, by place, the one that is missing, or the only one.
fn faulty_name(
    error: &serde_path_to_error::Error<ValueError>,
    pairs: &[(Cow<'_, str>, Cow<'_, str>)],
) -> String {
    use serde_path_to_error::Segment;
    match error.path().iter().next() {
        Some(Segment::Map { key }) => key.clone(),
        Some(Segment::Seq { index }) => {
            pairs.get(*index).map(|(name, _)| name.to_string()).unwrap_or_default()
        }
        _ => quoted(&error.inner().to_string())
            .map(str::to_owned)
            .or_else(|| pairs.first().map(|(name, _)| name.to_string()))
            .unwrap_or_default(),
    }
}

/// The name in serde's "missing field `name`".
fn quoted(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.strip_suffix('`')
}

fn invalid(place: Place, name: &str, value: Option<&str>, error: &ValueError) -> Problem {
    let place_name = place.name();
    let (code, detail) = match value {
        Some(value) => (
            FieldCode::Invalid,
            format!(
                "The {place_name} parameter `{name}` has the value `{}`: {}.",
                shortened(value),
                advice(&error.to_string())
            ),
        ),
        None => (FieldCode::Required, format!("The {place_name} parameter `{name}` is required.")),
    };
    Problem::new(Code::InvalidParameter).detail(detail.clone()).field(place.pointer(name), code, detail)
}

/// What would be right. Of ids the parser tells what is wrong about their letters, which helps nobody who sent something else.
fn advice(error: &str) -> &str {
    if error.starts_with("UUID parsing failed") {
        "it must be an id as answers give it, a UUID such as `019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41`"
    } else {
        error
    }
}

/// The beginning of a value, for messages.
pub(super) fn shortened(value: &str) -> Cow<'_, str> {
    match value.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}...", &value[..end]).into(),
        None => value.into(),
    }
}

/// All parameters.
struct Values<'a>(&'a [(Cow<'a, str>, Cow<'a, str>)]);

impl<'a> Values<'a> {
    fn only(&self) -> Result<Value<'a>, ValueError> {
        match self.0 {
            [(_, value)] => Ok(Value(value)),
            _ => Err(ValueError::custom("exactly one parameter is expected")),
        }
    }
}

impl<'de, 'a: 'de> Deserializer<'de> for Values<'a> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.only()?.deserialize_str(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        let entries = self.0.iter().map(|(name, value)| (name.as_ref(), Value(value)));
        visitor.visit_map(MapDeserializer::new(entries))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_seq(SeqDeserializer::new(self.0.iter().map(|(_, value)| Value(value))))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ValueError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.only()?.deserialize_i32(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.only()?.deserialize_i64(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        tuple_struct enum identifier ignored_any
    }
}

/// One value.
#[derive(Clone, Copy)]
struct Value<'a>(&'a str);

impl Value<'_> {
    fn number<N: FromStr>(
        self,
        kind: &str,
        least: impl fmt::Display,
        most: impl fmt::Display,
    ) -> Result<N, ValueError> {
        let plain = !self.0.starts_with('+');
        self.0
            .parse()
            .ok()
            .filter(|_| plain)
            .ok_or_else(|| ValueError::custom(format_args!("it must be a {kind} from {least} to {most}")))
    }
}

impl<'de, 'a: 'de> Deserializer<'de> for Value<'a> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.0 {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(ValueError::custom("it must be true or false")),
        }
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_i16(self.number("whole number", i16::MIN, i16::MAX)?)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_i32(self.number("whole number", i32::MIN, i32::MAX)?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_i64(self.number("whole number", i64::MIN, i64::MAX)?)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_u8(self.number("whole number", 0, u8::MAX)?)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_u16(self.number("whole number", 0, u16::MAX)?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_u32(self.number("whole number", 0, u32::MAX)?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_u64(self.number("whole number", 0, u64::MAX)?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        let number: f64 = self.number("number", f64::MIN, f64::MAX)?;
        if number.is_finite() {
            visitor.visit_f64(number)
        } else {
            Err(ValueError::custom("it must be finite"))
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        if !variants.contains(&self.0) {
            return Err(ValueError::custom(format_args!("it must be one of {}", variants.join(", "))));
        }
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        i8 i128 u128 f32 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, ValueError> for Value<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de, 'a: 'de> EnumAccess<'de> for Value<'a> {
    type Error = ValueError;
    type Variant = NoContents;

    fn variant_seed<S: serde::de::DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, NoContents), ValueError> {
        Ok((seed.deserialize(self)?, NoContents))
    }
}

/// Variants of parameters are names alone.
struct NoContents;

impl<'de> VariantAccess<'de> for NoContents {
    type Error = ValueError;

    fn unit_variant(self) -> Result<(), ValueError> {
        Ok(())
    }

    fn newtype_variant_seed<S: serde::de::DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, ValueError> {
        Err(ValueError::custom("a name alone is expected"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, ValueError> {
        Err(ValueError::custom("a name alone is expected"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, ValueError> {
        Err(ValueError::custom("a name alone is expected"))
    }
}
