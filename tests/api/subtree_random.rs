//! Whatever an editor limited to a section tries, in whatever state others leave the site: no row of a page outside
//! changes, and no page gets outside. Where pages lie is worked out here anew, from the rows alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::grounds::{Grounds, placed};
use crate::support::builders::page;
use crate::support::{Answer, Client};

const STEPS: usize = 150;

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

    /// Whether the newest revision alone puts a page outside.
    async fn drafted_outside(&self, at: &Grounds) -> BTreeSet<String> {
        let drafts = "select entry_id || ' ' || coalesce(parent::text, '-') as value from documents";
        let rows = at.site.database.texts(drafts).await;
        let parents: BTreeMap<&str, &str> =
            rows.iter().map(|row| row.split_once(' ').expect("two")).collect();
        let outside = |id: &str| {
            let (mut up, mut steps) = (id, 0);
            while up != at.a && up != "-" && steps < 200 {
                (up, steps) = (parents.get(up).copied().unwrap_or("-"), steps + 1);
            }
            up != at.a
        };
        self.rows.keys().filter(|id| outside(id)).cloned().collect()
    }
}

/// One action with a page, as anybody.
async fn act(at: &Grounds, dice: &mut Dice, client: &Client, ids: &[String]) -> (String, Answer) {
    let (id, parent) = (dice.one_of(ids).clone(), dice.one_of(ids).clone());
    let seen = at.seen(&id).await;
    let head = usize::try_from(seen.json["revision"]["number"].as_u64().expect("a number")).expect("small");
    let revision = 1 + dice.below(head);
    let from = format!("80{:02}-01-01T00:00:00Z", dice.below(90));
    let planned = seen.json["scheduled"][0]["id"].clone();
    let fields = placed(&parent, &format!("Page {}", dice.below(1_000_000)));
    let (action, body) = match dice.below(14) {
        0 | 1 => ("move", json!({ "parent": parent })),
        2 => ("publish", json!({ "revision": revision })),
        3 => ("schedule", json!({ "revision": revision, "from": from })),
        4 => ("unpublish", json!({ "descendants": "unpublish" })),
        5 => ("restore", json!({ "revision": revision })),
        6 => ("duplicate", json!({ "revision": revision })),
        7 => ("cancel", json!({ "publication": planned })),
        8 => ("reschedule", json!({ "publication": planned, "from": from })),
        9 => ("publish", json!({ "revision": revision, "parents": [{ "id": parent, "revision": 1 }] })),
        10 => ("create", page(fields)),
        11 => ("save", page(fields)),
        12 => ("many", json!({ "subtree": id })),
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
        ids.push(at.draft(&parent, &format!("Page {nth}")).await);
    }
    let (mut done, mut refused) = (0, 0);
    for _ in 0..STEPS {
        // The others leave the site in any state.
        act(&at, &mut dice, &at.admin, &ids).await;
        let before = Scene::of(&at).await;
        let outside = before.drafted_outside(&at).await;
        let (what, answer) = act(&at, &mut dice, &at.limited, &ids).await;
        let after = Scene::of(&at).await;
        match answer.status {
            200..300 => done += 1,
            403 => refused += 1,
            400.. => {}
            other => panic!("{other} for {what}"),
        }
        for id in &outside {
            assert_eq!(
                before.rows[id], after.rows[id],
                "{what} changed {id}, which lies outside: {}",
                answer.json
            );
        }
        let outside_now = after.drafted_outside(&at).await;
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
