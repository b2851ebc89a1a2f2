//! The sample site: loaded once, whole or not at all.

use std::time::Duration;

use serde_json::Value;

use super::harness::*;
use super::uploads::files;

fn start(place: &Place) -> Masthead {
    let mut command = clean(&binary());
    command.env("MASTHEAD_SAMPLE", "true");
    Masthead::start_with(place, command, &place.data_dir())
}

/// Kills a start while it keeps the pictures.
fn kill_half_way(place: &Place) {
    let server = start(place);
    until("a picture is kept", || files(place).iter().any(|name| name.starts_with("blobs/")));
    server.kill();
}

fn got(http: &Http, path: &str) -> Value {
    http.get(path).expect(200).json
}

/// What a visitor finds.
fn looks_right(http: &Http) {
    let total = |path: &str| got(http, path)["page"]["total"].as_i64();
    assert_eq!(total("/v1/pages?count=exact&limit=1"), Some(15));
    assert_eq!(total("/v1/people?count=exact&limit=1"), Some(12));
    let board = got(http, "/v1/people?filter[group]=board&fields=name");
    let names: Vec<&str> =
        board["data"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 5);
    assert_eq!((names[0], names[4]), ("Ilse Thornquist", "Kwame Brightsei"));
    assert_eq!(got(http, "/v1/menus/main")["items"][0]["items"][2]["path"], "/about/people");
    assert_eq!(got(http, "/v1/settings")["title"], "Lantern Alliance");
    for hidden in ["/plans", "/news/open-evening-in-lindmar"] {
        http.get(&format!("/v1/resolve?path={hidden}")).refused(404, "not_found");
    }
}

#[test]
fn a_sample_is_loaded_once_and_whole() {
    let place = Place::new();
    kill_half_way(&place);
    let mut server = start(&place);
    let address = server.address();
    let http = Http::new(&address, Some(&token(&place, "editor")));
    looks_right(&http);

    let about = got(&http, "/v1/resolve?path=/about");
    let hero = &about["page"]["blocks"][0]["image"];
    let picture = hero["srcset"][0]["url"].as_str().unwrap();
    let bytes = http.get(picture.strip_prefix(&address).unwrap()).bytes;
    assert_eq!(&bytes[8..12], b"WEBP");
    let id = about["page"]["id"].as_str().unwrap();
    let revisions = got(&http, &format!("/admin/v1/documents/{id}/revisions"));
    assert_eq!(revisions["data"].as_array().unwrap().len(), 5);
    run(&place, &["doctor"]).ended(0);

    let before = fingerprint(&place);
    server.stop();
    let mut server = start(&place);
    server.address();
    assert_eq!(fingerprint(&place), before, "a second start changed something");
    server.stop();
}

/// In release, alone on its machine, a start takes a few seconds, most of them for the new cluster; other tests run beside it.
#[test]
fn a_first_start_is_quick() {
    let place = Place::new();
    let mut server = start(&place);
    let took = server.says("Masthead listens on ");
    let most = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 15 });
    assert!(took < most, "{took:?}");
    server.stop();
}
