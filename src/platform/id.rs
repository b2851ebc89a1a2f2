//! Typed identifiers: an entry's id cannot be handed to a function that wants a user's. All are UUID v7 on the wire.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// What an [`Id`] identifies; the names only keep the types apart.
pub mod of {
    /// An entry: one piece of content over its whole life.
    #[derive(Debug, Clone, Copy)]
    pub enum Entry {}
    /// A person who signs in.
    #[derive(Debug, Clone, Copy)]
    pub enum User {}
    /// An API token.
    #[derive(Debug, Clone, Copy)]
    pub enum Token {}
    /// A signed-in browser.
    #[derive(Debug, Clone, Copy)]
    pub enum Session {}
    /// A one-time link.
    #[derive(Debug, Clone, Copy)]
    pub enum Link {}
    /// A mail that is due or was sent.
    #[derive(Debug, Clone, Copy)]
    pub enum Mail {}
    /// A role, that is a set of grants.
    #[derive(Debug, Clone, Copy)]
    pub enum Role {}
}

/// A UUID that knows what it identifies.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

/// Identifies an entry.
pub type EntryId = Id<of::Entry>;
/// Identifies a user.
pub type UserId = Id<of::User>;
/// Identifies an API token.
pub type TokenId = Id<of::Token>;
/// Identifies a session.
pub type SessionId = Id<of::Session>;
/// Identifies a one-time link.
pub type LinkId = Id<of::Link>;
/// Identifies a mail.
pub type MailId = Id<of::Mail>;
/// Identifies a role.
pub type RoleId = Id<of::Role>;

impl<T> Id<T> {
    /// Wraps a UUID that is known to identify a `T`.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID, for the database and the wire.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::from_uuid)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from_uuid)
    }
}

/// Where new identifiers come from: the one place that makes them, so that clippy can refuse every other.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ids;

impl Ids {
    /// A new UUID v7: unique, and ordered by the time of its making.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one source of new ids")]
    pub fn uuid(self) -> Uuid {
        Uuid::now_v7()
    }

    /// A new typed id.
    #[must_use]
    pub fn id<T>(self) -> Id<T> {
        Id::from_uuid(self.uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_ordered_by_their_making_and_survive_json() {
        let ids: Vec<EntryId> = (0..100).map(|_| Ids.id()).collect();
        assert!(ids.is_sorted());
        let json = serde_json::to_string(&ids).unwrap();
        assert_eq!(serde_json::from_str::<Vec<EntryId>>(&json).unwrap(), ids);
        assert!("nonsense".parse::<EntryId>().is_err());
    }
}
