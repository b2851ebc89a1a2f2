//! Media in public: complete in the answers, right in their bytes, and public only while something public uses them.

use std::sync::Arc;

use masthead::platform::metrics::{Form, Measured, render};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::builders::{publish, publish_revision, republish, unpublish};
use crate::support::media::{described, entry, path, public, replace, save};
use crate::support::pictures::{glass_png, jpeg, pdf, size, talking_jpeg};
use crate::support::{Client, Role, TestSite};

/// A public page whose image is this entry; its id.
async fn page_with(editor: &Client, image: &str) -> String {
    publish(editor, json!({ "title": "A page", "slug": "a-page", "image": image })).await.id()
}

async fn image_of(site: &TestSite, page: &str) -> Value {
    site.anonymous().get(&format!("/v1/pages/{page}")).await.expect(200).json["image"].clone()
}

#[actix_web::test]
async fn an_image_in_an_answer_is_complete() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let media = described(&editor, "room.jpg", &talking_jpeg(1500, 1000, [200, 30, 30])).await;
    let mut body = media["body"].clone();
    body["focal"] = json!({ "x": 0.25, "y": 0.75 });
    body["caption"] = json!("In spring");
    let saved = save(&editor, &media, body).await;
    publish_revision(&editor, &saved.id(), saved.version(), 3).await.expect(200);
    let hero = json!({ "type": "hero", "heading": "Hello", "image": saved.id() });
    let fields = json!({ "title": "A page", "slug": "a-page", "image": saved.id(), "blocks": [hero] });
    let page = publish(&editor, fields).await.id();
    let page = site.anonymous().get(&format!("/v1/pages/{page}")).await.expect(200).json;
    let image = &page["image"];
    assert_eq!(image["id"], saved.id());
    assert_eq!(image["alt"], "What room.jpg shows");
    assert_eq!(
        (&image["caption"], &image["credit"], &image["licence"]),
        (&json!("In spring"), &json!("Ilse Fictional"), &json!(null))
    );
    assert_eq!(
        (&image["width"], &image["height"], &image["animated"]),
        (&json!(1500), &json!(1000), &json!(false))
    );
    assert_eq!(image["focal"], json!({ "x": 0.25, "y": 0.75 }));
    let sizes: Vec<_> = image["srcset"]
        .as_array()
        .unwrap()
        .iter()
        .map(|size| (size["width"].as_u64().unwrap(), size["type"].as_str().unwrap()))
        .collect();
    let both = |width| [(width, "image/webp"), (width, "image/jpeg")];
    assert_eq!(sizes, [both(320), both(640), both(1024), both(1500)].concat());
    let names: Vec<_> = image["presets"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["card", "content", "hero", "social", "thumb"]);
    assert_eq!(page["blocks"][0]["image"], *image, "the same in a block");
    assert_eq!(page["seo"]["image"], *image, "and for previews of links");
    let list = site.anonymous().get("/v1/pages").await.expect(200).json;
    assert_eq!(list["data"][0]["image"], *image, "and in lists");
    site.stop().await;
}

#[actix_web::test]
async fn every_address_gives_what_it_says_and_nothing_that_the_camera_said() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let media = public(&editor, "room.jpg", &talking_jpeg(1500, 1000, [200, 30, 30])).await;
    let page = page_with(&editor, &media).await;
    let image = image_of(&site, &page).await;
    let reader = site.anonymous();
    let mut asked = Vec::new();
    for size in image["srcset"].as_array().unwrap() {
        asked.push((
            size["url"].clone(),
            size["type"].clone(),
            size["width"].clone(),
            size["height"].clone(),
        ));
    }
    for preset in image["presets"].as_object().unwrap().values() {
        for (member, kind) in [("src", "image/jpeg"), ("webp", "image/webp")] {
            asked.push((
                preset[member].clone(),
                json!(kind),
                preset["width"].clone(),
                preset["height"].clone(),
            ));
        }
    }
    asked.push((image["src"].clone(), json!("image/jpeg"), json!(1024), json!(683)));
    for (url, kind, width, height) in asked {
        let answer = reader.get(&path(&url)).await.expect(200);
        assert_eq!(answer.header("content-type"), kind.as_str().unwrap());
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
        let (w, h) = size(&answer.bytes);
        assert_eq!((json!(w), json!(h)), (width, height), "{url}");
        for said in [b"Exif".as_slice(), b"http://ns.adobe.com", b"Ilse Fictional", b"ICC_PROFILE"] {
            assert!(!answer.bytes.windows(said.len()).any(|window| window == said), "{url}");
        }
    }
    site.stop().await;
}

#[actix_web::test]
async fn bytes_are_conditional_and_come_in_parts() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let media = public(&editor, "room.jpg", &jpeg(800, 600, [200, 30, 30])).await;
    let page = page_with(&editor, &media).await;
    let src = path(&image_of(&site, &page).await["src"]);
    let reader = site.anonymous();
    let whole = reader.get(&src).await.expect(200);
    let tag = whole.header("etag").to_owned();
    let known = reader.send(Method::GET, &src, &[("if-none-match", &tag)], None).await.expect(304);
    assert!(known.bytes.is_empty());
    assert_eq!(known.header("cache-control"), "public, max-age=31536000, immutable");
    let part = reader.send(Method::GET, &src, &[("range", "bytes=-10")], None).await.expect(206);
    assert_eq!(part.bytes, whole.bytes[whole.bytes.len() - 10..]);
    reader.send(Method::GET, &src, &[("range", "bytes=99999999-")], None).await.expect(416);
    let head = reader.send(Method::HEAD, &src, &[], None).await.expect(200);
    assert_eq!(head.header("content-length"), whole.bytes.len().to_string());
    assert!(head.bytes.is_empty());
    site.stop().await;
}

#[actix_web::test]
async fn a_picture_is_public_only_while_something_public_uses_it() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let media = described(&editor, "room.jpg", &jpeg(400, 300, [200, 30, 30])).await;
    let id = media["id"].as_str().unwrap().to_owned();
    let src = path(&media["file"]["picture"]["renditions"]["src"]);
    let original = media["file"]["original"].as_str().unwrap().to_owned();
    let reader = site.anonymous();
    let is_public = async |expected: bool, why: &str| {
        let answer = reader.get(&src).await;
        assert_eq!(answer.status, if expected { 200 } else { 404 }, "{why}");
        let listed = reader.get("/v1/media").await.expect(200).json["data"].as_array().unwrap().len();
        assert_eq!(listed, usize::from(expected), "{why}");
        assert_eq!(reader.get(&format!("/v1/media/{id}")).await.status, answer.status, "{why}");
    };
    is_public(false, "a draft").await;
    // Those who may read the entry see its picture, for themselves alone.
    let draft = editor.get(&src).await.expect(200);
    assert_eq!(draft.header("cache-control"), "private, no-store");
    assert_eq!(draft.header("cross-origin-resource-policy"), "same-origin");
    site.limited(&[("page", "read", "everything", None)]).await.get(&src).await.refused(404, "not_found");
    let page = publish(&editor, json!({ "title": "A page", "slug": "a-page", "image": id })).await;
    assert_eq!(page.json["warnings"][0]["pointer"], "/image", "what readers will miss is named");
    assert_eq!(image_of(&site, &page.id()).await, json!(null));
    is_public(false, "a draft on a public page").await;
    publish_revision(&editor, &id, 2, 2).await.expect(200);
    is_public(true, "public on a public page").await;
    assert_eq!(image_of(&site, &page.id()).await["id"], json!(id));
    let without =
        republish(&editor, &page.id(), page.version(), json!({ "title": "A page", "slug": "a-page" })).await;
    is_public(false, "the page shows it no more").await;
    editor.get(&original).await.expect(200);
    let again = json!({ "title": "A page", "slug": "a-page", "image": id });
    let again = republish(&editor, &page.id(), without.version(), again).await;
    is_public(true, "the page shows it again").await;
    unpublish(&editor, &page.id(), again.version()).await.expect(200);
    is_public(false, "the page is withdrawn").await;
    site.stop().await;
}

#[actix_web::test]
async fn a_picture_becomes_public_along_with_its_page() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let bare = entry(&editor, "room.jpg", &jpeg(400, 300, [200, 30, 30])).await;
    let id = bare["id"].as_str().unwrap();
    let created = editor
        .post("/admin/v1/pages", &json!({ "body": { "title": "A page", "slug": "a-page", "image": id } }))
        .await
        .expect(201);
    let publish = format!("/admin/v1/documents/{}/publish", created.id());
    let before = site.database.fingerprint().await;
    let along = |revision: i64| json!({ "revision": 1, "along": [{ "id": id, "revision": revision }] });
    let refused = editor.post_at(&publish, 1, Some(&along(1))).await.refused(422, "invalid");
    assert_eq!(refused.places(), [("/alt", "required")]);
    assert!(refused.detail().contains(id), "{}", refused.detail());
    assert_eq!(site.database.fingerprint().await, before);
    let mut body = bare["body"].clone();
    body["decorative"] = json!(true);
    save(&editor, &bare, body).await;
    let published = editor.post_at(&publish, 1, Some(&along(2))).await.expect(200);
    assert_eq!(published.json["warnings"], json!([]));
    let image = image_of(&site, &created.id()).await;
    assert_eq!((&image["alt"], &image["decorative"]), (&json!(""), &json!(true)));
    site.anonymous().get(&path(&image["src"])).await.expect(200);
    site.stop().await;
}

#[actix_web::test]
async fn another_point_is_another_address_where_something_is_cut_off() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let media = described(&editor, "room.jpg", &jpeg(1200, 400, [200, 30, 30])).await;
    let mut body = media["body"].clone();
    body["focal"] = json!({ "x": 0.0, "y": 0.5 });
    let moved = save(&editor, &media, body).await.json;
    let of = |media: &Value| media["file"]["picture"]["renditions"].clone();
    assert_eq!(of(&media)["srcset"], of(&moved)["srcset"], "the whole picture is the same");
    assert_ne!(of(&media)["presets"]["thumb"], of(&moved)["presets"]["thumb"]);
    let editor_sees =
        async |renditions: &Value| editor.get(&path(&renditions["presets"]["thumb"]["src"])).await;
    // Only points that an entry has are shown: nobody can have any number of crops made.
    editor_sees(&of(&media)).await.refused(404, "not_found");
    let cut = editor_sees(&of(&moved)).await.expect(200);
    assert_eq!(size(&cut.bytes), (320, 320));
    site.stop().await;
}

#[actix_web::test]
async fn another_file_has_other_addresses_and_the_old_ones_end_when_it_is_published() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = public(&editor, "old.jpg", &jpeg(400, 300, [200, 30, 30])).await;
    let page = page_with(&editor, &id).await;
    let old = path(&image_of(&site, &page).await["src"]);
    let reader = site.anonymous();
    reader.get(&old).await.expect(200);
    let version = editor.get(&format!("/admin/v1/media/{id}")).await.expect(200).version();
    let replaced =
        replace(&editor, &id, version, ("new.png", &glass_png(300, 200, [3, 3, 250]))).await.expect(200);
    reader.get(&old).await.expect(200);
    let number = replaced.json["revision"]["number"].as_i64().unwrap();
    publish_revision(&editor, &id, replaced.version(), number).await.expect(200);
    reader.get(&old).await.refused(404, "not_found");
    let image = image_of(&site, &page).await;
    assert_eq!((&image["width"], &image["srcset"][1]["type"]), (&json!(300), &json!("image/png")));
    let new = reader.get(&path(&image["src"])).await.expect(200);
    assert_eq!(new.header("content-type"), "image/png");
    site.stop().await;
}

#[actix_web::test]
async fn a_file_is_linked_to_and_saved() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let bytes = pdf("<script>alert(1)</script>");
    let id = public(&editor, "Annual report.html", &bytes).await;
    let text = format!("Read [the report](entry:{id}).");
    let fields =
        json!({ "title": "A page", "slug": "a-page", "blocks": [{ "type": "rich_text", "markdown": text }] });
    let page = publish(&editor, fields).await.id();
    let html = site.anonymous().get(&format!("/v1/pages/{page}")).await.expect(200).json["blocks"][0]["text"]
        ["html"]
        .clone();
    let media = site.anonymous().get(&format!("/v1/media/{id}")).await.expect(200).json;
    assert_eq!((&media["class"], &media["image"]), (&json!("document"), &json!(null)));
    let download = &media["download"];
    assert_eq!(
        (&download["name"], &download["media_type"], &download["bytes"]),
        (&json!("Annual report.pdf"), &json!("application/pdf"), &json!(bytes.len()))
    );
    assert!(html.as_str().unwrap().contains(download["url"].as_str().unwrap()), "{html}");
    let answer = site.anonymous().get(&path(&download["url"])).await.expect(200);
    assert_eq!(answer.bytes, bytes);
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert!(answer.header("content-disposition").starts_with("attachment"), "{:?}", answer.headers);
    assert!(answer.header("content-security-policy").starts_with("sandbox"), "{:?}", answer.headers);
    site.stop().await;
}

#[actix_web::test]
async fn what_is_said_of_a_file_reaches_readers() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let media = entry(&editor, "Annual report.pdf", &pdf("What we did")).await;
    let mut body = media["body"].clone();
    body["caption"] = json!("What we did, and with what");
    body["licence"] = json!("CC BY 4.0");
    let saved = save(&editor, &media, body).await;
    publish_revision(&editor, &saved.id(), saved.version(), 2).await.expect(200);
    let block = json!({ "type": "download", "file": saved.id() });
    let page = publish(&editor, json!({ "title": "A page", "slug": "a-page", "blocks": [block] })).await.id();
    let page = reader.get(&format!("/v1/pages/{page}")).await.expect(200).json;
    let single = reader.get(&format!("/v1/media/{}", saved.id())).await.expect(200).json;
    let list = reader.get("/v1/media").await.expect(200).json;
    for shown in [&page["blocks"][0]["file"], &single["download"], &list["data"][0]["download"]] {
        assert_eq!(shown["name"], "Annual report.pdf");
        assert_eq!(
            (&shown["caption"], shown.get("credit"), &shown["licence"]),
            (&json!("What we did, and with what"), Some(&json!(null)), &json!("CC BY 4.0"))
        );
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_script_of_another_origin_reads_a_file_in_parts() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let bytes = pdf("A report");
    let id = public(&editor, "report.pdf", &bytes).await;
    let block = json!({ "type": "download", "file": id });
    publish(&editor, json!({ "title": "A page", "slug": "a-page", "blocks": [block] })).await;
    let media = reader.get(&format!("/v1/media/{id}")).await.expect(200).json;
    let file = path(&media["download"]["url"]);
    let wanted = [
        ("origin", "https://site.example.org"),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "range, if-range"),
    ];
    let preflight = reader.send(Method::OPTIONS, &file, &wanted, None).await.expect(204);
    let names = |header: &str| -> Vec<String> { header.split(", ").map(str::to_lowercase).collect() };
    let allowed = names(preflight.header("access-control-allow-headers"));
    for name in ["range", "if-range"] {
        assert!(allowed.iter().any(|allowed| allowed == name), "{name} is not among {allowed:?}");
    }
    let whole = reader.get(&file).await.expect(200);
    let part =
        [("origin", "https://site.example.org"), ("range", "bytes=2-5"), ("if-range", whole.header("etag"))];
    let part = reader.send(Method::GET, &file, &part, None).await.expect(206);
    assert_eq!(part.bytes, bytes[2..6]);
    assert_eq!(part.header("access-control-allow-origin"), "*");
    let exposed = names(part.header("access-control-expose-headers"));
    for name in ["accept-ranges", "content-length", "content-range", "etag"] {
        assert!(part.headers.contains_key(name), "{name}: {:?}", part.headers);
        assert!(exposed.iter().any(|exposed| exposed == name), "{name} is not among {exposed:?}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn what_is_no_address_is_nothing() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = public(&editor, "room.jpg", &jpeg(400, 300, [200, 30, 30])).await;
    let page = page_with(&editor, &id).await;
    let src = path(&image_of(&site, &page).await["src"]);
    let files = site.files.names();
    let (key, name) = src.trim_start_matches("/media/").split_once('/').unwrap();
    let odd = [
        format!("/media/{key}/w9999.jpg"),
        format!("/media/{key}/w1024.gif"),
        format!("/media/{key}/w1024.svg"),
        format!("/media/{key}/{name}.jpg"),
        format!("/media/{}/{name}", key.to_lowercase()),
        format!("/media/{}/{name}", &key[1..]),
        format!("/media/..%2F..%2Fetc/{name}"),
        "/media/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/file.pdf".to_owned(),
    ];
    for path in odd {
        let answer = site.anonymous().get(&path).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    site.anonymous().get(&format!("{src}?width=5000")).await.refused(400, "unknown_parameter");
    assert_eq!(site.files.names(), files, "nothing was made");
    site.stop().await;
}

/// How many sizes of pictures the process has made, as it tells whoever watches it.
fn sizes_made(site: &TestSite) -> u64 {
    let making: Arc<dyn Measured> = Arc::new(site.app.making.clone());
    let page = render(Form::Prometheus, vec![making]).expect("a page");
    let line = page.lines().find(|line| line.starts_with("masthead_renditions_total"));
    let count = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
    count.unwrap_or_else(|| panic!("no such number in {page}"))
}

#[actix_web::test]
async fn many_who_ask_at_once_have_it_made_once() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = public(&editor, "room.jpg", &jpeg(1600, 1200, [200, 30, 30])).await;
    let page = page_with(&editor, &id).await;
    let src = path(&image_of(&site, &page).await["src"]);
    let reader = site.anonymous();
    assert_eq!(sizes_made(&site), 0);
    let answers = futures_util::future::join_all((0..40).map(|_| reader.get(&src))).await;
    let first = answers[0].bytes.clone();
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.bytes == first));
    assert_eq!(sizes_made(&site), 1);
    site.stop().await;
}

#[actix_web::test]
async fn what_becomes_public_is_made_before_anybody_asks() {
    use masthead::delivery::media::ahead::{Progress, make};
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let mut progress = Progress::default();
    assert_eq!(make(&site.app, &mut progress).await.unwrap(), 0);
    let id = public(&editor, "room.jpg", &jpeg(700, 500, [200, 30, 30])).await;
    assert_eq!(make(&site.app, &mut progress).await.unwrap(), 0, "nothing public uses it");
    page_with(&editor, &id).await;
    let made = make(&site.app, &mut progress).await.unwrap();
    // Three widths and five presets, each in two formats.
    assert_eq!(made, 16);
    assert_eq!(make(&site.app, &mut progress).await.unwrap(), 0);
    site.stop().await;
}
