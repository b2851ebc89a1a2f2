//! Sparse answers: `fields=title,image.alt` leaves of an answer what is named. The names are looked up in the schema of the
//! answer's type, so that what is documented can be asked for and nothing else; the answer is finished before anything is
//! left out, so that no name ever shows more.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, KnownFormat, ObjectBuilder, SchemaFormat};
use utoipa::openapi::{Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::values::shortened;
use crate::platform::problem::{Code, FieldCode, Problem};

/// What stays of every answer, so that it can be told what it is about.
const ALWAYS: [&str; 2] = ["id", "kind"];

/// An answer, or what was asked for of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Sparse<T> {
    /// All of it.
    Whole(T),
    /// What `fields` names, and `id` and `kind`.
    Part(Part),
}

/// What `fields` left of an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Part(Value);

impl PartialSchema for Part {
    fn schema() -> RefOr<Schema> {
        let uuid = SchemaFormat::KnownFormat(KnownFormat::Uuid);
        let id = ObjectBuilder::new().schema_type(Type::String).format(Some(uuid));
        let kind = ObjectBuilder::new().schema_type(Type::String);
        ObjectBuilder::new()
            .description(Some(
                "What `fields` names, in its place and as it is in the whole; `id` and `kind` always.",
            ))
            .property("id", id.description(Some("The entry.")))
            .property("kind", kind.description(Some("What kind of entry it is.")))
            .required("id")
            .required("kind")
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}

impl ToSchema for Part {}

/// The schema of an answer that may be sparse. Whatever is a whole is a part too, so it is one or the other and not one alone.
/// Of what there may be none yet, such as settings, a part may be without an id.
pub(super) fn either(whole: &str, schema: &RefOr<Schema>) -> RefOr<Schema> {
    let choice =
        AnyOfBuilder::new().item(Ref::from_schema_name(whole)).item(Ref::from_schema_name(Part::name()));
    let id = serde_json::to_value(schema).unwrap_or_default()["properties"]["id"]["type"].take();
    let none = ObjectBuilder::new()
        .property(
            "id",
            ObjectBuilder::new().schema_type(Type::Null).description(Some("There is no entry yet.")),
        )
        .property(
            "kind",
            ObjectBuilder::new().schema_type(Type::String).description(Some("What kind of entry it is.")),
        )
        .required("id")
        .required("kind")
        .additional_properties(Some(AdditionalProperties::FreeForm(true)));
    let choice = if id.is_array() { choice.item(none) } else { choice };
    choice.description(Some("All of it, or with `fields` what that names.")).into()
}

/// Which fields of an answer are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Option<Names>);

/// Names inside each other; one without any below it stands for everything that is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Names(BTreeMap<String, Names>);

impl Fields {
    /// Reads `fields`: names separated by commas, those inside others after a point. All fields when there is no parameter.
    ///
    /// # Errors
    /// 400 for a name that `T` does not have, with those that it has there, and for one that is given twice.
    pub fn parse<T: ToSchema + 'static>(text: Option<&str>) -> Result<Self, Problem> {
        let Some(text) = text else { return Ok(Self::default()) };
        let shape = Shape::of::<T>();
        let mut names = Names::default();
        let mut seen = BTreeSet::new();
        for path in text.split(',') {
            if !seen.insert(path) {
                return Err(refused(&format!("`{}` is given twice.", shortened(path))));
            }
            shape.check(path)?;
            names.insert(path);
        }
        Ok(Self(Some(names)))
    }

    /// The answer, or what is wanted of it.
    ///
    /// # Errors
    /// `internal` when the answer cannot be written as JSON.
    pub fn of<T: Serialize>(&self, whole: T) -> Result<Sparse<T>, Problem> {
        let Some(names) = &self.0 else { return Ok(Sparse::Whole(whole)) };
        let mut value = serde_json::to_value(whole).map_err(Problem::internal)?;
        let kept: Vec<(&str, Value)> =
            ALWAYS.iter().filter_map(|name| Some((*name, value.get_mut(*name)?.take()))).collect();
        let mut part = names.left_of(value);
        for (name, value) in kept {
            part[name] = value;
        }
        Ok(Sparse::Part(Part(part)))
    }
}

impl Names {
    fn insert(&mut self, path: &str) {
        let (name, below) = path.split_once('.').map_or((path, None), |(name, below)| (name, Some(below)));
        let known = self.0.get(name).is_some_and(|names| names.0.is_empty());
        let names = self.0.entry(name.to_owned()).or_default();
        match below {
            // All of it is wanted already.
            Some(_) if known => {}
            Some(below) => names.insert(below),
            None => names.0.clear(),
        }
    }

    /// What is named here of a value, and of each one in a list.
    fn left_of(&self, value: Value) -> Value {
        match value {
            _ if self.0.is_empty() => value,
            Value::Array(list) => list.into_iter().map(|one| self.left_of(one)).collect(),
            Value::Object(mut map) => {
                let left = self.0.iter().filter_map(|(name, below)| {
                    Some((name.clone(), below.left_of(map.get_mut(name)?.take())))
                });
                Value::Object(left.collect::<Map<_, _>>())
            }
            other => other,
        }
    }
}

/// The schema of a type and those that it refers to.
struct Shape {
    root: Value,
    schemas: HashMap<String, Value>,
}

impl Shape {
    /// Worked out once for each type.
    fn of<T: ToSchema + 'static>() -> Arc<Self> {
        static SHAPES: LazyLock<Mutex<HashMap<TypeId, Arc<Shape>>>> = LazyLock::new(Mutex::default);
        let mut shapes = SHAPES.lock().unwrap_or_else(PoisonError::into_inner);
        let shape = shapes.entry(TypeId::of::<T>()).or_insert_with(|| {
            let mut schemas = Vec::new();
            T::schemas(&mut schemas);
            schemas.push((T::name().into_owned(), T::schema()));
            let schemas = schemas.into_iter().map(|(name, schema)| (name, json!(schema))).collect();
            Arc::new(Self { root: json!(T::schema()), schemas })
        });
        Arc::clone(shape)
    }

    /// Follows a path through the schemas.
    fn check(&self, path: &str) -> Result<(), Problem> {
        let mut at = vec![&self.root];
        let mut above = String::new();
        for name in path.split('.') {
            let objects = self.objects(at);
            at = objects.iter().filter_map(|object| member(object, name)).collect();
            if at.is_empty() {
                return Err(unknown(path, &above, &objects));
            }
            above = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
        }
        Ok(())
    }

    /// The objects that these schemas speak of: behind references, among alternatives, in lists.
    fn objects<'a>(&'a self, mut open: Vec<&'a Value>) -> Vec<&'a Value> {
        let mut objects = Vec::new();
        let mut followed = BTreeSet::new();
        while let Some(schema) = open.pop() {
            if let Some(reference) = schema["$ref"].as_str() {
                let name = reference.rsplit('/').next().unwrap_or_default();
                open.extend(self.schemas.get(name).filter(|_| followed.insert(name)));
            }
            for key in ["oneOf", "anyOf", "allOf"] {
                open.extend(schema[key].as_array().into_iter().flatten());
            }
            open.extend(schema.get("items"));
            if schema.get("properties").is_some() || schema["additionalProperties"].is_object() {
                objects.push(schema);
            }
        }
        objects
    }
}

/// A member of an object by its name; a map has whatever name is asked for.
fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object["properties"]
        .get(name)
        .or_else(|| object.get("additionalProperties").filter(|any| any.is_object()))
}

fn unknown(path: &str, above: &str, objects: &[&Value]) -> Problem {
    let names: BTreeSet<&str> = objects
        .iter()
        .filter_map(|object| object["properties"].as_object())
        .flat_map(|properties| properties.keys().map(String::as_str))
        .collect();
    let known = match (above, names.is_empty()) {
        (above, true) => format!("There is nothing inside `{}`.", shortened(above)),
        ("", false) => format!("There are {}.", quoted(&names)),
        (above, false) => format!("Inside `{above}` there are {}.", quoted(&names)),
    };
    refused(&format!("`{}` is no field of this answer. {known}", shortened(path)))
}

fn quoted(names: &BTreeSet<&str>) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn refused(detail: &str) -> Problem {
    let detail = format!(
        "The query parameter `fields` cannot be used: {detail} Write names separated by commas, for example \
         `fields=title,image.alt`."
    );
    Problem::new(Code::InvalidParameter).detail(detail.clone()).field(
        "/query/fields",
        FieldCode::Invalid,
        detail,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone, Serialize, ToSchema)]
    struct Picture {
        alt: String,
        sizes: BTreeMap<String, Size>,
    }

    #[derive(Debug, Clone, Serialize, ToSchema)]
    struct Size {
        width: u32,
        url: String,
    }

    #[derive(Debug, Clone, Serialize, ToSchema)]
    #[serde(tag = "type")]
    enum Block {
        Text { html: String },
        Code { lines: u32 },
    }

    #[derive(Debug, Clone, Serialize, ToSchema)]
    struct Document {
        id: u32,
        kind: String,
        title: String,
        image: Option<Picture>,
        blocks: Vec<Block>,
    }

    fn document() -> Document {
        let size = Size { width: 1, url: "/a".into() };
        Document {
            id: 7,
            kind: "page".into(),
            title: "One".into(),
            image: Some(Picture { alt: "A room".into(), sizes: [("card".to_owned(), size)].into() }),
            blocks: vec![Block::Text { html: "<p>".into() }, Block::Code { lines: 2 }],
        }
    }

    fn part(fields: &str) -> Value {
        let fields = Fields::parse::<Document>(Some(fields)).unwrap();
        serde_json::to_value(fields.of(document()).unwrap()).unwrap()
    }

    fn refusal(fields: &str) -> String {
        let problem = Fields::parse::<Document>(Some(fields)).unwrap_err();
        assert_eq!(problem.code(), Code::InvalidParameter);
        assert_eq!(problem.errors()[0].pointer.as_str(), "/query/fields");
        problem.errors()[0].detail.clone()
    }

    #[test]
    fn what_is_named_stays_with_what_always_does() {
        assert_eq!(part("title"), json!({"id": 7, "kind": "page", "title": "One"}));
        assert_eq!(part("id"), json!({"id": 7, "kind": "page"}));
        assert_eq!(part("image.alt"), json!({"id": 7, "kind": "page", "image": {"alt": "A room"}}));
        let sizes = json!({"card": {"width": 1}});
        assert_eq!(part("image.sizes.card.width")["image"]["sizes"], sizes);
        assert_eq!(part("blocks.type")["blocks"], json!([{"type": "Text"}, {"type": "Code"}]));
        assert_eq!(part("blocks.html,blocks.lines")["blocks"], json!([{"html": "<p>"}, {"lines": 2}]));
        for both in ["image.alt,image", "image,image.alt"] {
            assert_eq!(part(both)["image"], json!(document())["image"], "{both}");
        }
    }

    #[test]
    fn what_is_not_there_stays_away() {
        let mut bare = document();
        bare.image = None;
        let fields = Fields::parse::<Document>(Some("image.alt")).unwrap();
        let part = serde_json::to_value(fields.of(bare).unwrap()).unwrap();
        assert_eq!(part, json!({"id": 7, "kind": "page", "image": null}));
        assert_eq!(self::part("image.sizes.hero.url")["image"], json!({"sizes": {}}));
    }

    #[test]
    fn without_the_parameter_all_of_it_comes() {
        let whole = Fields::parse::<Document>(None).unwrap().of(document()).unwrap();
        assert_eq!(json!(whole), json!(document()));
    }

    #[test]
    fn unknown_names_are_refused_with_those_that_there_are() {
        for (fields, part) in [
            (
                "titel",
                "`titel` is no field of this answer. There are `blocks`, `id`, `image`, `kind`, `title`.",
            ),
            ("title,image.src", "Inside `image` there are `alt`, `sizes`."),
            ("title.x", "There is nothing inside `title`."),
            ("blocks.0", "Inside `blocks` there are `html`, `lines`, `type`."),
            ("title,title", "`title` is given twice."),
            ("", "`` is no field"),
            ("title,", "`` is no field"),
            ("image.", "`image.` is no field"),
            (" title", "` title` is no field"),
        ] {
            assert!(refusal(fields).contains(part), "{fields}: {}", refusal(fields));
        }
        assert!(refusal(&"a.".repeat(3000)).len() < 400, "whatever is sent is not sent back");
    }

    proptest! {
        #[test]
        fn nothing_is_ever_added(names in proptest::sample::subsequence(
            vec!["title", "image", "image.alt", "image.sizes.card", "blocks.type", "blocks", "kind"], 1..=7)) {
            let whole = json!(document());
            let part = part(&names.join(","));
            prop_assert!(covers(&whole, &part), "{part}");
        }
    }

    /// Whether everything of a part stands in the whole, at the same place.
    fn covers(whole: &Value, part: &Value) -> bool {
        match (whole, part) {
            (Value::Object(whole), Value::Object(part)) => {
                part.iter().all(|(name, value)| whole.get(name).is_some_and(|same| covers(same, value)))
            }
            (Value::Array(whole), Value::Array(part)) => {
                whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| covers(whole, part))
            }
            (whole, part) => whole == part,
        }
    }
}
