//! What a user is called: parsed at the edge into types that cannot be wrong.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use crate::platform::http::IdWindow;
use crate::platform::id::{RoleId, UserId};
use crate::platform::problem::{Code, Problem};

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    /// May sign in.
    Active,
    /// Has not chosen a password yet.
    Invited,
    /// May not sign in; what they did stays under their name.
    Deactivated,
}

/// A person who signs in.
#[derive(Debug, Clone)]
pub struct User {
    /// The id, which history names.
    pub id: UserId,
    /// What they sign in with.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// Their role.
    pub role_id: RoleId,
    /// The name of their role.
    pub role: String,
    /// Moves with every change of the account.
    pub version: i64,
    /// How the account stands.
    pub state: UserState,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was deactivated.
    pub deactivated_at: Option<DateTime<Utc>>,
}

impl User {
    /// Refuses a change that was based on another version.
    ///
    /// # Errors
    /// 412 with the version that is now.
    pub fn expect_version(&self, version: i64) -> Result<(), Problem> {
        if self.version == version {
            return Ok(());
        }
        Err(Problem::new(Code::Stale).detail(format!(
            "The user is at version {}, you sent \"v{version}\". Read it again and send the new ETag.",
            self.version
        )))
    }
}

/// Which users a list shows.
#[derive(Debug, Clone)]
pub struct UserWindow {
    /// Only those in this state.
    pub state: Option<UserState>,
    /// Only those of this role.
    pub role: Option<String>,
    /// Only the one with this address, folded.
    pub email: Option<String>,
    /// Where the page lies.
    pub window: IdWindow,
}

/// An e-mail address, folded to lower case: what people sign in with. At most 254 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Checks the shape only; that mail arrives is for an invitation to prove.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let folded: String = text.trim().nfc().collect::<String>().to_lowercase();
        let shaped = folded.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.')
        });
        let clean = !folded.chars().any(|c| c.is_whitespace() || c.is_control());
        if shaped && clean && folded.len() <= 254 && folded.matches('@').count() == 1 {
            Ok(Self(folded))
        } else {
            Err(format!("{text:?} is not an e-mail address; write it like name@example.org"))
        }
    }

    /// The folded address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a person is called, 1 to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Trims and checks a name.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let name: String = text.trim().nfc().collect();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err("a name has 1 to 200 characters and no control characters".to_owned());
        }
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_folded_and_nonsense_is_refused() {
        assert_eq!(
            Email::parse(" Ada.Lindqvist@Example.ORG ").unwrap().as_str(),
            "ada.lindqvist@example.org"
        );
        for bad in
            ["", "ada", "ada@", "@example.org", "a@b", "a@b@c.org", "a b@c.org", "a@.org", "a@c.org\n.x y"]
        {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Email::parse(&format!("{}@example.org", "a".repeat(250))).is_err());
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(PersonName::parse("  Ada Lindqvist ").unwrap().as_str(), "Ada Lindqvist");
        assert!(PersonName::parse(" \t").is_err());
        assert!(PersonName::parse(&"x".repeat(201)).is_err());
        assert!(PersonName::parse("a\0b").is_err());
    }
}
