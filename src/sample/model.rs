//! The sample site as it is written down: steps in their order, each an entry or a further revision of one. Pure.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::documents::kind::Kinds;
use crate::platform::problem::{Code, Problem};

const PARTS: [&str; 6] = [
    include_str!("site/media.json"),
    include_str!("site/pages.json"),
    include_str!("site/people.json"),
    include_str!("site/edits.json"),
    include_str!("site/menus.json"),
    include_str!("site/settings.json"),
];

/// Fields whose name ends so are added to what the field holds already.
const MORE: char = '+';

/// When a revision is public.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// At once.
    #[default]
    Public,
    /// `days` after the sample was loaded.
    Scheduled,
    /// Not at all.
    Draft,
}

/// What is written down. The strings of a body may name other steps: `@key` is the id of the entry, `entry:@key` its address.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub key: String,
    /// Given with the first revision of an entry.
    #[serde(default)]
    pub kind: Option<String>,
    /// The page above.
    #[serde(default)]
    parent: Option<String>,
    /// What the bytes of a media entry are.
    #[serde(default)]
    pub picture: Option<String>,
    #[serde(default)]
    pub state: State,
    #[serde(default)]
    pub days: u32,
    #[serde(default)]
    pub note: Option<String>,
    body: Map<String, Value>,
}

/// All steps.
pub(super) fn steps() -> Result<Vec<Step>, Problem> {
    let mut steps = Vec::new();
    for part in PARTS {
        let more: Vec<Step> = serde_json::from_str(part).map_err(Problem::internal)?;
        steps.extend(more);
    }
    Ok(steps)
}

/// A revision that is ready to be written.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub entry: Uuid,
    pub kind: String,
    /// Whether it is the first of its entry.
    pub first: bool,
    pub body: Value,
    pub state: State,
    pub days: u32,
    pub note: Option<String>,
}

/// The entries so far: kind and draft by key.
type Known<'a> = HashMap<&'a str, (Uuid, &'a str, Map<String, Value>)>;

/// Makes bodies of steps. `file` gives the field `file` of what shows these bytes, `new_id` the ids of entries and of their
/// parts.
pub(super) fn plan(
    kinds: &Kinds,
    steps: &[Step],
    file: &dyn Fn(&str) -> Option<Value>,
    new_id: &mut dyn FnMut() -> Uuid,
) -> Result<Vec<Planned>, Problem> {
    let mut known: Known<'_> = HashMap::new();
    for step in steps {
        if let Some(kind) = &step.kind {
            known.insert(&step.key, (new_id(), kind.as_str(), Map::new()));
        }
    }
    let ids: HashMap<&str, Uuid> = known.iter().map(|(key, (id, ..))| (*key, *id)).collect();
    let mut planned = Vec::new();
    for step in steps {
        let next = one(kinds, step, (&mut known, &ids), file, new_id);
        planned.push(next.map_err(|problem| problem.about(&step.key))?);
    }
    Ok(planned)
}

fn one<'a>(
    kinds: &Kinds,
    step: &'a Step,
    (known, ids): (&mut Known<'a>, &HashMap<&str, Uuid>),
    file: &dyn Fn(&str) -> Option<Value>,
    new_id: &mut dyn FnMut() -> Uuid,
) -> Result<Planned, Problem> {
    let unknown = |what: &str| Problem::internal(format!("{what} is not in the sample"));
    let (entry, kind, draft) = known.get_mut(step.key.as_str()).ok_or_else(|| unknown(&step.key))?;
    for (name, value) in &step.body {
        let value = filled(value, ids)?;
        let Some(list) = name.strip_suffix(MORE) else {
            draft.insert(name.clone(), value);
            continue;
        };
        if let (Some(Value::Array(list)), Value::Array(more)) = (draft.get_mut(list), value) {
            list.extend(more);
        }
    }
    if let Some(parent) = &step.parent {
        let id = ids.get(parent.as_str()).ok_or_else(|| unknown(parent))?;
        draft.insert("parent".to_owned(), Value::String(id.to_string()));
    }
    if let Some(picture) = &step.picture {
        draft.insert("file".to_owned(), file(picture).ok_or_else(|| unknown(picture))?);
    }
    let spec = kinds.get(kind)?;
    let body = (spec.from_draft)(Value::Object(draft.clone()), new_id)
        .map_err(|problems| Problem::new(Code::Invalid).fields(problems))?;
    Ok(Planned {
        entry: *entry,
        kind: (*kind).to_owned(),
        first: step.kind.is_some(),
        body,
        state: step.state,
        days: step.days,
        note: step.note.clone(),
    })
}

/// A value with the ids of the entries that it names.
fn filled(value: &Value, ids: &HashMap<&str, Uuid>) -> Result<Value, Problem> {
    Ok(match value {
        Value::String(text) => Value::String(named(text, ids)?),
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| filled(item, ids)).collect::<Result<_, _>>()?)
        }
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| Ok((name.clone(), filled(value, ids)?)));
            Value::Object(members.collect::<Result<_, Problem>>()?)
        }
        other => other.clone(),
    })
}

fn named(text: &str, ids: &HashMap<&str, Uuid>) -> Result<String, Problem> {
    let of = |key: &str| {
        ids.get(key)
            .map(Uuid::to_string)
            .ok_or_else(|| Problem::internal(format!("@{key} is not in the sample")))
    };
    if let Some(key) = text.strip_prefix('@') {
        return of(key);
    }
    let mut parts = text.split("entry:@");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(part.len());
        let (key, rest) = part.split_at(end);
        out.push_str("entry:");
        out.push_str(&of(key)?);
        out.push_str(rest);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;
    use crate::content::kinds;
    use crate::documents::body::Stage;

    fn planned() -> Vec<Planned> {
        let mut last = 0;
        let file = |name: &str| {
            let class = if std::path::Path::new(name).extension().is_some_and(|it| it == "pdf") {
                "document"
            } else {
                "image"
            };
            Some(json!({ "sha256": "0".repeat(64), "class": class, "name": name }))
        };
        let mut new_id = || {
            last += 1;
            Uuid::from_u128(0x019a_3e5c_7f00_7a11_8b22_0000_0000_0000 + last)
        };
        plan(&kinds(), &steps().unwrap(), &file, &mut new_id).unwrap()
    }

    #[test]
    fn every_revision_that_is_public_can_be_published() {
        for planned in planned().iter().filter(|planned| planned.state != State::Draft) {
            let problems = (kinds().get(&planned.kind).unwrap().check)(&planned.body, Stage::Publish);
            assert!(problems.is_empty(), "{}: {problems:?}", planned.body);
        }
    }

    #[test]
    fn what_is_pointed_at_is_written_before() {
        let mut written = HashSet::new();
        for planned in planned() {
            let references = (kinds().get(&planned.kind).unwrap().references)(&planned.body).unwrap();
            for reference in references.into_vec() {
                let there = written.contains(&reference.target) || reference.target == planned.entry;
                assert!(there, "{} of {}", reference.pointer.as_str(), planned.body);
            }
            assert_eq!(planned.first, written.insert(planned.entry), "{}", planned.body);
        }
    }

    #[test]
    fn it_shows_every_state_and_a_rich_history() {
        let planned = planned();
        for state in [State::Public, State::Scheduled, State::Draft] {
            assert!(planned.iter().any(|planned| planned.state == state), "{state:?}");
        }
        let most =
            planned.iter().map(|one| planned.iter().filter(|other| other.entry == one.entry).count()).max();
        assert_eq!(most, Some(5));
        assert_eq!(planned.iter().filter(|planned| planned.kind == "person" && planned.first).count(), 12);
    }

    #[test]
    fn names_become_ids() {
        let id = Uuid::from_u128(1);
        let ids = HashMap::from([("two-words", id)]);
        assert_eq!(named("@two-words", &ids).unwrap(), id.to_string());
        assert_eq!(named("[a](entry:@two-words) b", &ids).unwrap(), format!("[a](entry:{id}) b"));
        assert_eq!(named("office@example.org", &ids).unwrap(), "office@example.org");
        assert!(named("@nobody", &ids).is_err());
    }
}
