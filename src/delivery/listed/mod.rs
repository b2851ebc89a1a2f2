//! What blocks of pages list without having it, such as the pages below one: found for all blocks of an answer at once.

pub mod model;
mod people;
mod store;
pub mod view;

use serde_json::Value;
use uuid::Uuid;

use self::model::{Asking, Listed};
use super::selection::Selection;
use crate::content::blocks::lists::{self, PeopleWanted, Wanted};
use crate::content::pages;
use crate::documents::kind::Kinds;
use crate::platform::problem::Problem;

/// Finds what the blocks of these documents list; each comes with its body.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn find<'b>(
    found: &mut Selection<'_>,
    kinds: &Kinds,
    documents: impl Iterator<Item = (Uuid, &'b Value)>,
) -> Result<Listed, Problem> {
    let (mut below, mut people): (Vec<Asking>, Vec<PeopleWanted>) = Default::default();
    for (page, body) in documents {
        for wanted in lists::wanted(body) {
            match wanted {
                Wanted::Pages(wanted) => below.push(Asking { page, wanted }),
                Wanted::People(wanted) if !people.contains(&wanted) => people.push(wanted),
                Wanted::People(_) => {}
            }
        }
    }
    let mut listed = Listed::default();
    if !below.is_empty() {
        listed.add_pages(&below, store::below(found, &pages::kind(), &below).await?);
    }
    if !people.is_empty() {
        listed.add_people(&people, people::find(found, kinds, &people).await?);
    }
    Ok(listed)
}
