//! Changing what is public, within a transaction: publications open and close at the one instant of the change, then the
//! routes follow for everything that hangs below. Several documents go in one step, so an import publishes a site at once.

pub(super) mod store;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::kind::KindSpec;
use super::model::Header;
use super::routing::{self, Gap, Placement, Tree};
use super::timeline::{self, Steps};
use crate::platform::db::Change;
use crate::platform::id::{EntryId, Ids};
use crate::platform::problem::{Code, Problem};

/// What a publication keeps of its body, so that lists never read bodies.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// The title.
    pub title: String,
    /// The summary.
    pub summary: Option<String>,
    /// The date that readers are shown, when the body has one.
    pub date: Option<DateTime<Utc>>,
    /// What a card in a list shows.
    pub card: Value,
    /// What lists filter by.
    pub facets: Value,
    /// The entry above, for kinds that have a path.
    pub parent: Option<Uuid>,
    /// The last segment of the path, for kinds that have one.
    pub slug: Option<String>,
    /// The rank among its siblings.
    pub position: Option<String>,
}

/// One document to be made public.
pub struct Going<'a> {
    /// The document, locked.
    pub header: &'a Header,
    /// Its kind.
    pub spec: &'a KindSpec,
    /// The revision.
    pub number: i32,
    /// The body of that revision.
    pub body: &'a Value,
    /// From when on; `None` is the instant of the change.
    pub from: Option<DateTime<Utc>>,
}

/// Makes documents public. Gives for each whether anything changed.
///
/// # Errors
/// 409 when a path is taken or a parent is not public; 422 when a body is not ready.
pub async fn publish(tx: &mut Change<'_>, ids: Ids, going: &[Going<'_>]) -> Result<Vec<bool>, Problem> {
    let now = tx.public_change().await?;
    let mut changed = Vec::with_capacity(going.len());
    for one in going {
        let header = one.header;
        let planned = store::timeline(tx, header.entry, &header.locale, now).await?;
        let from = one.from.filter(|from| *from > now).unwrap_or(now);
        let steps = timeline::publish(&planned, one.number, from);
        let opened = steps.open;
        changed.push(!steps.is_empty());
        close(tx, &steps).await?;
        if let Some(during) = opened {
            let opening = store::Opening {
                id: ids.uuid(),
                entry: header.entry,
                locale: &header.locale,
                kind: &header.kind,
                number: one.number,
                during,
            };
            let derived =
                (one.spec.derive)(one.body).map_err(|problem| Problem::internal(problem.to_string()))?;
            store::open(tx, opening, derived).await?;
        }
    }
    let entries: Vec<(EntryId, &str)> =
        going.iter().map(|one| (one.header.entry, one.header.locale.as_str())).collect();
    follow(tx, &entries, now).await?;
    Ok(changed)
}

/// Ends what is public of a document now; what is planned stays. Gives whether anything was.
///
/// # Errors
/// 409 when something below it is public.
pub async fn unpublish(tx: &mut Change<'_>, header: &Header) -> Result<bool, Problem> {
    finish(tx, header, timeline::end).await
}

/// Ends what is public of a document and takes back what is planned. Gives whether there was anything.
///
/// # Errors
/// 409 when something below it is public.
pub async fn withdraw(tx: &mut Change<'_>, header: &Header) -> Result<bool, Problem> {
    finish(tx, header, timeline::withdraw).await
}

/// Whether a document is public or will be.
///
/// # Errors
/// When the database does not answer.
pub async fn is_planned(tx: &mut Change<'_>, header: &Header) -> Result<bool, Problem> {
    let now = tx.now().await?;
    Ok(!store::planned(tx.conn(), &[header.entry.uuid()], &header.locale, now).await?.is_empty())
}

async fn finish(
    tx: &mut Change<'_>,
    header: &Header,
    how: fn(&[timeline::Publication], DateTime<Utc>) -> Steps,
) -> Result<bool, Problem> {
    let now = tx.public_change().await?;
    let planned = store::timeline(tx, header.entry, &header.locale, now).await?;
    let steps = how(&planned, now);
    if steps.is_empty() {
        return Ok(false);
    }
    close(tx, &steps).await?;
    follow(tx, &[(header.entry, &header.locale)], now).await?;
    Ok(true)
}

async fn close(tx: &mut Change<'_>, steps: &Steps) -> Result<(), Problem> {
    if !steps.remove.is_empty() {
        store::remove(tx, &steps.remove).await?;
    }
    if !steps.cut.is_empty() {
        store::cut(tx, &steps.cut).await?;
    }
    Ok(())
}

/// Makes the routes follow the publications, locale by locale.
async fn follow(tx: &mut Change<'_>, changed: &[(EntryId, &str)], now: DateTime<Utc>) -> Result<(), Problem> {
    let locales: BTreeSet<&str> = changed.iter().map(|(_, locale)| *locale).collect();
    for locale in locales {
        let entries: Vec<Uuid> =
            changed.iter().filter(|(_, l)| *l == locale).map(|(entry, _)| entry.uuid()).collect();
        let placements = store::placements(tx, &entries, locale, now).await?;
        let mut affected: BTreeSet<Uuid> = entries.iter().copied().collect();
        affected.extend(placements.iter().filter(|(_, affected)| *affected).map(|(p, _)| p.entry));
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
    let entry_of = |gap: &Gap| match gap {
        Gap::ParentNotPublic { entry, .. } | Gap::Cycle { entry } | Gap::TooDeep { entry } => *entry,
    };
    let own = gaps.iter().find(|gap| changed.contains(&entry_of(gap)));
    match own {
        Some(Gap::ParentNotPublic { parent, .. }) => Problem::new(Code::ParentNotPublic).detail(format!(
            "The parent {parent} is not public for all of that time. Publish it first, or choose another parent."
        )),
        Some(Gap::Cycle { entry }) => Problem::new(Code::Conflict)
            .detail(format!("The chain of parents of {entry} leads back to itself. Choose another parent.")),
        Some(Gap::TooDeep { entry }) => Problem::new(Code::Conflict)
            .detail(format!("{entry} would lie deeper than {} levels. Move it up the tree.", routing::MAX_DEPTH)),
        None if gaps.iter().any(|gap| matches!(gap, Gap::TooDeep { .. })) => Problem::new(Code::Conflict).detail(format!(
            "Pages below would lie deeper than {} levels. Move them up the tree first, or choose a higher parent.",
            routing::MAX_DEPTH
        )),
        None => {
            let below: BTreeSet<String> = gaps.iter().map(|gap| entry_of(gap).to_string()).collect();
            let named: Vec<String> = below.iter().take(10).cloned().collect();
            Problem::new(Code::HasPublicDescendants).detail(format!(
                "{} public page(s) hang directly below: {}. Unpublish or move them first.",
                below.len(),
                named.join(", ")
            ))
        }
    }
}
