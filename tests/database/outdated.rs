//! Renditions that are made no more go after a while: those of old recipes, and those around points that nothing has.

use masthead::blobs::gallery::GallerySettings;
use masthead::blobs::gallery::address::{Address, Recipe};
use masthead::blobs::image::{Focal, Preset};
use masthead::blobs::model::renditions;
use masthead::blobs::{self, Collected};
use masthead::platform::digest::Digest;

use super::blobs::{Bytes, add, keep};

const MIDDLE: Focal = Focal { x: 0.5, y: 0.5 };
const CORNER: Focal = Focal { x: 0.1, y: 0.1 };

/// Puts a rendition of these bytes; gives its name.
async fn made(site: &Bytes, sha256: Digest, focal: Option<Focal>, recipe: Recipe) -> String {
    let folder = renditions(sha256).join(&Address::new(sha256, focal, recipe).folder()).unwrap();
    let key = folder.join("card.webp").unwrap();
    site.app.storage.put_bytes(&key, "card".into()).await.unwrap();
    key.to_string()
}

/// A site with bytes that a revision shows, with the point in the middle.
async fn shown() -> (Bytes, Digest) {
    let mut site = Bytes::new().await;
    let entry = site.rows.entry().await;
    let kept = keep(&site.app, b"shown").await;
    let sha256 = kept.sha256();
    add(&site.app, &[kept]).await.unwrap();
    site.show(entry, sha256).await;
    (site, sha256)
}

#[actix_web::test]
async fn what_no_recipe_makes_and_nothing_is_cut_around_goes_after_a_while() {
    let (site, sha256) = shown().await;
    let recipe = site.app.gallery.recipes()[0];
    let stay = [
        made(&site, sha256, Some(MIDDLE), recipe).await,
        made(&site, sha256, None, recipe).await,
        renditions(sha256).join("notes/card.webp").unwrap().to_string(),
    ];
    site.app
        .storage
        .put_bytes(&renditions(sha256).join("notes/card.webp").unwrap(), "x".into())
        .await
        .unwrap();
    let elsewhere = made(&site, sha256, Some(CORNER), recipe).await;
    let old = made(&site, sha256, None, Recipe::named("0badcafe").unwrap()).await;
    let there = |name: &String| site.files.folder().join(name).exists();

    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected::default(), "all of it is new");
    site.rows.database.advance("25 hours").await;
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected { rows: 0, files: 1 });
    assert!(!there(&elsewhere) && there(&old), "addresses of an old recipe work for a time");
    site.rows.database.advance("28 days").await;
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected::default());
    site.rows.database.advance("2 days").await;
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected { rows: 0, files: 1 });
    assert!(!there(&old) && stay.iter().all(there), "{:?}", site.kept());
    assert!(!site.files.folder().join(&old).parent().unwrap().exists(), "an empty folder is left");
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected::default());
}

#[actix_web::test]
async fn what_another_process_makes_stays_as_long_as_it_is_there() {
    let (site, sha256) = shown().await;
    let mut settings = GallerySettings::default();
    settings.presets.push(Preset { name: "wide".into(), ..settings.presets[0].clone() });
    let other = site.app.clone().with_gallery(settings, None);
    let recipe =
        *other.gallery.recipes().iter().find(|own| !site.app.gallery.recipes().contains(own)).unwrap();
    made(&site, sha256, None, recipe).await;
    let marker = site.files.folder().join("recipes").join(recipe.name());
    site.rows.database.advance("25 hours").await;
    for _ in 0..2 {
        // It says so again before anybody takes it for gone.
        std::fs::remove_file(&marker).ok();
        assert_eq!(blobs::collect(&other, 24).await.unwrap(), Collected::default());
        assert!(marker.exists());
        assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected::default());
    }
    site.rows.database.advance("31 days").await;
    assert_eq!(blobs::collect(&other, 24).await.unwrap(), Collected::default(), "its own are never outdated");
    std::fs::File::open(&marker).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected { rows: 0, files: 1 });
    assert!(!marker.exists(), "what is long over is forgotten");
}
