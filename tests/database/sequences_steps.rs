//! One step of a random life: an editor does something, and engine and model must come to the same.

use std::fmt::Debug;

use masthead::content::pages::Page;
use masthead::documents::kind::KindSpec;
use masthead::documents::model::{NewRevision, Origin};
use masthead::documents::slug::Slug;
use masthead::documents::{
    self, Basis, Below, Decision, Descendants, Move, Placing, Publication, Rank, Seen, Uses, Which,
    working_copies,
};
use masthead::platform::access::{AnyContent, Delete, Permit, Publish, Write};
use masthead::platform::id::EntryId;
use masthead::platform::problem::{Code, Problem};
use serde_json::{Value, json};
use uuid::Uuid;

use super::sequences::{Life, time};
use super::sequences_edits::Edit;
use super::sequences_model::{Copy, Entry, Instant, Model, Placement, Refusal};

const ENTRIES: usize = 5;

fn write() -> Permit<Write<Page>> {
    Permit::system("test")
}

fn publishing() -> Permit<Publish<AnyContent>> {
    Permit::system("test")
}

/// The number of a revision from its index.
fn number(index: usize) -> i32 {
    i32::try_from(index + 1).expect("small")
}

impl Life<'_> {
    /// Something happens.
    pub async fn step(&mut self) {
        let count = self.model.entries.len();
        if count < 2 || count < ENTRIES && self.dice.below(8) == 0 {
            return self.create().await;
        }
        let now = self.now();
        // What can do nothing at the moment is tried seldom.
        let anyhow = self.dice.below(8) == 0;
        let some = |fits: &dyn Fn(&Entry) -> bool| anyhow || self.model.entries.iter().any(fits);
        let live = some(&|entry| entry.public_at(now).is_some());
        let planned = some(&|entry| entry.publications.iter().any(|one| one.from > now));
        let (typed, trashed) = (some(&|entry| entry.copy.is_some()), some(&|entry| entry.trashed.is_some()));
        match self.dice.below(40) {
            0..=3 => self.save().await,
            4..=6 => self.merge().await,
            7..=8 => self.restore().await,
            9..=10 => self.relocate().await,
            11..=12 => self.keep().await,
            13 if typed => self.promote().await,
            14..=19 if planned => self.replan().await,
            20..=23 if live => self.expire().await,
            24..=26 if live => self.unpublish().await,
            27 => self.trash().await,
            28 if trashed => self.untrash().await,
            _ => self.publish().await,
        }
    }

    /// An entry: mostly one with which something can be done, sometimes any.
    fn some(&mut self, fits: impl Fn(&Entry) -> bool) -> Uuid {
        let all: Vec<Uuid> = self.model.entries.iter().map(|entry| entry.id).collect();
        let fitting: Vec<Uuid> =
            self.model.entries.iter().filter(|entry| fits(entry)).map(|entry| entry.id).collect();
        let any = fitting.is_empty() || self.dice.below(10) == 0;
        self.dice.one_of(if any { &all } else { &fitting })
    }

    fn spec(&self) -> KindSpec {
        self.town.site.app.kinds.get("page").expect("pages are a kind").clone()
    }

    fn body(&self, placement: &Placement) -> Value {
        let Placement { title, slug, parent, rank } = placement;
        let mut body = json!({ "title": title, "slug": slug, "position": rank, "blocks": [] });
        if let Some(parent) = parent {
            body["parent"] = json!(parent);
        }
        (self.spec().canonical)(&body).expect("a page")
    }

    /// The version of an entry; sometimes not the one that is.
    fn seen(&mut self, id: Uuid) -> Seen<'static> {
        let stale = i64::from(self.dice.below(16) == 0);
        Seen::new(EntryId::from_uuid(id), self.model.get(id).version - stale)
    }

    /// Mostly the newest revision; sometimes an old one, sometimes one that does not exist.
    fn some_revision(&mut self, id: Uuid) -> usize {
        let count = self.model.get(id).revisions.len();
        match self.dice.below(12) {
            0 => count,
            1..=4 => self.dice.below(count),
            _ => count - 1,
        }
    }

    /// Takes the same step in the model; both must come to the same. The model says whose versions move.
    fn agree<T>(
        &mut self,
        what: impl Debug,
        seen: Option<Seen<'_>>,
        outcome: Result<T, Problem>,
        step: impl FnOnce(&mut Model) -> Result<Vec<Uuid>, Refusal>,
    ) -> Option<T> {
        self.done.push(format!("{what:?}"));
        let before = self.model.clone();
        let stale = seen.is_some_and(|seen| self.model.get(seen.entry.uuid()).version != seen.version);
        let expected = if stale { Err(vec![Code::Stale]) } else { step(&mut self.model) };
        match (outcome, &expected) {
            (Ok(value), Ok(changed)) => {
                for id in changed {
                    self.model.get_mut(*id).version += 1;
                }
                Some(value)
            }
            (Err(problem), Err(codes)) if codes.contains(&problem.code()) => {
                self.done.push(format!("  refused: {:?}", problem.code()));
                None
            }
            (outcome, _) => {
                let outcome = outcome.map(|_| "done");
                panic!("{what:?}: {outcome:?}, expected {expected:?} of {before:#?}; done: {:#?}", self.done)
            }
        }
    }

    async fn create(&mut self) {
        let placement = self.placement();
        let new = NewRevision::new(self.body(&placement), Origin::Create);
        let app = &self.town.site.app;
        let made = documents::create(app, &write(), &self.spec(), None, (new, Placing::AsGiven)).await;
        let header = made.expect("a draft").state.header;
        self.done.push(format!("create {} {placement:?}", header.entry));
        self.model.entries.push(Entry::new(header.entry.uuid(), header.version, placement));
    }

    async fn save(&mut self) {
        let id = self.some(|entry| entry.trashed.is_none());
        let placement = self.edited(&self.model.get(id).head().clone());
        let (new, seen) = (NewRevision::new(self.body(&placement), Origin::Edit), self.seen(id));
        let basis = Basis::Version(seen.version);
        let outcome =
            documents::save(&self.town.site.app, &write(), &self.spec(), seen.which(), basis, new).await;
        self.agree(("save", id, &placement.clone()), Some(seen), outcome, |model| {
            model.revised(id, |entry| entry.save(placement))
        });
    }

    async fn merge(&mut self) {
        let id = self.some(|entry| entry.trashed.is_none() && entry.revisions.len() > 1);
        let count = self.model.get(id).revisions.len();
        let base = self.dice.below(count.max(2) - 1);
        let placement = self.edited(&self.model.get(id).revisions[base].clone());
        // Sometimes of a revision that there is not.
        let base = if self.dice.below(12) == 0 { count } else { base };
        let new = NewRevision::new(self.body(&placement), Origin::Edit);
        let (which, basis) = (Which::entry(EntryId::from_uuid(id)), Basis::Revision(number(base)));
        let outcome = documents::save(&self.town.site.app, &write(), &self.spec(), which, basis, new).await;
        self.agree(("merge", id, base, &placement.clone()), None, outcome, |model| {
            model.revised(id, |entry| entry.merge(base, placement))
        });
    }

    async fn restore(&mut self) {
        let id = self.some(|entry| entry.trashed.is_none() && entry.revisions.len() > 1);
        let count = self.model.get(id).revisions.len();
        let (seen, older) = (self.seen(id), self.dice.below(count + 1));
        let outcome = documents::restore(&self.town.site.app, &write(), seen, number(older), None).await;
        self.agree(("restore", id, older), Some(seen), outcome, |model| {
            model.revised(id, |entry| entry.restore(older))
        });
    }

    async fn relocate(&mut self) {
        let id = self.some(|entry| entry.trashed.is_none());
        let (seen, to) = (self.seen(id), self.placement());
        let slug = Some(to.slug).filter(|slug| !slug.is_empty() && to.title != "Violet");
        let destination = Move {
            parent: to.parent.map(EntryId::from_uuid),
            slug: slug.as_deref().map(|slug| Slug::try_from(slug).expect("a slug")),
            rank: Rank::Last,
        };
        let outcome = documents::relocate(&self.town.site.app, &write(), seen, destination).await;
        // Which rank is the last is for the engine to say.
        let rank = format!("select coalesce(position, '') as value from documents where entry_id = '{id}'");
        let rank = self.town.site.database.texts(&rank).await.remove(0);
        self.agree(("move", id, to.parent, &slug.clone()), Some(seen), outcome, |model| {
            if model.get(id).trashed.is_some() {
                return Err(vec![Code::Trashed]);
            }
            to.parent.map_or(Ok(()), |parent| model.may_hang(id, parent))?;
            let old = model.get(id).head().clone();
            let new = Placement { slug: slug.unwrap_or(old.slug), parent: to.parent, rank, title: old.title };
            model.revised(id, |entry| entry.save(new))
        });
    }

    async fn keep(&mut self) {
        let id = self.some(|entry| entry.trashed.is_none());
        let base = self.some_revision(id);
        let of = self.model.get(id).revisions.get(base).unwrap_or(self.model.get(id).head()).clone();
        let body = self.edited(&of);
        let real = self.model.get(id).copy.as_ref().map(|copy| copy.version);
        let seen = if self.dice.below(8) == 0 { Some(real.unwrap_or(0) + 1) } else { real };
        let permit = Permit::<Write<Page>>::issue(&self.town.author).expect("an author writes");
        let (which, sent) = (Which::entry(EntryId::from_uuid(id)), (number(base), self.body(&body)));
        let outcome = working_copies::put(&self.town.site.app, &permit, which, seen, sent).await;
        let version = outcome.as_ref().map_or(0, |copy| copy.version);
        self.agree(("keep", id, base, &body.clone()), None, outcome, |model| {
            model.get_mut(id).keep(seen, Copy { base, body, version }).map(|()| Vec::new())
        });
    }

    async fn promote(&mut self) {
        let id = self.some(|entry| entry.copy.is_some());
        let seen = self.model.get(id).copy.as_ref().map_or(1, |copy| copy.version);
        let permit = Permit::<Write<Page>>::issue(&self.town.author).expect("an author writes");
        let which = Which::entry(EntryId::from_uuid(id));
        let outcome = working_copies::promote(&self.town.site.app, &permit, which, seen, None).await;
        self.agree(("promote", id), None, outcome, |model| model.revised(id, |entry| entry.promote(seen)));
    }

    fn some_until(&mut self) -> Option<Instant> {
        (self.dice.below(3) == 0).then(|| self.instant())
    }

    async fn publish(&mut self) {
        let id = self.some(|entry| entry.trashed.is_none());
        let (seen, index, until) = (self.seen(id), self.some_revision(id), self.some_until());
        let from = (self.dice.below(2) == 0).then(|| self.instant());
        let publication = Publication {
            number: number(index),
            from: from.map(time),
            until: until.map(time),
            along: Vec::new(),
        };
        let outcome = documents::publish(&self.town.site.app, &publishing(), seen, &publication).await;
        self.edit(id, seen, Edit::Publish { number: index, from, until }, outcome);
    }

    /// A publication of an entry, most often one that has not begun: its beginning and its id.
    async fn some_publication(&mut self, id: Uuid) -> Option<(Instant, Uuid)> {
        let (all, now) = (&self.model.get(id).publications, self.now());
        let all: Vec<Instant> = all.iter().map(|one| one.from).collect();
        let planned: Vec<Instant> = all.iter().copied().filter(|from| *from > now).collect();
        let from = match (all.is_empty(), planned.is_empty()) {
            (true, _) => return None,
            (_, false) if self.dice.below(8) > 0 => self.dice.one_of(&planned),
            _ => self.dice.one_of(&all),
        };
        let query = format!(
            "select id::text as value from publications where entry_id = '{id}' and lower(during) = '{}'",
            time(from).to_rfc3339()
        );
        let found = self.town.site.database.texts(&query).await.remove(0);
        Some((from, found.parse().expect("an id")))
    }

    async fn replan(&mut self) {
        let now = self.now();
        let id = self.some(|entry| entry.publications.iter().any(|one| one.from > now));
        let seen = self.seen(id);
        let Some((planned, publication)) = self.some_publication(id).await else { return };
        if self.dice.below(2) == 0 {
            let outcome = documents::cancel(&self.town.site.app, &publishing(), seen, publication).await;
            return self.edit(id, seen, Edit::Cancel { planned }, outcome);
        }
        let (from, until) = ((self.dice.below(4) > 0).then(|| self.instant()), self.some_until());
        let times = (from.map(time), until.map(time));
        let outcome =
            documents::reschedule(&self.town.site.app, &publishing(), seen, publication, times).await;
        self.edit(id, seen, Edit::Replan { planned, from, until }, outcome);
    }

    async fn expire(&mut self) {
        let now = self.now();
        let id = self.some(|entry| entry.public_at(now).is_some());
        let seen = self.seen(id);
        let named = if self.dice.below(2) == 0 { self.some_publication(id).await } else { None };
        let until = (self.dice.below(3) > 0).then(|| self.instant());
        let app = &self.town.site.app;
        let row = named.map(|(_, row)| row);
        let outcome = documents::expire(app, &publishing(), seen, row, until.map(time)).await;
        let publication = named.map(|(from, _)| from);
        self.edit(id, seen, Edit::Expire { publication, until }, outcome);
    }

    fn edit<T>(&mut self, id: Uuid, seen: Seen<'_>, edit: Edit, outcome: Result<T, Problem>) {
        let now = self.now();
        self.agree((id, edit), Some(seen), outcome, |model| model.apply(&[(id, edit)], now));
    }

    async fn unpublish(&mut self) {
        let now = self.now();
        let id = self.some(|entry| entry.public_at(now).is_some());
        let (seen, below) = (self.seen(id), self.dice.below(3) == 0);
        let descendants = if below { Descendants::Unpublish } else { Descendants::Refuse };
        let outcome = documents::unpublish(&self.town.site.app, &publishing(), seen, descendants).await;
        self.agree(("unpublish", id, descendants), Some(seen), outcome, |model| {
            model.unpublish(id, below, now)
        });
    }

    async fn trash(&mut self) {
        let id = self.some(|entry| entry.trashed.is_none());
        let (seen, all) = (self.seen(id), self.dice.below(3) > 0);
        let below = if all { Below::Trash } else { Below::Refuse };
        let decision = Decision { below, uses: Uses::Refuse };
        let permit = Permit::<Delete<Page>>::system("test");
        let outcome = documents::trash(&self.town.site.app, &permit, &self.spec(), seen, decision).await;
        let now = self.now();
        self.agree(("trash", id, below), Some(seen), outcome, |model| model.trash(id, all, now));
    }

    async fn untrash(&mut self) {
        let id = self.some(|entry| entry.trashed.is_some());
        let seen = self.seen(id);
        let outcome = documents::untrash(&self.town.site.app, &write(), seen).await;
        self.agree(("untrash", id), Some(seen), outcome, |model| model.untrash(id));
    }
}

impl Model {
    /// Changes the revisions of an entry; its version moves when there is a new one.
    fn revised(
        &mut self,
        id: Uuid,
        how: impl FnOnce(&mut Entry) -> Result<bool, Refusal>,
    ) -> Result<Vec<Uuid>, Refusal> {
        how(self.get_mut(id)).map(|new| if new { vec![id] } else { Vec::new() })
    }
}
