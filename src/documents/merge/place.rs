//! Where the merge is: the same place in three bodies, in which lists may have it at different indexes.

use serde_json::Value;

use super::{Conflict, What};
use crate::platform::problem::field::Pointer;

/// The values at one place of the three bodies.
#[derive(Debug, Clone, Copy)]
pub struct Sides<T> {
    /// What both started from.
    pub base: T,
    /// What was saved.
    pub theirs: T,
    /// What is being saved.
    pub mine: T,
}

impl<T> Sides<T> {
    /// The same of each side.
    pub fn map<U>(self, of: impl Fn(T) -> U) -> Sides<U> {
        Sides { base: of(self.base), theirs: of(self.theirs), mine: of(self.mine) }
    }

    /// Something of each side, given all sides have it.
    pub fn try_map<U>(self, of: impl Fn(T) -> Option<U>) -> Option<Sides<U>> {
        Some(Sides { base: of(self.base)?, theirs: of(self.theirs)?, mine: of(self.mine)? })
    }
}

/// A place, as the way from the whole body.
#[derive(Debug, Clone, Copy)]
pub struct Place<'p> {
    above: Option<&'p Place<'p>>,
    step: Step<'p>,
    /// The id of the innermost item that has one.
    pub block: Option<&'p str>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'p> {
    Root,
    Field(&'p str),
    Item { theirs: Option<usize>, mine: Option<usize> },
}

impl<'p> Place<'p> {
    /// The whole body.
    pub const ROOT: Self = Self { above: None, step: Step::Root, block: None };

    /// A member of the object here.
    pub fn field(&'p self, name: &'p str) -> Self {
        Self { above: Some(self), step: Step::Field(name), block: self.block }
    }

    /// An item of the array here, by its indexes, with its id if it has one.
    pub fn item(&'p self, theirs: Option<usize>, mine: Option<usize>, id: Option<&'p str>) -> Self {
        Self { above: Some(self), step: Step::Item { theirs, mine }, block: id.or(self.block) }
    }

    /// Whether this is an item of an array.
    pub fn is_item(&self) -> bool {
        matches!(self.step, Step::Item { .. })
    }

    fn pointer(&self, in_mine: bool) -> Pointer {
        let above = self.above.map_or_else(Pointer::root, |above| above.pointer(in_mine));
        match self.step {
            Step::Root => above,
            Step::Field(name) => above.field(name),
            Step::Item { theirs, mine } => {
                let index = if in_mine { mine.or(theirs) } else { theirs.or(mine) };
                above.item(index.unwrap_or_default())
            }
        }
    }

    /// A conflict about this place.
    pub fn conflict(&self, what: What, sides: Sides<Option<Value>>) -> Conflict {
        Conflict {
            pointer: self.pointer(sides.mine.is_some()),
            block: self.block.map(str::to_owned),
            what,
            base: sides.base,
            theirs: sides.theirs,
            mine: sides.mine,
        }
    }
}
