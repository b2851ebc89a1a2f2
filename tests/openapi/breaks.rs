//! What a document breaks for the clients of an earlier one. What clients send must be taken as before, and what they get must
//! be what they can read.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ptr;

use serde_json::{Map, Value};

use super::METHODS;
use super::schemas::{LOWER, Shape, UPPER, Union, resolve};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    /// Clients send it.
    Request,
    /// Clients read it.
    Response,
}

/// What was found.
#[derive(Default)]
pub struct Found {
    /// Each place where a client breaks.
    pub breaks: Vec<String>,
    /// What no client should break on, and a release should tell.
    pub notes: Vec<String>,
}

/// Compares a document with the one before it.
pub fn compare(before: &Value, now: &Value) -> Found {
    let mut comparison =
        Comparison { before, now, found: Found::default(), seen: BTreeSet::new(), ahead: VecDeque::new() };
    comparison.operations();
    while let Some(pair) = comparison.ahead.pop_front() {
        comparison.pair(pair);
    }
    comparison.found
}

/// Two schemas that stand in the same place.
struct Pair<'a> {
    side: Side,
    place: String,
    was: &'a Value,
    is: &'a Value,
}

struct Comparison<'a> {
    before: &'a Value,
    now: &'a Value,
    found: Found,
    /// The pairs of schemas that were compared: schemas may lead back to themselves.
    seen: BTreeSet<(*const Value, *const Value, Side)>,
    /// Those to be compared, the outer before the inner: what breaks is named where it stands nearest.
    ahead: VecDeque<Pair<'a>>,
}

fn entries<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value.get(key).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

fn is_true(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool) == Some(true)
}

/// The parameters of an operation and of its path, by where they stand and their name.
fn parameters<'a>(document: &'a Value, item: &'a Value, operation: &'a Value) -> BTreeMap<String, &'a Value> {
    let both = [item, operation].into_iter().filter_map(|one| one.get("parameters")?.as_array()).flatten();
    both.map(|parameter| resolve(document, parameter))
        .map(|parameter| {
            let text = |key: &str| parameter[key].as_str().unwrap_or_default();
            (format!("{} parameter {}", text("in"), text("name")), parameter)
        })
        .collect()
}

impl<'a> Comparison<'a> {
    fn breaks(&mut self, place: &str, what: &str) {
        self.found.breaks.push(format!("{place}: {what}"));
    }

    fn notes(&mut self, place: &str, what: &str) {
        self.found.notes.push(format!("{place}: {what}"));
    }

    fn operations(&mut self) {
        let (before, now) = (self.before, self.now);
        for (path, item) in entries(before, "paths") {
            for method in METHODS {
                let Some(operation) = item.get(method) else { continue };
                let place = format!("{} {path}", method.to_uppercase());
                let item_now = now["paths"].get(path).unwrap_or(&Value::Null);
                let Some(operation_now) = item_now.get(method) else {
                    self.breaks(&place, "the operation was removed");
                    continue;
                };
                if operation["operationId"] != operation_now["operationId"] {
                    self.breaks(&place, "the operationId changed");
                }
                let was = parameters(before, item, operation);
                self.parameters(&place, &was, &parameters(now, item_now, operation_now));
                self.body(&place, operation, operation_now);
                self.responses(&place, operation, operation_now);
            }
        }
    }

    fn parameters(
        &mut self,
        place: &str,
        was: &BTreeMap<String, &'a Value>,
        is: &BTreeMap<String, &'a Value>,
    ) {
        for (name, parameter) in was {
            let place = format!("{place}: {name}");
            let Some(now) = is.get(name) else {
                self.breaks(&place, "it was removed");
                continue;
            };
            if is_true(now, "required") && !is_true(parameter, "required") {
                self.breaks(&place, "it is required now");
            }
            self.schemas(Side::Request, &place, &parameter["schema"], &now["schema"]);
        }
        for (name, _) in is.iter().filter(|(name, now)| is_true(now, "required") && !was.contains_key(*name))
        {
            self.breaks(&format!("{place}: {name}"), "it is new and required");
        }
    }

    fn body(&mut self, place: &str, operation: &'a Value, operation_now: &'a Value) {
        let place = format!("{place}: body");
        let was = operation.get("requestBody").map(|body| resolve(self.before, body));
        let is = operation_now.get("requestBody").map(|body| resolve(self.now, body));
        match (was, is) {
            (Some(_), None) => self.breaks(&place, "it was removed"),
            (was, Some(is)) => {
                let was = was.unwrap_or(&Value::Null);
                if is_true(is, "required") && !is_true(was, "required") {
                    self.breaks(&place, "it is required now");
                }
                self.content(Side::Request, &place, was, is);
            }
            (None, None) => {}
        }
    }

    fn responses(&mut self, place: &str, operation: &'a Value, operation_now: &'a Value) {
        for (status, response) in entries(operation, "responses") {
            let place = format!("{place}: {status}");
            match operation_now["responses"].get(status) {
                None => self.breaks(&place, "the response was removed"),
                Some(now) => {
                    let (was, is) = (resolve(self.before, response), resolve(self.now, now));
                    self.content(Side::Response, &place, was, is);
                }
            }
        }
    }

    fn content(&mut self, side: Side, place: &str, was: &'a Value, is: &'a Value) {
        for (media_type, content) in entries(was, "content") {
            let place = format!("{place} {media_type}");
            match is["content"].get(media_type) {
                None => self.breaks(&place, "the media type was removed"),
                Some(now) => self.schemas(side, &place, &content["schema"], &now["schema"]),
            }
        }
    }

    fn schemas(&mut self, side: Side, place: &str, was: &'a Value, is: &'a Value) {
        if self.seen.insert((ptr::from_ref(was), ptr::from_ref(is), side)) {
            self.ahead.push_back(Pair { side, place: place.to_owned(), was, is });
        }
    }

    fn pair(&mut self, pair: Pair<'a>) {
        let Pair { side, place, was, is } = pair;
        let place = &*place;
        let (was, is) = (Union::of(self.before, was), Union::of(self.now, is));
        match side {
            Side::Request if was.nullable && !is.nullable => self.breaks(place, "null is refused now"),
            Side::Response if is.nullable && !was.nullable => self.breaks(place, "it can be null now"),
            _ => {}
        }
        if let ([one], [other]) = (&*was.alternatives, &*is.alternatives) {
            self.shapes(side, place, one.schema, other.schema);
            return;
        }
        for one in &was.alternatives {
            let place = format!("{place}<{}>", one.name);
            match (is.find(&one.name), side) {
                (Some(other), _) => self.shapes(side, &place, one.schema, other.schema),
                (None, Side::Request) => self.breaks(&place, "it is refused now"),
                (None, Side::Response) => self.notes(&place, "it does not come any more"),
            }
        }
        let new =
            is.alternatives.iter().filter(|one| side == Side::Response && was.find(&one.name).is_none());
        for one in new {
            let place = format!("{place}<{}>", one.name);
            if was.alternatives.len() == 1 {
                self.breaks(&place, "it can be this now, and was always the same");
            } else {
                self.notes(&place, "it can be this now");
            }
        }
    }

    fn shapes(&mut self, side: Side, place: &str, was: &'a Value, is: &'a Value) {
        let (was, is) = (Shape::of(self.before, was), Shape::of(self.now, is));
        self.types(side, place, &was, &is);
        self.values(side, place, &was, &is);
        if side == Side::Request {
            self.bounds(place, &was, &is);
        }
        self.properties(side, place, &was, &is);
        if let (Some(one), Some(other)) = (was.get("items"), is.get("items")) {
            self.schemas(side, &format!("{place}/[]"), one, other);
        }
        match (was.get("additionalProperties"), is.get("additionalProperties")) {
            (Some(one), Some(other)) if one.is_object() && other.is_object() => {
                self.schemas(side, &format!("{place}/*"), one, other);
            }
            (one, Some(Value::Bool(false))) if side == Side::Request && one != Some(&Value::Bool(false)) => {
                self.breaks(place, "further properties are refused now");
            }
            _ => {}
        }
        if was.unions.len() != is.unions.len() {
            self.breaks(place, "it is put together of others now");
        }
        for (one, other) in was.unions.iter().zip(&is.unions) {
            self.schemas(side, place, one, other);
        }
    }

    fn types(&mut self, side: Side, place: &str, was: &Shape, is: &Shape) {
        // What must fit into what: requests of before into now, answers of now into before.
        let (part, whole) = match side {
            Side::Request => (was, is),
            Side::Response => (is, was),
        };
        let (some, all) = (part.types(), whole.types());
        let fits = |one: &&str| all.contains(*one) || (*one == "integer" && all.contains("number"));
        if !all.is_empty() && (some.is_empty() || !some.iter().all(fits)) {
            self.breaks(place, &format!("its type was {:?} and is {:?}", was.types(), is.types()));
        }
        let (narrow, wide) = (part.text("format"), whole.text("format"));
        if wide.is_some() && narrow != wide && (narrow, wide) != (Some("int32"), Some("int64")) {
            self.breaks(
                place,
                &format!("its format was {:?} and is {:?}", was.text("format"), is.text("format")),
            );
        }
    }

    fn values(&mut self, side: Side, place: &str, was: &Shape, is: &Shape) {
        match (side, was.values(), is.values()) {
            (Side::Request, None, Some(_)) => self.breaks(place, "only some values are taken now"),
            (Side::Request, Some(was), Some(is)) => {
                for value in was.difference(&is) {
                    self.breaks(place, &format!("the value {value} is refused now"));
                }
            }
            (Side::Response, Some(_), None) => self.notes(place, "it can have any value now"),
            (Side::Response, Some(was), Some(is)) => {
                for value in is.difference(&was) {
                    self.notes(place, &format!("it can be {value} now"));
                }
            }
            (_, _, None) | (Side::Response, None, _) => {}
        }
    }

    fn bounds(&mut self, place: &str, was: &Shape, is: &Shape) {
        let tighter = |keyword: &&&str, is_tighter: fn(f64, f64) -> bool| match (
            was.number(keyword),
            is.number(keyword),
        ) {
            (Some(was), Some(is)) => is_tighter(was, is),
            (was, is) => was.is_none() && is.is_some(),
        };
        let lower = LOWER.iter().filter(|keyword| tighter(keyword, |was, is| is > was));
        let upper = UPPER.iter().filter(|keyword| tighter(keyword, |was, is| is < was));
        for keyword in lower.chain(upper) {
            let text = |shape: &Shape| shape.get(keyword).map_or("absent".to_owned(), Value::to_string);
            self.breaks(place, &format!("{keyword} was {} and is {}", text(was), text(is)));
        }
        match (was.text("pattern"), is.text("pattern")) {
            (None, Some(_)) => self.breaks(place, "it must match a pattern now"),
            // Whether it takes less than before no test can say.
            (Some(was), Some(is)) if was != is => {
                self.notes(place, &format!("its pattern was {was} and is {is}"));
            }
            _ => {}
        }
    }

    fn properties(&mut self, side: Side, place: &str, was: &Shape<'a>, is: &Shape<'a>) {
        for (name, schema) in &was.properties {
            let place = format!("{place}/{name}");
            match is.properties.get(name) {
                None => self.breaks(&place, "the property was removed"),
                Some(now) => self.schemas(side, &place, schema, now),
            }
        }
        let (some, all, what) = match side {
            Side::Request => (&is.required, &was.required, "the property is required now"),
            Side::Response => (&was.required, &is.required, "the property can be absent now"),
        };
        // One that was removed is named above.
        for name in some.difference(all).filter(|name| is.properties.contains_key(*name)) {
            self.breaks(&format!("{place}/{name}"), what);
        }
    }
}
