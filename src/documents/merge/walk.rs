//! The walk through three bodies at once.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

use serde_json::{Map, Value};

use super::{
    Conflict, What,
    order::{self, Ordered},
    place::{Place, Sides},
    regions::{By, Region, regions},
};
use crate::documents::diff::{
    keys,
    sequence::{Hunk, Numbers, hunks},
    words::{self, Compared, is_prose},
};

/// The merged body, and all conflicts; when there is any, the body is of no use.
pub fn bodies(base: &Value, theirs: &Value, mine: &Value) -> (Value, Vec<Conflict>) {
    let mut walk = Walk { conflicts: Vec::new() };
    let sides = Sides { base: Some(base), theirs: Some(theirs), mine: Some(mine) };
    let merged = walk.value(&Place::ROOT, sides);
    (merged.unwrap_or_default(), walk.conflicts)
}

type Values<'a> = Sides<Option<&'a Value>>;

struct Walk {
    conflicts: Vec<Conflict>,
}

impl Walk {
    fn value(&mut self, at: &Place<'_>, sides: Values<'_>) -> Option<Value> {
        let Sides { base, theirs, mine } = sides;
        if theirs == mine || base == mine {
            return theirs.cloned();
        }
        if base == theirs {
            return mine.cloned();
        }
        let arrays = sides.try_map(|side| match side {
            Some(Value::Array(items)) => Some(items.as_slice()),
            // A missing item of a list is no empty list, it is deleted.
            None if !at.is_item() => Some(&[]),
            _ => None,
        });
        if let Some(arrays) = arrays {
            // The empty array is left out when a side leaves it out.
            let gaps = base.is_none() || theirs.is_none() || mine.is_none();
            let merged = self.array(at, arrays);
            return (!gaps || !merged.is_empty()).then_some(Value::Array(merged));
        }
        let merged = match (base, theirs, mine) {
            (_, Some(Value::Object(t)), Some(Value::Object(m))) if of_one_type(sides) => match base {
                Some(Value::Object(b)) => Some(self.object(at, Sides { base: b, theirs: t, mine: m })),
                Some(_) => None,
                None => Some(self.object(at, Sides { base: &Map::new(), theirs: t, mine: m })),
            },
            (Some(Value::String(b)), Some(Value::String(t)), Some(Value::String(m))) => {
                text(b, t, m).map(Value::String)
            }
            _ => None,
        };
        if merged.is_none() {
            self.clash(at, sides);
        }
        merged
    }

    fn clash(&mut self, at: &Place<'_>, sides: Values<'_>) {
        let gone = sides.base.is_some() && (sides.theirs.is_none() || sides.mine.is_none());
        let what = if gone { What::Deleted } else { What::Value };
        self.conflicts.push(at.conflict(what, sides.map(Option::<&Value>::cloned)));
    }

    fn object(&mut self, at: &Place<'_>, sides: Sides<&Map<String, Value>>) -> Value {
        let names: BTreeSet<&String> = sides.theirs.keys().chain(sides.mine.keys()).collect();
        let merged = names.into_iter().filter_map(|name| {
            let value = self.value(&at.field(name), sides.map(|side| side.get(name)))?;
            Some((name.clone(), value))
        });
        Value::Object(merged.collect())
    }

    fn array(&mut self, at: &Place<'_>, sides: Sides<&[Value]>) -> Vec<Value> {
        if let Some(ids) = sides.try_map(keys::ids) {
            self.identified(at, sides, &ids)
        } else if let (false, Some(strings)) = (at.is_item(), sides.try_map(keys::strings)) {
            self.set(at, &strings)
        } else if let Some(merged) = self.listed(at, sides) {
            merged
        } else {
            let whole = sides.map(|items| Some(Value::Array(items.to_vec())));
            self.conflicts.push(at.conflict(What::Value, whole));
            Vec::new()
        }
    }

    fn identified(&mut self, at: &Place<'_>, sides: Sides<&[Value]>, ids: &Sides<Vec<&str>>) -> Vec<Value> {
        let places = places(ids);
        let mut merged = HashMap::with_capacity(ids.theirs.len());
        let only_mine = ids.mine.iter().filter(|id| !places.theirs.contains_key(*id));
        for id in ids.theirs.iter().chain(only_mine) {
            let index = places.of(id);
            let place = at.item(index.theirs, index.mine, Some(id));
            let values = Sides {
                base: index.base.map(|index| &sides.base[index]),
                theirs: index.theirs.map(|index| &sides.theirs[index]),
                mine: index.mine.map(|index| &sides.mine[index]),
            };
            let value = if values.base.is_none() && values.theirs.is_some() && values.mine.is_some() {
                // Two items that happen to have one id are not two edits of one item.
                if values.theirs != values.mine {
                    self.clash(&place, values);
                }
                values.mine.cloned()
            } else {
                self.value(&place, values)
            };
            merged.extend(value.map(|value| (*id, value)));
        }
        let Ordered { keys, contested } = order::merge(&ids.base, &ids.theirs, &ids.mine);
        self.contested(at, ids, &places, &contested, true);
        keys.into_iter().filter_map(|id| merged.remove(id)).collect()
    }

    /// Where both inserted a string does not matter as long as it is there.
    fn set(&mut self, at: &Place<'_>, strings: &Sides<Vec<&str>>) -> Vec<Value> {
        let places = places(strings);
        let Ordered { keys, mut contested } = order::merge(&strings.base, &strings.theirs, &strings.mine);
        contested.retain(|key| places.base.contains_key(key));
        self.contested(at, strings, &places, &contested, false);
        keys.into_iter().map(Value::from).collect()
    }

    fn contested(
        &mut self,
        at: &Place<'_>,
        keys: &Sides<Vec<&str>>,
        places: &Places<'_>,
        contested: &[&str],
        blocks: bool,
    ) {
        for key in contested {
            let index = places.of(key);
            let place = at.item(index.theirs, index.mine, blocks.then_some(key));
            let before = |keys: &[&str], index: Option<usize>| {
                index.map(|index| index.checked_sub(1).map_or(Value::Null, |before| keys[before].into()))
            };
            self.conflicts.push(place.conflict(
                What::Order,
                Sides {
                    base: before(&keys.base, index.base),
                    theirs: before(&keys.theirs, index.theirs),
                    mine: before(&keys.mine, index.mine),
                },
            ));
        }
    }

    /// By place; nothing when both changed the same items in ways that cannot be told apart.
    fn listed(&mut self, at: &Place<'_>, sides: Sides<&[Value]>) -> Option<Vec<Value>> {
        let mut numbers = Numbers::default();
        let base = numbers.of(sides.base);
        let changes = |side: &[usize]| {
            hunks(&base, side).map(|hunks| hunks.iter().flat_map(Hunk::singles).collect::<Vec<_>>())
        };
        let theirs = changes(&numbers.of(sides.theirs))?;
        let mine = changes(&numbers.of(sides.mine))?;
        let found = regions(sides.base.len(), &theirs, &mine, |a, b| is_single(a) && is_single(b));
        let known = self.conflicts.len();
        let mut merged = Vec::new();
        for region in found {
            let Region { by, base, theirs, mine } = region;
            match by {
                By::Nobody | By::Theirs => merged.extend_from_slice(&sides.theirs[theirs]),
                By::Mine => merged.extend_from_slice(&sides.mine[mine]),
                By::Both if sides.theirs[theirs.clone()] == sides.mine[mine.clone()] => {
                    merged.extend_from_slice(&sides.mine[mine]);
                }
                By::Both if base.len() == 1 && theirs.len() <= 1 && mine.len() <= 1 => {
                    let place = at.item(first(&theirs), first(&mine), None);
                    let item = Sides {
                        base: sides.base.get(base.start),
                        theirs: first(&theirs).map(|index| &sides.theirs[index]),
                        mine: first(&mine).map(|index| &sides.mine[index]),
                    };
                    merged.extend(self.value(&place, item));
                }
                By::Both => {
                    // The whole list is the conflict, and what was found inside is part of it.
                    self.conflicts.truncate(known);
                    return None;
                }
            }
        }
        Some(merged)
    }
}

fn first(range: &Range<usize>) -> Option<usize> {
    (!range.is_empty()).then_some(range.start)
}

/// Whether a hunk inserts, or deletes or replaces a single item: what it does to which item is beyond doubt.
fn is_single(hunk: &Hunk) -> bool {
    hunk.old.is_empty() || hunk.old.len() == 1 && hunk.new.len() <= 1
}

fn of_one_type(sides: Values<'_>) -> bool {
    let same = |a: Option<&Value>, b: Option<&Value>| match (a, b) {
        (Some(a), Some(b)) => keys::same_type(a, b),
        _ => true,
    };
    same(sides.theirs, sides.mine) && same(sides.base, sides.mine)
}

/// Running text by words; nothing when it is none, or both changed the same words.
fn text(base: &str, theirs: &str, mine: &str) -> Option<String> {
    if ![base, theirs, mine].into_iter().any(is_prose) {
        return None;
    }
    let Compared { old, sides: [(theirs, theirs_hunks), (mine, mine_hunks)] } =
        words::compare(base, [theirs, mine])?;
    let mut merged = String::with_capacity(base.len());
    for region in regions(old.len(), &theirs_hunks, &mine_hunks, |_, _| false) {
        let (theirs, mine) = (&theirs[region.theirs], &mine[region.mine]);
        match region.by {
            By::Nobody | By::Theirs => merged.extend(theirs.iter().copied()),
            By::Mine => merged.extend(mine.iter().copied()),
            By::Both if theirs == mine => merged.extend(mine.iter().copied()),
            By::Both => return None,
        }
    }
    Some(merged)
}

/// Where each key is.
type Places<'a> = Sides<HashMap<&'a str, usize>>;

fn places<'a>(keys: &Sides<Vec<&'a str>>) -> Places<'a> {
    let of = |keys: &[&'a str]| keys.iter().enumerate().map(|(index, key)| (*key, index)).collect();
    Sides { base: of(&keys.base), theirs: of(&keys.theirs), mine: of(&keys.mine) }
}

impl Places<'_> {
    fn of(&self, key: &str) -> Sides<Option<usize>> {
        let get = |places: &HashMap<&str, usize>| places.get(key).copied();
        Sides { base: get(&self.base), theirs: get(&self.theirs), mine: get(&self.mine) }
    }
}
