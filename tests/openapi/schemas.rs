//! The schemas of a document, as far as two of them are compared: what a value may be, references and `allOf` taken apart.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// What leads from a schema to those of which it is one.
const EITHER: [&str; 2] = ["oneOf", "anyOf"];

/// The keywords that are compared, beside properties.
const KEYWORDS: [&str; 6] = ["type", "format", "enum", "const", "items", "additionalProperties"];

/// So much must a value be at least, or so long.
pub const LOWER: [&str; 5] = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];

/// So much may a value be at most, or so long.
pub const UPPER: [&str; 5] = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

/// What a reference leads to, or the value itself. A chain of references that ends nowhere is nothing.
pub fn resolve<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    for _ in 0..100 {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return value };
        value = reference
            .strip_prefix('#')
            .and_then(|pointer| document.pointer(pointer))
            .unwrap_or_else(|| panic!("{reference} leads nowhere"));
    }
    &Value::Null
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// One of several that a value may be, by a name that it keeps.
pub struct Alternative<'a> {
    pub name: String,
    pub schema: &'a Value,
}

/// All that a value may be.
pub struct Union<'a> {
    pub nullable: bool,
    pub alternatives: Vec<Alternative<'a>>,
}

impl<'a> Union<'a> {
    pub fn of(document: &'a Value, schema: &'a Value) -> Self {
        let mut union = Self { nullable: false, alternatives: Vec::new() };
        union.add(document, schema, &mut Vec::new());
        union
    }

    fn add(&mut self, document: &'a Value, schema: &'a Value, above: &mut Vec<*const Value>) {
        let target = resolve(document, schema);
        let address = std::ptr::from_ref(target);
        if above.contains(&address) {
            return;
        }
        above.push(address);
        let mut either = EITHER.iter().flat_map(|key| list(target, key)).peekable();
        if target["type"] == "null" {
            self.nullable = true;
        } else if either.peek().is_some() {
            for one in either {
                self.add(document, one, above);
            }
        } else {
            self.nullable |= list(target, "type").any(|one| one == "null");
            self.alternatives.push(Alternative { name: name(document, schema), schema: target });
        }
        above.pop();
    }

    pub fn find(&self, name: &str) -> Option<&Alternative<'a>> {
        self.alternatives.iter().find(|one| one.name == name)
    }
}

/// The name of the schema that is referred to; else the property that tells it from others; else its type.
fn name(document: &Value, schema: &Value) -> String {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return reference.rsplit('/').next().unwrap_or(reference).to_owned();
    }
    let shape = Shape::of(document, schema);
    let tag = shape.properties.iter().find_map(|(property, value)| {
        let values = Shape::of(document, value).values()?;
        (values.len() == 1).then(|| format!("{property}={}", values.into_iter().collect::<String>()))
    });
    tag.unwrap_or_else(|| schema["type"].to_string())
}

/// One schema, with all that it is put together of.
#[derive(Default)]
pub struct Shape<'a> {
    pub properties: BTreeMap<&'a str, &'a Value>,
    pub required: BTreeSet<&'a str>,
    /// What of it is one of several.
    pub unions: Vec<&'a Value>,
    keywords: BTreeMap<&'a str, &'a Value>,
}

impl<'a> Shape<'a> {
    pub fn of(document: &'a Value, schema: &'a Value) -> Self {
        let mut shape = Self::default();
        shape.add(document, schema, &mut Vec::new());
        shape
    }

    fn add(&mut self, document: &'a Value, schema: &'a Value, above: &mut Vec<*const Value>) {
        let schema = resolve(document, schema);
        let address = std::ptr::from_ref(schema);
        if above.contains(&address) {
            return;
        }
        if !above.is_empty() && EITHER.iter().any(|key| schema.get(*key).is_some()) {
            self.unions.push(schema);
            return;
        }
        above.push(address);
        let properties = schema.get("properties").and_then(Value::as_object);
        self.properties
            .extend(properties.into_iter().flat_map(Map::iter).map(|(name, value)| (&**name, value)));
        self.required.extend(list(schema, "required").filter_map(Value::as_str));
        for &keyword in KEYWORDS.iter().chain(&LOWER).chain(&UPPER).chain(&["pattern"]) {
            if let Some(value) = schema.get(keyword) {
                self.keywords.entry(keyword).or_insert(value);
            }
        }
        for part in list(schema, "allOf") {
            self.add(document, part, above);
        }
        above.pop();
    }

    pub fn get(&self, keyword: &str) -> Option<&'a Value> {
        self.keywords.get(keyword).copied()
    }

    pub fn text(&self, keyword: &str) -> Option<&'a str> {
        self.get(keyword).and_then(Value::as_str)
    }

    pub fn number(&self, keyword: &str) -> Option<f64> {
        self.get(keyword).and_then(Value::as_f64)
    }

    /// The types that it may have, without null; none when it may have any.
    pub fn types(&self) -> BTreeSet<&'a str> {
        let found = self.get("type");
        let several = found.and_then(Value::as_array).into_iter().flatten();
        several.chain(found).filter_map(Value::as_str).filter(|one| *one != "null").collect()
    }

    /// The values of which it is one.
    pub fn values(&self) -> Option<BTreeSet<String>> {
        let several = self.get("enum").and_then(Value::as_array);
        match (several, self.get("const")) {
            (Some(values), _) => Some(values.iter().map(Value::to_string).collect()),
            (None, Some(value)) => Some(BTreeSet::from([value.to_string()])),
            (None, None) => None,
        }
    }
}
