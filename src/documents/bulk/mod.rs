//! Publishing and unpublishing many documents: a selection or a whole subtree, all or nothing or each for itself.

pub mod http;
mod store;
pub mod view;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::frame::{self, Seen};
use super::model::Header;
use super::publishing::actions::{Descendants, Publication, publish, ready, unpublish};
use super::publishing::store::{Key, planned};
use super::publishing::{Act, Edit, apply};
use super::reach::{self, Survey};
use super::translations;
use crate::app::App;
use crate::platform::access::{KindName, Permit, Publish};
use crate::platform::db::Change;
use crate::platform::id::EntryId;
use crate::platform::problem::{Code, FieldCode, Pointer, Problem};

/// The most documents that one request may name.
pub const MOST: usize = 100;
/// The most documents that a subtree may have.
pub const MOST_BELOW: usize = 2_000;

/// One document of a selection.
#[derive(Debug, Clone)]
pub struct Item {
    /// The entry.
    pub entry: EntryId,
    /// The version that the caller saw.
    pub version: i64,
    /// The revision to be published.
    pub number: i32,
}

/// What is done to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// They become public, from an instant on or now.
    Publish(Option<DateTime<Utc>>),
    /// They end now.
    Unpublish,
}

/// What became of one document.
#[derive(Debug)]
pub struct Outcome {
    /// The entry.
    pub entry: EntryId,
    /// Its version and newest revision after, or why nothing happened.
    pub outcome: Result<(i64, i32), Problem>,
}

/// The documents of an entry and all that hangs below it in the drafted tree, parents first, as they are now.
///
/// # Errors
/// 404, 422 when there are more than [`MOST_BELOW`].
pub async fn subtree<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    root: EntryId,
    locale: Option<&str>,
) -> Result<Vec<Item>, Problem> {
    app.store
        .read(async |read| {
            let locale = locale.map_or_else(|| read.locale.clone(), str::to_owned);
            let header = super::store::header(read.conn(), root, &locale).await?;
            reach::over(read.conn(), permit, &header.ok_or_else(super::not_found)?).await?;
            let items = store::subtree(read.conn(), root, &locale, MOST_BELOW + 1).await?;
            if items.len() > MOST_BELOW {
                return Err(Problem::new(Code::Invalid).detail(format!(
                    "More than {MOST_BELOW} documents hang below {root}. Take its branches one by one."
                )));
            }
            Ok(items)
        })
        .await
}

/// Of these documents, those that are public now.
///
/// # Errors
/// When the database is away.
pub async fn public(app: &App, items: Vec<Item>, locale: Option<&str>) -> Result<Vec<Item>, Problem> {
    app.store
        .read(async |read| {
            let at = read.at.instant;
            let locale = locale.map_or_else(|| read.locale.clone(), str::to_owned);
            let keys: Vec<Key> = items.iter().map(|item| (item.entry.uuid(), locale.clone())).collect();
            let planned = planned(read.conn(), &keys, at).await?;
            let live = |item: &Item| {
                planned.iter().any(|(key, planned)| key.0 == item.entry.uuid() && planned.during.contains(at))
            };
            Ok(items.into_iter().filter(live).collect())
        })
        .await
}

/// Does it to each document for itself, in this order; what cannot be done leaves the others alone.
pub async fn each<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    locale: Option<&str>,
    items: &[Item],
    what: What,
) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        let seen = Seen { entry: item.entry, locale, version: item.version };
        let done = match what {
            What::Publish(from) => {
                let publication = Publication { from, ..Publication::now(item.number) };
                publish(app, permit, seen, &publication).await.map(|(snapshot, _)| snapshot)
            }
            What::Unpublish => unpublish(app, permit, seen, Descendants::Refuse).await,
        };
        let outcome = done.map(|snapshot| (snapshot.state.header.version, snapshot.state.header.head));
        outcomes.push(Outcome { entry: item.entry, outcome });
    }
    outcomes
}

/// Does it to all documents at one instant, or to none.
///
/// # Errors
/// What is wrong with the first that cannot be done; its pointer names the item.
pub async fn all<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    locale: Option<&str>,
    items: &[Item],
    what: What,
) -> Result<Vec<Outcome>, Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let locale = frame::locale(tx, locale).await?;
            let headers = locked(tx, &locale, items).await?;
            let survey = reach::survey(tx.conn(), permit, headers.iter().map(reach::of)).await?;
            let mut acts = Vec::with_capacity(items.len());
            let mut events = Vec::new();
            for (nth, (item, header)) in items.iter().zip(&headers).enumerate() {
                let act = act(app, (permit, &survey), tx, (item, header), what).await;
                let act = act.map_err(|problem| at_item(problem, nth, item.entry))?;
                if let (What::Publish(from), Some(derived)) = (what, &act.derived) {
                    let adopted = translations::adopt(app, tx, header, (derived, from)).await;
                    events.extend(adopted.map_err(|problem| at_item(problem, nth, item.entry))?);
                }
                acts.push(act);
            }
            let changed = apply(tx, app.ids, acts).await?;
            let verb = match what {
                What::Publish(Some(_)) => "scheduled",
                What::Publish(None) => "published",
                What::Unpublish => "unpublished",
            };
            let (mut keys, mut outcomes) = (Vec::new(), Vec::new());
            for ((item, header), changed) in items.iter().zip(&headers).zip(changed) {
                outcomes.push(Outcome {
                    entry: item.entry,
                    outcome: Ok((header.version + i64::from(changed), header.head)),
                });
                if changed {
                    let data = match what {
                        What::Publish(from) => json!({ "revision": item.number, "from": from }),
                        What::Unpublish => json!({}),
                    };
                    events.push(frame::event(header, verb, data));
                    keys.push(header.key());
                }
            }
            if events.is_empty() {
                return Ok(tx.nothing_changed(outcomes));
            }
            super::store::bump(tx, &keys).await?;
            tx.record_all(events, outcomes).await
        })
        .await
}

/// The headers of all items, in their order.
async fn locked(tx: &mut Change<'_>, locale: &str, items: &[Item]) -> Result<Vec<Header>, Problem> {
    let keys: Vec<Key> = items.iter().map(|item| (item.entry.uuid(), locale.to_owned())).collect();
    let found = super::store::lock_all(tx, &keys).await?;
    let mut headers = Vec::with_capacity(items.len());
    for (nth, item) in items.iter().enumerate() {
        let header = found.iter().find(|header| header.entry == item.entry).cloned();
        headers.push(header.ok_or_else(|| at_item(super::not_found(), nth, item.entry))?);
    }
    Ok(headers)
}

async fn act<'a, K: KindName>(
    app: &App,
    (permit, survey): (&Permit<Publish<K>>, &Survey),
    tx: &mut Change<'_>,
    (item, header): (&Item, &'a Header),
    what: What,
) -> Result<Act<'a>, Problem> {
    survey.over(permit, reach::of(header))?;
    header.expect_version(item.version)?;
    match what {
        What::Unpublish => Ok(Act::new(header, Edit::End)),
        What::Publish(from) => {
            let spec = app.kinds.get(&header.kind)?;
            let (derived, _) = ready(tx, spec, header, item.number).await?;
            reach::publish(tx, permit, survey, header, (derived.parent, from)).await?;
            let edit = Edit::Publish { number: item.number, from, until: None };
            Ok(Act { header, edit, derived: Some(derived) })
        }
    }
}

/// What is wrong with one item of a selection that is done whole or not at all.
pub(in crate::documents) fn at_item(problem: Problem, nth: usize, entry: EntryId) -> Problem {
    let pointer = Pointer::root().field("items").item(nth);
    let detail = format!("{entry} cannot be done; nothing was done to any.");
    problem.about(&format!("Entry {entry}")).inside(&pointer).field(pointer, FieldCode::Invalid, detail)
}

/// Refuses a selection that names a document twice, or too many.
///
/// # Errors
/// 422.
pub fn check_selection(entries: &[Uuid]) -> Result<(), Problem> {
    let items = Pointer::root().field("items");
    if entries.is_empty() {
        let detail = "Name documents as `items`, or a `subtree`.";
        return Err(Problem::new(Code::Invalid).detail(detail).field(items, FieldCode::Invalid, detail));
    }
    if entries.len() > MOST {
        let detail = format!("A selection has 1 to {MOST} documents; this one has {}.", entries.len());
        return Err(Problem::new(Code::Invalid).detail(detail.clone()).field(
            items,
            FieldCode::TooMany,
            detail,
        ));
    }
    for (nth, entry) in entries.iter().enumerate() {
        if entries.iter().take(nth).any(|other| other == entry) {
            let detail = format!("The entry {entry} is named twice.");
            return Err(Problem::new(Code::Invalid).detail(detail.clone()).field(
                items.item(nth).field("id"),
                FieldCode::Duplicate,
                detail,
            ));
        }
    }
    Ok(())
}
