//! The reasons in plain words. A right is written as scopes of tokens are: `page:write`.

use chrono::SecondsFormat;

use super::model::{Refusal, Spot};
use crate::platform::access::{Grant, Scope, Verb};

/// A right: the kind and the verb.
type Right<'a> = (&'a str, Verb);

/// Why somebody may do something to a kind, or not.
pub(super) fn of_kind(role: &str, right: Right<'_>, refusal: Option<Refusal>, grants: &[Grant]) -> String {
    let all: Vec<&Grant> = grants.iter().collect();
    match refusal {
        Some(refusal) => refused(role, right, (refusal, Spot::Newest), grants),
        None if grants.iter().any(|grant| grant.scope == Scope::Everything) => {
            format!("The role `{role}` grants {} for everything of the kind.", name(right))
        }
        None => format!("The role `{role}` grants {} within limits: {}.", name(right), scopes(&all)),
    }
}

/// Why somebody may do something to a document: the grants that cover its places.
pub(super) fn allowed(role: &str, right: Right<'_>, covering: &[&Grant]) -> String {
    format!("The role `{role}` grants {}, which reaches this entry: {}.", name(right), scopes(covering))
}

/// Why somebody may not.
pub(super) fn refused(
    role: &str,
    right: Right<'_>,
    (refusal, spot): (Refusal, Spot),
    grants: &[Grant],
) -> String {
    let right = name(right);
    match refusal {
        Refusal::NoGrant => {
            format!("The role `{role}` has no grant for {right}. An administrator can give another role.")
        }
        Refusal::OutOfReach => {
            let all: Vec<&Grant> = grants.iter().collect();
            let limits = if all.is_empty() { String::new() } else { format!(": {}", scopes(&all)) };
            format!(
                "The role `{role}` grants {right} within limits{limits}. None of this reaches the entry {}.",
                place(spot)
            )
        }
        Refusal::TokenScope => format!(
            "The role `{role}` would allow it, but the scopes of this token do not. Use a token with the scope {right}."
        ),
        Refusal::Deactivated => {
            "The user is deactivated and may do nothing. An administrator can reactivate the account."
                .to_owned()
        }
    }
}

fn name((kind, verb): Right<'_>) -> String {
    format!("`{kind}:{}`", verb.as_str())
}

fn place(spot: Spot) -> String {
    match spot {
        Spot::Newest => "where its newest revision puts it".to_owned(),
        Spot::Public => "where it is public".to_owned(),
        Spot::Planned(None) => "where it will be public later".to_owned(),
        Spot::Planned(Some(at)) => {
            let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
            format!("where it will be public from {at} on")
        }
    }
}

/// Each scope once, in the order of the grants.
fn scopes(grants: &[&Grant]) -> String {
    let mut said: Vec<String> = Vec::new();
    for grant in grants {
        let scope = match &grant.scope {
            Scope::Everything => "everything".to_owned(),
            Scope::Own => "what the user created".to_owned(),
            Scope::Subtree(entry) => format!("the entry {entry} and all below it"),
            Scope::Locale(locale) => format!("documents in the locale `{locale}`"),
        };
        if !said.contains(&scope) {
            said.push(scope);
        }
    }
    said.join("; ")
}
