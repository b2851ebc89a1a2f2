//! Bytes of uploads by their SHA-256: a row in the database says what they are, a file in the storage holds them. No row is
//! without its file, whoever is killed when: the file is there before the row is, and goes after it. A lock for each digest
//! keeps the two steps of the one apart from those of the other.

mod actions;
mod collect;
pub mod gallery;
pub mod image;
pub mod model;
mod outdated;
pub mod renditions;
pub mod soundness;
mod store;
pub mod studio;

pub use actions::{find, find_all, get, insert, insert_all, keep};
pub use collect::{Collected, collect};
pub use gallery::{Gallery, Renditions};
pub use model::{Blob, BlobFacts, Kept, Picture};
pub use store::BlobRow;
