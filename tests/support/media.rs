//! Media for tests: forms as browsers send them, and entries ready to be shown.

use reqwest::Method;
use serde_json::{Value, json};

use super::builders::publish_revision;
use super::client::{Answer, Client};

const BOUNDARY: &str = "a-boundary-that-occurs-nowhere";

/// A form with files (field, name, bytes) and other fields.
pub fn form(files: &[(&str, &str, &[u8])], fields: &[(&str, &str)]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .bytes(),
        );
    }
    for (field, name, bytes) in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// Uploads files into the library; whatever the answer is.
pub async fn upload(client: &Client, files: &[(&str, &[u8])], fields: &[(&str, &str)]) -> Answer {
    upload_to(client, "/admin/v1/media", files, fields).await
}

/// The same to another address.
pub async fn upload_to(
    client: &Client,
    path: &str,
    files: &[(&str, &[u8])],
    fields: &[(&str, &str)],
) -> Answer {
    let files: Vec<(&str, &str, &[u8])> = files.iter().map(|(name, bytes)| ("file", *name, *bytes)).collect();
    let (media_type, body) = form(&files, fields);
    client.send_bytes(Method::POST, path, &[], Some((&media_type, body))).await
}

/// Puts another file in the place of that of an entry.
pub async fn replace(client: &Client, id: &str, version: i64, (name, bytes): (&str, &[u8])) -> Answer {
    let (media_type, body) = form(&[("file", name, bytes)], &[("note", "Another one.")]);
    let path = format!("/admin/v1/media/{id}/file");
    let if_match = format!("\"v{version}\"");
    client.send_bytes(Method::PUT, &path, &[("if-match", &if_match)], Some((&media_type, body))).await
}

/// The one entry that an upload of one file made.
pub async fn entry(client: &Client, name: &str, bytes: &[u8]) -> Value {
    let answer = upload(client, &[(name, bytes)], &[]).await.expect(201);
    answer.json["results"][0]["media"].clone()
}

/// An entry with a description, ready to be published; as reading it gives it.
pub async fn described(client: &Client, name: &str, bytes: &[u8]) -> Value {
    let entry = entry(client, name, bytes).await;
    let mut body = entry["body"].clone();
    body["alt"] = json!(format!("What {name} shows"));
    save(client, &entry, body).await.json
}

/// Saves an entry with this body.
pub async fn save(client: &Client, entry: &Value, body: Value) -> Answer {
    let id = entry["id"].as_str().expect("an id");
    let version = entry["version"].as_i64().expect("a version");
    client.put_at(&format!("/admin/v1/media/{id}"), version, &json!({ "body": body })).await.expect(200)
}

/// An entry that is published; its id.
pub async fn public(client: &Client, name: &str, bytes: &[u8]) -> String {
    let entry = described(client, name, bytes).await;
    let id = entry["id"].as_str().expect("an id").to_owned();
    let number = entry["revision"]["number"].as_i64().expect("a number");
    publish_revision(client, &id, entry["version"].as_i64().expect("a version"), number).await.expect(200);
    id
}

/// The path of an address that an answer gives.
pub fn path(url: &Value) -> String {
    let url = url.as_str().expect("an address");
    let at = url.find("/media/").expect("an address of media");
    url[at..].to_owned()
}
