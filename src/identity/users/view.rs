//! How users look.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::actions::Invited;
use super::model::{User, UserState};

/// A person who signs in.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    /// The id, which the history of content names as author.
    pub id: Uuid,
    /// What they sign in with.
    #[schema(example = "ilse@example.org", format = "email")]
    pub email: String,
    /// What they are called.
    #[schema(example = "Ilse Fictional")]
    pub name: String,
    /// The name of their role.
    #[schema(example = "editor")]
    pub role: String,
    /// How the account stands.
    pub state: UserState,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When it was deactivated; `null` while it is not.
    #[schema(required)]
    pub deactivated_at: Option<DateTime<Utc>>,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id.uuid(),
            email: user.email,
            name: user.name,
            role: user.role,
            state: user.state,
            created_at: user.created_at,
            deactivated_at: user.deactivated_at,
        }
    }
}

/// A link that lets its holder choose a password, once.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentLink {
    /// Whether it goes to the user by mail. The mail is sent within seconds; when the mail server is away, it is tried
    /// again for a day.
    pub mailed: bool,
    /// The link itself, where this installation sends no mail: hand it to the user on a safe way. It is shown this once.
    #[schema(required, example = "https://cms.example.org/admin/enter#invitation=mhl_...")]
    pub link: Option<String>,
    /// When the link ends; `null` for one that is mailed, which ends 72 hours (invitation) or 1 hour (reset) after it was
    /// sent.
    #[schema(required)]
    pub expires_at: Option<DateTime<Utc>>,
}

impl From<Invited> for SentLink {
    fn from(invited: Invited) -> Self {
        match invited {
            Invited::Mailed => Self { mailed: true, link: None, expires_at: None },
            Invited::Link { link, expires_at } => {
                Self { mailed: false, link: Some(link), expires_at: Some(expires_at) }
            }
        }
    }
}

/// A user who was invited, and the way to a password.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedUser {
    #[serde(flatten)]
    /// The user.
    pub user: UserView,
    /// How the invitation reaches them.
    pub invitation: SentLink,
}
