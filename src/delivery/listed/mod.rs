//! What blocks of pages list without naming it, such as the pages below one: found for all blocks of an answer at once.

pub mod model;
mod store;
pub mod view;

use serde_json::Value;
use uuid::Uuid;

use self::model::{Asking, Listed};
use super::selection::Selection;
use crate::content::blocks::lists;
use crate::platform::problem::Problem;

/// Finds what the blocks of these pages list; each page comes with its body.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn find<'b>(
    found: &mut Selection<'_>,
    kind: &str,
    pages: impl Iterator<Item = (Uuid, &'b Value)>,
) -> Result<Listed, Problem> {
    let asking: Vec<Asking> = pages
        .flat_map(|(page, body)| lists::wanted(body).into_iter().map(move |wanted| Asking { page, wanted }))
        .collect();
    if asking.is_empty() {
        return Ok(Listed::default());
    }
    let pages = store::below(found, kind, &asking).await?;
    Ok(Listed::new(&asking, pages))
}
