//! The content of documents that a list has found, with what it points at.

mod store;

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use super::model::{Card, Crumb};
use super::selection::Selection;
use super::store::targets;
use crate::documents::kind::KindSpec;
use crate::platform::problem::Problem;

/// The content of some documents.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    /// By entry, lifted to the current schema version.
    pub of: HashMap<Uuid, Value>,
    /// Every public entry that they point at.
    pub links: HashMap<Uuid, Crumb>,
    /// Every entry that they point at: some of them may be pictures.
    pub targets: Vec<Uuid>,
}

/// Reads the content of documents of one kind.
///
/// # Errors
/// 500 when a body cannot be read.
pub(super) async fn read(
    found: &mut Selection<'_>,
    spec: &KindSpec,
    cards: &[Card],
) -> Result<Bodies, Problem> {
    let mut read = Bodies::default();
    for (entry, body) in store::bodies(found, spec, cards).await? {
        let references =
            (spec.references)(&body).map_err(|problem| Problem::internal(problem.detail.clone()))?;
        read.targets.extend(references.iter().map(|reference| reference.target));
        read.of.insert(entry, body);
    }
    let links = targets(found, &read.targets).await?.into_iter().map(|crumb| (crumb.entry, crumb));
    read.links = links.collect();
    Ok(read)
}
