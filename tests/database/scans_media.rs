//! The same for the operations about media, about the one entry that the first of these requests brings.

use masthead::blobs::model::original;
use masthead::platform::digest::Digest;
use reqwest::Method;
use sha2::{Digest as _, Sha256};

use super::scans_requests::{Request, get, plain, send};
use crate::support::TestSite;
use crate::support::media::form;
use crate::support::pictures::jpeg;

/// What the requests name: each as a query for its id and one for the version that a change is based on.
pub const MEDIA: [(&str, &str, Option<&str>); 3] = [
    ("preview", "select id from preview_links", None),
    (
        "media",
        "select id from entries where kind = 'media'",
        Some("select version from documents where kind = 'media'"),
    ),
    ("sha256", "select encode(sha256, 'hex') from blobs", None),
];

/// The picture that is brought, or the one that takes its place.
fn bytes(method: &Method) -> Vec<u8> {
    jpeg(16, 16, [if *method == Method::POST { 10 } else { 200 }, 0, 0])
}

/// Puts the file of the entry into the storage of a site: each request has one of its own, and the entry is from an earlier one.
pub async fn bring_original(site: &TestSite) {
    let bytes = bytes(&Method::POST);
    let sha256: [u8; 32] = Sha256::digest(&bytes).into();
    site.app.storage.put_bytes(&original(Digest::new(sha256)), bytes.into()).await.expect("a file");
}

/// A form with a picture: one for a new entry, another one to take its place.
pub fn picture(method: &Method) -> (String, Vec<u8>) {
    form(&[("file", "scanned.jpg", &bytes(method))], &[])
}

pub const REQUESTS: &[Request] = &[
    Request { form: true, ..plain("POST /admin/v1/media", "/admin/v1/media", 201) },
    get("GET /admin/v1/media", "/admin/v1/media"),
    get(
        "GET /admin/v1/media",
        "/admin/v1/media?filter[class]=image&filter[used]=false&filter[described]=false",
    ),
    get("GET /admin/v1/media", "/admin/v1/media?q=scanned&filter[folder]="),
    get("GET /admin/v1/media", "/admin/v1/media?q=lantern&filter[state]=live"),
    get("GET /admin/v1/library/folders", "/admin/v1/library/folders"),
    get("GET /admin/v1/media/{id}", "/admin/v1/media/{media}"),
    get("GET /admin/v1/media/{id}/original", "/admin/v1/media/{media}/original?revision=1"),
    send(
        "PUT /admin/v1/media/{id}",
        "/admin/v1/media/{media}",
        r#"{"body": {"title": "Scanned", "alt": "Shown", "file": {"sha256": "{sha256}", "class": "image", "name": "scanned.jpg"}}}"#,
        200,
    ),
    Request { form: true, ..plain("PUT /admin/v1/media/{id}/file", "/admin/v1/media/{media}/file", 200) },
    send(
        "POST /admin/v1/library/edit",
        "/admin/v1/library/edit",
        r#"{"items": [{"id": "{media}", "version": 3}], "folder": "rooms", "atomic": true}"#,
        200,
    ),
    get("GET /v1/media", "/v1/media?filter[class]=image"),
    get("GET /v1/media", "/v1/media?sort=title"),
    Request { status: 404, ..get("GET /v1/media/{id}", "/v1/media/{media}") },
    Request {
        status: 404,
        ..get("GET /media/{key}/{name}", "/media/LCwsLCwsLCwsLCwsLCwsLP____9kYmE1/w640.webp")
    },
    plain("DELETE /admin/v1/media/{id}", "/admin/v1/media/{media}", 204),
];
