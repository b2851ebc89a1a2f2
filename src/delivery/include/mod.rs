//! What comes along with a page: the pages around it, as many levels as were asked for.

pub mod model;
pub(in crate::delivery) mod store;
pub mod view;

use uuid::Uuid;

use self::model::{Family, Include, Relation};
use super::model::Card;
use super::selection::Selection;
use crate::platform::problem::Problem;

/// Finds what comes along with these pages, level by level.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn follow(
    found: &mut Selection<'_>,
    kind: &str,
    include: &Include,
    roots: &[Card],
) -> Result<Family, Problem> {
    let mut family = Family::default();
    for (relation, further) in include.relations() {
        let around = related(found, kind, relation, roots, &mut family).await?;
        for relation in further {
            related(found, kind, relation, &around, &mut family).await?;
        }
    }
    Ok(family)
}

/// Finds what stands in one relation to pages, and gives it.
async fn related(
    found: &mut Selection<'_>,
    kind: &str,
    relation: Relation,
    of: &[Card],
    family: &mut Family,
) -> Result<Vec<Card>, Problem> {
    let cards = match relation {
        Relation::Children => {
            let parents: Vec<Uuid> = of.iter().map(|card| card.entry).collect();
            let children = store::children(found, kind, &parents).await?;
            family.add_children(&parents, &children);
            children.into_iter().map(|child| child.card).collect()
        }
        Relation::Parent => {
            let mut parents: Vec<Uuid> = of.iter().filter_map(|card| card.parent).collect();
            parents.sort_unstable();
            parents.dedup();
            store::cards(found, kind, &parents).await?
        }
    };
    family.add(&cards);
    Ok(cards)
}
