//! What is asked about a right, and the answer. Pure.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::reason;
use crate::documents::Located;
use crate::identity::users::{User, UserState};
use crate::platform::access::{Grant, Identity, Scope, Verb, Whereabouts, judge};
use crate::platform::id::{EntryId, UserId};

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// A document: an entry in a locale, the site's when none is given.
    Entry {
        /// The entry.
        entry: EntryId,
        /// The locale.
        locale: Option<String>,
    },
    /// A kind of content or of administration, whichever entry.
    Kind(String),
}

/// A question.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What is to be done.
    pub verb: Verb,
    /// To what.
    pub topic: Topic,
    /// By whom; the caller when nobody is named.
    pub user: Option<UserId>,
}

/// Whom an answer is about, with their rights.
#[derive(Debug, Clone)]
pub struct Person {
    user: User,
    /// With the grants that decide.
    identity: Identity,
    /// The same with all grants of the role, whatever token speaks.
    role: Identity,
}

impl Person {
    /// A user with the rights that decide, and all that the role allows.
    #[must_use]
    pub fn new(user: User, identity: Identity, role: Vec<Grant>) -> Self {
        let role = Identity { grants: role, ..identity.clone() };
        Self { user, identity, role }
    }

    /// The rights that decide.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Why nothing covers, given whether the grants of the role would.
    fn refusal(&self, verb: Verb, kind: &str, by_role: bool) -> Refusal {
        if self.user.state == UserState::Deactivated {
            Refusal::Deactivated
        } else if by_role {
            Refusal::TokenScope
        } else if self.role.may(verb, Some(kind)) {
            Refusal::OutOfReach
        } else {
            Refusal::NoGrant
        }
    }
}

/// Why something is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The role has no grant of the verb for the kind.
    NoGrant,
    /// The role has such grants, and none reaches the place.
    OutOfReach,
    /// The role would allow it; the scopes of the token that asks do not.
    TokenScope,
    /// The user is deactivated and may do nothing.
    Deactivated,
}

/// How far somebody may do something to a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// To everything of the kind.
    Everywhere,
    /// Within the scopes of the grants.
    Somewhere,
    /// To nothing.
    Nowhere,
}

/// Which of the places of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// Where its newest revision puts it.
    Newest,
    /// Where it is public now.
    Public,
    /// Where it will be public, from an instant on; none when that is nothing for the caller to know.
    Planned(Option<DateTime<Utc>>),
}

/// What covers a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceAnswer {
    /// The place.
    pub spot: Spot,
    /// The grant that covers it, or why none does.
    pub grant: Result<Grant, Refusal>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// Whom it is about.
    pub user: User,
    /// With the token that asks, if one does.
    pub identity: Identity,
    /// What is to be done.
    pub verb: Verb,
    /// To which kind.
    pub kind: String,
    /// To which document: the entry and the locale; none for a question about the kind.
    pub document: Option<(EntryId, String)>,
    /// How far; none for a question about a document.
    pub extent: Option<Extent>,
    /// Why it is not allowed; none when it is.
    pub refusal: Option<Refusal>,
    /// The same in plain words.
    pub reason: String,
    /// All grants of the verb for the kind.
    pub grants: Vec<Grant>,
    /// What covers each place of the document; empty for a question about the kind.
    pub places: Vec<PlaceAnswer>,
}

impl Explanation {
    /// Explains what somebody may do to a kind, whichever entry.
    #[must_use]
    pub fn of_kind(person: Person, verb: Verb, kind: &str) -> Self {
        let grants: Vec<Grant> = person.identity.grants_of(verb, kind).cloned().collect();
        let extent = if grants.iter().any(|grant| grant.scope == Scope::Everything) {
            Extent::Everywhere
        } else if grants.is_empty() {
            Extent::Nowhere
        } else {
            Extent::Somewhere
        };
        let by_role = person.role.may(verb, Some(kind));
        let refusal = grants.is_empty().then(|| person.refusal(verb, kind, by_role));
        let reason = reason::of_kind(&person.user.role, (kind, verb), refusal, &grants);
        Self {
            user: person.user,
            identity: person.identity,
            verb,
            kind: kind.to_owned(),
            document: None,
            extent: Some(extent),
            refusal,
            reason,
            grants,
            places: Vec::new(),
        }
    }

    /// Explains what somebody may do to a document. To a caller who does not read `everything` it does not tell what is
    /// planned for entries above.
    #[must_use]
    pub fn of_entry(person: Person, verb: Verb, located: &Located, everything: bool) -> Self {
        let (header, kind) = (&located.header, located.header.kind.as_str());
        let decided = judge(&person.identity, verb, header.subject(), &located.places);
        let by_role = judge(&person.role, verb, header.subject(), &located.places);
        let answers = decided.places.iter().zip(&by_role.places).map(|(judged, by_role)| {
            let grant = judged.grant.and_then(|nth| person.identity.grants.get(nth)).cloned();
            let grant = grant.ok_or_else(|| person.refusal(verb, kind, by_role.grant.is_some()));
            (judged.whereabouts, grant)
        });
        let places = shown(located, answers, everything);
        let refused =
            places.iter().find_map(|place| place.grant.as_ref().err().map(|why| (*why, place.spot)));
        let grants: Vec<Grant> = person.identity.grants_of(verb, kind).cloned().collect();
        let covering: Vec<&Grant> = places.iter().filter_map(|place| place.grant.as_ref().ok()).collect();
        let reason = match refused {
            Some(why) => reason::refused(&person.user.role, (kind, verb), why, &grants),
            None => reason::allowed(&person.user.role, (kind, verb), &covering),
        };
        Self {
            user: person.user,
            identity: person.identity,
            verb,
            kind: kind.to_owned(),
            document: Some((header.entry, header.locale.clone())),
            extent: None,
            refusal: refused.map(|(why, _)| why),
            reason,
            grants,
            places,
        }
    }

    /// Whether it is allowed: to the document, or to anything of the kind.
    #[must_use]
    pub fn allows(&self) -> bool {
        self.refusal.is_none()
    }
}

/// The places as the caller may see them. A planned one that comes about by entries above is left out unless the caller
/// reads everything; where it makes a difference it stays, without its instant.
fn shown(
    located: &Located,
    answers: impl Iterator<Item = (Whereabouts, Result<Grant, Refusal>)>,
    everything: bool,
) -> Vec<PlaceAnswer> {
    let mut places: Vec<PlaceAnswer> = Vec::new();
    for (whereabouts, grant) in answers {
        let spot = match whereabouts {
            Whereabouts::Public(at) if located.now.is_some_and(|now| at > now) => {
                let known = everything || located.begins.contains(&at);
                let repeats = places.iter().any(|place| place.spot != Spot::Newest && place.grant == grant);
                if !known && repeats {
                    continue;
                }
                Spot::Planned(known.then_some(at))
            }
            Whereabouts::Public(_) => Spot::Public,
            Whereabouts::Newest | Whereabouts::Unknown | Whereabouts::Target => Spot::Newest,
        };
        places.push(PlaceAnswer { spot, grant });
    }
    places
}
