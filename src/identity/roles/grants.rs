//! Grants as they stand in the database and on the wire.

use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::access::{Grant, Scope, Verb};
use crate::platform::id::Id;

/// One grant of a role, or nulls for a role without any.
#[derive(Debug, Clone, QueryableByName)]
pub struct GrantRow {
    #[diesel(sql_type = Nullable<Text>)]
    kind: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    verb: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    scope: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    scope_entry: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    scope_locale: Option<String>,
}

/// The columns of [`GrantRow`] of `role_grants g`.
pub const GRANT: &str = "g.kind, g.verb, g.scope, g.scope_entry, g.scope_locale";

impl GrantRow {
    /// The grant; none for nulls and for what this version does not understand, which then allows nothing.
    #[must_use]
    pub fn grant(&self) -> Option<Grant> {
        let scope = match self.scope.as_deref()? {
            "everything" => Scope::Everything,
            "own" => Scope::Own,
            "subtree" => Scope::Subtree(Id::from_uuid(self.scope_entry?)),
            "locale" => Scope::Locale(self.scope_locale.clone()?),
            _ => return None,
        };
        Some(Grant { kind: self.kind.clone()?, verb: Verb::parse(self.verb.as_deref()?)?, scope })
    }
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
    #[schema(inline)]
    pub verb: Verb,
    /// How far it reaches; everything when it is left out.
    #[serde(default)]
    pub scope: ScopeView,
}

/// How far a grant reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ScopeView {
    /// Every entry of the kind.
    #[default]
    Everything,
    /// Entries that the user created.
    Own,
    /// An entry and all that hangs below it.
    Subtree {
        /// The entry.
        entry: Uuid,
    },
    /// Documents in one locale.
    Locale {
        /// The locale, a BCP 47 tag.
        #[schema(example = "de", max_length = 12)]
        locale: String,
    },
}

impl From<&Grant> for GrantView {
    fn from(grant: &Grant) -> Self {
        let scope = match &grant.scope {
            Scope::Everything => ScopeView::Everything,
            Scope::Own => ScopeView::Own,
            Scope::Subtree(entry) => ScopeView::Subtree { entry: entry.uuid() },
            Scope::Locale(locale) => ScopeView::Locale { locale: locale.clone() },
        };
        Self { kind: grant.kind.clone(), verb: grant.verb, scope }
    }
}

impl From<GrantView> for Grant {
    fn from(view: GrantView) -> Self {
        let scope = match view.scope {
            ScopeView::Everything => Scope::Everything,
            ScopeView::Own => Scope::Own,
            ScopeView::Subtree { entry } => Scope::Subtree(Id::from_uuid(entry)),
            ScopeView::Locale { locale } => Scope::Locale(locale),
        };
        Self { kind: view.kind, verb: view.verb, scope }
    }
}
