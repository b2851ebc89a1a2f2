//! Why somebody may do something or may not: the grants that cover each place of an entry, found by the same function that
//! decides.

mod actions;
pub mod http;
mod model;
mod reason;
pub mod view;

pub use actions::explain;
pub use model::{Asked, Explanation, Extent, Person, PlaceAnswer, Refusal, Spot, Topic};
