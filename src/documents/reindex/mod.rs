//! Deriving columns anew that an older program derived: of what is public or will be, and of the newest revision of every
//! document. In small transactions, by the role that owns the tables. What is done stays done, so it can be cut off.

mod store;

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use self::store::{Fresh, Old};
use super::kind::Kinds;
use super::publishing::actions::derive;
use super::{dictionary, write};
use crate::platform::access::{AnyContent, Manage, Permit};
use crate::platform::db::Store;
use crate::platform::event::Event;
use crate::platform::problem::Problem;

/// How many rows were derived anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Reindexed {
    /// Publications.
    pub publications: usize,
    /// Documents.
    pub documents: usize,
    /// Those of both whose body this program cannot read; `masthead doctor` names them. They stay as they were.
    pub unreadable: usize,
}

/// Whether there are rows that an older program derived.
///
/// # Errors
/// When the database is away.
pub async fn is_due(store: &Store) -> Result<bool, Problem> {
    store.read(async |read| store::is_due(read).await).await
}

/// Derives everything anew that an older program derived. `progress` hears how far it has come.
///
/// # Errors
/// When the database is away, or the role of the store does not own the tables.
pub async fn reindex(
    store: &Store,
    kinds: &Kinds,
    permit: &Permit<Manage<AnyContent>>,
    progress: &mut dyn FnMut(Reindexed),
) -> Result<Reindexed, Problem> {
    let mut done = Reindexed::default();
    loop {
        let (rows, unreadable) = publications(store, kinds, permit).await?;
        if rows == 0 {
            break;
        }
        done.publications += rows;
        done.unreadable += unreadable;
        progress(done);
    }
    loop {
        let (rows, unreadable) = documents(store, kinds, permit).await?;
        if rows == 0 {
            return Ok(done);
        }
        done.documents += rows;
        done.unreadable += unreadable;
        progress(done);
    }
}

/// A batch of publications: how many, and how many of them cannot be read.
async fn publications(
    store: &Store,
    kinds: &Kinds,
    permit: &Permit<Manage<AnyContent>>,
) -> Result<(usize, usize), Problem> {
    store
        .change(permit.actor(), async |tx| {
            if !store::has_older_publications(tx).await? {
                return Ok(tx.nothing_changed((0, 0)));
            }
            // Readers get something else from here on. Those who publish lock the site first, too.
            tx.public_change().await?;
            let old = store::publications(tx).await?;
            let ids: Vec<Uuid> = old.iter().map(|one| one.id).collect();
            let fresh: Vec<Fresh> = old.iter().map(|one| published(kinds, one)).collect();
            let unreadable = fresh.iter().filter(|one| one.unreadable).count();
            dictionary::forget(tx, &ids).await?;
            store::write_publications(tx, &fresh).await?;
            dictionary::learn(tx, &ids).await?;
            let event =
                Event::new("site", "reindexed", Uuid::nil()).with(json!({ "publications": ids.len() }));
            tx.record(event, (ids.len(), unreadable)).await
        })
        .await
}

fn published(kinds: &Kinds, old: &Old) -> Fresh {
    let derived = body(kinds, old).map(|(spec, body)| derive(spec, &body));
    match derived {
        Some(Ok(derived)) => Fresh::publication(old.id, &derived),
        None if old.body.is_none() => Fresh::nothing(old.id),
        None | Some(Err(_)) => Fresh::unreadable(old.id),
    }
}

/// The same of documents. Their versions stay: nothing that an editor has written changes.
async fn documents(
    store: &Store,
    kinds: &Kinds,
    permit: &Permit<Manage<AnyContent>>,
) -> Result<(usize, usize), Problem> {
    store
        .change(permit.actor(), async |tx| {
            let old = store::documents(tx).await?;
            let placed = |one: &Old| body(kinds, one).map(|(spec, body)| write::place(spec, &body));
            let mut unreadable = 0;
            let mut fresh = Vec::new();
            for one in &old {
                fresh.push(match placed(one) {
                    Some(Ok(place)) => Fresh::document(one, &place),
                    None if one.body.is_none() => Fresh::nothing(one.id),
                    None | Some(Err(_)) => {
                        unreadable += 1;
                        Fresh::unreadable(one.id)
                    }
                });
            }
            let keys = old.iter().map(|one| one.locale.as_str()).collect();
            store::write_documents(tx, &fresh, keys).await?;
            Ok(tx.nothing_changed((old.len(), unreadable)))
        })
        .await
}

/// The body in the current schema version; nothing when it was erased or cannot be read.
fn body<'k>(kinds: &'k Kinds, old: &Old) -> Option<(&'k super::kind::KindSpec, serde_json::Value)> {
    let spec = kinds.get(&old.kind).ok()?;
    let body = spec.lift(old.schema_version, old.body.clone()?).ok()?;
    Some((spec, body))
}
