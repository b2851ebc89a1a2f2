//! Announcing what began or ended by plan. A schedule takes effect at its instant by itself; here the record only learns
//! of it, exactly once however many processes run: the events and the watermark move in one transaction.

mod store;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;

use self::store::Boundary;
use crate::app::App;
use crate::platform::access::{AnyContent, Permit, Publish};
use crate::platform::event::Event;
use crate::platform::problem::Problem;

/// What a run has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announced {
    /// How many events it wrote.
    pub events: usize,
    /// How long until there is something to announce again; nothing when none is planned, or when another process is
    /// announcing just now.
    pub next_in: Option<Duration>,
}

/// Records each planned beginning (`<kind>.went_live`) and each planned end (`<kind>.expired`) that has come about since
/// the last run. Nothing due, or another process at it: nothing changes. More than 5,000 take several runs.
///
/// # Errors
/// When the database is away, or the site row cannot be locked in time. Then nothing has changed and the next run, of
/// whichever process, does all of it.
pub async fn announce(app: &App, permit: &Permit<Publish<AnyContent>>) -> Result<Announced, Problem> {
    let outlook = app.store.read(async |read| store::outlook(read.conn()).await).await?;
    if !outlook.is_due() {
        return Ok(Announced { events: 0, next_in: outlook.next_in() });
    }
    let events = app
        .store
        .change(permit.actor(), async |tx| {
            if !store::lock_watermark(tx).await? {
                return Ok(tx.nothing_changed(0));
            }
            // Another process may have announced it since; then editors need not wait for us.
            if !store::outlook(tx.conn()).await?.is_due() {
                return Ok(tx.nothing_changed(0));
            }
            // Why no boundary is ever passed over: publications change only in a transaction that holds the site row
            // from its `public_change()` to its commit, and only from that instant on. We hold that row now. So what
            // others changed is committed and seen by the next statement, and whoever comes after us gets an instant
            // later than any that we announce: they can neither add nor take back a boundary up to there.
            store::lock_site(tx).await?;
            let due = store::due(tx).await?;
            // What was due a moment ago may have been taken back by the change that we waited for.
            let Some(last) = due.last() else { return Ok(tx.nothing_changed(0)) };
            let until = last.at;
            tx.public_change().await?;
            store::move_watermark(tx, until).await?;
            let events: Vec<Event> = due.iter().map(event).collect();
            let count = events.len();
            tx.record_all(events, count).await
        })
        .await?;
    Ok(Announced { events, next_in: (events > 0).then_some(Duration::ZERO) })
}

fn event(boundary: &Boundary) -> Event {
    let verb = if boundary.begins { "went_live" } else { "expired" };
    Event::new(&boundary.kind, verb, boundary.entry_id).with(json!({
        "locale": boundary.locale,
        "revision": boundary.number,
        "publication": boundary.publication,
        "at": boundary.at,
    }))
}

/// The first boundary that is not announced, seen from the instant that readers see.
#[derive(Debug, Clone, Copy)]
struct Outlook {
    now: DateTime<Utc>,
    next: Option<DateTime<Utc>>,
}

impl Outlook {
    fn is_due(self) -> bool {
        self.next.is_some_and(|next| next <= self.now)
    }

    fn next_in(self) -> Option<Duration> {
        self.next.map(|next| (next - self.now).to_std().unwrap_or_default())
    }
}
