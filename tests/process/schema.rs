//! A schema that is newer than the binary is refused by every command that would work with it.

use serde_json::json;

use super::harness::*;

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    serving.address();
    as_owner(&place.cluster(), "insert into __diesel_schema_migrations (version) values ('29990101000001')");
    let before = fingerprint(&place);
    let newer = ["newer Masthead", "29990101000001"];
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/process/wordpress/lantern.xml");
    let said = Masthead::start(&place).refused();
    assert!(newer.iter().all(|part| said.contains(part)), "{said}");
    run(&place, &["migrate", "run"]).ended(1).says(&newer);
    run(&place, &["import", "wordpress", file]).ended(1).says(&newer);
    run(&place, &["token", "create", "--user", "ilse@example.org", "--name", "x"]).ended(1).says(&newer);
    let status = run(&place, &["migrate", "status", "--json"]).ended(1).json();
    assert_eq!((&status["unknown"], &status["pending"]), (&json!(["29990101000001"]), &json!([])));
    assert_eq!(fingerprint(&place), before);
    serving.stop();
}

#[test]
fn functions_that_were_changed_by_hand_are_put_back() {
    let place = Place::new();
    run(&place, &["migrate", "run"]).ended(0);
    let mut serving = Masthead::start(&place);
    serving.address();
    as_owner(&place.cluster(), "comment on schema mh is 'an older one'");
    let status = run(&place, &["migrate", "status", "--json"]).ended(1).json();
    assert_eq!(status["replaceable_current"], json!(false));
    let mut second = Masthead::start(&place);
    Http::new(&second.address(), None).get("/v1/pages").expect(200);
    let status = run(&place, &["migrate", "status", "--json"]).ended(0).json();
    assert_eq!(status["replaceable_current"], json!(true));
    second.stop();
    serving.stop();
}
