//! How tokens look.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Token;

/// An API token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenView {
    /// The id, which is no secret.
    id: Uuid,
    /// For whom it acts.
    user: Uuid,
    /// What people call it.
    #[schema(example = "build server")]
    name: String,
    /// Its first characters, to tell tokens apart.
    #[schema(example = "mh_4fQz")]
    hint: String,
    /// What it may at most do, as `kind:verb`; empty for all that its user may.
    #[schema(example = json!(["page:read"]))]
    scopes: Vec<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it ends; `null` for never.
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute; `null` while it has not been.
    #[schema(required)]
    last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked; `null` while it is good.
    #[schema(required)]
    revoked_at: Option<DateTime<Utc>>,
}

impl From<Token> for TokenView {
    fn from(token: Token) -> Self {
        Self {
            id: token.id.uuid(),
            user: token.user.uuid(),
            name: token.name,
            hint: token.hint,
            scopes: token.scopes,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            revoked_at: token.revoked_at,
        }
    }
}

/// A token that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedToken {
    #[serde(flatten)]
    /// The token.
    pub token: TokenView,
    /// The token itself, for the header `Authorization: Bearer`. It is shown this once and kept nowhere.
    #[schema(example = "mh_4fQzEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE12")]
    pub secret: String,
}
