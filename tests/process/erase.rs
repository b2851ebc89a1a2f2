//! `masthead erase`: what it asks for, what it says, and what readers and editors meet afterwards.

use serde_json::json;

use super::harness::*;
use crate::support::builders::page;

#[test]
fn what_was_erased_is_gone_for_editors_and_the_site_is_sound() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let address = serving.address();
    let editor = Http::new(&address, Some(&token(&place, "editor")));
    let created = editor
        .post("/admin/v1/pages", &page(json!({ "title": "Quillfeather", "slug": "teller" })))
        .expect(201);
    let id = created.id();
    let publish = format!("/admin/v1/documents/{id}/publish");
    editor.post_at(&publish, created.version(), &json!({ "revision": 1 })).expect(200);

    let before = fingerprint(&place);
    let erase = ["erase", "--entry", &id, "--reason", "case 17"];
    let with = |more: &[&str]| run(&place, &[&erase[..], more].concat());
    with(&["--all"]).ended(2).says(&["cannot be undone", "--yes"]);
    with(&["--yes"]).ended(2).says(&["--all"]);
    with(&["--yes", "--all", "--revision", "1"]).ended(2);
    with(&["--yes", "--revision", "0"]).ended(2);
    run(&place, &["erase", "--entry", &id, "--all", "--yes", "--reason", " "])
        .ended(2)
        .says(&["personal data"]);
    run(&place, &["erase", "--entry", &id, "--all", "--yes"]).ended(2).says(&["--reason"]);
    with(&["--yes", "--revision", "2"]).ended(1).says(&["no revision 2"]);
    with(&["--yes", "--all", "--locale", "de"]).ended(1).says(&["not_found"]);
    assert_eq!(fingerprint(&place), before);
    assert!(run(&place, &["erase", "--help"]).ended(0).out.contains("it must hold no personal data"));

    let erased = with(&["--yes", "--all", "--json"]).ended(0).json();
    let wanted = json!({
        "entry": id, "kind": "page", "locale": "en", "revisions": [1], "publications": 1, "working_copies": 0,
    });
    assert_eq!(erased, wanted);
    editor.get(&format!("/admin/v1/pages/{id}")).refused(410, "erased");
    let kept = "select (body is null and title = '')::text from revisions union all \
        select (title = '' and title_sort = '' and card = '{}' and facets = '{}' and erased_at is not null)::text \
          from publications union all select reason from events where action = 'page.erased'";
    assert_eq!(as_owner(&place.cluster(), kept), ["true", "true", "case 17"]);
    let again = with(&["--yes", "--all"]).ended(0);
    assert!(again.out.contains("erased before"), "{again:#?}");
    let doctor = run(&place, &["doctor", "--json"]).ended(0).json();
    assert_eq!(doctor["sound"], json!(true), "{doctor:#}");
    drop(editor);
    serving.stop();
}
