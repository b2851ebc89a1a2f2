//! How roles and their grants look.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Role;
use super::scope::ScopeView;
use crate::platform::access::{Grant, Scope, Verb};
use crate::platform::id::Id;

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

/// One right: a verb on a kind within a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "kind": "page", "verb": "write", "scope": { "type": "everything" } }))]
pub struct GrantView {
    /// The kind: of content, such as `page`, or `*` for all content; or of administration: `user`, `role`, `token`,
    /// `audit`, `history`, `site`, which the star does not name.
    #[schema(example = "page", min_length = 1, max_length = 63, pattern = r"^(\*|[a-z][a-z0-9_]*)$")]
    pub kind: String,
    /// What may be done.
    pub verb: Verb,
    /// How far it reaches; everything when it is left out.
    #[serde(default)]
    pub scope: ScopeView,
}

impl From<&Grant> for GrantView {
    fn from(grant: &Grant) -> Self {
        let scope = match &grant.scope {
            Scope::Everything => ScopeView::Everything {},
            Scope::Own => ScopeView::Own {},
            Scope::Subtree(entry) => ScopeView::Subtree { entry: entry.uuid() },
            Scope::Locale(locale) => ScopeView::Locale { locale: locale.clone() },
        };
        Self { kind: grant.kind.clone(), verb: grant.verb, scope }
    }
}

impl From<GrantView> for Grant {
    fn from(view: GrantView) -> Self {
        let scope = match view.scope {
            ScopeView::Everything {} => Scope::Everything,
            ScopeView::Own {} => Scope::Own,
            ScopeView::Subtree { entry } => Scope::Subtree(Id::from_uuid(entry)),
            ScopeView::Locale { locale } => Scope::Locale(locale),
        };
        Self { kind: view.kind, verb: view.verb, scope }
    }
}
