//! Whatever an editor limited to a section tries, in whatever state others leave the site: no row of a page outside
//! changes, and no page gets outside. Where pages lie is worked out here anew, from the rows alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::grounds::{Grounds, placed};
use crate::support::builders::page;
use crate::support::{Answer, Client};

const STEPS: usize = 120;

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

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// The rows of each page, and its parents: drafted, public now, and planned.
#[derive(Debug, Default)]
struct Scene {
    rows: BTreeMap<String, Vec<String>>,
    parents: BTreeMap<String, BTreeSet<String>>,
}

impl Scene {
    async fn of(at: &Grounds) -> Self {
        // One statement, so that all of it is of one moment.
        let rows = "select e.id || ' - ' || to_jsonb(e)::text as value from entries e \
            union all select d.entry_id || ' ' || coalesce(d.parent::text, '-') || ' ' || to_jsonb(d)::text from documents d \
            union all select r.entry_id || ' - ' || r.number || ' ' || r.title from revisions r \
            union all select p.entry_id || ' ' || coalesce(p.parent::text, '-') || ' ' || to_jsonb(p)::text \
              from publications p where p.during && tstzrange(greatest(mh_now(), (select changed_at from site)), null)";
        let mut scene = Self::default();
        for row in at.site.database.texts(rows).await {
            let mut parts = row.splitn(3, ' ');
            let (id, parent) = (parts.next().expect("an id"), parts.next().expect("a parent"));
            if parent != "-" {
                scene.parents.entry(id.to_owned()).or_default().insert(parent.to_owned());
            }
            scene.rows.entry(id.to_owned()).or_default().push(row);
        }
        scene.rows.values_mut().for_each(|rows| rows.sort());
        scene
    }

    /// Whether some way up from this page, by drafted or public parents in whatever order, reaches the top without the
    /// section. Wider than what is refused, so what is not outside by this rule is inside by every other.
    fn may_lie_outside(&self, id: &str, section: &str, seen: &mut BTreeSet<String>) -> bool {
        if id == section || !seen.insert(id.to_owned()) {
            return false;
        }
        match self.parents.get(id) {
            None => true,
            Some(parents) => parents.iter().any(|parent| self.may_lie_outside(parent, section, seen)),
        }
    }
}

/// The pages that lie outside in some way: as drafted, in public now, or in public when all plans have come about.
async fn outside(at: &Grounds) -> BTreeSet<String> {
    let public = |instant: &str| {
        format!(
            "select entry_id || ' ' || coalesce(parent::text, '-') as value from publications \
             where during @> {instant}"
        )
    };
    let drafted = "select entry_id || ' ' || coalesce(parent::text, '-') as value from documents";
    let mut outside = BTreeSet::new();
    for ways in [
        drafted.to_owned(),
        public("greatest(mh_now(), (select changed_at from site))"),
        public("timestamptz '9500-01-01'"),
    ] {
        let rows = at.site.database.texts(&ways).await;
        let parents: BTreeMap<&str, &str> =
            rows.iter().map(|row| row.split_once(' ').expect("two")).collect();
        let lies_outside = |id: &str| {
            let (mut up, mut steps) = (id, 0);
            while up != at.a && up != "-" && steps < 200 {
                (up, steps) = (parents.get(up).copied().unwrap_or("-"), steps + 1);
            }
            up != at.a
        };
        outside.extend(parents.keys().filter(|id| lies_outside(id)).map(|id| (*id).to_owned()));
    }
    outside
}

/// One action with a page, as anybody.
async fn act(
    at: &Grounds,
    dice: &mut Dice,
    (client, actions): (&Client, usize),
    ids: &[String],
) -> (String, Answer) {
    let id = dice.one_of(ids).clone();
    let parent = if dice.below(3) == 0 { dice.one_of(ids).clone() } else { dice.one_of(&ids[..2]).clone() };
    let seen = at.seen(&id).await;
    let head = usize::try_from(seen.json["revision"]["number"].as_u64().expect("a number")).expect("small");
    let revision = 1 + dice.below(head);
    let from = format!("80{:02}-01-01T00:00:00Z", dice.below(90));
    let planned = seen.json["scheduled"][0]["id"].clone();
    let fields = placed(&parent, &format!("Page {}", dice.below(1_000_000)));
    let (action, body) = match dice.below(actions) {
        0 | 1 => ("move", json!({ "parent": parent })),
        2 | 3 => ("publish", json!({ "revision": revision })),
        4 => ("schedule", json!({ "revision": revision, "from": from })),
        5 => ("restore", json!({ "revision": revision })),
        6 => ("publish", json!({ "revision": revision, "along": [{ "id": parent, "revision": 1 }] })),
        7 => ("cancel", json!({ "publication": planned })),
        8 => ("reschedule", json!({ "publication": planned, "from": from })),
        9 => ("save", page(fields)),
        10 => ("unpublish", json!({ "descendants": "unpublish" })),
        11 => ("duplicate", json!({ "revision": revision })),
        12 => ("create", page(fields)),
        13 => ("many", json!({ "subtree": id })),
        // With the section, all that is in reach would go.
        _ if id == at.a => ("move", json!({ "parent": parent })),
        _ => ("trash", json!(null)),
    };
    let path = format!("/admin/v1/pages/{id}");
    let answer = match action {
        "create" => client.post("/admin/v1/pages", &body).await,
        "save" => client.put_at(&path, seen.version(), &body).await,
        "many" => client.post("/admin/v1/documents/publish", &body).await,
        "trash" => {
            let path = format!("{path}?descendants=trash&references=unlink");
            client.delete_at(&path, seen.version()).await
        }
        _ => at.act(client, &id, action, body.clone()).await,
    };
    (format!("{action} of {id}: {body}"), answer)
}

#[actix_web::test]
async fn nothing_outside_changes_and_nothing_gets_outside() {
    let at = Grounds::new().await;
    let mut dice =
        Dice(std::env::var("MASTHEAD_TEST_SEED").map_or(4, |seed| seed.parse().expect("a number")));
    let mut ids = vec![at.a.clone(), at.b.clone()];
    for nth in 0..14 {
        let parent = dice.one_of(&ids).clone();
        let title = format!("Page {nth}");
        ids.push(match nth % 3 {
            0 => at.draft(&parent, &title).await,
            _ => at.public(&ids[nth % 2], &title).await,
        });
    }
    let (mut done, mut refused) = (0, 0);
    for _ in 0..STEPS {
        // The others leave the site in any state; they neither end nor trash, or little would be left.
        act(&at, &mut dice, (&at.admin, 10), &ids).await;
        let before = Scene::of(&at).await;
        let hidden = outside(&at).await;
        let (what, answer) = act(&at, &mut dice, (&at.limited, 15), &ids).await;
        let after = Scene::of(&at).await;
        match answer.status {
            200..300 => done += 1,
            403 => refused += 1,
            400.. => {}
            other => panic!("{other} for {what}"),
        }
        for id in &hidden {
            assert_eq!(
                before.rows[id], after.rows[id],
                "{what} changed {id}, which lies outside: {}",
                answer.json
            );
        }
        let outside_now = outside(&at).await;
        for (id, rows) in after.rows.iter().filter(|(id, rows)| before.rows.get(*id) != Some(rows)) {
            assert!(!outside_now.contains(id), "{what} took {id} outside: {rows:#?}");
            let wide = |scene: &Scene| scene.may_lie_outside(id, &at.a, &mut BTreeSet::new());
            assert!(!wide(&after) || wide(&before), "{what} gave {id} a way outside: {rows:#?}");
        }
        assert_eq!(before.parents.get(&at.a), after.parents.get(&at.a), "{what} moved the section");
        let answer: &Value = &answer.json;
        ids.extend(answer["id"].as_str().map(str::to_owned).filter(|id| !ids.contains(id)));
    }
    assert!(done > STEPS / 20 && refused > STEPS / 10, "{done} done, {refused} refused");
    at.site.stop().await;
}
