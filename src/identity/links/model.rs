//! What links are for, what they look like, and which mail there is.

use chrono::{DateTime, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use crate::identity::users::Email;
use crate::platform::id::{Id, LinkId, UserId};
use crate::platform::public_url::PublicUrl;
use crate::platform::secret::Secret;

/// What a link lets somebody do, and whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Become the first administrator; 1 hour, and only while there is none.
    Setup,
    /// Choose the first password of this account; 72 hours.
    Invitation(UserId),
    /// Choose a new password for this account; 1 hour.
    Reset(UserId),
}

impl Purpose {
    /// As it stands in the database and in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Invitation(_) => "invitation",
            Self::Reset(_) => "reset",
        }
    }

    /// How long a link lives, in hours.
    #[must_use]
    pub const fn hours(self) -> i32 {
        match self {
            Self::Setup | Self::Reset(_) => 1,
            Self::Invitation(_) => 72,
        }
    }

    /// Whose account it is about; nobody's for the first administrator, who has none yet.
    #[must_use]
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::Setup => None,
            Self::Invitation(user) | Self::Reset(user) => Some(user),
        }
    }

    /// From the database.
    pub(super) fn of(text: &str, user: Option<Uuid>) -> Option<Self> {
        match (text, user.map(Id::from_uuid)) {
            ("setup", None) => Some(Self::Setup),
            ("invitation", Some(user)) => Some(Self::Invitation(user)),
            ("reset", Some(user)) => Some(Self::Reset(user)),
            _ => None,
        }
    }
}

/// A link that was just made. This is the one time that its secret can be seen.
#[derive(Debug, Clone)]
pub struct Link {
    /// Which link it is.
    pub id: LinkId,
    /// What it is for.
    pub purpose: Purpose,
    /// What lets in.
    pub secret: Secret,
    /// When it stops to.
    pub expires_at: DateTime<Utc>,
}

impl Link {
    /// The address to open. The secret stands in the fragment, which browsers send to no server. `name` is what the
    /// person is called, so that they can correct it when they come in.
    #[must_use]
    pub fn address(&self, site: &PublicUrl, name: Option<&str>) -> String {
        let (purpose, secret) = (self.purpose.as_str(), self.secret.reveal());
        let name = name
            .map_or(String::new(), |name| format!("&name={}", utf8_percent_encode(name, NON_ALPHANUMERIC)));
        format!("{}/admin/enter#{purpose}={secret}{name}", site.origin())
    }
}

/// A link that was used in this change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redeemed {
    /// Which link it was.
    pub link: LinkId,
    /// What it was for, and for whom.
    pub purpose: Purpose,
}

/// A mail that is due, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Letter {
    /// An invitation, with its link.
    Invitation(UserId),
    /// A link to a new password, for which an administrator asked.
    Reset(UserId),
    /// A link to a new password, for which somebody asked who gave this address. Whether anyone has it is found out when
    /// the mail is due, so that the answer to the request cannot tell.
    ResetAsked(Email),
    /// That the password was changed; without a link.
    PasswordChanged(UserId),
}

impl Letter {
    /// As it stands in the database.
    pub(super) fn occasion(&self) -> Occasion {
        match self {
            Self::Invitation(_) => Occasion::Invitation,
            Self::Reset(_) => Occasion::Reset,
            Self::ResetAsked(_) => Occasion::ResetAsked,
            Self::PasswordChanged(_) => Occasion::PasswordChanged,
        }
    }

    /// To whom: an account, or an address that may be nobody's.
    pub(super) fn recipient(&self) -> (Option<UserId>, Option<&Email>) {
        match self {
            Self::Invitation(user) | Self::Reset(user) | Self::PasswordChanged(user) => (Some(*user), None),
            Self::ResetAsked(email) => (None, Some(email)),
        }
    }
}

/// Why a mail is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    Invitation,
    Reset,
    ResetAsked,
    PasswordChanged,
}

impl Occasion {
    const ALL: [Self; 4] = [Self::Invitation, Self::Reset, Self::ResetAsked, Self::PasswordChanged];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
            Self::ResetAsked => "reset_asked",
            Self::PasswordChanged => "password_changed",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.as_str() == text)
    }

    /// The link that such a mail carries.
    pub(super) const fn link(self, user: UserId) -> Option<Purpose> {
        match self {
            Self::Invitation => Some(Purpose::Invitation(user)),
            Self::Reset | Self::ResetAsked => Some(Purpose::Reset(user)),
            Self::PasswordChanged => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::id::Ids;
    use crate::platform::secret::Prefix;

    #[test]
    fn the_secret_stands_in_the_fragment_and_a_name_cannot_leave_its_place() {
        let site = PublicUrl::parse("https://cms.example.org").unwrap();
        let secret = Secret::generate(Prefix::Link).unwrap();
        let expires_at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let link = Link { id: Ids.id(), purpose: Purpose::Setup, secret, expires_at };
        let revealed = link.secret.reveal();
        assert_eq!(
            link.address(&site, None),
            format!("https://cms.example.org/admin/enter#setup={revealed}")
        );
        assert_eq!(
            link.address(&site, Some("A&setup=\u{e9} \"x\"")),
            format!("https://cms.example.org/admin/enter#setup={revealed}&name=A%26setup%3D%C3%A9%20%22x%22")
        );
        assert!(!format!("{link:?}").contains(revealed));
    }

    #[test]
    fn a_purpose_fits_its_user() {
        let user: UserId = Ids.id();
        for purpose in [Purpose::Setup, Purpose::Invitation(user), Purpose::Reset(user)] {
            let stored = purpose.user().map(Id::uuid);
            assert_eq!(Purpose::of(purpose.as_str(), stored), Some(purpose));
            let other = if stored.is_some() { None } else { Some(user.uuid()) };
            assert_eq!(Purpose::of(purpose.as_str(), other), None);
        }
    }
}
