//! Plans: what is scheduled takes effect by time alone, can be moved and taken back until shortly before, and says in the
//! timeline what it did.

use serde_json::{Value, json};

use crate::desk::{Desk, hour, publication};

/// A timeline entry in short.
fn entry(revision: i64, state: &str, ended: &str) -> (i64, String, String) {
    (revision, state.to_owned(), ended.to_owned())
}

/// Revision 1 is live, revision 2 is planned for an hour; gives the entry and the planned publication.
async fn planned(desk: &Desk, at: u32) -> (String, String) {
    let id = desk.live(json!({ "title": "One", "slug": "plan" })).await;
    let publication = desk.plan(&id, json!({ "title": "Two" }), &hour(at)).await;
    (id, publication)
}

#[actix_web::test]
async fn a_schedule_takes_effect_at_its_instant() {
    let desk = Desk::frozen().await;
    let (id, publication) = planned(&desk, 5).await;
    let state = desk.page(&id).await.json;
    assert_eq!((&state["live"]["revision"], &state["live"]["until"]), (&json!(1), &json!(hour(5))));
    let two = json!({ "id": publication, "revision": 2, "from": hour(5), "until": null, "path": "/plan" });
    assert_eq!(state["scheduled"], json!([two]));
    let one = entry(1, "live", "replaced");
    assert_eq!(desk.timeline(&id).await, [entry(2, "scheduled", ""), one]);
    desk.advance("4 hours 59 minutes 59.999999 seconds").await;
    assert_eq!(desk.title(&id).await.as_deref(), Some("One"));
    let before = desk.site.database.fingerprint().await;
    desk.advance("1 microsecond").await;
    assert_eq!(desk.title(&id).await.as_deref(), Some("Two"));
    let state = desk.page(&id).await.json;
    assert_eq!((&state["live"], &state["scheduled"]), (&two, &json!([])));
    assert_eq!(desk.timeline(&id).await, [entry(2, "live", ""), entry(1, "past", "replaced")]);
    assert_eq!(desk.site.database.fingerprint().await, before, "nobody had to do anything");
    desk.close().await;
}

#[actix_web::test]
async fn a_cancelled_schedule_lets_the_earlier_one_run_on() {
    let desk = Desk::frozen().await;
    let (id, publication) = planned(&desk, 5).await;
    desk.advance("4 hours").await;
    let state = desk.done(&id, "cancel", json!({ "publication": publication })).await.json;
    assert_eq!((&state["live"]["until"], &state["scheduled"]), (&json!(null), &json!([])));
    assert_eq!(desk.timeline(&id).await, [entry(1, "live", "")]);
    desk.advance("4 hours").await;
    assert_eq!(desk.title(&id).await.as_deref(), Some("One"));
    desk.refuses(&id, "cancel", json!({ "publication": publication }), (404, "not_found")).await;
    desk.close().await;
}

#[actix_web::test]
async fn a_cancelled_one_in_the_middle_gives_its_time_to_the_one_before() {
    let desk = Desk::frozen().await;
    let (id, _) = planned(&desk, 8).await;
    let middle = desk.plan(&id, json!({ "title": "Three" }), &hour(4)).await;
    let state = desk.page(&id).await.json;
    let times = |state: &Value| {
        let planned = state["scheduled"].as_array().expect("a list").clone();
        planned.into_iter().map(|p| (p["revision"].clone(), p["until"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(times(&state), [(json!(3), json!(hour(8))), (json!(2), json!(null))], "in the order of time");
    assert_eq!(state["live"]["until"], json!(hour(4)));
    // Another revision for the same instant takes the place.
    let again = desk.plan(&id, json!({ "title": "Four" }), &hour(4)).await;
    let state = desk.page(&id).await.json;
    assert_eq!(times(&state), [(json!(4), json!(hour(8))), (json!(2), json!(null))]);
    desk.refuses(&id, "cancel", json!({ "publication": middle }), (404, "not_found")).await;
    let state = desk.done(&id, "cancel", json!({ "publication": again })).await.json;
    assert_eq!(state["live"]["until"], json!(hour(8)));
    desk.advance("6 hours").await;
    assert_eq!(desk.title(&id).await.as_deref(), Some("One"));
    desk.advance("2 hours").await;
    assert_eq!(desk.title(&id).await.as_deref(), Some("Two"));
    desk.close().await;
}

#[actix_web::test]
async fn a_schedule_is_moved() {
    let desk = Desk::frozen().await;
    let (id, publication) = planned(&desk, 5).await;
    let to = |from: &str, until: Value| json!({ "publication": publication, "from": from, "until": until });
    let moved = desk.done(&id, "reschedule", to(&hour(2), json!(hour(7)))).await.json;
    let row = &moved["scheduled"][0];
    assert_eq!((&row["from"], &row["until"]), (&json!(hour(2)), &json!(hour(7))));
    assert_eq!(moved["live"]["until"], json!(hour(2)));
    for (from, until, place) in [
        (hour(0), json!(null), "/from"),
        (hour(3), json!(hour(3)), "/until"),
        (hour(3), json!(hour(2)), "/until"),
    ] {
        let refused = desk.refuses(&id, "reschedule", to(&from, until), (422, "invalid")).await;
        assert_eq!(refused.places(), [(place, "invalid")], "{}", refused.json);
    }
    let unknown = json!({ "publication": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", "from": hour(3) });
    desk.refuses(&id, "reschedule", unknown, (404, "not_found")).await;
    let stale = desk.act(&id, "reschedule", 1, to(&hour(3), json!(null)));
    desk.refused(stale, 412, "stale").await;
    desk.advance("2 hours").await;
    assert_eq!(desk.title(&id).await.as_deref(), Some("Two"));
    desk.advance("5 hours").await;
    assert_eq!(desk.title(&id).await, None);
    let two = entry(2, "past", "expired");
    assert_eq!(desk.timeline(&id).await, [two, entry(1, "past", "replaced")]);
    desk.close().await;
}

#[actix_web::test]
async fn what_is_live_is_neither_cancelled_nor_moved() {
    let desk = Desk::frozen().await;
    let id = desk.live(json!({ "slug": "live" })).await;
    let live = desk.page(&id).await.json["live"]["id"].clone();
    desk.refuses(&id, "cancel", json!({ "publication": live }), (409, "conflict")).await;
    let moved = json!({ "publication": live, "from": hour(5) });
    desk.refuses(&id, "reschedule", moved, (409, "conflict")).await;
    let past =
        desk.refuses(&id, "schedule", json!({ "revision": 1, "from": hour(0) }), (422, "invalid")).await;
    assert_eq!(past.places(), [("/from", "invalid")]);
    let ends = json!({ "revision": 1, "from": hour(5), "until": hour(4) });
    let ends = desk.refuses(&id, "schedule", ends, (422, "invalid")).await;
    assert_eq!(ends.places(), [("/until", "invalid")]);
    // Another document's publication is none of this one.
    let other = desk.live(json!({ "slug": "other" })).await;
    desk.refuses(&other, "cancel", json!({ "publication": live }), (404, "not_found")).await;
    desk.refuses(&other, "expire", json!({ "publication": live, "until": hour(9) }), (404, "not_found"))
        .await;
    desk.close().await;
}

#[actix_web::test]
async fn in_its_last_seconds_a_schedule_stands() {
    let desk = Desk::frozen().await;
    let (id, planned) = planned(&desk, 5).await;
    let body = json!({ "publication": planned });
    desk.advance("4 hours 59 minutes 58 seconds").await;
    desk.refuses(&id, "cancel", body.clone(), (409, "already_taking_effect")).await;
    desk.advance("1.5 seconds").await;
    desk.refuses(&id, "cancel", body.clone(), (409, "already_taking_effect")).await;
    let later = json!({ "publication": planned, "from": hour(9) });
    desk.refuses(&id, "reschedule", later, (409, "already_taking_effect")).await;
    let instead = json!({ "revision": 1, "from": hour(5) });
    let version = desk.version(&id).await;
    desk.edit(&id, json!({ "title": "Three" })).await;
    assert_eq!(desk.version(&id).await, version + 1, "saving is free at any time");
    let instead = json!({ "revision": 3, "from": instead["from"] });
    desk.refuses(&id, "schedule", instead, (409, "already_taking_effect")).await;
    let path = format!("/admin/v1/pages/{id}");
    let trashed = desk.editor.delete_at(&path, version + 1);
    desk.refused(trashed, 409, "already_taking_effect").await;
    desk.advance("0.5 seconds").await;
    assert_eq!(desk.title(&id).await.as_deref(), Some("Two"));
    desk.refuses(&id, "cancel", body, (409, "conflict")).await;
    desk.close().await;
}

#[actix_web::test]
async fn a_moment_earlier_it_can_be_cancelled() {
    let desk = Desk::frozen().await;
    let (id, planned) = planned(&desk, 5).await;
    desk.advance("4 hours 59 minutes 57.9 seconds").await;
    desk.done(&id, "cancel", json!({ "publication": planned })).await;
    desk.advance("10 seconds").await;
    assert_eq!(desk.title(&id).await.as_deref(), Some("One"));
    desk.close().await;
}

#[actix_web::test]
async fn a_planned_end_stays_when_a_correction_is_published() {
    let desk = Desk::frozen().await;
    let id = desk.draft(json!({ "title": "One", "slug": "fair" })).await;
    let live = desk.done(&id, "publish", json!({ "revision": 1, "until": hour(6) })).await.json;
    assert_eq!(live["live"]["until"], json!(hour(6)));
    desk.advance("1 hour").await;
    let live = desk.correct(&id, json!({ "title": "Two" })).await.json;
    assert_eq!((&live["live"]["revision"], &live["live"]["until"]), (&json!(2), &json!(hour(6))));
    assert_eq!(desk.timeline(&id).await, [entry(2, "live", "expired"), entry(1, "past", "replaced")]);
    // A planned correction keeps it too.
    desk.plan(&id, json!({ "title": "Three" }), &hour(4)).await;
    let state = desk.page(&id).await.json;
    assert_eq!(
        (&state["live"]["until"], &state["scheduled"][0]["until"]),
        (&json!(hour(4)), &json!(hour(6)))
    );
    desk.advance("5 hours").await;
    assert_eq!(desk.title(&id).await, None);
    desk.paths(&[("/fair", "")]).await;
    let past = [entry(3, "past", "expired"), entry(2, "past", "replaced"), entry(1, "past", "replaced")];
    assert_eq!(desk.timeline(&id).await, past);
    desk.close().await;
}

#[actix_web::test]
async fn an_end_is_planned_moved_and_taken_away() {
    let desk = Desk::frozen().await;
    let id = desk.live(json!({ "title": "One", "slug": "end" })).await;
    let until = |hours: u32| json!({ "until": hour(hours) });
    assert_eq!(desk.done(&id, "expire", until(6)).await.json["live"]["until"], json!(hour(6)));
    assert_eq!(desk.done(&id, "expire", until(3)).await.json["live"]["until"], json!(hour(3)));
    desk.idle(desk.act(&id, "expire", desk.version(&id).await, until(3))).await;
    assert_eq!(desk.done(&id, "expire", json!({})).await.json["live"]["until"], json!(null));
    let past = desk.refuses(&id, "expire", until(0), (422, "invalid")).await;
    assert_eq!(past.places(), [("/until", "invalid")]);
    let planned = desk.plan(&id, json!({ "title": "Two" }), &hour(4)).await;
    let ends = desk.done(&id, "expire", json!({ "publication": planned, "until": hour(8) })).await.json;
    assert_eq!(ends["scheduled"][0]["until"], json!(hour(8)));
    let early = json!({ "publication": planned, "until": hour(4) });
    desk.refuses(&id, "expire", early, (422, "invalid")).await;
    desk.advance("7 hours 59 minutes 59 seconds").await;
    desk.refuses(&id, "expire", json!({ "until": null }), (409, "already_taking_effect")).await;
    desk.refuses(&id, "expire", until(9), (409, "already_taking_effect")).await;
    desk.advance("1 second").await;
    assert_eq!(desk.title(&id).await, None);
    desk.refuses(&id, "expire", json!({ "until": null }), (409, "not_live")).await;
    desk.refuses(&id, "unpublish", json!({}), (409, "not_live")).await;
    assert_eq!(desk.timeline(&id).await, [entry(2, "past", "expired"), entry(1, "past", "replaced")]);
    desk.close().await;
}

#[actix_web::test]
async fn what_is_unpublished_is_told_apart_from_what_expired() {
    let desk = Desk::frozen().await;
    let (id, _) = planned(&desk, 5).await;
    desk.advance("1 hour").await;
    let state = desk.done(&id, "unpublish", json!({})).await.json;
    assert_eq!((&state["live"], &state["scheduled"][0]["revision"]), (&json!(null), &json!(2)));
    assert_eq!(desk.title(&id).await, None);
    let one = entry(1, "past", "unpublished");
    assert_eq!(desk.timeline(&id).await, [entry(2, "scheduled", ""), one.clone()]);
    desk.advance("4 hours").await;
    assert_eq!(desk.title(&id).await.as_deref(), Some("Two"));
    assert_eq!(desk.timeline(&id).await, [entry(2, "live", ""), one]);
    desk.close().await;
}

#[actix_web::test]
async fn publishing_what_is_public_changes_nothing() {
    let desk = Desk::frozen().await;
    let (id, planned) = planned(&desk, 5).await;
    let version = desk.version(&id).await;
    desk.idle(desk.act(&id, "publish", version, json!({ "revision": 1 }))).await;
    desk.idle(desk.act(&id, "schedule", version, json!({ "revision": 2, "from": hour(5) }))).await;
    let state =
        desk.idle(desk.act(&id, "schedule", version, json!({ "revision": 2, "from": hour(7) }))).await;
    assert_eq!(publication(&state, 2), planned);
    desk.refuses(&id, "publish", json!({ "revision": 3 }), (422, "invalid")).await;
    desk.close().await;
}
