//! Who one is, as the answers say it.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::identity::roles::view::GrantView;
use crate::identity::users::User;
use crate::identity::users::view::UserView;
use crate::platform::access::Identity;
use crate::platform::id::Id;

/// Who is asking, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    #[serde(flatten)]
    user: UserView,
    /// The rights of this very request: those of the role, cut down to the scopes of the token when one speaks.
    grants: Vec<GrantView>,
    /// The session of this request; `null` when a token speaks.
    #[schema(required)]
    session: Option<Uuid>,
    /// The token of this request; `null` in a session.
    #[schema(required)]
    token: Option<Uuid>,
}

impl Me {
    /// The user behind a request.
    #[must_use]
    pub fn new(user: User, identity: &Identity) -> Self {
        Self {
            user: user.into(),
            grants: identity.grants.iter().map(GrantView::from).collect(),
            session: identity.session.map(Id::uuid),
            token: identity.token.map(Id::uuid),
        }
    }
}

/// Somebody who has just signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedInUser {
    /// The user.
    pub user: UserView,
    /// The session that was opened; its secret is in the cookie.
    pub session: Uuid,
}
