//! What a role is, and which ones can be. Pure.

use chrono::{DateTime, Utc};

use crate::platform::access::{ADMINISTRATION, Grant, Scope, Verb};
use crate::platform::id::RoleId;
use crate::platform::problem::{FieldCode, FieldProblem, Pointer};

/// The most grants that a role may have.
pub const MOST_GRANTS: usize = 100;
/// The longest description, in characters.
pub const MAX_DESCRIPTION: usize = 500;

/// A set of grants under a name.
#[derive(Debug, Clone)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// Its name: lower case letters, digits, `-` and `_`, at most 63.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether it came with Masthead; then it cannot be changed.
    pub built_in: bool,
    /// Moves with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How many users have it.
    pub users: i64,
    /// What it allows.
    pub grants: Vec<Grant>,
}

/// What makes a role, or what one is to become.
#[derive(Debug, Clone)]
pub struct NewRole {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it allows.
    pub grants: Vec<Grant>,
}

impl NewRole {
    /// What is wrong with it, each with its place. `kinds` are the kinds of content that there are.
    #[must_use]
    pub fn problems(&self, kinds: &[&str]) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut refuse = |pointer: Pointer, code: FieldCode, detail: String| {
            problems.push(FieldProblem::new(pointer, code, detail));
        };
        let root = Pointer::root;
        let shaped = self.name.starts_with(|c: char| c.is_ascii_lowercase())
            && self.name.len() <= 63
            && self
                .name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if !shaped {
            let detail = "A name begins with a lower case letter and has lower case letters, digits, - and _, at most 63.";
            refuse(root().field("name"), FieldCode::Invalid, detail.to_owned());
        }
        if self.description.chars().count() > MAX_DESCRIPTION || self.description.contains('\0') {
            let detail = format!("A description has at most {MAX_DESCRIPTION} characters.");
            refuse(root().field("description"), FieldCode::TooLong, detail);
        }
        let grants = root().field("grants");
        if self.grants.len() > MOST_GRANTS {
            let detail = format!("A role has at most {MOST_GRANTS} grants.");
            refuse(grants.clone(), FieldCode::TooMany, detail);
        }
        for (nth, grant) in self.grants.iter().enumerate().take(MOST_GRANTS) {
            if self.grants[..nth].contains(grant) {
                refuse(grants.item(nth), FieldCode::Duplicate, "The same grant stands twice.".to_owned());
            } else if let Some((field, detail)) = fault(grant, kinds) {
                refuse(grants.item(nth).field(field), FieldCode::Invalid, detail);
            }
        }
        problems
    }
}

/// Which combination of kind, verb and scope means nothing.
fn fault(grant: &Grant, kinds: &[&str]) -> Option<(&'static str, String)> {
    let kind = grant.kind.as_str();
    if ADMINISTRATION.contains(&kind) {
        let verbs: &[Verb] = match kind {
            "audit" | "history" => &[Verb::Read],
            "site" => &[Verb::Manage],
            _ => &[Verb::Read, Verb::Manage],
        };
        if !verbs.contains(&grant.verb) {
            let names: Vec<&str> = verbs.iter().map(|verb| verb.as_str()).collect();
            return Some(("verb", format!("The kind {kind} has the verbs {}.", names.join(" and "))));
        }
        let whole = grant.scope == Scope::Everything;
        return (!whole)
            .then(|| ("scope", format!("A grant of {kind} reaches everything; leave the scope out.")));
    }
    if kind != "*" && !kinds.contains(&kind) {
        let known = kinds.iter().chain(&ADMINISTRATION).copied().collect::<Vec<_>>().join(", ");
        return Some(("kind", format!("There is no kind {kind:?}; there are *, {known}.")));
    }
    let manages = grant.verb == Verb::Manage;
    manages.then(|| ("verb", "Content has the verbs read, write, publish and delete.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::id::Ids;

    fn role(grants: Vec<Grant>) -> NewRole {
        NewRole { name: "desk".into(), description: String::new(), grants }
    }

    fn grant(kind: &str, verb: Verb, scope: Scope) -> Grant {
        Grant { kind: kind.into(), verb, scope }
    }

    #[test]
    fn grants_that_mean_nothing_are_refused_at_their_place() {
        let subtree = Scope::Subtree(Ids.id());
        for (grants, place) in [
            (vec![grant("page", Verb::Manage, Scope::Everything)], "/grants/0/verb"),
            (vec![grant("leaflet", Verb::Read, Scope::Everything)], "/grants/0/kind"),
            (vec![grant("user", Verb::Publish, Scope::Everything)], "/grants/0/verb"),
            (vec![grant("user", Verb::Read, subtree.clone())], "/grants/0/scope"),
            (vec![grant("audit", Verb::Manage, Scope::Everything)], "/grants/0/verb"),
            (vec![grant("page", Verb::Read, Scope::Own), grant("page", Verb::Read, Scope::Own)], "/grants/1"),
            (vec![grant("page", Verb::Read, Scope::Own); 101], "/grants"),
        ] {
            let problems = role(grants).problems(&["page"]);
            assert!(
                problems.iter().any(|problem| problem.pointer.as_str() == place),
                "{place}: {problems:?}"
            );
        }
        let good = vec![
            grant("*", Verb::Read, Scope::Everything),
            grant("page", Verb::Write, subtree),
            grant("user", Verb::Manage, Scope::Everything),
        ];
        assert!(role(good).problems(&["page"]).is_empty());
    }

    #[test]
    fn names_are_plain() {
        for bad in ["", "Desk", "1desk", "de sk", "d\u{e9}sk", &"d".repeat(64)] {
            let role = NewRole { name: bad.to_owned(), description: String::new(), grants: vec![] };
            assert_eq!(role.problems(&[])[0].pointer.as_str(), "/name", "{bad:?}");
        }
    }
}
