//! Uploads: what becomes of files, what is refused, and that nothing is left of what is refused.

use masthead::app::App;
use masthead::blobs::image::Limits;
use masthead::blobs::studio::Studio;
use masthead::platform::http::{HttpLimits, Network};
use serde_json::json;

use crate::support::media::{entry, replace, upload, upload_to};
use crate::support::pictures::{glass_png, jpeg, pdf, talking_jpeg};
use crate::support::{Role, TestDatabase, TestSite};

#[actix_web::test]
async fn a_file_becomes_a_draft_with_what_it_says_about_itself() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let bytes = talking_jpeg(600, 400, [200, 30, 30]);
    let answer = upload(&editor, &[("IMG_0042.jpg", &bytes)], &[("folder", "rooms/2026")]).await.expect(201);
    assert_eq!((answer.json["uploaded"].clone(), answer.json["refused"].clone()), (json!(1), json!(0)));
    let result = &answer.json["results"][0];
    assert_eq!(
        (&result["name"], &result["status"], &result["same_file"]),
        (&json!("IMG_0042.jpg"), &json!(201), &json!([]))
    );
    let media = &result["media"];
    assert_eq!(media["kind"], "media");
    assert_eq!(media["live"], json!(null), "nothing becomes public by an upload");
    let body = &media["body"];
    assert_eq!(body["title"], "The reading room");
    assert_eq!(body["credit"], "Ilse Fictional");
    assert_eq!(body["folder"], "rooms/2026");
    assert_eq!(body["file"]["class"], "image");
    assert_eq!(body["file"]["name"], "IMG_0042.jpg");
    let picture = &media["file"]["picture"];
    assert_eq!(
        (&picture["width"], &picture["height"], &picture["frames"]),
        (&json!(600), &json!(400), &json!(1))
    );
    assert_eq!(media["file"]["media_type"], "image/jpeg");
    assert_eq!(media["file"]["bytes"], bytes.len());
    // The dominant colour is the one of three quarters, as near as JPEG keeps it.
    let color = picture["color"].as_str().unwrap();
    let channel = |at: usize| i32::from_str_radix(&color[at..at + 2], 16).unwrap();
    assert!((channel(1) - 55).abs() < 12 && (channel(3) - 225).abs() < 12, "{color}");
    let id = media["id"].as_str().unwrap();
    let read = editor.get(&format!("/admin/v1/media/{id}")).await.expect(200);
    assert_eq!(read.json, *media);
    site.stop().await;
}

#[actix_web::test]
async fn the_original_comes_back_byte_for_byte_to_those_who_may_read() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let bytes = talking_jpeg(60, 40, [1, 2, 3]);
    let media = entry(&editor, "a \"b\".jpg", &bytes).await;
    let path = media["file"]["original"].as_str().unwrap();
    let answer = editor.get(path).await.expect(200);
    assert_eq!(answer.bytes, bytes);
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert!(answer.header("content-disposition").starts_with("attachment"), "{:?}", answer.headers);
    assert!(answer.header("content-security-policy").starts_with("sandbox"), "{:?}", answer.headers);
    assert_eq!(answer.header("cache-control"), "no-store");
    let part = editor.send(reqwest::Method::GET, path, &[("range", "bytes=2-5")], None).await.expect(206);
    assert_eq!(part.bytes, bytes[2..6]);
    site.anonymous().get(path).await.refused(401, "unauthenticated");
    let nobody = site.limited(&[("page", "read", "everything", None)]).await;
    nobody.get(path).await.refused(403, "forbidden");
    site.stop().await;
}

#[actix_web::test]
async fn several_files_have_results_of_their_own() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let good = jpeg(40, 30, [9, 9, 200]);
    let answer = upload(
        &editor,
        &[
            ("good.jpg", &good),
            ("page.jpg", b"<!DOCTYPE html><script>alert(1)</script>"),
            ("paper.pdf", &pdf("one")),
        ],
        &[],
    )
    .await
    .expect(201);
    let statuses: Vec<_> =
        answer.json["results"].as_array().unwrap().iter().map(|file| file["status"].clone()).collect();
    assert_eq!(statuses, [201, 415, 201]);
    assert_eq!((&answer.json["uploaded"], &answer.json["refused"]), (&json!(2), &json!(1)));
    let refused = &answer.json["results"][1];
    assert_eq!(refused["problem"]["code"], "unsupported_media_type");
    assert_eq!(refused.get("media"), None);
    let paper = &answer.json["results"][2]["media"];
    assert_eq!(paper["body"]["file"]["class"], "document");
    assert_eq!(
        (&paper["file"]["media_type"], &paper["file"]["picture"]),
        (&json!("application/pdf"), &json!(null))
    );
    assert_eq!(site.files.names().len(), 2, "{:?}", site.files.names());
    site.stop().await;
}

#[actix_web::test]
async fn the_same_bytes_are_kept_once_and_named() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let bytes = jpeg(40, 30, [9, 90, 200]);
    let first = entry(&editor, "one.jpg", &bytes).await;
    let again = upload(&editor, &[("two.jpg", &bytes), ("three.jpg", &bytes)], &[]).await.expect(201);
    let same = again.json["results"][0]["same_file"].clone();
    assert_eq!(same, json!([first["id"]]));
    assert_eq!(again.json["results"][1]["same_file"].as_array().unwrap().len(), 2);
    assert_eq!(site.files.names().len(), 1);
    assert_eq!(site.database.texts("select count(*)::text as value from blobs").await, ["1"]);
    site.stop().await;
}

#[actix_web::test]
async fn what_is_not_taken_is_refused_with_advice_and_leaves_nothing() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    entry(&editor, "there.jpg", &jpeg(20, 20, [5, 5, 5])).await;
    let (before, files) = (site.database.fingerprint().await, site.files.names());
    let whole = jpeg(400, 300, [70, 80, 90]);
    let heic = [b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice(), &[0; 64]].concat();
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let cases: [(&str, &[u8], u16, &str, &str); 6] = [
        ("photo.heic", &heic, 415, "unsupported_media_type", "HEIC"),
        ("logo.svg", svg, 415, "unsupported_media_type", "SVG"),
        ("a.jpg", b"MZ\x90\0\x03\0\0\0", 415, "unsupported_media_type", "program"),
        ("cut.jpg", &whole[..whole.len() / 2], 422, "invalid", "damaged"),
        ("text.png", b"only words", 415, "unsupported_media_type", "text file"),
        ("empty.png", b"", 422, "invalid", "empty"),
    ];
    for (name, bytes, status, code, says) in cases {
        let answer = upload(&editor, &[(name, bytes)], &[]).await.refused(status, code);
        assert!(answer.detail().contains(says), "{name}: {}", answer.detail());
    }
    let both = upload(&editor, &[("logo.svg", svg), ("photo.heic", &heic)], &[]).await;
    let both = both.refused(415, "unsupported_media_type");
    assert_eq!(both.places(), [("/files/0", "invalid"), ("/files/1", "invalid")]);
    upload(&editor, &[], &[]).await.refused(422, "invalid");
    let good = jpeg(20, 20, [1, 2, 3]);
    let odd = upload(&editor, &[("a.jpg", &good)], &[("owner", "me")]).await.refused(422, "invalid");
    assert_eq!(odd.places(), [("/owner", "unknown")]);
    let folder = upload(&editor, &[("a.jpg", &good)], &[("folder", "a//b")]).await.refused(422, "invalid");
    assert_eq!(folder.places(), [("/folder", "invalid")]);
    editor
        .post("/admin/v1/media", &json!({ "title": "no form" }))
        .await
        .refused(415, "unsupported_media_type");
    assert_eq!(site.database.fingerprint().await, before);
    // What was kept for an upload whose folder was wrong waits for nobody: that is looked at first.
    assert_eq!(site.files.names(), files);
    site.stop().await;
}

#[actix_web::test]
async fn one_file_over_the_limit_refuses_the_whole_upload_and_is_named() {
    let limits = HttpLimits { upload_bytes: 10_000, ..HttpLimits::default() };
    let database = TestDatabase::migrated().await;
    let site = TestSite::serving(database, limits, Network::default(), |app| app).await;
    let editor = site.client(Role::Editor).await;
    let before = site.database.fingerprint().await;
    let (good, large) = (jpeg(20, 20, [1, 2, 3]), vec![7_u8; 10_001]);
    let files: [(&str, &[u8]); 2] = [("good.jpg", &good), ("films/our film.mp4", &large)];
    let refused = upload(&editor, &files, &[]).await.refused(413, "too_large");
    let of_the_file = "The file `our film.mp4` is too large: a file may have at most 10000 bytes.";
    assert_eq!(refused.detail(), format!("{of_the_file} Nothing of this upload was kept."));
    assert_eq!(refused.places(), [("/files/1", "invalid")]);
    assert_eq!(refused.json["errors"][0]["detail"], of_the_file);
    let empty = upload(&editor, &[("good.jpg", &good), ("nothing.jpg", b"")], &[]).await;
    let empty = empty.refused(422, "invalid");
    assert_eq!(empty.detail(), "The file `nothing.jpg` is empty. Nothing of this upload was kept.");
    assert_eq!(empty.places(), [("/files/1", "invalid")]);
    assert_eq!(site.database.fingerprint().await, before);
    assert!(site.files.names().is_empty(), "{:?}", site.files.names());
    upload(&editor, &files[..1], &[]).await.expect(201);
    site.stop().await;
}

#[actix_web::test]
async fn bombs_are_refused_by_their_header() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let before = site.database.fingerprint().await;
    // 20,000 x 20,000 pixels that pack to a few kilobytes: only the header is made here, for only that is looked at.
    let mut bomb = Vec::new();
    let mut encoder = png::Encoder::new(&mut bomb, 20_000, 20_000);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.write_header().unwrap().write_image_data(&vec![0; 2_500 * 20_000]).unwrap();
    let answer = upload(&editor, &[("bomb.png", &bomb)], &[]).await.refused(413, "too_large");
    assert!(answer.detail().contains("20000 x 20000"), "{}", answer.detail());
    assert_eq!(site.database.fingerprint().await, before);
    assert!(site.files.names().is_empty(), "{:?}", site.files.names());
    site.stop().await;
}

#[actix_web::test]
async fn who_may_not_write_is_refused_before_anything_is_read() {
    let site = TestSite::start().await;
    let before = site.database.fingerprint().await;
    let bytes = jpeg(20, 20, [1, 2, 3]);
    for (client, status, code) in [
        (site.anonymous(), 401, "unauthenticated"),
        (site.client(Role::Viewer).await, 403, "forbidden"),
        (site.client(Role::Reviewer).await, 403, "forbidden"),
    ] {
        let before = site.database.fingerprint().await;
        upload(&client, &[("a.jpg", &bytes)], &[]).await.refused(status, code);
        assert_eq!(site.database.fingerprint().await, before);
        assert!(site.files.names().is_empty());
    }
    assert_ne!(site.database.fingerprint().await, before, "users were added");
    let author = site.client(Role::Author).await;
    let own = entry(&author, "own.jpg", &bytes).await;
    let editor = site.client(Role::Editor).await;
    let others = entry(&editor, "others.jpg", &bytes).await;
    let id = others["id"].as_str().unwrap();
    let before = site.database.fingerprint().await;
    replace(&author, id, 1, ("new.jpg", &bytes)).await.refused(403, "forbidden");
    let body = json!({ "body": others["body"] });
    author.put_at(&format!("/admin/v1/media/{id}"), 1, &body).await.refused(403, "forbidden");
    author.delete_at(&format!("/admin/v1/media/{id}"), 1).await.refused(403, "forbidden");
    assert_eq!(site.database.fingerprint().await, before);
    replace(&author, own["id"].as_str().unwrap(), 1, ("new.jpg", &jpeg(30, 30, [7, 7, 7]))).await.expect(200);
    site.stop().await;
}

#[actix_web::test]
async fn another_file_is_a_revision_in_every_language_and_the_old_one_comes_back() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let (old, new) = (jpeg(80, 60, [10, 10, 10]), glass_png(50, 50, [200, 0, 0]));
    let media = entry(&editor, "old.jpg", &old).await;
    let id = media["id"].as_str().unwrap();
    let permit = masthead::platform::access::Permit::system("test");
    masthead::documents::add_locale(&site.app, &permit, "de", Some("en")).await.unwrap();
    let german = json!({ "locale": "de" });
    editor.post(&format!("/admin/v1/documents/{id}/translations"), &german).await.expect(201);
    let before = site.database.fingerprint().await;
    replace(&editor, id, 9, ("new.png", &new)).await.refused(412, "stale");
    let other = replace(&editor, id, 1, ("new.pdf", &pdf("x"))).await.refused(422, "invalid");
    assert_eq!(other.places(), [("/files/0", "not_allowed")]);
    let empty = replace(&editor, id, 1, ("new.png", b"")).await.refused(422, "invalid");
    assert_eq!(empty.places(), [("/files/0", "invalid")]);
    assert_eq!(site.database.fingerprint().await, before);
    let replaced = replace(&editor, id, 1, ("new.png", &new)).await.expect(200);
    assert_eq!(replaced.json["revision"]["number"], 2);
    assert_eq!(replaced.json["revision"]["note"], "Another one.");
    assert_eq!(replaced.json["file"]["picture"]["width"], 50);
    assert_eq!(replaced.json["body"]["title"], media["body"]["title"], "what is said stays");
    let german = editor.get(&format!("/admin/v1/media/{id}?locale=de")).await.expect(200);
    assert_eq!(german.json["body"]["file"], replaced.json["body"]["file"]);
    let first = editor.get(&format!("/admin/v1/media/{id}/original?revision=1")).await.expect(200);
    assert_eq!(first.bytes, old);
    let restored = json!({ "revision": 1 });
    let restore = format!("/admin/v1/documents/{id}/restore");
    editor.post_at(&restore, replaced.version(), Some(&restored)).await.expect(200);
    let original = editor.get(&format!("/admin/v1/media/{id}/original")).await.expect(200);
    assert_eq!(original.bytes, old);
    site.stop().await;
}

#[actix_web::test]
async fn a_save_names_only_bytes_that_are_there_and_what_they_are() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let media = entry(&editor, "a.jpg", &jpeg(20, 20, [1, 2, 3])).await;
    let path = format!("/admin/v1/media/{}", media["id"].as_str().unwrap());
    let before = site.database.fingerprint().await;
    for (member, value, why) in [
        ("sha256", json!("ab".repeat(32)), "never had a file with this digest"),
        ("class", json!("document"), "never uploaded"),
    ] {
        let mut body = media["body"].clone();
        body["file"][member] = value;
        let answer = editor.put_at(&path, 1, &json!({ "body": body })).await.refused(422, "invalid");
        assert!(answer.everything().contains(why), "{}", answer.json);
    }
    let mut body = media["body"].clone();
    body["focal"] = json!({ "x": 1.5, "y": 0.5 });
    body["folder"] = json!("../..");
    let answer = editor.put_at(&path, 1, &json!({ "body": body })).await.refused(422, "invalid");
    assert_eq!(answer.places(), [("/body/folder", "invalid"), ("/body/focal/x", "invalid")]);
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn fifty_uploads_of_one_file_at_once_are_one_blob() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let bytes = jpeg(64, 48, [77, 66, 55]);
    let files = [("same.jpg", bytes.as_slice())];
    let uploads = (0..50).map(|_| upload(&editor, &files, &[]));
    for answer in futures_util::future::join_all(uploads).await {
        answer.expect(201);
    }
    assert_eq!(site.database.texts("select count(*)::text as value from blobs").await, ["1"]);
    assert_eq!(site.database.texts("select count(*)::text as value from entries").await, ["50"]);
    assert_eq!(site.files.names().len(), 1, "{:?}", site.files.names());
    site.stop().await;
}

#[actix_web::test]
async fn names_of_files_are_text_and_lead_nowhere() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for name in ["../../etc/passwd", "C:\\\\Windows\\\\a.jpg", ".htaccess", "a/b.jpg"] {
        let answer =
            upload_to(&editor, "/admin/v1/media", &[(name, &jpeg(10, 10, [1, 1, 1]))], &[]).await.expect(201);
        let kept = answer.json["results"][0]["media"]["body"]["file"]["name"].as_str().unwrap().to_owned();
        assert!(!kept.contains('/') && !kept.contains('\\') && !kept.is_empty(), "{name}: {kept}");
    }
    assert!(site.files.names().iter().all(|name| name.starts_with("blobs/")), "{:?}", site.files.names());
    site.stop().await;
}

#[actix_web::test]
async fn a_picture_is_taken_only_when_every_size_can_be_made_of_it() {
    let database = TestDatabase::migrated().await;
    let little = |app: App| App { studio: Studio::new(Limits { memory: 64, ..Limits::default() }), ..app };
    let site = TestSite::serving(database, HttpLimits::default(), Network::default(), little).await;
    let editor = site.client(Role::Editor).await;
    // What it looks like could be found out; its largest size could not be made.
    let refused = upload(&editor, &[("wide.jpg", &jpeg(3_000, 2_000, [9, 9, 9]))], &[]).await;
    let refused = refused.refused(413, "too_large");
    assert!(refused.detail().contains("of memory to decode; at most 64 are allowed"), "{}", refused.json);
    let taken = entry(&editor, "small.jpg", &jpeg(900, 600, [9, 9, 9])).await;
    let sizes = taken["file"]["picture"]["renditions"]["srcset"].as_array().unwrap().clone();
    for size in sizes {
        editor.get(&crate::support::media::path(&size["url"])).await.expect(200);
    }
    site.stop().await;
}
