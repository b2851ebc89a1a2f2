//! The actor of a request or command: nobody, a user (perhaps through a token), or the system with a stated reason.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::guest::Guest;
use super::permission::{ADMINISTRATION, names};
use crate::platform::id::{EntryId, SessionId, TokenId, UserId};

/// What a grant allows to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// See drafts and history.
    Read,
    /// Create and change.
    Write,
    /// Change what is public.
    Publish,
    /// Put into the trash.
    Delete,
    /// Administer users, roles, tokens.
    Manage,
}

impl Verb {
    /// As it stands in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Publish => "publish",
            Self::Delete => "delete",
            Self::Manage => "manage",
        }
    }

    /// From the database; an unknown verb of a newer version grants nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Read, Self::Write, Self::Publish, Self::Delete, Self::Manage]
            .into_iter()
            .find(|verb| verb.as_str() == text)
    }
}

/// How far a grant reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every entry of the kind.
    Everything,
    /// Entries that the actor created.
    Own,
    /// Entries below this one, itself included.
    Subtree(EntryId),
    /// Documents in this locale.
    Locale(String),
}

/// One right: a verb on a kind (or `*`) within a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The kind, or `*` for all.
    pub kind: String,
    /// What may be done.
    pub verb: Verb,
    /// How far it reaches.
    pub scope: Scope,
}

/// A user who has proved who they are, with the rights that this request has.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The user.
    pub user: UserId,
    /// The token that spoke for the user, if one did.
    pub token: Option<TokenId>,
    /// The session in which the user is signed in, if no token spoke.
    pub session: Option<SessionId>,
    /// The rights: those of the role, cut down to the scopes of the token.
    pub grants: Vec<Grant>,
    /// The request in which they ask, for the events.
    pub request_id: Option<String>,
}

impl Identity {
    /// Whether some grant gives the verb on a kind; without a kind, on any content.
    #[must_use]
    pub fn may(&self, verb: Verb, kind: Option<&str>) -> bool {
        let content = |grant: &Grant| !ADMINISTRATION.contains(&grant.kind.as_str());
        match kind {
            Some(kind) => self.grants_of(verb, kind).next().is_some(),
            None => self.grants.iter().any(|grant| grant.verb == verb && content(grant)),
        }
    }

    /// The grants of a verb that speak of a kind, however far they reach.
    pub fn grants_of(&self, verb: Verb, kind: &str) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |grant| grant.verb == verb && names(grant, kind))
    }

    /// The first of these rights that reaches further than what this identity has: nobody gives what they have not.
    #[must_use]
    pub fn lacks<'a>(&self, rights: &'a [Grant]) -> Option<&'a Grant> {
        rights.iter().find(|right| !self.grants.iter().any(|grant| grant.covers(right)))
    }
}

impl Grant {
    /// Whether this grant allows everything that the other one allows.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.verb == other.verb
            && (self.kind == other.kind || names(self, &other.kind))
            && (self.scope == Scope::Everything || self.scope == other.scope)
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub enum Actor {
    /// Nobody in particular; may read what is public.
    Anonymous,
    /// A browser whose session has ended. It is nobody, and is told so where somebody is needed.
    SignedOut,
    /// Somebody with a preview link.
    Guest(Box<Guest>),
    /// A user.
    Identified(Identity),
    /// The command line or a worker, with the reason for going past permissions.
    System {
        /// Why no user stands behind this change; it is written into the event.
        reason: String,
    },
}

impl Actor {
    /// The system, with its reason. The one loud way past permissions.
    #[must_use]
    pub fn system(reason: impl Into<String>) -> Self {
        Self::System { reason: reason.into() }
    }

    /// As it stands in an event.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Identified(Identity { token: Some(_), .. }) => "token",
            Self::Identified(_) => "user",
            Self::Anonymous | Self::SignedOut | Self::Guest(_) | Self::System { .. } => "system",
        }
    }

    /// Who has proved who they are, if somebody has.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Self::Identified(identity) => Some(identity),
            Self::Anonymous | Self::SignedOut | Self::Guest(_) | Self::System { .. } => None,
        }
    }

    /// Who has opened a preview link, if somebody has.
    #[must_use]
    pub fn guest(&self) -> Option<&Guest> {
        match self {
            Self::Guest(guest) => Some(guest),
            _ => None,
        }
    }

    /// The user, when there is one.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::Identified(identity) => Some(identity.user),
            Self::Anonymous | Self::SignedOut | Self::Guest(_) | Self::System { .. } => None,
        }
    }

    /// The token, when one spoke for the user.
    #[must_use]
    pub fn token(&self) -> Option<TokenId> {
        match self {
            Self::Identified(identity) => identity.token,
            Self::Anonymous | Self::SignedOut | Self::Guest(_) | Self::System { .. } => None,
        }
    }

    /// The request in which a user asks.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Identified(identity) => identity.request_id.as_deref(),
            Self::Anonymous | Self::SignedOut | Self::Guest(_) | Self::System { .. } => None,
        }
    }

    /// The reason of the system.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::System { reason } => Some(reason),
            Self::Anonymous | Self::SignedOut | Self::Guest(_) | Self::Identified(_) => None,
        }
    }
}
