//! References between entries: where an entry is used, what is used by it, and how a use is removed or replaced.

pub mod http;
pub mod rewrite;
pub(super) mod store;
pub mod view;

use super::frame::Which;
use crate::app::App;
use crate::platform::access::{KindName, Permit, Read};
use crate::platform::problem::Problem;

/// One use of an entry by a document, in its newest revision or in one that is public or planned.
#[derive(Debug, Clone)]
pub struct Use {
    /// The document that uses it.
    pub by: uuid::Uuid,
    /// The locale of that document.
    pub locale: String,
    /// The kind of that document.
    pub kind: String,
    /// The title of its newest revision.
    pub title: String,
    /// The entry that is used.
    pub target: uuid::Uuid,
    /// Where in the body.
    pub pointer: String,
    /// Whether the newest revision uses it.
    pub in_head: bool,
    /// Whether a revision that is public or planned uses it.
    pub in_public: bool,
}

/// What a document points at.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where in the body.
    pub pointer: String,
    /// The entry.
    pub entry: uuid::Uuid,
    /// Its kind.
    pub kind: String,
    /// The title of its newest revision in the same locale.
    pub title: Option<String>,
    /// Whether it is public now in the same locale.
    pub public: bool,
}

/// Where an entry is used, and what its newest revision points at. At most 1,000 of each.
///
/// # Errors
/// 403 without a grant, 404.
pub async fn references<K: KindName>(
    app: &App,
    permit: &Permit<Read<K>>,
    which: Which<'_>,
) -> Result<(Vec<Use>, Vec<Target>), Problem> {
    app.store
        .read(async |read| {
            let locale = which.locale.map_or_else(|| read.locale.clone(), str::to_owned);
            let at = read.at.instant;
            let header = super::store::header(read.conn(), which.entry, &locale).await?;
            let header = header.ok_or_else(super::not_found)?;
            permit.over(header.subject())?;
            let uses = store::uses(read.conn(), &[header.entry.uuid()], at).await?;
            let targets = store::targets(read.conn(), &header, at).await?;
            Ok((uses, targets))
        })
        .await
}
