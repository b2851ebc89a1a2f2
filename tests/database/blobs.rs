//! Bytes of uploads: rows and files agree, what nothing shows is collected after a while, and what is damaged is found.

use std::time::Duration;

use masthead::app::App;
use masthead::blobs::model::{original, renditions};
use masthead::blobs::soundness::{self, Soundness};
use masthead::blobs::{self, Blob, BlobFacts, Collected, Kept, Picture};
use masthead::content;
use masthead::documents::shown::Class;
use masthead::platform::access::{Actor, Permit, Write};
use masthead::platform::db::{Change, Store, StoreConfig};
use masthead::platform::digest::Digest;
use masthead::platform::problem::{Code, Problem};
use masthead::platform::storage::Spooled;
use uuid::Uuid;

use super::rows::{Rows, event};
use crate::support::TestFiles;

/// The services over a database and a folder of their own.
pub struct Bytes {
    pub rows: Rows,
    pub app: App,
    pub files: TestFiles,
}

impl Bytes {
    pub async fn new() -> Self {
        let rows = Rows::new().await;
        let store = Store::new(&StoreConfig {
            service: rows.database.service(),
            reader: rows.database.reader(),
            connections: 10,
            wait: Duration::from_secs(20),
            slow: None,
        })
        .expect("pools");
        let files = TestFiles::new();
        files.storage().prepare().await.expect("a folder");
        let app = App::new(store, files.storage(), content::kinds()).await.expect("services");
        Self { rows, app, files }
    }

    /// The originals and renditions that lie in the folder.
    pub fn kept(&self) -> Vec<String> {
        let mut names = self.files.names();
        names.retain(|name| !name.starts_with("recipes/"));
        names
    }

    /// The digests that have a row.
    pub async fn with_row(&self) -> Vec<String> {
        self.rows.database.texts("select encode(sha256, 'hex') as value from blobs order by 1").await
    }

    /// Notes that the revision of an entry shows these bytes.
    pub async fn show(&mut self, entry: Uuid, sha256: Digest) {
        self.rows.commit(&shown(entry, sha256)).await;
    }
}

/// SQL by which the revision of an entry shows bytes.
pub fn shown(entry: Uuid, sha256: Digest) -> String {
    format!(
        "insert into revision_blobs (entry_id, locale, number, sha256, class) \
         values ('{entry}', 'en', 1, '\\x{sha256}', 'document'); {}",
        event(entry)
    )
}

pub async fn receive(app: &App, bytes: &[u8]) -> Spooled {
    let mut writer = app.storage.spool().create().await.expect("a file");
    writer.write(bytes).await.expect("written");
    writer.finish().await.expect("whole")
}

pub fn document() -> BlobFacts {
    let (media_type, extension) = ("application/pdf".to_owned(), "pdf".to_owned());
    BlobFacts { class: Class::Document, media_type, extension, picture: None }
}

pub async fn keep(app: &App, bytes: &[u8]) -> Kept {
    let file = receive(app, bytes).await;
    blobs::keep(app, &file, document()).await.expect("kept")
}

pub fn actor() -> Actor {
    Permit::<Write<masthead::content::media::Media>>::system("test").actor().clone()
}

/// A change that does nothing but add bytes.
pub async fn add(app: &App, kept: &[Kept]) -> Result<Vec<Blob>, Problem> {
    let change = async |tx: &mut Change<'_>| {
        let blobs = blobs::insert_all(app, tx, kept).await?;
        Ok(tx.nothing_changed(blobs))
    };
    app.store.change(&actor(), change).await
}

async fn examined(app: &App, deep: bool) -> Soundness {
    soundness::examine(&app.store, &app.storage, deep, &mut |_| ()).await.expect("an answer")
}

#[actix_web::test]
async fn what_is_known_of_bytes_comes_back() {
    let site = Bytes::new().await;
    let picture = Picture {
        width: 6000,
        height: 4000,
        frames: 1,
        alpha: false,
        color: "#a0b1c2".into(),
        placeholder: vec![1, 2, 3],
    };
    let facts = BlobFacts {
        class: Class::Image,
        media_type: "image/jpeg".into(),
        extension: "jpg".into(),
        picture: Some(picture),
    };
    let file = receive(&site.app, b"a picture").await;
    let kept = blobs::keep(&site.app, &file, facts.clone()).await.unwrap();
    assert!(site.with_row().await.is_empty());
    let other = keep(&site.app, b"a document").await;
    let made = add(&site.app, &[kept, other.clone()]).await.unwrap();
    assert_eq!((made[0].bytes, &made[0].facts, made[0].sha256), (9, &facts, file.sha256()));
    assert_eq!((made[1].bytes, &made[1].facts, made[1].sha256), (10, &document(), other.sha256()));
    let found = site.app.store.read(async |read| blobs::get(read, file.sha256()).await).await.unwrap();
    assert_eq!(found, made[0]);
    let unknown = site.app.store.read(async |read| blobs::get(read, Digest::new([0; 32])).await).await;
    assert_eq!(unknown.unwrap_err().code(), Code::NotFound);
    // The same bytes again are the same row, whatever is found out about them now.
    let again = blobs::keep(&site.app, &file, document()).await.unwrap();
    assert_eq!(add(&site.app, &[again]).await.unwrap()[0], made[0]);
    drop((file, other));
    let names: Vec<String> = made.iter().map(|blob| original(blob.sha256).to_string()).collect();
    let mut kept = site.kept();
    kept.sort_by_key(|name| names.iter().position(|known| known == name));
    assert_eq!(kept, names);
}

#[actix_web::test]
async fn a_change_that_is_taken_back_leaves_no_row() {
    let site = Bytes::new().await;
    let kept = keep(&site.app, b"a document").await;
    let before = site.rows.database.fingerprint().await;
    let change = async |tx: &mut Change<'_>| {
        blobs::insert(&site.app, tx, &kept).await?;
        Err::<masthead::platform::db::Recorded<()>, _>(Problem::new(Code::Conflict))
    };
    assert_eq!(site.app.store.change(&actor(), change).await.unwrap_err().code(), Code::Conflict);
    assert_eq!(site.rows.database.fingerprint().await, before);
}

#[actix_web::test]
async fn what_nothing_shows_goes_after_a_while_with_all_that_was_made_of_it() {
    let mut site = Bytes::new().await;
    let entry = site.rows.entry().await;
    let kept = [keep(&site.app, b"shown").await, keep(&site.app, b"not shown").await];
    let [shown, unused] = [kept[0].sha256(), kept[1].sha256()];
    add(&site.app, &kept).await.unwrap();
    drop(kept);
    site.show(entry, shown).await;
    let made_of = |sha256: Digest| renditions(sha256).join("1/card.webp").unwrap();
    for sha256 in [shown, unused] {
        site.app.storage.put_bytes(&made_of(sha256), "card".into()).await.unwrap();
    }
    let nothing = Collected::default();
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), nothing);
    site.rows.database.advance("23 hours").await;
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), nothing);
    assert_eq!((site.with_row().await.len(), site.kept().len()), (2, 4));
    site.rows.database.advance("61 minutes").await;
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected { rows: 1, files: 2 });
    assert_eq!(site.with_row().await, [shown.to_string()]);
    assert_eq!(site.kept(), [original(shown).to_string(), made_of(shown).to_string()]);
    assert!(!site.files.folder().join(renditions(unused).as_str()).exists());
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), nothing);
}

#[actix_web::test]
async fn files_without_a_row_go_after_a_while() {
    let site = Bytes::new().await;
    let lost = keep(&site.app, b"killed before the commit").await.sha256();
    let made = renditions(Digest::new([9; 32])).join("1/card.webp").unwrap();
    site.app.storage.put_bytes(&made, "card".into()).await.unwrap();
    std::fs::write(site.files.folder().join("blobs/notes.txt"), b"what is not ours stays").unwrap();
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected::default());
    assert!(site.kept().contains(&original(lost).to_string()));
    site.rows.database.advance("25 hours").await;
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected { rows: 0, files: 2 });
    assert_eq!(site.kept(), ["blobs/notes.txt"]);
}

#[actix_web::test]
async fn damage_is_found_and_the_same_bytes_again_repair_it() {
    let site = Bytes::new().await;
    let contents: [&[u8]; 4] = [b"sound", b"missing", b"cut short", b"other bytes"];
    let mut kept = Vec::new();
    for bytes in contents {
        kept.push(keep(&site.app, bytes).await);
    }
    add(&site.app, &kept).await.unwrap();
    let sound = Soundness { blobs: 4, missing: Vec::new(), different: Vec::new() };
    assert_eq!(examined(&site.app, true).await, sound);

    let path = |nth: usize| site.files.folder().join(original(kept[nth].sha256()).as_str());
    std::fs::remove_file(path(1)).unwrap();
    // In their place: what was received is another name of the same file.
    for (nth, bytes) in [(2, b"cut".as_slice()), (3, b"OTHER BYTES")] {
        std::fs::remove_file(path(nth)).unwrap();
        std::fs::write(path(nth), bytes).unwrap();
    }
    let found = examined(&site.app, false).await;
    assert_eq!((found.missing.len(), found.different.len()), (2, 0), "{found:?}");
    let found = examined(&site.app, true).await;
    assert!(found.missing.iter().any(|text| text.starts_with(&kept[1].sha256().to_string())));
    assert!(found.missing.iter().any(|text| text.contains("3 bytes in place of 9")), "{found:?}");
    assert_eq!(found.different, [format!("{}: the file holds other bytes", kept[3].sha256())]);

    for bytes in contents {
        let kept = keep(&site.app, bytes).await;
        add(&site.app, &[kept]).await.unwrap();
    }
    assert_eq!(examined(&site.app, true).await, sound);
}
