//! A kind that changes its form twice: what older programs stored is read, compared, merged, restored and published by
//! the newest one, and stays as it was written.

use std::time::Duration;

use masthead::app::App;
use masthead::documents::body::{
    Document, Kind, Listing, Problems, References, Route, SearchText, Stage, UpgradeError,
};
use masthead::documents::kind::{KindSpec, Kinds};
use masthead::documents::model::{NewRevision, Origin};
use masthead::documents::{self, Basis, Placing, Publication, Seen, Which, revisions};
use masthead::platform::access::{AnyContent, Permit};
use masthead::platform::db::{Store, StoreConfig};
use masthead::platform::problem::{Code, FieldProblem};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::support::{TestDatabase, TestFiles};

const NOTE: Kind = Kind::named("note");

/// A note as one version of the program knows it.
macro_rules! note {
    ($name:ident, $version:literal, $field:ident: $kind:ty, $upgrade:expr) => {
        #[derive(Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        struct $name {
            title: String,
            $field: $kind,
        }

        impl Document for $name {
            const KIND: Kind = NOTE;
            const SCHEMA_VERSION: i16 = $version;

            fn title(&self) -> &str {
                &self.title
            }
            fn listing(&self) -> Listing {
                Listing::default()
            }
            fn route(&self) -> Option<Route<'_>> {
                None
            }
            fn references(&self, _: &mut References) {}
            fn search_text(&self, _: &mut SearchText) {}
            fn check(&self, _: Stage, _: &mut Problems) {}
            fn from_draft(draft: Value, _: &mut dyn FnMut() -> Uuid) -> Result<Self, Vec<FieldProblem>> {
                Ok(serde_json::from_value(draft).expect("a note"))
            }
            fn upgrade(from: i16, body: Value) -> Result<Value, UpgradeError> {
                let upgrade: fn(i16, Value) -> Option<Value> = $upgrade;
                upgrade(from, body).ok_or(UpgradeError::NoSuchVersion { kind: NOTE, from })
            }
        }
    };
}

#[derive(Serialize, Deserialize, ToSchema)]
struct Paragraph {
    id: String,
    words: String,
}

note!(First, 1, text: String, |_, _| None);
note!(Second, 2, paragraphs: Vec<String>, |from, body| {
    (from == 1).then(|| json!({ "title": body["title"], "paragraphs": [body["text"]] }))
});
note!(Third, 3, paragraphs: Vec<Paragraph>, |from, body| {
    let second = match from {
        1 => Second::upgrade(1, body).ok()?,
        2 => body,
        _ => return None,
    };
    let paragraphs = second["paragraphs"].as_array()?.iter().enumerate();
    let paragraphs: Vec<Value> =
        paragraphs.map(|(nth, words)| json!({ "id": format!("p{nth}"), "words": words })).collect();
    Some(json!({ "title": second["title"], "paragraphs": paragraphs }))
});

/// The program of a version, over the same database.
async fn program<D: Document>(database: &TestDatabase) -> (App, KindSpec) {
    let store = Store::new(&StoreConfig {
        service: database.service(),
        reader: database.reader(),
        connections: 2,
        wait: Duration::from_secs(5),
        slow: None,
    });
    let spec = KindSpec::of::<D>();
    let (files, kinds) = (TestFiles::new().storage(), Kinds::new(vec![spec.clone()]));
    let app = App::new(store.expect("pools"), files, kinds).await.expect("services");
    (app, spec)
}

#[actix_web::test]
async fn what_older_programs_stored_lives_on_in_the_newest() {
    let database = TestDatabase::migrated().await;
    let write = Permit::<masthead::platform::access::Write<AnyContent>>::system("test");
    let read = Permit::<masthead::platform::access::Read<AnyContent>>::system("test");
    let publish = Permit::<masthead::platform::access::Publish<AnyContent>>::system("test");

    let (first, spec) = program::<First>(&database).await;
    let new = NewRevision::new(json!({ "title": "Lantern", "text": "It is lit." }), Origin::Create);
    let made = documents::create(&first, &write, &spec, None, (new, Placing::AsGiven)).await.expect("a note");
    let entry = made.state.header.entry;

    let (second, spec) = program::<Second>(&database).await;
    let body = json!({ "title": "Lantern", "paragraphs": ["It is lit.", "It is warm."] });
    let new = NewRevision::new(body, Origin::Edit);
    documents::save(&second, &write, &spec, Which::entry(entry), Basis::Version(1), new)
        .await
        .expect("saved");

    let (third, spec) = program::<Third>(&database).await;
    let which = Which::entry(entry);
    let (_, oldest) = revisions::revision(&third, &read, which, 1).await.expect("the first revision");
    assert_eq!(oldest, json!({ "title": "Lantern", "paragraphs": [{ "id": "p0", "words": "It is lit." }] }));
    let (_, changes) = revisions::compare(&third, &read, which, (1, None)).await.expect("a comparison");
    let changes = serde_json::to_value(&changes).expect("JSON");
    assert_eq!(changes.as_array().map(Vec::len), Some(1), "{changes}");
    assert_eq!(changes[0]["change"], "added");
    assert_eq!(changes[0]["after"]["words"], "It is warm.");

    // An editor who began from the first revision meets what the second program stored.
    let mine = json!({ "title": "Lantern", "paragraphs": [{ "id": "p0", "words": "It is lit again." }] });
    let new = NewRevision::new(mine, Origin::Edit);
    let saved = documents::save(&third, &write, &spec, which, Basis::Revision(1), new).await.expect("merged");
    assert!(saved.merged);
    let merged = json!({ "title": "Lantern", "paragraphs": [
        { "id": "p0", "words": "It is lit again." }, { "id": "p1", "words": "It is warm." }] });
    assert_eq!(saved.snapshot.body, Some(merged));

    let seen = Seen::new(entry, saved.snapshot.state.header.version);
    let restored = documents::restore(&third, &write, seen, 1, None).await.expect("restored");
    assert_eq!(restored.body, Some(oldest));
    let seen = Seen::new(entry, restored.state.header.version);
    let (published, _) =
        documents::publish(&third, &publish, seen, &Publication::now(2)).await.expect("published");
    assert_eq!(published.state.live().map(|live| live.number), Some(2));

    let kept = "select number || ' ' || schema_version || ' ' || body::text as value from revisions order by number limit 2";
    assert_eq!(
        database.texts(kept).await,
        [
            r#"1 1 {"text": "It is lit.", "title": "Lantern"}"#,
            r#"2 2 {"title": "Lantern", "paragraphs": ["It is lit.", "It is warm."]}"#
        ],
        "no migration rewrote them"
    );
    let versions = "select string_agg(schema_version::text, ' ' order by number) as value from revisions";
    assert_eq!(database.texts(versions).await, ["1 2 3 3"]);

    let (old, spec) = program::<First>(&database).await;
    let refused = documents::get(&old, &read, &spec, which).await.expect_err("a newer form");
    assert_eq!(refused.code(), Code::Internal);
}
