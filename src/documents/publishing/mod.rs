//! Changing what is public, within a transaction: publications open and close at the one instant of the change, then the
//! routes follow for everything that hangs below. Any number of documents go in one step, in a fixed number of
//! statements, so a site is published at once.

pub mod actions;
mod routes;
pub(super) mod store;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::body::SiteLocales;
use super::model::Header;
use super::shown::{Shelf, Shown};
use super::timeline::{self, Refusal, Steps};
use super::wording::Wording;
use crate::platform::db::Change;
use crate::platform::id::Ids;
use crate::platform::problem::{Code, FieldCode, Problem};

pub use super::timeline::Edit;

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
    /// The bytes that it shows.
    pub shown: Option<Shown>,
    /// What the lists of editors filter by.
    pub shelf: Option<Shelf>,
    /// By what readers name it; no other of the kind and locale is public by that name.
    pub key: Option<String>,
    /// What search finds it by.
    pub wording: Wording,
    /// Whether readers find it by searching, and not editors alone.
    pub searched: bool,
    /// The languages of the site that it names.
    pub locales: Option<SiteLocales>,
}

impl Derived {
    /// What readers find it by.
    #[must_use]
    pub fn public_wording(&self) -> Wording {
        if self.searched { self.wording.clone() } else { Wording::default() }
    }
}

/// An edit of the timeline of one document.
pub struct Act<'a> {
    /// The document, locked.
    pub header: &'a Header,
    /// What is to happen.
    pub edit: Edit,
    /// What the revision that becomes public shows in lists; only [`Edit::Publish`] needs it.
    pub derived: Option<Derived>,
}

impl<'a> Act<'a> {
    /// An edit that opens no new publication.
    #[must_use]
    pub fn new(header: &'a Header, edit: Edit) -> Self {
        Self { header, edit, derived: None }
    }

    /// A revision becomes public now.
    #[must_use]
    pub fn publish(header: &'a Header, number: i32, derived: Derived) -> Self {
        Self { header, edit: Edit::Publish { number, from: None, until: None }, derived: Some(derived) }
    }

    fn key(&self) -> store::Key {
        (self.header.entry.uuid(), self.header.locale.clone())
    }
}

/// Edits the timelines of documents at one instant. Gives for each act whether anything changed.
///
/// # Errors
/// 409 when a path is taken, something would hang without its parent, or what would be taken back takes effect already;
/// 422 when a time lies in the past.
pub async fn apply(tx: &mut Change<'_>, ids: Ids, acts: Vec<Act<'_>>) -> Result<Vec<bool>, Problem> {
    let keys: Vec<store::Key> = acts.iter().map(Act::key).collect();
    if is_done(tx, &acts, &keys).await? {
        return Ok(vec![false; acts.len()]);
    }
    let now = tx.public_change().await?;
    let mut standing = store::timelines(tx, &keys, now).await?;
    let mut steps = Steps::default();
    let mut rows = Rows { ids, now, new: Vec::new(), moved: Vec::new() };
    let mut changed = Vec::with_capacity(acts.len());
    for act in acts {
        let stands = standing.remove(&act.key()).unwrap_or_default();
        let these = timeline::edit(&stands, &act.edit, now).map_err(refused)?;
        changed.push(!these.is_empty());
        steps.remove.extend(these.remove);
        steps.shorten.extend(these.shorten);
        steps.extend.extend(these.extend);
        for opening in these.open {
            rows.add(&act, opening)?;
        }
    }
    let keys: Vec<store::Key> =
        keys.into_iter().zip(&changed).filter(|(_, changed)| **changed).map(|(key, _)| key).collect();
    if keys.is_empty() {
        return Err(Problem::new(Code::Unavailable)
            .detail("What was planned began at this very moment. Nothing was changed; try again."));
    }
    let removed = store::remove(tx, &steps.remove, now).await?;
    store::set_ends(tx, &steps.shorten).await?;
    store::set_ends(tx, &steps.extend).await?;
    store::open(tx, rows.finish(removed)?, &keys).await?;
    routes::follow(tx, &keys, now).await?;
    Ok(changed)
}

/// Whether all acts have happened already. Then the site is left alone: its version moves with changes only.
async fn is_done(tx: &mut Change<'_>, acts: &[Act<'_>], keys: &[store::Key]) -> Result<bool, Problem> {
    let now = tx.now().await?;
    let standing = store::timelines(tx, keys, now).await?;
    let nothing = Vec::new();
    for act in acts {
        let stands = standing.get(&act.key()).unwrap_or(&nothing);
        if !timeline::edit(stands, &act.edit, now).map_err(refused)?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The rows of publications to be opened.
struct Rows {
    ids: Ids,
    now: DateTime<Utc>,
    new: Vec<Value>,
    moved: Vec<(Uuid, timeline::Opening)>,
}

impl Rows {
    fn add(&mut self, act: &Act<'_>, opening: timeline::Opening) -> Result<(), Problem> {
        if let Some(id) = opening.moved {
            self.moved.push((id, opening));
            return Ok(());
        }
        let derived = act.derived.as_ref().ok_or_else(|| Problem::internal("a publication of nothing"))?;
        let mut row = store::row(self.ids.uuid(), act.header, opening.number, derived);
        store::timed(&mut row, &opening, self.now);
        self.new.push(row);
        Ok(())
    }

    /// The new rows, and those that were taken away to come back at another time.
    fn finish(self, mut removed: HashMap<Uuid, Value>) -> Result<Vec<Value>, Problem> {
        let mut rows = self.new;
        for (id, opening) in self.moved {
            let mut row =
                removed.remove(&id).ok_or_else(|| Problem::internal("a planned publication is gone"))?;
            store::timed(&mut row, &opening, self.now);
            rows.push(row);
        }
        Ok(rows)
    }
}

/// Whether a document is public or will be.
///
/// # Errors
/// When the database does not answer.
pub async fn is_planned(tx: &mut Change<'_>, header: &Header) -> Result<bool, Problem> {
    let now = tx.now().await?;
    let key = (header.entry.uuid(), header.locale.clone());
    Ok(!store::planned(tx.conn(), &[key], now).await?.is_empty())
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::TakingEffect => Problem::new(Code::AlreadyTakingEffect).detail(
            "What would be taken back takes effect within 2 seconds, so some readers may see it already. Wait, then \
             unpublish it or publish another revision.",
        ),
        Refusal::NotLive => {
            Problem::new(Code::NotLive).detail("The document is not public, so there is nothing to end.")
        }
        Refusal::NoSuchPublication => Problem::new(Code::NotFound)
            .detail("The document has no such publication that is public or planned; `timeline` lists them."),
        Refusal::HasBegun => Problem::new(Code::Conflict)
            .detail("That publication has begun: it can be ended by `unpublish` or `expire`, not moved."),
        Refusal::EndsTooEarly => Problem::new(Code::Invalid).detail("The end must lie after the beginning and ahead.").field(
            "/until",
            FieldCode::Invalid,
            "The end must lie after the beginning and in the future.",
        ),
        Refusal::BeginsInThePast => Problem::new(Code::Invalid).detail("The beginning must lie in the future.").field(
            "/from",
            FieldCode::Invalid,
            "The beginning must lie in the future; to publish now, use `publish`.",
        ),
    }
}
