//! The generator of the benchmark makes what the program would have written, or its figures would speak of another one.

use masthead::content;
use masthead::documents::body::Stage;
use serde_json::Value;

use crate::support::TestDatabase;
use crate::support::growth::{Size, fill};
use crate::support::invariants::check_invariants;

#[actix_web::test]
async fn the_generator_writes_what_the_program_would() {
    let database = TestDatabase::migrated().await;
    fill(&database, Size { pages: 1_000, below: 100, revisions: 4 }).await;
    check_invariants(&database).await;

    let kinds = content::kinds();
    let page = kinds.get("page").expect("pages");
    let rows = database
        .texts(
            "select json_build_object('body', r.body, 'title', r.title, 'parent', d.parent, 'position', d.position,
               'head', r.number = d.head, 'published', (
                 select json_build_array(p.title, p.summary, p.card, p.facets, p.parent, p.slug, p.position, p.title_sort,
                   p.search_text, p.search)
                 from publications p where (p.entry_id, p.locale, p.number) = (r.entry_id, r.locale, r.number)))::text as value
             from revisions r join documents d using (entry_id, locale)",
        )
        .await;
    assert_eq!(rows.len(), (1_000 + 40 + 1) * 4);
    let mut vectors = Vec::new();
    for row in rows {
        let row: Value = serde_json::from_str(&row).expect("JSON");
        let body = &row["body"];
        assert_eq!((page.canonical)(body).expect("a page"), *body, "the form in which pages are written");
        assert!((page.check)(body, Stage::Publish).is_empty(), "{body} can be published");
        assert_eq!(row["title"], body["title"]);
        if row["head"] == true {
            assert_eq!((&row["parent"], &row["position"]), (&body["parent"], &body["position"]));
        }
        if let Some(published) = row["published"].as_array() {
            let made = (page.derive)(body).expect("a page");
            let wanted = serde_json::json!([
                made.title,
                made.summary,
                made.card,
                made.facets,
                made.parent,
                made.slug,
                made.position,
                made.title
            ]);
            let wanted = wanted.as_array().expect("a list");
            assert_eq!(published[..wanted.len()], wanted[..]);
            // What had ended before there was a search has no vector.
            let [text, vector] = &published[wanted.len()..] else { panic!("two more: {published:?}") };
            if *text != Value::Null {
                assert_eq!(*text, made.wording.text);
                vectors.push((made.wording.words(), vector.clone()));
            }
        }
    }
    assert!(vectors.len() > 1_000, "what is public can be found");
    for (words, vector) in vectors.iter().step_by(97) {
        let same = format!("select mh.search_vector(mh.search_config('en'), $w${words}$w$)::text as value");
        assert_eq!(database.texts(&same).await, [vector.as_str().expect("a vector")]);
    }
    let states = "select count(*)::text as value from mh.public_documents union all \
        select count(*)::text from routes where not upper_inf(during) union all \
        select count(*)::text from publications where lower(during) > mh_now() union all \
        select count(*)::text from entries where trashed_at is not null";
    let states = database.texts(states).await;
    assert!(states.iter().all(|count| count != "0"), "public, renamed, scheduled, in the trash: {states:?}");
}
