//! The languages of an entry: which it has, which are missing, and which no longer follow what they translate.

pub mod http;
pub(super) mod store;
pub mod view;

use super::model::Source;
use crate::app::App;
use crate::platform::access::{KindName, Permit, Read, Subject};
use crate::platform::id::EntryId;
use crate::platform::problem::Problem;

/// How an entry stands in one locale of the site.
#[derive(Debug, Clone)]
pub struct Translation {
    /// The locale.
    pub locale: String,
    /// The locale that readers get instead while this one is not public.
    pub fallback: Option<String>,
    /// The document, when there is one.
    pub document: Option<Translated>,
}

/// A document in one locale.
#[derive(Debug, Clone)]
pub struct Translated {
    /// The title of its newest revision.
    pub title: String,
    /// Its version.
    pub version: i64,
    /// Its newest revision.
    pub head: i32,
    /// The revision that is public now.
    pub live: Option<i32>,
    /// What it translates.
    pub source: Option<Source>,
    /// The newest revision of what it translates.
    pub source_head: Option<i32>,
}

/// Every locale of the site, and how the entry stands in it.
///
/// # Errors
/// 403 without a grant, 404.
pub async fn translations<K: KindName>(
    app: &App,
    permit: &Permit<Read<K>>,
    entry: EntryId,
) -> Result<Vec<Translation>, Problem> {
    app.store
        .read(async |read| {
            let locale = read.locale.clone();
            let owner = store::owner(read.conn(), entry).await?.ok_or_else(super::not_found)?;
            permit.over(Subject { kind: &owner.kind, created_by: owner.created_by, locale: &locale })?;
            let at = read.at.instant;
            store::translations(read.conn(), entry, at).await
        })
        .await
}
