//! The id of a block: stable over all edits, so that comparison, merging, comments and links can name the block.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of a block: 1 to 64 of `A-Z`, `a-z`, `0-9`, `_` and `-`; unique in its page and the same over all edits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String,
    min_length = 1,
    max_length = 64,
    pattern = "^[A-Za-z0-9_-]{1,64}$",
    examples("019a3e5c-8a10-7b1e-8f7e-3d5c2b1a0f9e")
)]
pub struct BlockId(String);

/// The text is not the id of a block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the id of a block is 1 to 64 of A-Z, a-z, 0-9, _ and -; leave it out to have one made")]
pub struct BlockIdError;

impl BlockId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for BlockId {
    type Error = BlockIdError;

    fn try_from(text: String) -> Result<Self, BlockIdError> {
        let good = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
        if good { Ok(Self(text)) } else { Err(BlockIdError) }
    }
}

impl From<Uuid> for BlockId {
    fn from(id: Uuid) -> Self {
        Self(id.to_string())
    }
}

impl From<BlockId> for String {
    fn from(id: BlockId) -> Self {
        id.0
    }
}

impl fmt::Display for BlockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_tokens() {
        for good in ["a", "A_b-9", &"x".repeat(64)] {
            assert!(BlockId::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "a b", "a/b", "\u{e9}", &"x".repeat(65)] {
            assert_eq!(BlockId::try_from(bad.to_owned()), Err(BlockIdError), "{bad}");
        }
        assert_eq!(BlockId::from(Uuid::nil()).as_str().len(), 36);
    }
}
