//! The versioned-document engine: the life of a document (create, save, publish, unpublish, trash) written once over a
//! header and a JSON body. It names no kind; the registry of kinds reaches it through `App`.

mod actions;
pub mod body;
pub mod diff;
pub mod http;
pub mod kind;
pub mod merge;
pub mod model;
pub mod path;
pub mod publishing;
pub mod routing;
pub mod slug;
pub mod span;
mod store;
mod timeline;
pub mod view;
pub mod write;

pub use actions::{Seen, create, get, list, publish, save, trash, unpublish};
pub use store::{ListWindow, lock, revision_in};

use crate::platform::problem::{Code, Problem};

fn not_found() -> Problem {
    Problem::new(Code::NotFound).detail("There is no such document, or your role does not show it to you.")
}

fn erased() -> Problem {
    Problem::new(Code::Erased)
        .detail("The content of this revision was erased for good, as privacy law demands.")
}
