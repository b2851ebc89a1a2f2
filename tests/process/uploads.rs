//! Uploads to the real binary, and what `masthead doctor` says when their files are damaged.

use std::path::PathBuf;

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::harness::*;

const BOUNDARY: &str = "----b0undary";

/// A client that uploads; a server that dies under it is no failure of the test.
pub struct Uploader {
    runtime: Runtime,
    client: reqwest::Client,
    address: String,
    token: String,
}

impl Uploader {
    pub fn new(address: &str, token: &str) -> Self {
        Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            address: address.to_owned(),
            token: token.to_owned(),
        }
    }

    /// Uploads a file; gives status and body of a whole answer, or nothing.
    pub fn upload(&self, name: &str, bytes: &[u8]) -> Option<(u16, Value)> {
        let request = self.client.post(format!("{}/admin/v1/media", self.address));
        self.send(request, name, bytes)
    }

    /// Puts a file in the place of that of an entry.
    pub fn replace(&self, id: &str, version: i64, bytes: &[u8]) -> Option<(u16, Value)> {
        let request = self.client.put(format!("{}/admin/v1/media/{id}/file", self.address));
        self.send(request.header("if-match", format!("\"v{version}\"")), "lantern.pdf", bytes)
    }

    fn send(&self, request: reqwest::RequestBuilder, name: &str, bytes: &[u8]) -> Option<(u16, Value)> {
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        self.runtime.block_on(async {
            let answer = request
                .bearer_auth(&self.token)
                .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
                .body(body)
                .send()
                .await
                .ok()?;
            Some((answer.status().as_u16(), answer.json().await.ok()?))
        })
    }
}

/// What is taken for a PDF document, of this many bytes and the same for the same label.
pub fn document(label: &str, length: usize) -> Vec<u8> {
    let mut state = label.bytes().fold(0x6d61_7374_6865_6164_u64, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut bytes = format!("%PDF-1.7\n{label}\n").into_bytes();
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}

/// The files below a folder.
pub fn below(folder: PathBuf) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries
        .map(|entry| entry.path())
        .flat_map(|path| if path.is_dir() { below(path) } else { vec![path] })
        .collect()
}

/// The files of uploads, by their names, with those that are being received. What says which sizes of pictures are in use is
/// none of them.
pub fn files(place: &Place) -> Vec<String> {
    let name = |path: PathBuf| path.strip_prefix(place.uploads()).unwrap().to_str().unwrap().to_owned();
    let mut names: Vec<String> = below(place.uploads()).into_iter().map(name).collect();
    names.retain(|name| !name.starts_with("recipes/"));
    names.sort();
    names
}

fn verdict<'a>(answer: &'a Value, name: &str) -> Option<(&'a str, &'a str)> {
    let check = answer["checks"].as_array().unwrap().iter().find(|check| check["name"] == name)?;
    Some((check["verdict"].as_str().unwrap(), check["detail"].as_str().unwrap()))
}

#[test]
fn doctor_finds_damaged_files_and_an_absent_storage() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let uploader = Uploader::new(&serving.address(), &token(&place, "editor"));
    let contents = [document("first", 5_000), document("second", 9_000)];
    for (nth, bytes) in contents.iter().enumerate() {
        let (status, answer) = uploader.upload(&format!("{nth}.pdf"), bytes).unwrap();
        assert_eq!(status, 201, "{answer}");
    }
    let names = files(&place);
    assert_eq!(names.len(), 2, "{names:?}");
    let sound = run(&place, &["doctor", "--deep", "--json"]).ended(0).json();
    assert_eq!(verdict(&sound, "uploads"), Some(("ok", "2 uploads have their files")));
    assert_eq!(verdict(&sound, "bytes of uploads").unwrap().0, "ok");
    assert_eq!(verdict(&sound, "storage").unwrap().0, "ok");
    assert_eq!(files(&place), names, "an examination has left something");

    let path = |nth: usize| place.uploads().join(&names[nth]);
    let sha256 = |nth: usize| names[nth].rsplit('/').next().unwrap().to_owned();
    std::fs::rename(path(0), place.0.join("away")).unwrap();
    let mut bytes = std::fs::read(path(1)).unwrap();
    bytes[100] ^= 1;
    std::fs::write(path(1), &bytes).unwrap();
    let answer = run(&place, &["doctor", "--json"]).ended(1).json();
    let (found, detail) = verdict(&answer, "uploads").unwrap();
    assert!(found == "broken" && detail.contains(&sha256(0)) && !detail.contains(&sha256(1)), "{answer:#}");
    assert_eq!(verdict(&answer, "bytes of uploads"), None);
    let answer = run(&place, &["doctor", "--deep", "--json"]).ended(1).json();
    let (found, detail) = verdict(&answer, "bytes of uploads").unwrap();
    assert!(found == "broken" && detail.contains(&sha256(1)), "{answer:#}");

    // The same files again repair it.
    for bytes in &contents {
        assert_eq!(uploader.upload("again.pdf", bytes).unwrap().0, 201);
    }
    run(&place, &["doctor", "--deep"]).ended(0);

    let address = serving.address();
    Http::new(&address, None).get("/readyz").expect(200);
    std::fs::rename(place.uploads(), place.0.join("unmounted")).unwrap();
    std::fs::create_dir(place.uploads()).unwrap();
    Http::new(&address, None).get("/readyz").refused(503, "unavailable");
    let (status, answer) = uploader.upload("away.pdf", &contents[0]).unwrap();
    assert_eq!((status, &answer["code"]), (503, &json!("unavailable")));
    let answer = run(&place, &["doctor", "--json"]).ended(1).json();
    assert_eq!(verdict(&answer, "storage").unwrap().0, "broken", "{answer:#}");
    assert_eq!(verdict(&answer, "uploads"), None, "not every file is missing when its disk is away");
    std::fs::remove_dir(place.uploads()).unwrap();
    std::fs::rename(place.0.join("unmounted"), place.uploads()).unwrap();
    Http::new(&address, None).get("/readyz").expect(200);
    run(&place, &["doctor", "--deep"]).ended(0);
    drop(uploader);
    serving.stop();
}

/// A small file system in place of the folder of uploads; gone with the value.
struct Small<'a>(&'a Place);

impl<'a> Small<'a> {
    #[expect(clippy::print_stderr, reason = "a test that is passed over says so")]
    fn mount(place: &'a Place) -> Option<Self> {
        let mut command = std::process::Command::new("mount");
        command.args(["-t", "tmpfs", "-o", "size=3m", "none"]).arg(place.uploads());
        let mounted = command.output().is_ok_and(|output| output.status.success());
        if !mounted {
            eprintln!("passed over: only root can mount a small file system");
        }
        mounted.then_some(Self(place))
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        std::process::Command::new("umount").arg("-l").arg(self.0.uploads()).status().ok();
    }
}

#[test]
fn a_full_disk_refuses_uploads_and_nothing_else_until_there_is_room() {
    let place = Place::new();
    let Some(_small) = Small::mount(&place) else { return };
    let mut serving = Masthead::start(&place);
    let address = serving.address();
    let token = token(&place, "editor");
    let uploader = Uploader::new(&address, &token);
    let (status, answer) = uploader.upload("first.pdf", &document("first", 2_000_000)).unwrap();
    assert_eq!(status, 201, "{answer}");
    let (before, kept) = (fingerprint(&place), files(&place));
    for _ in 0..3 {
        let (status, answer) = uploader.upload("second.pdf", &document("second", 2_000_000)).unwrap();
        assert_eq!((status, &answer["code"]), (507, &json!("out_of_space")), "{answer}");
    }
    assert_eq!(fingerprint(&place), before);
    assert_eq!(files(&place), kept, "half of an upload is left");
    let editor = Http::new(&address, Some(&token));
    editor.get("/admin/v1/media").expect(200);
    editor.get("/readyz").expect(200);
    assert_eq!(uploader.upload("small.pdf", &document("small", 20_000)).unwrap().0, 201);
    std::fs::remove_file(place.uploads().join(&kept[0])).unwrap();
    assert_eq!(uploader.upload("second.pdf", &document("second", 2_000_000)).unwrap().0, 201);
    drop((editor, uploader));
    serving.stop();
}
