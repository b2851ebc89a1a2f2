//! People whom blocks list, with what they say of themselves.

use super::model::Listing;
use super::store;
use crate::content::blocks::lists::PeopleWanted;
use crate::content::people::{self, Person};
use crate::delivery::bodies;
use crate::delivery::selection::Selection;
use crate::documents::kind::Kinds;
use crate::platform::problem::Problem;

/// The people of these lists, each list in its order.
///
/// # Errors
/// When the database does not answer; 500 when a body cannot be read.
pub(super) async fn find(
    found: &mut Selection<'_>,
    kinds: &Kinds,
    wanted: &[PeopleWanted],
) -> Result<Vec<Listing<Person>>, Problem> {
    let kind = people::kind();
    let listings = store::people(found, &kind, wanted).await?;
    let cards: Vec<_> = listings.iter().map(|(_, card)| card.clone()).collect();
    let read = bodies::read(found, kinds.get(&kind)?, &cards).await?;
    let mut people = Vec::with_capacity(listings.len());
    for (nth, card) in listings {
        // What was erased has nothing to show.
        if let Some(body) = read.of.get(&card.entry) {
            let person = serde_json::from_value(body.clone()).map_err(Problem::internal)?;
            people.push(Listing { nth, card, what: person });
        }
    }
    Ok(people)
}
