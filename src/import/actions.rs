//! Applying an import: revisions first, then everything becomes public at one instant, then the redirects. One
//! transaction, so a fault anywhere leaves nothing behind.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use uuid::Uuid;

use super::model::{Applied, Item, ItemOutcome, Outcome, Redirect, Visibility, free_slug, is_numbered};
use super::store;
use crate::app::App;
use crate::content::pages::Page;
use crate::documents::body::{Document, Stage};
use crate::documents::kind::KindSpec;
use crate::documents::model::{Header, NewRevision, Origin};
use crate::documents::publishing::{self, Act, Edit};
use crate::documents::slug::Slug;
use crate::documents::{self, write};
use crate::platform::access::{Permit, Write};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::id::{EntryId, Id};
use crate::platform::problem::{Code, Problem};

/// What an import is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options<'a> {
    /// Names the source, so that a later run finds what this one made.
    pub source: &'a str,
    /// Do everything and then take it all back.
    pub dry_run: bool,
}

/// Applies an import. `progress` is called after each item.
///
/// # Errors
/// 409 or 422 when an item cannot be taken; then nothing was changed.
pub async fn apply(
    app: &App,
    permit: &Permit<Write<Page>>,
    options: Options<'_>,
    items: &[Item],
    redirects: &[Redirect],
    progress: &mut dyn FnMut(usize),
) -> Result<Outcome, Problem> {
    let mut dry = None;
    let applied = app
        .store
        .change(permit.actor(), async |tx| {
            let mut run = Run::begin(app, tx, options.source).await?;
            for (nth, item) in items.iter().enumerate() {
                run.item(tx, item).await.map_err(|problem| problem.about(&item.key))?;
                progress(nth + 1);
            }
            run.publish(tx).await?;
            run.redirects(tx, redirects).await?;
            if options.dry_run {
                dry = Some(run.outcome);
                return Err(Problem::new(Code::Conflict));
            }
            tx.record_all(run.events, run.outcome).await
        })
        .await;
    match dry {
        Some(outcome) => Ok(outcome),
        None => applied,
    }
}

/// A document that becomes public at the end.
struct Ready {
    header: Header,
    body: Value,
    visibility: Visibility,
}

struct Run<'a> {
    app: &'a App,
    spec: &'a KindSpec,
    source: &'a str,
    locale: String,
    /// What earlier runs made, by key.
    known: HashMap<String, (Uuid, Vec<u8>)>,
    /// The entry and path of each item so far.
    placed: HashMap<String, (EntryId, Option<String>)>,
    taken: HashSet<String>,
    ready: Vec<Ready>,
    /// What was public and is no longer so at the source.
    withdrawn: Vec<Header>,
    events: Vec<Event>,
    outcome: Outcome,
}

impl<'a> Run<'a> {
    async fn begin(app: &'a App, tx: &mut Change<'_>, source: &'a str) -> Result<Self, Problem> {
        let locale = tx.default_locale().await?;
        let known = store::sources(tx, source).await?;
        Ok(Self {
            app,
            spec: app.kinds.get(Page::KIND.as_str())?,
            source,
            known: known.into_iter().map(|known| (known.key, (known.entry_id, known.sha256))).collect(),
            taken: store::taken_paths(tx, &locale).await?.into_iter().collect(),
            locale,
            placed: HashMap::new(),
            ready: Vec::new(),
            withdrawn: Vec::new(),
            events: Vec::new(),
            outcome: Outcome::default(),
        })
    }

    async fn item(&mut self, tx: &mut Change<'_>, item: &Item) -> Result<(), Problem> {
        let mut page = item.page.clone();
        let parent = item.parent.as_ref().and_then(|key| self.placed.get(key)).cloned();
        page.parent = parent.as_ref().map(|(entry, _)| entry.uuid());
        // What the source says, before a taken path changes it: two runs are compared by it.
        let digest = write::digest(&json!({ "page": body_of(&page)?, "public": item.public_at_source }))?;
        let above = parent.map_or(Some(String::new()), |(_, path)| path);
        if let Some((entry, before)) = self.known.get(&item.key).cloned() {
            self.again(tx, item, (page, above), Id::from_uuid(entry), (&before, digest)).await
        } else {
            self.create(tx, item, page, above, digest).await
        }
    }

    async fn create(
        &mut self,
        tx: &mut Change<'_>,
        item: &Item,
        mut page: Page,
        above: Option<String>,
        digest: [u8; 32],
    ) -> Result<(), Problem> {
        let mut renamed_to = None;
        let mut path = None;
        if let (Some(above), true) = (above, item.visibility != Visibility::Draft) {
            let wanted = format!("{}/{}", above.trim_end_matches('/'), page.slug);
            if item.holds_others
                && let Some(entry) = store::entry_at(tx, &wanted, &self.locale).await?
            {
                store::remember(tx, (self.source, &item.key), entry, &self.locale, digest).await?;
                self.done(item, entry, Applied::Found, None, Some(wanted));
                return Ok(());
            }
            let slug = free_slug(&above, page.slug.as_str(), &self.taken);
            if slug != page.slug.as_str() {
                page.slug = Slug::try_from(slug.clone()).map_err(Problem::internal)?;
                renamed_to = Some(slug.clone());
            }
            let full = format!("{}/{slug}", above.trim_end_matches('/'));
            self.taken.insert(full.clone());
            path = Some(full);
        }
        let entry: EntryId = self.app.ids.id();
        let body = body_of(&page)?;
        let new = NewRevision::new(body.clone(), Origin::Import).note(Some(item.note.clone()));
        self.events.push(write::create(tx, self.spec, entry, &self.locale, &new).await?);
        store::remember(tx, (self.source, &item.key), entry, &self.locale, digest).await?;
        self.goes_public(tx, item, entry, body).await?;
        self.done(item, entry, Applied::Created, renamed_to, path);
        Ok(())
    }

    async fn again(
        &mut self,
        tx: &mut Change<'_>,
        item: &Item,
        (mut page, above): (Page, Option<String>),
        entry: EntryId,
        (before, digest): (&[u8], [u8; 32]),
    ) -> Result<(), Problem> {
        let path = store::path_of(tx, entry.uuid(), &self.locale).await?;
        if before == digest {
            self.done(item, entry, Applied::Unchanged, None, path);
            return Ok(());
        }
        let mut header = self.lock(tx, entry).await?;
        let (head, stored) = documents::revision_in(tx, self.spec, &header, header.head).await?;
        if header.trashed_at.is_some() || head.origin != Origin::Import.as_str() {
            let applied = if header.trashed_at.is_some() { Applied::InTrash } else { Applied::KeptEdits };
            self.done(item, entry, applied, None, path);
            return Ok(());
        }
        let stored = stored.get("slug").and_then(Value::as_str).unwrap_or_default();
        let above = above.unwrap_or_default();
        let slug = self.slug_again(page.slug.as_str(), stored, &above);
        let path = Some(format!("{}/{slug}", above.trim_end_matches('/')));
        page.slug = Slug::try_from(slug).map_err(Problem::internal)?;
        let body = body_of(&page)?;
        let new = NewRevision::new(body.clone(), Origin::Import).note(Some(item.note.clone()));
        self.events.extend(write::save(tx, self.spec, &mut header, &new).await?);
        store::remember(tx, (self.source, &item.key), entry, &self.locale, digest).await?;
        let mut applied = Applied::Updated;
        if !item.public_at_source {
            self.withdrawn.push(header);
        } else if store::was_withdrawn(tx, entry, &self.locale).await? {
            applied = Applied::LeftUnpublished;
        } else {
            self.goes_public(tx, item, entry, body).await?;
        }
        self.done(item, entry, applied, None, path);
        Ok(())
    }

    /// The slug of a page that was imported before: the one it has, unless its source wants another one now.
    fn slug_again(&mut self, wanted: &str, stored: &str, above: &str) -> String {
        if stored == wanted || is_numbered(stored, wanted) {
            return stored.to_owned();
        }
        let slug = free_slug(above, wanted, &self.taken);
        self.taken.insert(format!("{}/{slug}", above.trim_end_matches('/')));
        slug
    }

    async fn goes_public(
        &mut self,
        tx: &mut Change<'_>,
        item: &Item,
        entry: EntryId,
        body: Value,
    ) -> Result<(), Problem> {
        if item.visibility != Visibility::Draft {
            write::check(self.spec, &body, Stage::Publish)?;
            let header = self.lock(tx, entry).await?;
            self.ready.push(Ready { header, body, visibility: item.visibility });
        }
        Ok(())
    }

    async fn lock(&self, tx: &mut Change<'_>, entry: EntryId) -> Result<Header, Problem> {
        documents::lock(tx, entry, &self.locale).await?.ok_or_else(|| Problem::new(Code::NotFound))
    }

    fn done(
        &mut self,
        item: &Item,
        entry: EntryId,
        applied: Applied,
        renamed_to: Option<String>,
        path: Option<String>,
    ) {
        self.placed.insert(item.key.clone(), (entry, path));
        let outcome = ItemOutcome { key: item.key.clone(), entry: entry.uuid(), applied, renamed_to };
        self.outcome.items.push(outcome);
    }

    /// Everything becomes public at one instant, and what its source has taken back ends at the same one.
    async fn publish(&mut self, tx: &mut Change<'_>) -> Result<(), Problem> {
        let mut acts = Vec::new();
        for ready in &self.ready {
            let from = match ready.visibility {
                Visibility::From(from) => Some(from),
                Visibility::Draft | Visibility::Public => None,
            };
            let verb = if from.is_some() { "scheduled" } else { "published" };
            let derived =
                (self.spec.derive)(&ready.body).map_err(|problem| Problem::internal(problem.to_string()))?;
            let edit = Edit::Publish { number: ready.header.head, from, until: None };
            acts.push((verb, Act { header: &ready.header, edit, derived: Some(derived) }));
        }
        for header in &self.withdrawn {
            if publishing::is_planned(tx, header).await? {
                acts.push(("unpublished", Act::new(header, Edit::Withdraw)));
            }
        }
        if acts.is_empty() {
            return Ok(());
        }
        for (verb, act) in &acts {
            let data = json!({ "locale": self.locale, "revision": act.header.head });
            self.events.push(Event::new(&act.header.kind, verb, act.header.entry.uuid()).with(data));
        }
        publishing::apply(tx, self.app.ids, acts.into_iter().map(|(_, act)| act).collect()).await?;
        Ok(())
    }

    async fn redirects(&mut self, tx: &mut Change<'_>, redirects: &[Redirect]) -> Result<(), Problem> {
        let paths: Vec<String> = redirects.iter().map(|redirect| redirect.path.clone()).collect();
        let there: HashSet<String> = store::redirected(tx, &self.locale, &paths).await?.into_iter().collect();
        for redirect in redirects {
            let Some((target, _)) = self.placed.get(&redirect.to) else { continue };
            if there.contains(&redirect.path) || self.taken.contains(&redirect.path) {
                if self.known.is_empty() {
                    self.outcome.redirects_left.push(redirect.path.clone());
                }
                continue;
            }
            tx.public_change().await?;
            let id = self.app.ids.uuid();
            store::insert_redirect(tx, id, (&self.locale, &redirect.path), *target).await?;
            let data = json!({ "locale": self.locale, "target": target });
            self.events.push(Event::new("redirect", "created", id).with(data));
            self.outcome.redirects += 1;
        }
        Ok(())
    }
}

fn body_of(page: &Page) -> Result<Value, Problem> {
    serde_json::to_value(page).map_err(Problem::internal)
}
