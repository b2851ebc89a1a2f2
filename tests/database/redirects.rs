//! A redirect is part of what the public sees: it leads somewhere during a range, and the past of that is closed.

use uuid::Uuid;

use super::rows::{CHANGE, INSTANT, Rows, event, from_now, id, redirect};

/// A database, and a redirect of an hour ago that lasts.
async fn lasting() -> (Rows, Uuid) {
    let mut rows = Rows::new().await;
    let lasting = id();
    rows.commit(&format!("{CHANGE}; {}; {}", redirect(lasting, "/old", &from_now()), event(lasting))).await;
    rows.database.advance("1 hour").await;
    (rows, lasting)
}

fn end(redirect: Uuid, at: &str) -> String {
    format!(
        "{CHANGE}; update redirects set during = tstzrange(lower(during), {at}) where id = '{redirect}'; {}",
        event(redirect)
    )
}

#[actix_web::test]
async fn it_ends_now_or_later_and_nothing_else_of_it_changes() {
    let (mut rows, lasting) = lasting().await;
    for set in [
        "target_url = 'https://example.org/other'",
        "target_url = null, target_entry = id",
        "path = '/other'",
        "status = 302",
        "locale = 'de'",
        "id = gen_random_uuid()",
    ] {
        let sql = format!("{CHANGE}; update redirects set {set}; {}", event(lasting));
        rows.refused("permission denied", &sql).await;
        // The entry of a target would have to exist; the triggers of foreign keys come first.
        let why =
            if set.contains("target_entry") { "redirects_target_entry_fkey" } else { "timeline_identity" };
        rows.refused_to_superuser(why, &sql).await;
    }
    let moved = format!("{CHANGE}; update redirects set during = {}; {}", from_now(), event(lasting));
    rows.refused("timeline_identity", &moved).await;
    rows.refused_to_superuser("timeline_identity", &moved).await;
    rows.refused("timeline_bound_is_history", &end(lasting, &format!("{INSTANT} - interval '1 second'")))
        .await;
    rows.commit(&end(lasting, &format!("{INSTANT} + interval '1 day'"))).await;
    rows.commit(&end(lasting, INSTANT)).await;
}

#[actix_web::test]
async fn what_it_was_stays() {
    let (mut rows, lasting) = lasting().await;
    let gone = format!("{CHANGE}; delete from redirects; {}", event(lasting));
    rows.refused("timeline_was_public", &gone).await;
    rows.refused_to_superuser("timeline_was_public", &gone).await;
    rows.commit(&end(lasting, INSTANT)).await;
    rows.database.advance("1 hour").await;
    for at in ["null", "upper(during) + interval '1 minute'", "upper(during) - interval '1 minute'"] {
        rows.refused("timeline_bound_is_history", &end(lasting, at)).await;
        rows.refused_to_superuser("timeline_bound_is_history", &end(lasting, at)).await;
    }
    rows.refused("timeline_was_public", &gone).await;
    let (new, before) = (id(), format!("tstzrange({INSTANT} - interval '1 second', null)"));
    let sql = format!("{CHANGE}; {}; {}", redirect(new, "/older", &before), event(new));
    rows.refused("timeline_no_past_start", &sql).await;
}

#[actix_web::test]
async fn two_never_lead_from_one_path_at_one_instant() {
    let (mut rows, lasting) = lasting().await;
    let also = |path: &str, during: &str| {
        let new = id();
        format!("{CHANGE}; {}; {}", redirect(new, path, during), event(new))
    };
    let next_year = format!("tstzrange({INSTANT} + interval '1 year', null)");
    rows.refused("redirects_path_unique", &also("/old", &from_now())).await;
    rows.refused("redirects_path_unique", &also("/old", &next_year)).await;
    rows.commit(&also("/other", &from_now())).await;
    rows.commit(&end(lasting, INSTANT)).await;
    rows.commit(&also("/old", &from_now())).await;
}

#[actix_web::test]
async fn a_planned_one_can_be_taken_back() {
    let mut rows = Rows::new().await;
    let planned = id();
    let tomorrow = format!("tstzrange({INSTANT} + interval '1 day', null)");
    rows.commit(&format!("{CHANGE}; {}; {}", redirect(planned, "/old", &tomorrow), event(planned))).await;
    rows.commit(&format!("{CHANGE}; delete from redirects; {}", event(planned))).await;
    assert_eq!(rows.database.texts("select id::text as value from redirects").await, Vec::<String>::new());
}

#[actix_web::test]
async fn its_range_has_a_beginning_and_is_never_empty() {
    let mut rows = Rows::new().await;
    for during in [
        format!("tstzrange({INSTANT}, {INSTANT})"),
        format!("tstzrange({INSTANT}, 'infinity')"),
        "tstzrange(null, null)".into(),
        format!("tstzrange({INSTANT}, null, '()')"),
        format!("tstzrange({INSTANT}, {INSTANT} + interval '1 day', '[]')"),
    ] {
        let new = id();
        let sql = format!("{CHANGE}; {}; {}", redirect(new, "/old", &during), event(new));
        rows.refused("redirects_during_shape", &sql).await;
    }
}
