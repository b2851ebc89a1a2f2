//! The demonstration's uploads and files, over a storage of their own.

use std::path::PathBuf;
use std::sync::LazyLock;

use actix_web::http::Method;
use actix_web::{HttpRequest, get, post, web};
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use crate::platform::digest::Digest;
use crate::platform::http::*;
use crate::platform::problem::{Code, Problem};
use crate::platform::storage::{Key, Place, S3Settings, Storage, StorageSettings};

pub const PATHS: [(&str, &[Method]); 4] = [
    ("/admin/v1/uploads", &[Method::POST]),
    ("/admin/v1/guarded", &[Method::POST]),
    ("/admin/v1/files/{name}", &[Method::GET]),
    ("/media/{name}", &[Method::GET]),
];

/// What the file `lantern` holds.
pub const LANTERN: &[u8] = b"0123456789abcdefghij";

/// The folder of the storage.
pub static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("masthead-http-{}", std::process::id()));
    std::fs::remove_dir_all(&folder).ok();
    folder
});

/// The storage, with some files in it.
async fn storage() -> Storage {
    static MADE: tokio::sync::OnceCell<Storage> = tokio::sync::OnceCell::const_new();
    let make = || async {
        let place = Place::Folder(FOLDER.clone());
        let settings = StorageSettings { place, s3: S3Settings::default(), spool: FOLDER.join("unused") };
        let storage = Storage::new(&settings).unwrap();
        storage.prepare().await.unwrap();
        for (name, bytes) in [
            ("lantern", Bytes::from_static(LANTERN)),
            ("short", Bytes::from_static(b"01234")),
            ("large", vec![b'x'; 3_000_000].into()),
        ] {
            storage.put_bytes(&Key::parse(name).unwrap(), bytes).await.unwrap();
        }
        storage
    };
    MADE.get_or_init(make).await.clone()
}

/// Receives a form and tells what came.
#[post("/admin/v1/uploads")]
async fn receive(upload: Upload) -> Result<Reply<impl Serialize>, Problem> {
    let received = upload.receive(storage().await.spool()).await?;
    let files: Vec<Value> = received
        .files
        .iter()
        .map(|file| {
            let read = std::fs::read(file.file.path()).unwrap();
            assert_eq!(read.len() as u64, file.file.bytes());
            json!({ "field": file.field, "name": file.name, "bytes": read.len(), "sha256": file.file.sha256() })
        })
        .collect();
    Ok(Reply::ok(json!({ "files": files, "fields": received.fields })))
}

/// Refuses everyone before the body is read, and panics for some after it.
#[post("/admin/v1/guarded")]
async fn guarded(req: HttpRequest, upload: Upload) -> Result<NoContent, Problem> {
    if req.query_string() != "panic" {
        return Err(Problem::new(Code::Forbidden).detail("Nobody may."));
    }
    let received = upload.receive(storage().await.spool()).await?;
    panic!("with {} files", received.files.len());
}

#[get("/admin/v1/files/{name}")]
async fn download(name: web::Path<String>, asked: Asked) -> Result<FileAnswer, Problem> {
    let bytes = if *name == "large" { 3_000_000 } else { 20 };
    let (key, digest) = (Key::parse(&name).unwrap(), Digest::new([7; 32]));
    FileReply::download(key, bytes, "text/plain", digest, "Z\u{fc}rich.txt")
        .answer(&storage().await, &asked)
        .await
}

#[get("/media/{name}")]
async fn public(name: web::Path<String>, asked: Asked) -> Result<FileAnswer, Problem> {
    let file = FileReply::new(Key::parse(&name).unwrap(), 3_000_000, "text/plain", "t");
    file.cache(CachePolicy::Immutable).answer(&storage().await, &asked).await
}

pub fn mount(config: &mut web::ServiceConfig) {
    config.service(receive).service(guarded).service(download).service(public);
}
