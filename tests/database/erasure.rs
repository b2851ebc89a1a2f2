//! The one change of history that privacy law demands: the owner of the tables empties a body and says when.

use super::rows::{Rows, attempt, event};
use crate::support::database::connect;

const ERASE: &str = "body = null, erased_at = mh_now(), title = '', note = null";

#[actix_web::test]
async fn the_owner_empties_a_body_and_nothing_else() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let owner = rows.database.owner();
    let update =
        |set: &str| format!("update revisions set {set} where entry_id = '{entry}'; {}", event(entry));
    for set in [
        "body = null".to_owned(),
        "erased_at = mh_now()".to_owned(),
        "body = '{\"n\": 2}'".to_owned(),
        "body = null, erased_at = mh_now(), note = null".to_owned(),
        "body = null, erased_at = mh_now(), title = '', note = 'x'".to_owned(),
        format!("{ERASE}, sha256 = sha256('x')"),
        format!("{ERASE}, created_at = mh_now()"),
        "body = '{}', erased_at = mh_now()".to_owned(),
    ] {
        rows.refused_to(&owner, "append_only", &update(&set)).await;
    }
    rows.refused_to(
        &owner,
        "fact_without_event",
        &format!("update revisions set {ERASE} where entry_id = '{entry}'"),
    )
    .await;

    assert_eq!(attempt(&mut connect(&owner).await, &update(ERASE)).await, Ok(()));
    let erased =
        "select (body is null and erased_at is not null and title = '')::text as value from revisions";
    assert_eq!(rows.database.texts(erased).await, ["true"]);
    // Erased is erased: neither back again nor at another time.
    rows.refused_to(&owner, "append_only", &update("body = '{\"n\": 1}', erased_at = null")).await;
    rows.refused_to(&owner, "append_only", &update(ERASE)).await;
}

#[actix_web::test]
async fn the_service_cannot_erase_not_even_with_the_grant() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let erase = format!("update revisions set {ERASE} where entry_id = '{entry}'; {}", event(entry));
    rows.refused("permission denied", &erase).await;
    rows.database.execute("grant update on revisions to masthead_service").await;
    rows.refused("append_only", &erase).await;
}
