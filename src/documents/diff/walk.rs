//! The walk through two bodies at once: objects by field, arrays by id, by string or by place.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    Change, Difference, Op, Span, keys,
    sequence::{Hunk, Numbers, hunks, out_of_order},
    spans,
};
use crate::platform::problem::field::Pointer;

/// Everything that differs between an older body and a newer one; nothing exactly when they are equal. Objects are
/// compared field by field; arrays whose items have a unique `id` by id; lists of unique strings as such; others by
/// place. An object of another `type` is another object.
#[must_use]
pub fn compare(from: &Value, to: &Value) -> Vec<Difference> {
    let mut walk = Walk { found: Vec::new() };
    let root = Place { from: Pointer::root(), to: Pointer::root(), block: None, in_list: false };
    walk.value(&root, from, to);
    walk.found
}

/// A place that both bodies have.
#[derive(Clone)]
struct Place<'a> {
    from: Pointer,
    to: Pointer,
    block: Option<&'a str>,
    in_list: bool,
}

impl<'a> Place<'a> {
    fn field(&self, name: &str) -> Self {
        Self { from: self.from.field(name), to: self.to.field(name), block: self.block, in_list: false }
    }

    fn item(&self, from: usize, to: usize, id: Option<&'a str>) -> Self {
        let block = id.or(self.block);
        Self { from: self.from.item(from), to: self.to.item(to), block, in_list: true }
    }
}

struct Walk {
    found: Vec<Difference>,
}

impl Walk {
    fn value<'a>(&mut self, at: &Place<'a>, from: &'a Value, to: &'a Value) {
        match (from, to) {
            _ if from == to => {}
            (Value::Object(old), Value::Object(new)) if keys::same_type(from, to) => {
                for (name, value) in old {
                    match new.get(name) {
                        Some(other) => self.value(&at.field(name), value, other),
                        None => self.removed(at.from.field(name), at.block, value),
                    }
                }
                for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                    self.added(at.to.field(name), at.block, value);
                }
            }
            (Value::Array(old), Value::Array(new)) => self.array(at, old, new),
            _ => self.found.push(Difference {
                pointer: at.to.clone(),
                from_pointer: Some(at.from.clone()),
                block: at.block.map(str::to_owned),
                change: Change::Changed,
                before: Some(from.clone()),
                after: Some(to.clone()),
                spans: match (from, to) {
                    (Value::String(from), Value::String(to)) => spans(from, to),
                    _ => Vec::new(),
                },
            }),
        }
    }

    fn array<'a>(&mut self, at: &Place<'a>, old: &'a [Value], new: &'a [Value]) {
        if let (Some(old_ids), Some(new_ids)) = (keys::ids(old), keys::ids(new)) {
            self.keyed(at, &Keyed { items: old, keys: old_ids }, &Keyed { items: new, keys: new_ids }, true);
        } else if let (false, Some(a), Some(b)) = (at.in_list, keys::strings(old), keys::strings(new)) {
            self.keyed(at, &Keyed { items: old, keys: a }, &Keyed { items: new, keys: b }, false);
        } else {
            self.listed(at, old, new);
        }
    }

    fn keyed<'a>(&mut self, at: &Place<'a>, old: &Keyed<'a>, new: &Keyed<'a>, blocks: bool) {
        let (old_at, new_at) = (old.places(), new.places());
        let block = |key: &'a str| if blocks { Some(key) } else { at.block };
        for (index, key) in old.keys.iter().enumerate().filter(|(_, key)| !new_at.contains_key(*key)) {
            self.removed(at.from.item(index), block(key), &old.items[index]);
        }
        let common: Vec<usize> = new.keys.iter().filter_map(|key| old_at.get(key).copied()).collect();
        let mut moved = out_of_order(&common).into_iter();
        for (index, key) in new.keys.iter().enumerate() {
            let Some(&before) = old_at.get(key) else {
                self.added(at.to.item(index), block(key), &new.items[index]);
                continue;
            };
            let place = at.item(before, index, block(key));
            if moved.next().unwrap_or_default() {
                self.found.push(Difference {
                    pointer: place.to.clone(),
                    from_pointer: Some(place.from.clone()),
                    block: place.block.map(str::to_owned),
                    change: Change::Moved,
                    before: Some(old.before(before)),
                    after: Some(new.before(index)),
                    spans: Vec::new(),
                });
            }
            self.value(&place, &old.items[before], &new.items[index]);
        }
    }

    /// By place. Of items that others stand for, the first are taken for changed, the rest for removed or added.
    fn listed<'a>(&mut self, at: &Place<'a>, old: &'a [Value], new: &'a [Value]) {
        let mut numbers = Numbers::default();
        let (old_numbers, new_numbers) = (numbers.of(old), numbers.of(new));
        let found = hunks(&old_numbers, &new_numbers)
            .unwrap_or_else(|| vec![Hunk { old: 0..old.len(), new: 0..new.len() }]);
        for hunk in found {
            let both = hunk.old.len().min(hunk.new.len());
            for (before, after) in hunk.old.clone().zip(hunk.new.clone()) {
                self.value(&at.item(before, after, None), &old[before], &new[after]);
            }
            for index in hunk.old.skip(both) {
                self.removed(at.from.item(index), at.block, &old[index]);
            }
            for index in hunk.new.skip(both) {
                self.added(at.to.item(index), at.block, &new[index]);
            }
        }
    }

    fn added(&mut self, pointer: Pointer, block: Option<&str>, value: &Value) {
        self.found.push(Difference {
            pointer,
            from_pointer: None,
            block: block.map(str::to_owned),
            change: Change::Added,
            before: None,
            after: Some(value.clone()),
            spans: whole(Op::Added, value),
        });
    }

    fn removed(&mut self, pointer: Pointer, block: Option<&str>, value: &Value) {
        self.found.push(Difference {
            from_pointer: Some(pointer.clone()),
            pointer,
            block: block.map(str::to_owned),
            change: Change::Removed,
            before: Some(value.clone()),
            after: None,
            spans: whole(Op::Removed, value),
        });
    }
}

fn whole(op: Op, value: &Value) -> Vec<Span> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(|text| Span { op, text: text.to_owned() }).into_iter().collect()
}

/// An array whose items have a name each.
struct Keyed<'a> {
    items: &'a [Value],
    keys: Vec<&'a str>,
}

impl<'a> Keyed<'a> {
    fn places(&self) -> HashMap<&'a str, usize> {
        self.keys.iter().enumerate().map(|(index, key)| (*key, index)).collect()
    }

    fn before(&self, index: usize) -> Value {
        index.checked_sub(1).map_or(Value::Null, |before| self.keys[before].into())
    }
}
