//! How the explanation of a right looks.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Explanation, Extent, PlaceAnswer, Refusal, Spot};
use crate::identity::roles::view::GrantView;
use crate::identity::users::UserState;
use crate::platform::access::Verb;
use crate::platform::id::Id;

/// Which grant allows something, or why none does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "allowed": false, "refusal": "out_of_reach",
    "reason": "The role `news_desk` grants `page:write` within limits: the entry 019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41 \
        and all below it. None of this reaches the entry where it is public.",
    "user": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a42", "role": "news_desk", "state": "active", "token": null,
    "verb": "write", "kind": "page", "entry": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a43", "locale": "en", "extent": null,
    "grants": [{ "kind": "page", "verb": "write",
        "scope": { "type": "subtree", "entry": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41" } }],
    "places": [
        { "place": "newest", "from": null, "refusal": null, "grant": { "kind": "page", "verb": "write",
            "scope": { "type": "subtree", "entry": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41" } } },
        { "place": "public", "from": null, "refusal": "out_of_reach", "grant": null }
    ]
}))]
pub struct PermissionExplanation {
    /// Whether it is allowed: to the entry at each of its places, or without an entry, to anything of the kind.
    allowed: bool,
    /// Why it is not; `null` when it is.
    #[schema(required)]
    refusal: Option<Refusal>,
    /// The same in plain words, for people.
    reason: String,
    /// Whom the answer is about.
    user: Uuid,
    /// The name of their role.
    #[schema(example = "editor")]
    role: String,
    /// How their account stands.
    state: UserState,
    /// The token that asked about its own user; its scopes cut the grants down. `null` otherwise.
    #[schema(required)]
    token: Option<Uuid>,
    /// What was asked for.
    verb: Verb,
    /// The kind, that of the entry when one was named.
    #[schema(example = "page")]
    kind: String,
    /// The entry; `null` for a question about a kind.
    #[schema(required)]
    entry: Option<Uuid>,
    /// The locale of the document; `null` for a question about a kind.
    #[schema(required)]
    locale: Option<String>,
    /// How far it is allowed for a kind; `null` for a question about an entry.
    #[schema(required)]
    extent: Option<Extent>,
    /// All grants of the verb for the kind, whether they reach the entry or not, cut down to the scopes of the token.
    grants: Vec<GrantView>,
    /// Each place where the document lies; it must be allowed at every one. Empty for a question about a kind.
    places: Vec<PlaceView>,
}

/// Which of the places of a document.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceName {
    /// Where its newest revision puts it.
    Newest,
    /// Where it is public now.
    Public,
    /// Where it will be public.
    Planned,
}

/// What covers a place where a document lies.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceView {
    /// Which place.
    place: PlaceName,
    /// For a planned place, from when on it lies there; `null` when that depends on entries that you may not see.
    #[schema(required)]
    from: Option<DateTime<Utc>>,
    /// The grant that covers it; `null` when none does.
    #[schema(required)]
    grant: Option<GrantView>,
    /// Why none does; `null` when one does.
    #[schema(required)]
    refusal: Option<Refusal>,
}

impl From<PlaceAnswer> for PlaceView {
    fn from(answer: PlaceAnswer) -> Self {
        let (place, from) = match answer.spot {
            Spot::Newest => (PlaceName::Newest, None),
            Spot::Public => (PlaceName::Public, None),
            Spot::Planned(from) => (PlaceName::Planned, from),
        };
        Self {
            place,
            from,
            refusal: answer.grant.as_ref().err().copied(),
            grant: answer.grant.as_ref().ok().map(GrantView::from),
        }
    }
}

impl From<Explanation> for PermissionExplanation {
    fn from(explained: Explanation) -> Self {
        let (entry, locale) = explained.document.clone().unzip();
        Self {
            allowed: explained.allows(),
            refusal: explained.refusal,
            reason: explained.reason,
            user: explained.user.id.uuid(),
            role: explained.user.role,
            state: explained.user.state,
            token: explained.identity.token.map(Id::uuid),
            verb: explained.verb,
            kind: explained.kind,
            entry: entry.map(Id::uuid),
            locale,
            extent: explained.extent,
            grants: explained.grants.iter().map(GrantView::from).collect(),
            places: explained.places.into_iter().map(PlaceView::from).collect(),
        }
    }
}
