//! What begins or ends by plan is announced: which events there are, which there are not, and how far the watermark goes.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::plans::{Plans, REASON, began, expired, opening};
use super::rows::{CHANGE, INSTANT, event, revision};

#[actix_web::test]
async fn a_beginning_and_an_end_leave_one_event_each_that_says_which() {
    let mut plans = Plans::new().await;
    let entry = plans.plan("1 hour", Some("2 hours")).await;
    let ahead = plans.run_in_vain().await.next_in.expect("a beginning lies ahead");
    assert!(ahead <= Duration::from_secs(3600) && ahead > Duration::from_secs(3500), "{ahead:?}");

    let version = plans.version().await;
    for (nth, (verb, bound)) in [("went_live", "lower"), ("expired", "upper")].into_iter().enumerate() {
        plans.rows.database.advance("1 hour").await;
        assert_eq!(plans.run().await, 1);
        let query = "select (to_jsonb(e) - 'id' - 'at' - 'xact' - 'data_sha256')::text as value from events e \
            order by id desc limit 1";
        let found: Value = serde_json::from_str(&plans.text(query).await).expect("JSON");
        let publication =
            format!("select json_build_array(id, to_json({bound}(during)))::text as value from publications");
        let publication: Value = serde_json::from_str(&plans.text(&publication).await).expect("JSON");
        let at = plans
            .text(&format!(
                "select ((select (data ->> 'at')::timestamptz from events order by id desc limit 1) = {bound}(during))::text \
                 as value from publications"
            ))
            .await;
        assert_eq!(at, "true", "the event says when it came about, and not when it was told");
        assert_eq!(
            found,
            json!({
                "actor_kind": "system", "actor_id": null, "token_id": null, "reason": REASON, "request_id": null,
                "action": format!("page.{verb}"), "subject_kind": "page", "subject_id": entry,
                "data": { "locale": "en", "revision": 1, "publication": publication[0], "at": found["data"]["at"] },
            })
        );
        let moved = i64::try_from(nth).expect("small") + 1;
        assert_eq!(plans.version().await, version + moved, "other processes see that something changed");
        plans.run_in_vain().await;
    }
    assert_eq!(plans.told().await, [began(entry, 1), expired(entry, 1)]);
    assert_eq!(plans.run_in_vain().await.next_in, None, "nothing more is planned");
}

#[actix_web::test]
async fn what_happens_at_once_is_not_announced() {
    let mut plans = Plans::new().await;
    let entry = plans.plan("0", None).await;
    plans.plan("0", None).await;
    plans.rows.database.advance("1 hour").await;
    let ends = format!(
        "update publications set during = tstzrange(lower(during), {INSTANT}) where entry_id = '{entry}'"
    );
    plans.rows.commit(&format!("{CHANGE}; {ends}; {}", event(entry))).await;
    plans.rows.database.advance("1 hour").await;
    assert_eq!(plans.run_in_vain().await.next_in, None);
}

#[actix_web::test]
async fn what_another_publication_follows_is_replaced_and_does_not_expire() {
    let mut plans = Plans::new().await;
    let (entry, other) = (plans.rows.entry().await, plans.rows.entry().await);
    // What begins at the same instant and is of another entry follows nothing.
    let openings = [
        opening(entry, 1, "1 hour", Some("2 hours")),
        opening(entry, 2, "2 hours", None),
        opening(other, 1, "0", Some("2 hours")),
    ];
    plans.rows.commit(&format!("{CHANGE}; {}; {}", revision(entry, 2, "1"), openings.join("; "))).await;
    plans.rows.database.advance("3 hours").await;
    assert_eq!(plans.run().await, 3);
    assert_eq!(plans.told().await, [began(entry, 1), expired(other, 1), began(entry, 2)]);
    plans.run_in_vain().await;
}

#[actix_web::test]
async fn what_was_taken_back_or_ended_before_its_time_is_not_announced() {
    let mut plans = Plans::new().await;
    let (never, short) = (plans.plan("1 hour", None).await, plans.plan("0", Some("2 hours")).await);
    plans
        .rows
        .commit(&format!("{CHANGE}; delete from publications where entry_id = '{never}'; {}", event(never)))
        .await;
    let ends = format!(
        "update publications set during = tstzrange(lower(during), {INSTANT}) where entry_id = '{short}'"
    );
    plans.rows.database.advance("1 hour").await;
    plans.rows.commit(&format!("{CHANGE}; {ends}; {}", event(short))).await;
    plans.rows.database.advance("3 hours").await;
    assert_eq!(plans.run_in_vain().await.next_in, None);
}

#[actix_web::test]
async fn a_clock_that_jumps_tells_nothing_twice_and_leaves_nothing_out() {
    let mut plans = Plans::new().await;
    let first = plans.plan("1 hour", None).await;
    plans.rows.database.advance("2 hours").await;
    assert_eq!(plans.run().await, 1);
    plans.rows.database.advance("-3 hours").await;
    plans.run_in_vain().await;
    // Planned while the clock is behind what was told last: counted from the instant of the change, which never goes back.
    let second = plans.plan("1 minute", None).await;
    plans.run_in_vain().await;
    plans.rows.database.advance("3 hours").await;
    plans.run_in_vain().await;
    plans.rows.database.advance("1 minute").await;
    assert_eq!(plans.run().await, 1);
    plans.rows.database.advance("-1 day").await;
    plans.run_in_vain().await;
    assert_eq!(plans.told().await, [began(first, 1), began(second, 1)]);
}

#[actix_web::test]
async fn a_new_database_counts_from_its_last_change_whatever_the_clock_does() {
    let mut plans = Plans::new().await;
    let behind = "select (a.until <= s.changed_at)::text as value from announced a, site s";
    assert_eq!(plans.text(behind).await, "true");
    plans.rows.database.advance("-1 day").await;
    let entry = plans.plan("1 microsecond", None).await;
    plans.rows.database.advance("2 days").await;
    assert_eq!(plans.run().await, 1);
    assert_eq!(plans.told().await, [began(entry, 1)]);
}

#[actix_web::test]
async fn the_watermark_goes_forward_in_a_public_change_and_not_past_its_instant() {
    let mut plans = Plans::new().await;
    let entry = plans.rows.entry().await;
    let moved = |to: &str| format!("{CHANGE}; update announced set until = {to}; {}", event(entry));
    for to in [format!("{INSTANT} + interval '1 microsecond'"), "until - interval '1 microsecond'".into()] {
        plans.rows.refused("announced_moves_forward", &moved(&to)).await;
        plans.rows.refused_to_superuser("announced_moves_forward", &moved(&to)).await;
    }
    let without = format!("update announced set until = {INSTANT}");
    plans.rows.refused("timeline_needs_public_change", &without).await;
    for sql in ["delete from announced", "insert into announced values (2, mh_now())"] {
        plans.rows.refused("permission denied", sql).await;
        plans.rows.refused_to_superuser("announced_single_row", sql).await;
    }
    plans.rows.refused_to_superuser("append_only", "truncate announced").await;
    plans.rows.commit(&moved(INSTANT)).await;
}

/// Plans so many new entries, the nth of them so many microseconds after the first.
async fn plan_many(plans: &Plans, count: usize, apart: u32) {
    let sql = format!(
        "create temporary table made as select gen_random_uuid() as id, n from generate_series(1, {count}) n;
         {CHANGE};
         insert into entries (id, kind) select id, 'page' from made;
         insert into documents (entry_id, locale, kind, head) select id, 'en', 'page', 1 from made;
         insert into revisions (entry_id, locale, number, title, body, schema_version, sha256, origin)
           select id, 'en', 1, 'Lantern', '{{}}', 1, sha256(''), 'edit' from made;
         insert into publications (id, entry_id, locale, number, kind, during, first_published_at, published_at, title,
             title_sort, card, facets, derived_by, opened_at)
           select gen_random_uuid(), id, 'en', 1, 'page',
             tstzrange({INSTANT} + interval '1 hour' + n * interval '{apart} microseconds', null),
             mh_now(), mh_now(), 'Lantern', 'Lantern', '{{}}', '{{}}', 1, {INSTANT} from made;
         insert into events (actor_kind, reason, action, subject_kind, subject_id)
           select 'system', 'test', 'page.changed', 'page', id from made;
         drop table made"
    );
    crate::support::TestDatabase::execute(&plans.rows.database, &sql).await;
}

/// Every publication that has begun is told once, and none that has not.
const NOT_ONCE: &str = "select p.id::text as value from publications p left join events e \
    on e.action = 'page.went_live' and e.subject_id = p.entry_id and e.data ->> 'publication' = p.id::text \
    group by p.id having count(e.id) <> (lower(p.during) <= mh_now())::int";

#[actix_web::test]
#[expect(clippy::print_stdout, reason = "the figure is what the test is made for")]
async fn thousands_are_announced_in_runs_that_stay_short() {
    let plans = Plans::new().await;
    plan_many(&plans, 10_000, 0).await;
    plan_many(&plans, 7_000, 1).await;
    plans.rows.database.advance("2 hours").await;
    let mut runs = Vec::new();
    loop {
        let started = Instant::now();
        let events = plans.run().await;
        if events == 0 {
            break;
        }
        println!("{events} events in {:?}", started.elapsed());
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
        runs.push(events);
    }
    // What comes about at one instant stays together.
    assert_eq!(runs, [10_000, 5_000, 2_000]);
    assert_eq!(plans.rows.database.texts(NOT_ONCE).await, [""; 0]);
}
