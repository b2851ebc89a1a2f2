//! The routes follow the publications: the product along the chain of parents is computed for everything that a change
//! touches, and the difference is applied.

mod store;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::store::Key;
use crate::documents::routing::{self, Gap, Placement, Tree};
use crate::platform::db::Change;
use crate::platform::problem::{Code, Problem};

/// How many pages one change may move: a change of what is public ends within seconds, and others wait for it.
const MOST_MOVED: usize = 50_000;

/// Makes the routes follow the publications, locale by locale.
pub(super) async fn follow(tx: &mut Change<'_>, changed: &[Key], now: DateTime<Utc>) -> Result<(), Problem> {
    let locales: BTreeSet<&str> = changed.iter().map(|(_, locale)| locale.as_str()).collect();
    for locale in locales {
        let entries: Vec<Uuid> =
            changed.iter().filter(|(_, own)| own == locale).map(|(entry, _)| *entry).collect();
        let placements = store::placements(tx, &entries, locale, now).await?;
        let mut affected: BTreeSet<Uuid> = entries.iter().copied().collect();
        affected.extend(placements.iter().filter(|(_, affected)| *affected).map(|(p, _)| p.entry));
        if affected.len() > MOST_MOVED {
            return Err(Problem::new(Code::Conflict).detail(format!(
                "More than {MOST_MOVED} pages hang below, which one change cannot move. Take the branches below one by one."
            )));
        }
        let tree: Vec<Placement> = placements.into_iter().map(|(placement, _)| placement).collect();
        let wanted = Tree::new(tree).leads(&affected).map_err(|gaps| hanging(&gaps, &entries))?;
        let affected: Vec<Uuid> = affected.into_iter().collect();
        let standing = store::standing(tx, &affected, locale, now).await?;
        store::apply(tx, locale, routing::difference(&standing, wanted, now)).await?;
    }
    Ok(())
}

/// Words for entries that would be public without a path: the one that is published, or those below one that ends.
fn hanging(gaps: &[Gap], changed: &[Uuid]) -> Problem {
    let own = gaps.iter().find(|gap| changed.contains(&entry_of(gap)));
    match own {
        Some(Gap::ParentNotPublic { parent, .. }) => Problem::new(Code::ParentNotPublic)
            .detail(format!(
                "The parent {parent} is not public for all of that time. Publish it first, name it in `along`, or \
                 choose another parent."
            ))
            .entries([*parent]),
        Some(Gap::Cycle { entry }) => Problem::new(Code::Conflict)
            .detail(format!("The chain of parents of {entry} leads back to itself. Choose another parent.")),
        Some(Gap::TooDeep { entry }) => Problem::new(Code::Conflict)
            .detail(format!("{entry} would lie deeper than {} levels. Move it up the tree.", routing::MAX_DEPTH)),
        None if gaps.iter().any(|gap| matches!(gap, Gap::TooDeep { .. })) => Problem::new(Code::Conflict).detail(format!(
            "Pages below would lie deeper than {} levels. Move them up the tree first, or choose a higher parent.",
            routing::MAX_DEPTH
        )),
        None => {
            let below: BTreeSet<Uuid> = gaps.iter().map(entry_of).collect();
            Problem::new(Code::HasPublicDescendants)
                .detail(format!(
                    "{} public or planned page(s) would be left below without their parent; `entries` names them. Move \
                     them first, or decide with \"descendants\": \"unpublish\".",
                    below.len()
                ))
                .entries(below)
        }
    }
}

fn entry_of(gap: &Gap) -> Uuid {
    match gap {
        Gap::ParentNotPublic { entry, .. } | Gap::Cycle { entry } | Gap::TooDeep { entry } => *entry,
    }
}
