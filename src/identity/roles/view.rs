//! How roles look.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::grants::GrantView;
use super::model::Role;

/// A role: a set of grants under a name.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleView {
    /// The id.
    id: Uuid,
    /// The name, by which users are given it.
    #[schema(example = "news_desk")]
    name: String,
    /// What it is for.
    #[schema(example = "Writes and publishes below News.")]
    description: String,
    /// Whether it came with Masthead; then it can be given, but not changed.
    built_in: bool,
    /// How many users have it, deactivated ones included.
    #[schema(example = 3)]
    users: i64,
    /// What it allows.
    grants: Vec<GrantView>,
    /// When it was made.
    created_at: DateTime<Utc>,
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        Self {
            id: role.id.uuid(),
            name: role.name,
            description: role.description,
            built_in: role.built_in,
            users: role.users,
            grants: role.grants.iter().map(GrantView::from).collect(),
            created_at: role.created_at,
        }
    }
}

/// All roles.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleList {
    /// The roles, by name.
    pub data: Vec<RoleView>,
}
