//! What was public when: nothing overlaps, now or in the future, and the past is closed.

use uuid::Uuid;

use super::rows::{
    CHANGE, INSTANT, Rows, event, from_now, publication, publication_opened, publish, redirect, revision,
    route, unpublish,
};

/// From so long after the instant of this change on.
fn later(interval: &str) -> String {
    format!("tstzrange({INSTANT} + interval '{interval}', null)")
}

/// A database, and an entry with two revisions, of which the first is public.
async fn live() -> (Rows, Uuid) {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    rows.commit(&format!("{}; {}", revision(entry, 2, "1"), event(entry))).await;
    rows.commit(&publish(entry, 1, "/lantern")).await;
    (rows, entry)
}

#[actix_web::test]
async fn two_revisions_are_never_public_at_one_instant() {
    let (mut rows, entry) = live().await;
    let also = |during: &str| format!("{CHANGE}; {}", publication(entry, 2, during));
    rows.refused("publications_one_at_a_time", &also(&from_now())).await;
    rows.refused("publications_one_at_a_time", &also(&later("1 year"))).await;
    let for_a_while = format!("tstzrange({INSTANT} + interval '1 year', {INSTANT} + interval '2 years')");
    rows.refused("publications_one_at_a_time", &also(&for_a_while)).await;
}

#[actix_web::test]
async fn two_entries_are_never_on_one_path() {
    let (mut rows, entry) = live().await;
    let other = rows.entry().await;
    let take = |during: &str| {
        format!("{CHANGE}; {}; {}", publication(other, 1, during), route(other, "/lantern", during))
    };
    rows.refused("routes_one_entry_per_path", &take(&from_now())).await;
    rows.refused("routes_one_entry_per_path", &take(&later("1 year"))).await;
    rows.refused(
        "routes_one_path_per_entry",
        &format!("{CHANGE}; {}; {}", route(entry, "/b", &from_now()), event(entry)),
    )
    .await;
    // Free once the other has ended, at the very instant too.
    let ends = format!("set during = tstzrange(lower(during), {INSTANT}) where entry_id = '{entry}'");
    let freed = format!("{CHANGE}; update publications {ends}; update routes {ends}; {}", event(entry));
    rows.commit(&format!("{freed}; {}", take(&from_now()).replacen(CHANGE, "select 1", 1))).await;
}

#[actix_web::test]
async fn the_past_is_closed() {
    let (mut rows, entry) = live().await;
    rows.commit(&unpublish(entry)).await;
    rows.database.advance("1 hour").await;
    for table in ["publications", "routes"] {
        let reopened =
            format!("{CHANGE}; update {table} set during = tstzrange(lower(during), null); {}", event(entry));
        rows.refused("timeline_bound_is_history", &reopened).await;
        rows.refused_to_superuser("timeline_bound_is_history", &reopened).await;
        let longer = format!(
            "{CHANGE}; update {table} set during = tstzrange(lower(during), upper(during) + interval '1 minute'); {}",
            event(entry)
        );
        rows.refused("timeline_bound_is_history", &longer).await;
        let shorter = format!(
            "{CHANGE}; update {table} set during = tstzrange(lower(during), lower(during) + (upper(during) - lower(during)) / 2); {}",
            event(entry)
        );
        rows.refused("timeline_bound_is_history", &shorter).await;
        let gone = format!("{CHANGE}; delete from {table}; {}", event(entry));
        rows.refused("timeline_was_public", &gone).await;
        rows.refused_to_superuser("timeline_was_public", &gone).await;
    }
    let before = format!("tstzrange({INSTANT} - interval '1 microsecond', {INSTANT} + interval '1 day')");
    rows.refused("timeline_no_past_start", &format!("{CHANGE}; {}", publication(entry, 2, &before))).await;
    rows.refused(
        "timeline_no_past_start",
        &format!("{CHANGE}; {}; {}", route(entry, "/x", &before), event(entry)),
    )
    .await;
}

#[actix_web::test]
async fn what_is_public_now_ends_now_or_later_and_keeps_its_beginning() {
    let (mut rows, entry) = live().await;
    rows.database.advance("1 hour").await;
    let set = |table: &str, what: &str| format!("{CHANGE}; update {table} set {what}; {}", event(entry));
    for date in ["first_published_at", "published_at"] {
        let moved = set("publications", &format!("{date} = {date} - interval '1 day'"));
        rows.refused("timeline_identity", &moved).await;
        rows.refused_to_superuser("timeline_identity", &moved).await;
    }
    for table in ["publications", "routes"] {
        let ended_before = format!("during = tstzrange(lower(during), {INSTANT} - interval '1 second')");
        rows.refused("timeline_bound_is_history", &set(table, &ended_before)).await;
        for moved in ["lower(during) + interval '1 second'", "lower(during) - interval '1 second'", INSTANT] {
            rows.refused("timeline_identity", &set(table, &format!("during = tstzrange({moved}, null)")))
                .await;
        }
        rows.refused("timeline_was_public", &format!("{CHANGE}; delete from {table}; {}", event(entry)))
            .await;
    }
    for (table, other) in [
        ("publications", "number = 2"),
        ("publications", "opened_at = mh_now()"),
        ("publications", "id = gen_random_uuid()"),
        ("routes", "path = '/other'"),
    ] {
        rows.refused("permission denied", &set(table, other)).await;
        rows.refused_to_superuser("timeline_identity", &set(table, other)).await;
    }
    rows.commit(&set(
        "publications",
        &format!("during = tstzrange(lower(during), {INSTANT} + interval '1 day')"),
    ))
    .await;
}

#[actix_web::test]
async fn plans_can_be_moved_and_taken_back_until_they_have_begun() {
    let (mut rows, entry) = live().await;
    let ends = format!("set during = tstzrange(lower(during), {INSTANT} + interval '1 day')");
    let planned = format!("{CHANGE}; update publications {ends}; {}", publication(entry, 2, &later("1 day")));
    rows.commit(&planned).await;
    let take_back = format!(
        "{CHANGE}; delete from publications where number = 2; \
         update publications set during = tstzrange(lower(during), null) where number = 1; {}",
        event(entry)
    );
    rows.commit(&take_back).await;
    rows.commit(&planned).await;
    rows.database.advance("1 day 1 second").await;
    rows.refused("timeline_was_public", &take_back).await;
}

#[actix_web::test]
async fn only_the_instant_of_a_public_change_counts() {
    let (mut rows, entry) = live().await;
    let other = rows.entry().await;
    // The instant of an earlier transaction is no instant of this one.
    rows.commit(&format!("{CHANGE}; {}", event(entry))).await;
    for sql in [
        publication(other, 1, &from_now()),
        format!("update publications set during = tstzrange(lower(during), mh_now()); {}", event(entry)),
        format!("delete from publications; {}", event(entry)),
        format!("{}; {}", route(other, "/x", &from_now()), event(other)),
        format!("update routes set during = tstzrange(lower(during), mh_now()); {}", event(entry)),
        format!("delete from routes; {}", event(entry)),
        format!("savepoint a; {CHANGE}; rollback to a; {}", publication(other, 1, &from_now())),
        format!("{}; {}", redirect(entry, "/old", &from_now()), event(entry)),
    ] {
        rows.refused("timeline_needs_public_change", &sql).await;
        rows.refused_to_superuser("timeline_needs_public_change", &sql).await;
    }
}

#[actix_web::test]
async fn ranges_have_a_beginning_and_are_never_empty() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    for during in [
        format!("tstzrange({INSTANT}, {INSTANT})"),
        "'empty'".into(),
        format!("tstzrange({INSTANT}, 'infinity')"),
        "tstzrange(null, null)".into(),
        "tstzrange('-infinity', null)".into(),
        format!("tstzrange({INSTANT}, null, '()')"),
        format!("tstzrange({INSTANT}, {INSTANT} + interval '1 day', '[]')"),
    ] {
        // A beginning that is no instant also lies before every instant.
        let (publications, routes) = match during.as_str() {
            "tstzrange('-infinity', null)" => ("timeline_no_past_start", "timeline_no_past_start"),
            _ => ("publications_during_shape", "routes_during_shape"),
        };
        rows.refused(publications, &format!("{CHANGE}; {}", publication(entry, 1, &during))).await;
        rows.refused(routes, &format!("{CHANGE}; {}; {}", route(entry, "/lantern", &during), event(entry)))
            .await;
    }
}

#[actix_web::test]
async fn a_publication_is_of_a_revision_that_exists() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let sql = format!("{CHANGE}; {}", publication(entry, 2, &from_now()));
    rows.refused("publications_entry_id_locale_number_fkey", &sql).await;
}

#[actix_web::test]
async fn a_path_is_a_path_of_at_most_1024_bytes() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let at = |path: &str| format!("{CHANGE}; {}; {}", route(entry, path, &from_now()), event(entry));
    rows.refused("routes_path_shape", &at("lantern")).await;
    rows.refused("routes_path_shape", &at(&format!("/{}", "é".repeat(512)))).await;
    rows.commit(&at(&format!("/{}", "é".repeat(511)))).await;
}

#[actix_web::test]
async fn a_publication_is_opened_at_the_instant_of_its_change() {
    let (mut rows, entry) = live().await;
    rows.commit(&unpublish(entry)).await;
    for opened in [
        format!("{INSTANT} - interval '1 microsecond'"),
        format!("{INSTANT} + interval '1 microsecond'"),
        "(select lower(during) from publications)".into(),
    ] {
        for during in [from_now(), later("1 day")] {
            let sql = format!("{CHANGE}; {}", publication_opened(entry, 2, &during, &opened));
            rows.refused("timeline_opened_now", &sql).await;
            rows.refused_to_superuser("timeline_opened_now", &sql).await;
        }
    }
    let never = format!("{CHANGE}; {}", publication_opened(entry, 2, &from_now(), "null"));
    rows.refused("\"opened_at\"", &never).await;
}

#[actix_web::test]
async fn a_planned_end_lies_ahead_and_ends_what_it_plans() {
    let (mut rows, entry) = live().await;
    rows.database.advance("1 hour").await;
    let set = |until: &str, end: &str| {
        format!(
            "{CHANGE}; update publications set until = {until}, during = tstzrange(lower(during), {end}); {}",
            event(entry)
        )
    };
    let (past, tomorrow) =
        (format!("{INSTANT} - interval '1 second'"), format!("{INSTANT} + interval '1 day'"));
    rows.refused("publications_until_covers", &set("lower(during)", "null")).await;
    for end in ["null", &tomorrow] {
        rows.refused("timeline_bound_is_history", &set(&past, end)).await;
        rows.refused_to_superuser("timeline_bound_is_history", &set(&past, end)).await;
    }
    rows.commit(&set(&tomorrow, &tomorrow)).await;
    rows.commit(&set("null", "null")).await;
    rows.commit(&set(&tomorrow, &tomorrow)).await;
    rows.database.advance("1 day 1 second").await;
    let over = |until: &str| format!("{CHANGE}; update publications set until = {until}; {}", event(entry));
    for until in ["null".to_owned(), "until + interval '1 day'".to_owned(), tomorrow] {
        rows.refused("timeline_bound_is_history", &over(&until)).await;
        rows.refused_to_superuser("timeline_bound_is_history", &over(&until)).await;
    }
}

#[actix_web::test]
async fn what_has_not_begun_may_get_another_first_date() {
    let (mut rows, entry) = live().await;
    rows.commit(&unpublish(entry)).await;
    rows.commit(&format!("{CHANGE}; {}", publication(entry, 2, &later("1 day")))).await;
    let date = |at: &str| {
        let set = format!("first_published_at = {at}, published_at = {at}");
        format!("{CHANGE}; update publications set {set} where number = 2; {}", event(entry))
    };
    rows.commit(&date("lower(during)")).await;
    rows.database.advance("1 day 1 second").await;
    rows.refused("timeline_identity", &date("mh_now()")).await;
    // Nothing is said against what stays.
    rows.commit(&date("lower(during)")).await;
}
