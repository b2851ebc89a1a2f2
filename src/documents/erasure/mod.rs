//! Erasing what was written, for good, as privacy law demands: by the role that owns the tables, in one transaction. What
//! stays is that something was there, when, by whom, and where it was public.

mod store;

use serde::Serialize;
use serde_json::json;

use super::dictionary;
use super::model::Header;
use crate::platform::access::{AnyContent, Manage, Permit};
use crate::platform::db::Store;
use crate::platform::event::Event;
use crate::platform::id::EntryId;
use crate::platform::problem::{Code, Problem};

/// Which document, and which of its revisions.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The entry.
    pub entry: EntryId,
    /// The locale; may be left out when the entry has one document.
    pub locale: Option<String>,
    /// The numbers of the revisions; none means all of them.
    pub revisions: Option<Vec<i32>>,
}

/// What would be erased, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erasure {
    /// The entry.
    pub entry: EntryId,
    /// Its kind.
    pub kind: String,
    /// The locale of the document.
    pub locale: String,
    /// The revisions whose content goes; those that were erased before are not among them.
    pub revisions: Vec<i32>,
    /// How many publications, past, present and planned, are of these revisions.
    pub publications: i64,
    /// How many authors have a working copy of the document, which goes too.
    pub working_copies: i64,
}

/// Says what would be erased, changing nothing.
///
/// # Errors
/// 404 when there is no such document or revision, 409 when the role of the store does not own the tables or the locale
/// must be named.
pub async fn preview(store: &Store, wanted: &Wanted) -> Result<Erasure, Problem> {
    store
        .read(async |read| {
            if !store::owns(read).await? {
                return Err(Problem::new(Code::Conflict).detail(
                    "Only the owner of the tables may erase. Give the owner's address as MASTHEAD_MIGRATE_URL.",
                ));
            }
            let locale = match &wanted.locale {
                Some(locale) => locale.clone(),
                None => only(store::locales(read, wanted.entry).await?)?,
            };
            let header = super::store::header(read.conn(), wanted.entry, &locale).await?;
            store::extent(read.conn(), &header.ok_or_else(super::not_found)?).await?.cut_to(wanted)
        })
        .await
}

/// Erases the content of revisions, what lists show of them, the working copies of the document and the details of all
/// events about the entry. The reason of the permit stands in the event.
///
/// # Errors
/// As [`preview`], and when Postgres refuses. Then nothing has changed.
pub async fn erase(
    store: &Store,
    permit: &Permit<Manage<AnyContent>>,
    wanted: &Wanted,
) -> Result<Erasure, Problem> {
    let locale = preview(store, wanted).await?.locale;
    store
        .change(permit.actor(), async |tx| {
            let header = super::store::lock(tx, wanted.entry, &locale).await?;
            let header: Header = header.ok_or_else(super::not_found)?;
            // Under the lock it is final: nobody saves or publishes meanwhile.
            let erasure = store::extent(tx.conn(), &header).await?.cut_to(wanted)?;
            if erasure.revisions.is_empty() {
                return Ok(tx.nothing_changed(erasure));
            }
            store::empty_revisions(tx, &header, &erasure.revisions).await?;
            store::forget_shown(tx, &header, &erasure.revisions).await?;
            store::delete_working_copies(tx, &header).await?;
            store::end_previews(tx, &header, &erasure.revisions).await?;
            store::empty_events(tx, header.entry).await?;
            super::store::bump(tx, &[header.key()]).await?;
            if erasure.publications > 0 {
                tx.public_change().await?;
                let publications = store::publications(tx, &header, &erasure.revisions).await?;
                dictionary::forget(tx, &publications).await?;
                store::empty_publications(tx, &header, &erasure.revisions).await?;
            }
            let data = json!({ "locale": header.locale, "revisions": erasure.revisions });
            let event = Event::new(&header.kind, "erased", header.entry.uuid()).with(data);
            tx.record(event, erasure).await
        })
        .await
}

fn only(mut locales: Vec<String>) -> Result<String, Problem> {
    match locales.len() {
        0 => Err(super::not_found()),
        1 => Ok(locales.remove(0)),
        _ => Err(Problem::new(Code::Conflict).detail(format!(
            "The entry has documents in {}. Name the one that is meant by its locale.",
            locales.join(", ")
        ))),
    }
}

/// Everything of a document that could be erased.
struct Extent {
    entry: EntryId,
    kind: String,
    locale: String,
    /// Every revision: its number, whether it has been erased, and how many publications are of it.
    revisions: Vec<(i32, bool, i64)>,
    working_copies: i64,
}

impl Extent {
    fn cut_to(self, wanted: &Wanted) -> Result<Erasure, Problem> {
        let is_wanted = |number: i32| wanted.revisions.as_ref().is_none_or(|all| all.contains(&number));
        if let Some(unknown) = wanted
            .revisions
            .iter()
            .flatten()
            .find(|number| !self.revisions.iter().any(|(n, ..)| n == *number))
        {
            return Err(Problem::new(Code::NotFound).detail(format!(
                "The document has no revision {unknown}; its revisions are 1 to {}.",
                self.revisions.len()
            )));
        }
        let left: Vec<_> =
            self.revisions.into_iter().filter(|(number, erased, _)| !erased && is_wanted(*number)).collect();
        Ok(Erasure {
            entry: self.entry,
            kind: self.kind,
            locale: self.locale,
            revisions: left.iter().map(|(number, ..)| *number).collect(),
            publications: left.iter().map(|(.., publications)| publications).sum(),
            working_copies: self.working_copies,
        })
    }
}
