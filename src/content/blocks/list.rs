//! The blocks of a page in order: at most 2,000, no id twice.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use uuid::Uuid;

use super::{Block, draft::BlockDraft, id::BlockId};
use crate::{
    documents::body::{Problems, References, SearchText, Stage},
    platform::problem::field::{FieldCode, FieldProblem, Pointer},
};

/// The most blocks that a page may have.
pub const MAX_BLOCKS: usize = 2_000;

/// The most blocks of a page that list what is found when it is read.
const MAX_LISTING: usize = 20;

/// The blocks of a page in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Blocks(Vec<Block>);

impl Blocks {
    /// The list of these blocks.
    ///
    /// # Errors
    /// When there are too many, or an id occurs twice; the pointer is counted from the list.
    pub fn new(blocks: Vec<Block>) -> Result<Self, FieldProblem> {
        check_count(blocks.len())?;
        let mut seen = HashSet::new();
        for (index, block) in blocks.iter().enumerate() {
            if !seen.insert(&block.id) {
                return Err(duplicate(index, &block.id));
            }
        }
        Ok(Self(blocks))
    }

    /// Reads the blocks that a client sends to the field at `at`; `new_id` makes the ids that are missing. Everything
    /// that is wrong with any block is added to `problems`; those that can be read are in the list.
    pub fn from_drafts(
        drafts: Vec<BlockDraft>,
        new_id: &mut dyn FnMut() -> Uuid,
        at: &Pointer,
        problems: &mut Problems,
    ) -> Self {
        if let Err(problem) = check_count(drafts.len()) {
            problems.push(problem.inside(at));
            return Self::default();
        }
        let mut seen = HashSet::new();
        let mut blocks = Vec::with_capacity(drafts.len());
        for (index, BlockDraft(value)) in drafts.into_iter().enumerate() {
            let place = at.item(index);
            match Block::from_json(value, &mut || Some(new_id().into())) {
                Ok(block) => {
                    block.check(Stage::Save, &place, problems);
                    if !seen.insert(block.id.clone()) {
                        problems.push(duplicate(index, &block.id).inside(at));
                    }
                    blocks.push(block);
                }
                Err(problem) => problems.push(problem.inside(&place)),
            }
        }
        let blocks = Self(blocks);
        blocks.check_listing(at, problems);
        blocks
    }

    /// The blocks in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Block> {
        self.0.iter()
    }

    /// How many blocks there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds all that is wrong with the blocks in the field at `at`.
    pub fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        for (index, block) in self.iter().enumerate() {
            block.check(stage, &at.item(index), problems);
        }
        self.check_listing(at, problems);
    }

    /// What is found when a page is read costs whoever reads it.
    fn check_listing(&self, at: &Pointer, problems: &mut Problems) {
        let count = self.iter().filter(|block| block.lists()).count();
        if count > MAX_LISTING {
            let detail =
                format!("There are {count} blocks that list pages or people; a page may have {MAX_LISTING}.");
            problems.add(at, FieldCode::TooMany, detail);
        }
    }

    /// Adds every entry that the blocks in the field at `at` point at.
    pub fn references(&self, at: &Pointer, found: &mut References) {
        for (index, block) in self.iter().enumerate() {
            block.references(&at.item(index), found);
        }
    }

    /// Adds every word of the blocks.
    pub fn search_text(&self, out: &mut SearchText) {
        for block in self {
            block.search_text(out);
        }
    }
}

impl<'a> IntoIterator for &'a Blocks {
    type Item = &'a Block;
    type IntoIter = std::slice::Iter<'a, Block>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'de> Deserialize<'de> for Blocks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn check_count(count: usize) -> Result<(), FieldProblem> {
    if count <= MAX_BLOCKS {
        return Ok(());
    }
    let detail = format!("There are {count} blocks; a page may have {MAX_BLOCKS}.");
    Err(FieldProblem::new(Pointer::root(), FieldCode::TooMany, detail))
}

fn duplicate(index: usize, id: &BlockId) -> FieldProblem {
    let detail =
        format!("duplicate id `{id}`: another block of the page has it; leave it out to have one made");
    FieldProblem::new(Pointer::root().item(index).field("id"), FieldCode::Duplicate, detail)
}
