//! Random lives of a small site: whatever editors do and plan in whatever order, and however time passes, what is public at
//! every instant is what the model says, the past stays as it was, and every invariant holds. `PROPTEST_CASES` says how many
//! lives; a life that fails names its seed, and `MASTHEAD_TEST_SEED` repeats it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::platform::access::{Actor, Grant, Identity, Scope, Verb};
use serde_json::json;
use uuid::Uuid;

use super::sequences_model::{Instant, Model, Placement};
use crate::support::TestSite;
use crate::support::invariants::check_invariants;
use crate::support::site::Role;

/// How many lives share a database, one after the other. The home page is for the first: there is one on a site.
const LIVES: u64 = 10;
const STEPS: usize = 20;
const CASES: u64 = 200;
pub const HOUR: Instant = 3_600_000_000;
pub const SECOND: Instant = 1_000_000;

/// The beginning of the clock of the test, which stands still unless it is moved.
const EPOCH: &str = "timestamptz '2030-01-01 00:00:00+00'";

/// `SplitMix64` (Steele, Lea, Flood 2014): small, seeded, good enough to choose.
pub struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("small")
    }

    pub fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// A site on which lives are led.
pub struct Town {
    pub site: TestSite,
    /// Whoever types and does not save.
    pub author: Actor,
    clock: Instant,
}

impl Town {
    async fn found() -> Self {
        let site = TestSite::start().await;
        let clock = format!(
            "create or replace function mh_now() returns timestamptz language sql volatile parallel safe \
             as $$ select {EPOCH} + (select shift from test_clock) $$"
        );
        site.database.execute(&clock).await;
        let grant = Grant { kind: "*".into(), verb: Verb::Write, scope: Scope::Everything };
        let user = site.user(Role::Editor).await;
        let author = Actor::Identified(Identity {
            user,
            token: None,
            session: None,
            grants: vec![grant],
            request_id: None,
        });
        Self { site, author, clock: 0 }
    }

    async fn set_clock(&mut self, to: Instant) {
        self.clock = to;
        let set = format!(
            "update test_clock set shift = interval '{to} microseconds' returning shift::text as value"
        );
        self.site.database.texts(&set).await;
    }
}

/// A life under way: its part of the site, and the model of that.
pub struct Life<'a> {
    pub town: &'a mut Town,
    pub model: Model,
    pub dice: Dice,
    /// What was done so far, for whoever has to find out what went wrong.
    pub done: Vec<String>,
    slugs: Vec<String>,
    /// The rank of a page that was never moved.
    pub rank: String,
}

/// The seeds of one of two tests.
fn seeds(which: u64) -> Vec<u64> {
    if let Ok(seed) = std::env::var("MASTHEAD_TEST_SEED") {
        // With the lives before it on the same site, or the clock would stand elsewhere.
        let seed: u64 = seed.parse().expect("MASTHEAD_TEST_SEED is a number");
        return if which == 0 { (seed - seed % LIVES..=seed).collect() } else { Vec::new() };
    }
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let first = (u64::from(now.subsec_nanos()) + which * 1_000_000_000) * LIVES;
    (first..first + cases.div_ceil(2)).collect()
}

// Two tests, for two cores.
#[actix_web::test]
async fn whatever_editors_do_and_plan_what_is_public_is_what_they_made_public() {
    lead_lives(&seeds(0)).await;
}

#[actix_web::test]
async fn whatever_other_editors_do_and_plan_what_is_public_is_what_they_made_public() {
    lead_lives(&seeds(1)).await;
}

async fn lead_lives(seeds: &[u64]) {
    for seeds in seeds.chunk_by(|_, next| !next.is_multiple_of(LIVES)) {
        let mut town = Town::found().await;
        for seed in seeds {
            // What to set to meet the same sequence again.
            let _ = writeln!(std::io::stderr(), "MASTHEAD_TEST_SEED={seed}");
            Life::lead(&mut town, *seed).await;
        }
        check_invariants(&town.site.database).await;
        town.site.stop().await;
    }
}

/// What follows a publication is taken back at the very instant at which it begins.
#[actix_web::test]
async fn what_ends_when_its_follower_is_taken_back_has_ended_by_hand() {
    let mut town = Town::found().await;
    let editor = town.site.client(Role::Editor).await;
    let page = editor.post("/admin/v1/pages", &json!({ "body": { "title": "Lantern" } })).await.expect(201);
    let path = format!("/admin/v1/documents/{}", page.id());
    let (eight, nine) = (time(8 * HOUR), time(9 * HOUR));
    let plan = json!({ "revision": 1, "from": eight });
    let planned = editor.post_at(&format!("{path}/schedule"), page.version(), Some(&plan)).await.expect(200);
    let until = json!({ "revision": 1, "until": nine });
    let live = editor.post_at(&format!("{path}/publish"), planned.version(), Some(&until)).await.expect(200);
    town.set_clock(8 * HOUR).await;
    editor.post_at(&format!("{path}/unpublish"), live.version(), None).await.expect(200);
    let rows = "select concat_ws(' ', upper(during) = mh_now(), coalesce(until::text, 'no plan')) as value from publications";
    assert_eq!(town.site.database.texts(rows).await, ["t no plan"]);
    check_invariants(&town.site.database).await;
    town.site.stop().await;
}

/// An instant as the engine takes it.
pub fn time(at: Instant) -> DateTime<Utc> {
    let epoch: DateTime<Utc> = "2030-01-01T00:00:00Z".parse().expect("a time");
    epoch + TimeDelta::microseconds(at)
}

/// A time of the database as the model has it, in SQL.
fn micros(sql: &str) -> String {
    format!("coalesce(((extract(epoch from {sql} - {EPOCH}) * 1000000)::bigint)::text, '-')")
}

impl<'a> Life<'a> {
    async fn lead(town: &'a mut Town, seed: u64) {
        let begin = (town.clock / HOUR + 24) * HOUR;
        town.set_clock(begin).await;
        let mut slugs: Vec<String> =
            ["lantern", "harbour", "violet"].map(|slug| format!("{slug}-{seed}")).into();
        if seed.is_multiple_of(LIVES) {
            slugs.push(String::new());
        }
        let (model, dice) = (Model::default(), Dice(seed));
        let mut life = Self { town, model, dice, done: Vec::new(), slugs, rank: "V".into() };
        for _ in 0..STEPS {
            life.pass().await;
            life.step().await;
            life.compare().await;
        }
        life.end().await;
    }

    /// The instant at which the clock stands.
    pub fn now(&self) -> Instant {
        self.town.clock
    }

    /// Some time passes; often just to where something begins or ends, or shortly before.
    async fn pass(&mut self) {
        let now = self.now();
        let next = self.model.boundaries().into_iter().find(|at| *at > now + 3 * SECOND);
        let to = match (self.dice.below(8), next) {
            (0, Some(next)) => next + self.dice.one_of(&[-3, -2, -1, 1]) * SECOND,
            (1, Some(next)) => next,
            (2, _) => now + HOUR * self.dice.one_of(&[1, 2, 5, 30]),
            _ => now + 10_000,
        };
        self.town.set_clock(to).await;
        self.done.push(format!("at {to}"));
    }

    pub fn placement(&mut self) -> Placement {
        let slug = self.dice.one_of(&self.slugs);
        // Below itself too, and below what is not public: both are for the engine to refuse.
        let parent = self.dice.below(self.model.entries.len() + 2);
        let parent = self.model.entries.get(parent).map(|entry| entry.id).filter(|_| !slug.is_empty());
        let title = self.dice.one_of(&["Lantern", "Harbour", "Violet"]).to_owned();
        Placement { title, slug, parent, rank: self.rank.clone() }
    }

    /// What an editor makes of a revision: another title, slug or place.
    pub fn edited(&mut self, of: &Placement) -> Placement {
        let other = self.placement();
        let mut new = of.clone();
        match self.dice.below(4) {
            0 => new.title = other.title,
            1 if !of.slug.is_empty() && !other.slug.is_empty() => new.slug = other.slug,
            2 if !of.slug.is_empty() => new.parent = other.parent,
            _ => new = Placement { rank: new.rank, ..other },
        }
        new
    }

    /// An instant to plan for: often one at which something else begins or ends; sometimes one that has passed.
    pub fn instant(&mut self) -> Instant {
        let now = self.now();
        let any = self.dice.below(8) == 0;
        let known = self.model.boundaries().into_iter().filter(|at| any || *at > now);
        let known: Vec<Instant> = known.collect();
        match self.dice.below(8) {
            0 => now + self.dice.one_of(&[0, 1, 2, 3, 4]) * SECOND,
            1..=2 if !known.is_empty() => self.dice.one_of(&known),
            _ => (now / HOUR + self.dice.one_of(&[1, 2, 3, 4, 8])) * HOUR,
        }
    }

    /// What the database holds is what the model says: versions, publications, and at every instant the routes, those of
    /// the past too. What readers see is what is public now.
    async fn compare(&self) {
        let ids: Vec<String> = self.model.entries.iter().map(|entry| entry.id.to_string()).collect();
        let ids = format!("('{{{}}}'::uuid[])", ids.join(","));
        let now = format!("({EPOCH} + interval '{} microseconds')", self.now());
        let (from, end) = (micros("lower(during)"), micros("upper(during)"));
        let query = format!(
            "select concat_ws(' ', 'd', d.entry_id, d.version, d.head, e.trashed_at is not null) as value \
               from documents d join entries e on e.id = d.entry_id where d.entry_id = any {ids} \
             union all select concat_ws(' ', 'p', entry_id, number, {from}, {end}, {}, {}) \
               from publications where entry_id = any {ids} \
             union all select concat_ws(' ', 'r', entry_id, path, {from}, {end}) from routes where entry_id = any {ids} \
             union all select concat_ws(' ', 'v', entry_id, path) from mh.public_routes, mh.public_site \
               where during @> instant and entry_id = any {ids}",
            micros(&format!("case when upper_inf(during) or upper(during) > {now} then until end")),
            micros("first_published_at"),
        );
        let rows = self.town.site.database.texts(&query).await;
        let facts = rows.iter().filter(|row| row.starts_with(['d', 'p'])).cloned().collect();
        self.same("facts", &facts, &self.facts());
        let views: BTreeMap<String, Uuid> =
            rows.iter().filter_map(|row| row.strip_prefix("v ")).map(|row| lead(row).0).collect();
        self.same("what readers see", &views, &self.model.public(self.now()));

        let routes: Vec<Lead> = rows.iter().filter_map(|row| row.strip_prefix("r ")).map(lead).collect();
        let bounds = routes.iter().flat_map(|(_, (from, end))| [Some(*from), *end]).flatten();
        let instants: BTreeSet<Instant> = self.model.boundaries().into_iter().chain(bounds).collect();
        for at in instants {
            let then = routes.iter().filter(|(_, (from, end))| *from <= at && end.is_none_or(|end| at < end));
            let then: BTreeMap<String, Uuid> = then.map(|(lead, _)| lead.clone()).collect();
            self.same(&format!("routes at {at}"), &then, &self.model.public(at));
        }
    }

    /// The same facts as the model has them.
    fn facts(&self) -> BTreeSet<String> {
        let mut facts = BTreeSet::new();
        let or_never = |at: Option<Instant>| at.map_or_else(|| "-".into(), |at| at.to_string());
        for entry in &self.model.entries {
            let (id, version, head) = (entry.id, entry.version, entry.revisions.len());
            let trashed = if entry.trashed.is_some() { 't' } else { 'f' };
            facts.insert(format!("d {id} {version} {head} {trashed}"));
            let first = entry.publications.first().map(|one| one.from);
            for (nth, one) in entry.publications.iter().enumerate() {
                let end = entry.end(nth);
                let until = one.until.filter(|_| end.is_none_or(|end| end > self.now()));
                let (number, from) = (one.number + 1, one.from);
                let (end, until, first) = (or_never(end), or_never(until), or_never(first));
                facts.insert(format!("p {id} {number} {from} {end} {until} {first}"));
            }
        }
        facts
    }

    fn same<T: PartialEq + std::fmt::Debug>(&self, what: &str, found: &T, expected: &T) {
        assert!(
            found == expected,
            "{what}: found {found:#?}, the model says {expected:#?} of {:#?}; done: {:#?}",
            self.model,
            self.done
        );
    }

    /// The read API leads where the model does.
    async fn end(self) {
        let public = self.model.public(self.now());
        let reader = self.town.site.anonymous();
        for (path, entry) in &public {
            let answer = reader.get(&format!("/v1/resolve?path={path}")).await.expect(200);
            assert_eq!(answer.json["page"]["id"], json!(entry), "{path}: {:#?}", self.model);
        }
        for entry in &self.model.entries {
            let status = if entry.public_at(self.now()).is_some() { 200 } else { 404 };
            reader.get(&format!("/v1/pages/{}", entry.id)).await.expect(status);
        }
    }
}

/// A path and the entry that it leads to, and from when until when.
type Lead = ((String, Uuid), (Instant, Option<Instant>));

/// Reads one; a row that does not say when is of now.
fn lead(row: &str) -> Lead {
    let words: Vec<&str> = row.split(' ').collect();
    let instant = |nth: usize| words.get(nth).and_then(|word| word.parse().ok());
    let entry = words[0].parse().expect("an entry");
    ((words[1].to_owned(), entry), (instant(2).unwrap_or_default(), instant(3)))
}
