//! Pages: the tree of the site. Their body is typed here; their life (revisions, publishing, trash) is the engine's.

pub mod date;
pub mod draft;
pub mod model;
#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod tests;

pub use draft::PageDraft;
pub use model::{Page, Seo};

pub use crate::documents::position;

use uuid::Uuid;

use crate::documents::Placing;
use crate::documents::body::Document;
use crate::documents::typed::{IntoBody, TypedKind, Words};
use crate::platform::access::KindName;
use crate::platform::http::NoParams;
use crate::platform::problem::FieldProblem;

impl KindName for Page {
    const NAME: Option<&'static str> = Some("page");
}

impl TypedKind for Page {
    type Draft = PageDraft;
    type Filters = NoParams;
    const WORDS: Words = Words { a: "a page", one: "page", many: "pages", schema: "Page" };

    /// Without a rank it becomes the last among its siblings.
    fn placing(draft: &PageDraft) -> Placing {
        if draft.position.is_none() { Placing::Last } else { Placing::AsGiven }
    }
}

impl IntoBody<Page> for PageDraft {
    fn into_body(self, new_id: &mut dyn FnMut() -> Uuid) -> Result<Page, Vec<FieldProblem>> {
        self.into_page(new_id)
    }
}

/// The name of the kind.
pub(crate) fn kind() -> String {
    Page::KIND.to_string()
}
