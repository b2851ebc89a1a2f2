//! A block as a client sends it: its id may be missing. It is JSON until the whole page is looked at, so that every
//! block's problem can be reported at once.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::{
    Block,
    id::BlockId,
    members,
    schema::{IdRule, Schemas, components, union},
};
use crate::platform::json::UniqueJson;

/// A block as a client sends it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct BlockDraft(pub Value);

impl<'de> Deserialize<'de> for BlockDraft {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UniqueJson::deserialize(deserializer).map(|UniqueJson(value)| Self(value))
    }
}

impl TryFrom<&Block> for BlockDraft {
    type Error = serde_json::Error;

    fn try_from(block: &Block) -> Result<Self, serde_json::Error> {
        serde_json::to_value(block).map(Self)
    }
}

impl PartialSchema for BlockDraft {
    fn schema() -> RefOr<Schema> {
        union(
            &members(IdRule::MayBeMade),
            "One typed part of a page's content. `type` says which. Keep the `id` of a block that was there before; leave \
             it out for a new one, and one is made.",
        )
    }
}

impl ToSchema for BlockDraft {
    fn schemas(schemas: &mut Schemas) {
        schemas.push((BlockId::name().into_owned(), BlockId::schema()));
        components(members(IdRule::MayBeMade), schemas);
    }
}
