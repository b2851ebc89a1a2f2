//! Loading the sample: the files first, which are collected again when nothing shows them; then every revision and what is
//! public of them in one change. So a start that is killed half-way leaves an empty site, which the next one fills.

use std::collections::HashMap;

use chrono::{DateTime, Days, Utc};
use serde_json::{Value, json};

use super::model::{self, Planned, State, Step};
use super::{pictures, store};
use crate::app::App;
use crate::blobs;
use crate::content::pages::Page;
use crate::documents::body::Stage;
use crate::documents::model::{Header, NewRevision, Origin};
use crate::documents::publishing::{self, Act, Edit};
use crate::documents::{self, write};
use crate::platform::access::{Permit, Write};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::id::{EntryId, Id};
use crate::platform::problem::{Code, Problem};

const NOTE: &str = "Part of the sample site";

/// Loads the sample site if the database holds no content. Gives whether it did.
///
/// # Errors
/// When the database or the storage is away, or the sample breaks a rule (a test sees to it that it does not).
pub async fn load(app: &App, permit: &Permit<Write<Page>>) -> Result<bool, Problem> {
    // Painting takes a second, and most starts find content.
    if !app.store.read(async |read| store::is_empty(read.conn()).await).await? {
        return Ok(false);
    }
    let steps: Vec<Step> = model::steps()?;
    let files = pictures::keep(app, &steps).await?;
    let fields: HashMap<&str, Value> =
        files.iter().map(|file| (file.picture.as_str(), file.field())).collect();
    let file = |picture: &str| fields.get(picture).cloned();
    let planned = model::plan(&app.kinds, &steps, &file, &mut || app.ids.uuid())?;
    let kept: Vec<_> = files.iter().map(|file| file.kept.clone()).collect();
    app.store
        .change(permit.actor(), async |tx| {
            store::wait_for_others(tx).await?;
            if !store::is_empty(tx.conn()).await? {
                return Ok(tx.nothing_changed(false));
            }
            blobs::insert_all(app, tx, &kept).await?;
            let mut site = Site::begin(app, tx).await?;
            for planned in &planned {
                site.write(tx, planned).await?;
            }
            site.publish(tx).await?;
            tx.record_all(site.events, true).await
        })
        .await
}

/// A revision that becomes public at the end.
struct Ready {
    header: Header,
    number: i32,
    body: Value,
    from: Option<DateTime<Utc>>,
}

/// The site while it is being written.
struct Site<'a> {
    app: &'a App,
    locale: String,
    now: DateTime<Utc>,
    /// In the order in which the entries were made; a later revision takes the place of an earlier one.
    ready: Vec<Ready>,
    events: Vec<Event>,
}

impl<'a> Site<'a> {
    async fn begin(app: &'a App, tx: &mut Change<'_>) -> Result<Self, Problem> {
        let (locale, now) = (tx.default_locale().await?, tx.now().await?);
        Ok(Self { app, locale, now, ready: Vec::new(), events: Vec::new() })
    }

    async fn write(&mut self, tx: &mut Change<'_>, planned: &Planned) -> Result<(), Problem> {
        let spec = self.app.kinds.get(&planned.kind)?;
        let entry: EntryId = Id::from_uuid(planned.entry);
        let origin = if planned.first { Origin::Create } else { Origin::Edit };
        let note = planned.note.clone().unwrap_or_else(|| NOTE.to_owned());
        let new = NewRevision::new(planned.body.clone(), origin).note(Some(note));
        let header = if planned.first {
            self.events.push(write::create(tx, spec, entry, &self.locale, &new).await?);
            self.lock(tx, entry).await?
        } else {
            let mut header = self.lock(tx, entry).await?;
            self.events.extend(write::save(tx, spec, &mut header, &new).await?);
            header
        };
        if planned.state == State::Draft {
            return Ok(());
        }
        write::check(spec, &planned.body, Stage::Publish)?;
        let later = self.now.checked_add_days(Days::new(planned.days.into()));
        let from = later.filter(|_| planned.state == State::Scheduled);
        let ready = Ready { number: header.head, header, body: planned.body.clone(), from };
        match self.ready.iter_mut().find(|known| known.header.entry == entry) {
            Some(known) => *known = ready,
            None => self.ready.push(ready),
        }
        Ok(())
    }

    async fn lock(&self, tx: &mut Change<'_>, entry: EntryId) -> Result<Header, Problem> {
        documents::lock(tx, entry, &self.locale).await?.ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// Everything becomes public at one instant.
    async fn publish(&mut self, tx: &mut Change<'_>) -> Result<(), Problem> {
        let mut acts = Vec::new();
        for Ready { header, number, body, from } in &self.ready {
            let spec = self.app.kinds.get(&header.kind)?;
            let derived = (spec.derive)(body).map_err(|problem| Problem::internal(problem.to_string()))?;
            let edit = Edit::Publish { number: *number, from: *from, until: None };
            acts.push(Act { header, edit, derived: Some(derived) });
            let verb = if from.is_some() { "scheduled" } else { "published" };
            let data = json!({ "locale": self.locale, "revision": number });
            self.events.push(Event::new(&header.kind, verb, header.entry.uuid()).with(data));
        }
        publishing::apply(tx, self.app.ids, acts).await?;
        Ok(())
    }
}
