//! The sample site: a plainly fictional alliance that a newcomer meets on the first start, with its words, its people and its
//! pictures.

mod actions;
mod model;
mod paint;
mod pictures;
mod store;

pub use actions::load;
