//! How the items of an array are told apart: by id, by what they say, or by their place.

use std::collections::HashSet;

use serde_json::Value;

/// The ids of the items, when each is an object with a string `id` and none occurs twice.
#[must_use]
pub fn ids(items: &[Value]) -> Option<Vec<&str>> {
    unique(items.iter().map(|item| item.as_object()?.get("id")?.as_str()))
}

/// The items, when all are strings and none occurs twice.
#[must_use]
pub fn strings(items: &[Value]) -> Option<Vec<&str>> {
    unique(items.iter().map(Value::as_str))
}

fn unique<'a>(keys: impl Iterator<Item = Option<&'a str>>) -> Option<Vec<&'a str>> {
    let keys: Vec<&str> = keys.collect::<Option<_>>()?;
    let mut seen = HashSet::with_capacity(keys.len());
    keys.iter().all(|key| seen.insert(*key)).then_some(keys)
}

/// Whether two objects are of the same `type`, if they have any.
#[must_use]
pub fn same_type(a: &Value, b: &Value) -> bool {
    a.get("type") == b.get("type")
}
