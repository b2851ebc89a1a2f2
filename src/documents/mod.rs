//! The versioned-document engine: the life of a document (create, save, publish, unpublish, trash) written once over a
//! header and a JSON body. It names no kind; the registry of kinds reaches it through `App`.

mod actions;
pub mod announce;
pub mod body;
pub mod bulk;
pub mod dictionary;
pub mod diff;
pub mod drafted;
pub mod erasure;
mod frame;
pub mod http;
pub mod kind;
mod life;
mod listing;
mod located;
pub mod merge;
pub mod model;
pub mod params;
pub mod path;
pub mod position;
pub mod publishing;
pub mod query;
mod reach;
pub mod references;
pub mod reindex;
pub mod revise;
pub mod revisions;
pub mod routing;
pub mod search;
pub mod shown;
pub mod slug;
pub mod soundness;
pub mod span;
mod store;
mod timeline;
mod translations;
mod trash;
mod tree;
pub mod typed;
pub mod view;
pub mod wording;
pub mod working_copies;
pub mod write;

pub use actions::{Basis, Placing, Saved, create, create_after, duplicate, get, restore, save, translate};
pub use frame::{Seen, Which};
pub use listing::{ListWindow, ShelfFilter, list};
pub use located::{Located, locate};
pub use publishing::actions::{Descendants, Publication, cancel, expire, publish, reschedule, unpublish};
pub use store::lock;
pub use translations::{SiteLocale, add_locale, locales};
pub use trash::{Below, Decision, Uses, trash, untrash};
pub use tree::{Move, Rank, relocate};

use crate::platform::db::Change;
use crate::platform::problem::{Code, Problem};

/// A revision of a locked document with its body in the current schema version.
///
/// # Errors
/// 404 when there is no such revision, 410 when it was erased.
pub async fn revision_in(
    tx: &mut Change<'_>,
    spec: &kind::KindSpec,
    header: &model::Header,
    number: i32,
) -> Result<(model::Revision, serde_json::Value), Problem> {
    let found = store::revision(tx.conn(), spec, header.entry, &header.locale, number).await?;
    found.ok_or_else(not_found)
}

fn not_found() -> Problem {
    Problem::new(Code::NotFound).detail("There is no such document, or your role does not show it to you.")
}

fn erased() -> Problem {
    Problem::new(Code::Erased)
        .detail("The content of this revision was erased for good, as privacy law demands.")
}
