//! As of is true for ever: whatever happens later, the site as of an instant stays what everybody saw at that instant.
//! A life that fails names its seed, and `MASTHEAD_TEST_SEED` repeats it.

use std::collections::BTreeSet;
use std::io::Write as _;

use masthead::content::pages::Page;
use masthead::documents::kind::KindSpec;
use masthead::documents::model::{NewRevision, Origin, Snapshot};
use masthead::documents::{self, Basis, Decision, Descendants, Placing, Publication, Seen};
use masthead::platform::access::{AnyContent, Delete, Permit, Publish, Write};
use masthead::platform::id::EntryId;
use masthead::platform::problem::Problem;
use serde_json::{Value, json};

use crate::as_of::instant;
use crate::lists::link;
use crate::scheduled::import_page;
use crate::support::{Answer, Client, Role, TestSite};
use crate::translations::{FROM_NOW, event};

const STEPS: usize = 1_000;
const RECORDS: usize = 50;
const SLUGS: [&str; 6] = ["", "lantern", "harbour", "violet", "archive", "tide"];
const ENTRIES: usize = 8;
/// How many entries and paths that are not public are asked for at each instant.
const OTHERS: usize = 8;

/// `SplitMix64` (Steele, Lea, Flood 2014): small, seeded, good enough to choose.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).expect("small")
    }
}

struct Entry {
    id: EntryId,
    version: i64,
    revisions: usize,
}

/// What everybody saw at an instant: answers by their addresses.
struct Record {
    instant: String,
    lists: Vec<String>,
    answers: Vec<(String, String)>,
}

struct Life {
    site: TestSite,
    dice: Dice,
    /// Those that are not in the trash.
    entries: Vec<Entry>,
    /// Everything that there ever was.
    ids: BTreeSet<String>,
    paths: BTreeSet<String>,
    redirects: Vec<String>,
    records: Vec<Record>,
    changes: usize,
}

#[actix_web::test]
async fn what_everybody_saw_at_an_instant_is_what_it_shows_for_ever() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let seed = std::env::var("MASTHEAD_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(now.subsec_nanos()));
    // What to set to meet the same sequence again.
    let _ = writeln!(std::io::stderr(), "MASTHEAD_TEST_SEED={seed}");
    let mut life = Life {
        site: TestSite::start().await,
        dice: Dice(seed),
        entries: Vec::new(),
        ids: BTreeSet::new(),
        paths: ["/", "/never"].map(str::to_owned).into(),
        redirects: Vec::new(),
        records: Vec::new(),
        changes: 0,
    };
    for step in 1..=STEPS {
        life.step().await;
        if step % (STEPS / RECORDS) == 0 {
            life.record().await;
        }
    }
    life.end().await;
}

impl Life {
    async fn step(&mut self) {
        let count = self.entries.len();
        if count < ENTRIES && self.dice.below(4) == 0 || count == 0 {
            return self.create().await;
        }
        let nth = self.dice.below(count);
        let seen = Seen::new(self.entries[nth].id, self.entries[nth].version);
        match self.dice.below(100) {
            0..30 => self.save(nth, seen).await,
            30..70 => self.publish(nth, seen).await,
            70..85 => self.unpublish(nth, seen).await,
            85..90 => self.trash(nth, seen).await,
            90..94 => self.redirect().await,
            94..96 => self.schedule().await,
            _ => {
                let interval = ["1 second", "40 minutes", "3 hours"][self.dice.below(3)];
                self.site.database.advance(interval).await;
            }
        }
    }

    fn spec(&self) -> KindSpec {
        self.site.app.kinds.get("page").expect("pages are a kind").clone()
    }

    fn revision(&mut self, origin: Origin) -> NewRevision {
        let slug = SLUGS[self.dice.below(SLUGS.len())];
        let any = |life: &mut Self| {
            let nth = life.dice.below(life.ids.len() + 2);
            life.ids.iter().nth(nth).cloned()
        };
        let mut body =
            json!({ "title": format!("Lantern {}", self.dice.below(1000)), "slug": slug, "blocks": [] });
        if let Some(parent) = any(self).filter(|_| !slug.is_empty()) {
            body["parent"] = json!(parent);
        }
        if let Some(target) = any(self) {
            body["blocks"] =
                json!([{ "id": "t", "type": "rich_text", "markdown": format!("[x](entry:{target})") }]);
        }
        if self.dice.below(3) == 0 {
            body["date"] = json!(format!("2026-01-{:02}T00:00:00Z", self.dice.below(28) + 1));
        }
        let body = (self.spec().canonical)(&body).expect("a page");
        NewRevision::new(body, origin)
    }

    /// Takes over what an action did; a refusal changes nothing.
    fn note(&mut self, nth: usize, outcome: Result<Snapshot, Problem>) -> bool {
        let Ok(snapshot) = outcome else { return false };
        self.changes += 1;
        self.entries[nth].version = snapshot.state.header.version;
        true
    }

    async fn create(&mut self) {
        let new = self.revision(Origin::Create);
        let permit = Permit::<Write<Page>>::system("test");
        let made = documents::create(&self.site.app, &permit, &self.spec(), None, (new, Placing::AsGiven))
            .await
            .expect("a draft");
        let header = made.state.header;
        self.ids.insert(header.entry.uuid().to_string());
        self.entries.push(Entry { id: header.entry, version: header.version, revisions: 1 });
        self.changes += 1;
    }

    async fn save(&mut self, nth: usize, seen: Seen<'_>) {
        let new = self.revision(Origin::Edit);
        let permit = Permit::<Write<Page>>::system("test");
        let outcome = documents::save(
            &self.site.app,
            &permit,
            &self.spec(),
            seen.which(),
            Basis::Version(seen.version),
            new,
        )
        .await
        .map(|saved| saved.snapshot);
        if self.note(nth, outcome) {
            self.entries[nth].revisions += 1;
        }
    }

    async fn publish(&mut self, nth: usize, seen: Seen<'_>) {
        let newest = self.entries[nth].revisions;
        let number = if self.dice.below(4) == 0 { self.dice.below(newest) + 1 } else { newest };
        let permit = Permit::<Publish<AnyContent>>::system("test");
        let number = i32::try_from(number).expect("small");
        let outcome = documents::publish(&self.site.app, &permit, seen, &Publication::now(number))
            .await
            .map(|(snapshot, _)| snapshot);
        self.note(nth, outcome);
    }

    async fn unpublish(&mut self, nth: usize, seen: Seen<'_>) {
        let permit = Permit::<Publish<AnyContent>>::system("test");
        let outcome = documents::unpublish(&self.site.app, &permit, seen, Descendants::Refuse).await;
        self.note(nth, outcome);
    }

    async fn trash(&mut self, nth: usize, seen: Seen<'_>) {
        let permit = Permit::<Delete<Page>>::system("test");
        if documents::trash(&self.site.app, &permit, &self.spec(), seen, Decision::default()).await.is_ok() {
            self.entries.remove(nth);
            self.changes += 1;
        }
    }

    /// Opens a redirect, or ends one.
    async fn redirect(&mut self) {
        let change = if self.redirects.len() > 3 || self.redirects.len() == 1 {
            let id = self.redirects.remove(0);
            let end = "set during = tstzrange(lower(during), (select changed_at from site))";
            format!("update redirects {end} where id = '{id}'; {}", event(&id))
        } else {
            let id = self.site.app.ids.uuid().to_string();
            let nth = self.dice.below(self.ids.len());
            let target = self.ids.iter().nth(nth).expect("an entry");
            let path = format!("/old/{}", self.changes);
            let insert = format!(
                "insert into redirects (id, locale, path, target_entry, origin, during) \
                 values ('{id}', 'en', '{path}', '{target}', 'manual', {FROM_NOW}); {}",
                event(&id)
            );
            self.paths.insert(path);
            self.redirects.push(id);
            insert
        };
        self.site.database.execute(&format!("select mh.public_change(); {change}")).await;
        self.changes += 1;
    }

    /// A page that time alone will make public.
    async fn schedule(&mut self) {
        let name = format!("dawn-{}", self.changes);
        let hours = i64::try_from(self.dice.below(6) + 1).expect("small");
        let id = import_page(&self.site, json!({ "title": name, "slug": name }), hours).await;
        self.ids.insert(id);
        self.paths.insert(format!("/{name}"));
        self.changes += 1;
    }

    async fn record(&mut self) {
        let (reader, instant) = (self.site.anonymous(), instant(&self.site).await);
        let lists = lists(&reader, "").await;
        let (mut ids, mut paths) = (BTreeSet::new(), BTreeSet::new());
        for card in lists.iter().filter_map(|row| serde_json::from_str::<Value>(row).ok()) {
            ids.insert(card["id"].as_str().expect("an id").to_owned());
            paths.insert(card["path"].as_str().expect("a path").to_owned());
        }
        self.paths.extend(paths.iter().cloned());
        // All that is public, and some of what was, is not yet or never will be.
        for _ in 0..OTHERS {
            let (id, path) = (self.dice.below(self.ids.len()), self.dice.below(self.paths.len()));
            ids.extend(self.ids.iter().nth(id).cloned());
            paths.extend(self.paths.iter().nth(path).cloned());
        }
        let ids = ids.iter().map(|id| format!("/v1/pages/{id}?text=html"));
        let paths = paths.iter().map(|path| format!("/v1/resolve?path={path}"));
        let mut answers = Vec::new();
        for address in ids.chain(paths) {
            let answer = told(&reader.get(&address).await);
            answers.push((address, answer));
        }
        self.records.push(Record { instant, lists, answers });
    }

    async fn end(self) {
        self.site.database.advance("2 days").await;
        let editor = self.site.client(Role::Editor).await;
        let public = self.records.iter().filter(|record| !record.lists.is_empty()).count();
        assert!(
            public > RECORDS / 2 && self.changes > STEPS / 3,
            "{public} records, {} changes",
            self.changes
        );
        for Record { instant, lists: before, answers } in &self.records {
            let as_of = format!("&as_of={instant}");
            assert_eq!(lists(&editor, &as_of).await, *before, "as of {instant}");
            for (address, before) in answers {
                let answer = editor.get(&format!("{address}{as_of}")).await;
                assert_eq!(told(&answer), *before, "{address} as of {instant}");
                if answer.status == 200 {
                    assert_eq!(answer.header("masthead-final"), "true", "{address} as of {instant}");
                }
            }
        }
        self.site.stop().await;
    }
}

/// The bytes of an answer; of a problem what is not of its request alone.
fn told(answer: &Answer) -> String {
    match answer.status {
        200 => String::from_utf8(answer.bytes.clone()).expect("text"),
        status => format!("{status} {}", answer.json["detail"]),
    }
}

/// Every row of the lists in both orders, as they stand in the answers; walked by the cursors.
async fn lists(client: &Client, as_of: &str) -> Vec<String> {
    let mut rows = Vec::new();
    for sort in ["-published_at", "title"] {
        let mut next = Some(format!("/v1/pages?limit=3&sort={sort}{as_of}"));
        while let Some(address) = next {
            let answer = client.get(&address).await.expect(200);
            rows.extend(answer.json["data"].as_array().expect("a list").iter().map(Value::to_string));
            next = link(&answer, "next");
        }
    }
    rows
}
