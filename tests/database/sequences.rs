//! Random lives of a small site: whatever editors do in whatever order, what is public is what the model says, the past
//! stays as it was, and every invariant holds. `PROPTEST_CASES` says how many lives; a life that fails names its seed,
//! and `MASTHEAD_TEST_SEED` repeats it.

use std::collections::BTreeMap;
use std::io::Write as _;

use masthead::content::pages::Page;
use masthead::documents::kind::KindSpec;
use masthead::documents::model::{NewRevision, Origin, Snapshot};
use masthead::documents::{self, Basis, Decision, Descendants, Placing, Publication, Seen};
use masthead::platform::access::{AnyContent, Delete, Permit, Publish, Write};
use masthead::platform::id::EntryId;
use masthead::platform::problem::{Code, Problem};
use serde_json::json;
use uuid::Uuid;

use super::sequences_model::{Entry, Model, Placement};
use crate::support::TestSite;
use crate::support::invariants::check_invariants;

const STEPS: usize = 40;
const SLUGS: [&str; 5] = ["", "lantern", "harbour", "violet", "archive"];
const ENTRIES: usize = 6;

/// `SplitMix64` (Steele, Lea, Flood 2014): small, seeded, good enough to choose.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("small")
    }
}

/// A life under way: the site, its model, and what was public after each step.
struct Life {
    site: TestSite,
    model: Model,
    dice: Dice,
    past: Vec<(String, BTreeMap<String, Uuid>)>,
}

#[actix_web::test]
async fn whatever_editors_do_what_is_public_is_what_they_made_public() {
    let seeds: Vec<u64> = if let Ok(seed) = std::env::var("MASTHEAD_TEST_SEED") {
        vec![seed.parse().expect("MASTHEAD_TEST_SEED is a number")]
    } else {
        let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(20);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        let first = u64::from(now.subsec_nanos());
        (0..cases).map(|nth| first + nth).collect()
    };
    for seed in seeds {
        // What to set to meet the same sequence again.
        let _ = writeln!(std::io::stderr(), "MASTHEAD_TEST_SEED={seed}");
        let mut life = Life {
            site: TestSite::start().await,
            model: Model::default(),
            dice: Dice(seed),
            past: Vec::new(),
        };
        for _ in 0..STEPS {
            life.step().await;
        }
        life.end().await;
    }
}

impl Life {
    async fn step(&mut self) {
        let count = self.model.entries.len();
        let choice = if count == 0 { 0 } else { self.dice.below(12) };
        if choice == 0 && count < ENTRIES {
            self.create().await;
        } else {
            let id = self.model.entries[self.dice.below(count)].id;
            match choice {
                0..=3 => self.save(id).await,
                4..=8 => self.publish(id).await,
                9 | 10 => self.unpublish(id).await,
                _ => self.trash(id).await,
            }
        }
        self.compare().await;
    }

    fn placement(&mut self) -> Placement {
        let slug = SLUGS[self.dice.below(SLUGS.len())];
        // Below itself too, and below what is not public: both are for the engine to refuse.
        let parent = self.dice.below(self.model.entries.len() + 2);
        let parent = self.model.entries.get(parent).map(|entry| entry.id).filter(|_| !slug.is_empty());
        Placement { slug, parent }
    }

    fn spec(&self) -> KindSpec {
        self.site.app.kinds.get("page").expect("pages are a kind").clone()
    }

    fn revision(&self, placement: &Placement, origin: Origin) -> NewRevision {
        let mut body = json!({ "title": "Lantern", "slug": placement.slug, "blocks": [] });
        if let Some(parent) = placement.parent {
            body["parent"] = json!(parent);
        }
        let body = (self.spec().canonical)(&body).expect("a page");
        NewRevision::new(body, origin)
    }

    async fn create(&mut self) {
        let placement = self.placement();
        let new = self.revision(&placement, Origin::Create);
        let permit = Permit::<Write<Page>>::system("test");
        let made =
            documents::create(&self.site.app, &permit, &self.spec(), None, (new, Placing::AsGiven)).await;
        let header = made.expect("a draft").state.header;
        let entry = Entry {
            id: header.entry.uuid(),
            version: header.version,
            revisions: vec![placement],
            live: None,
            trashed: false,
        };
        self.model.entries.push(entry);
    }

    async fn save(&mut self, id: Uuid) {
        let placement = self.placement();
        let (new, seen) = (self.revision(&placement, Origin::Edit), self.seen(id));
        let permit = Permit::<Write<Page>>::system("test");
        let basis = Basis::Version(seen.version);
        let outcome = documents::save(&self.site.app, &permit, &self.spec(), seen.which(), basis, new).await;
        self.agree("save", seen, outcome.map(|saved| version(&saved.snapshot)), |model| {
            model.save(id, placement)
        });
    }

    async fn publish(&mut self, id: Uuid) {
        let revisions = self.model.get(id).revisions.len();
        // Mostly the newest; sometimes an old one, sometimes one that does not exist.
        let number = match self.dice.below(10) {
            0 => revisions,
            1..=3 => self.dice.below(revisions),
            _ => revisions - 1,
        };
        let seen = self.seen(id);
        let permit = Permit::<Publish<AnyContent>>::system("test");
        let asked = i32::try_from(number + 1).expect("small");
        let publication = Publication::now(asked);
        let outcome = documents::publish(&self.site.app, &permit, seen, &publication).await;
        self.agree("publish", seen, outcome.map(|(snapshot, _)| version(&snapshot)), |model| {
            model.publish(id, number)
        });
    }

    async fn unpublish(&mut self, id: Uuid) {
        let seen = self.seen(id);
        let permit = Permit::<Publish<AnyContent>>::system("test");
        let outcome = documents::unpublish(&self.site.app, &permit, seen, Descendants::Refuse).await;
        self.agree("unpublish", seen, outcome.map(|snapshot| version(&snapshot)), |model| {
            model.unpublish(id)
        });
    }

    async fn trash(&mut self, id: Uuid) {
        let seen = self.seen(id);
        let permit = Permit::<Delete<Page>>::system("test");
        let outcome =
            documents::trash(&self.site.app, &permit, &self.spec(), seen, Decision::default()).await;
        let version = seen.version + 1;
        self.agree("trash", seen, outcome.map(|()| version), |model| model.trash(id));
    }

    /// The version of an entry; sometimes not the one that is.
    fn seen(&mut self, id: Uuid) -> Seen<'static> {
        let stale = i64::from(self.dice.below(12) == 0);
        Seen::new(EntryId::from_uuid(id), self.model.get(id).version - stale)
    }

    /// Takes the same step in the model; both must come to the same.
    fn agree(
        &mut self,
        what: &str,
        seen: Seen<'_>,
        outcome: Result<i64, Problem>,
        step: impl FnOnce(&mut Model) -> Result<bool, Code>,
    ) {
        let id = seen.entry.uuid();
        let before = self.model.get(id).version;
        let expected = if seen.version == before {
            step(&mut self.model).map(|changed| before + i64::from(changed))
        } else {
            Err(Code::Stale)
        };
        let outcome = outcome.map_err(|problem| problem.code());
        assert_eq!(outcome, expected, "{what} {id} of {:#?}", self.model);
        if let Ok(version) = outcome {
            self.model.get(id).version = version;
        }
    }

    /// What the role of the read API sees is what the model says, and it is kept for the end.
    async fn compare(&mut self) {
        let public = self.model.public().expect("a model that holds");
        let instant = "select instant::text as value from mh.public_site";
        let instant = self.site.database.texts(instant).await.remove(0);
        assert_eq!(self.paths("mh.public_routes", &instant).await, public, "{:#?}", self.model);
        self.past.push((instant, public));
    }

    async fn paths(&self, relation: &str, instant: &str) -> BTreeMap<String, Uuid> {
        let query = format!(
            "select path || ' ' || entry_id as value from {relation} where during @> timestamptz '{instant}'"
        );
        let rows = self.site.database.texts(&query).await;
        let leads = rows.iter().map(|row| row.split_once(' ').expect("path and entry"));
        leads.map(|(path, entry)| (path.to_owned(), entry.parse().expect("an id"))).collect()
    }

    /// The read API leads where the model does, every instant still shows what it showed, and the invariants hold.
    async fn end(self) {
        let public = self.model.public().expect("a model that holds");
        let reader = self.site.anonymous();
        for (path, entry) in &public {
            let answer = reader.get(&format!("/v1/resolve?path={path}")).await.expect(200);
            assert_eq!(answer.json["page"]["id"], json!(entry), "{path}: {:#?}", self.model);
        }
        for entry in &self.model.entries {
            let status = if entry.live.is_some() { 200 } else { 404 };
            reader.get(&format!("/v1/pages/{}", entry.id)).await.expect(status);
        }
        for (instant, public) in &self.past {
            assert_eq!(self.paths("routes", instant).await, *public, "as of {instant}");
        }
        check_invariants(&self.site.database).await;
        self.site.stop().await;
    }
}

/// The version that an action left.
fn version(snapshot: &Snapshot) -> i64 {
    snapshot.state.header.version
}
