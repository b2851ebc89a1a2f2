//! That a login takes the same work whoever it is for: counted in the log of the program, and never by time.

use serde_json::json;

use super::harness::*;

/// What the log says of a hash, at `debug`.
const HASHED: &str = "computed a password hash";

#[test]
fn a_hash_is_computed_for_whoever_tries_and_whoever_is_tried() {
    let place = Place::new();
    let mut command = clean(&binary());
    command.env("MASTHEAD_LOG", "warn,masthead::identity=debug");
    let mut serving = Masthead::start_with(&place, command, &place.data_dir());
    let address = serving.address();
    let admin = Http::new(&address, Some(&token(&place, "admin")));
    let invited = json!({ "email": "invited@example.org", "name": "Not Yet", "role": "viewer" });
    admin.post("/admin/v1/users", &invited).expect(201);
    token(&place, "editor");
    let editor = admin.get("/admin/v1/users?filter[email]=editor@example.org").expect(200);
    let editor = editor.json["data"][0]["id"].as_str().unwrap().to_owned();
    admin.post_at(&format!("/admin/v1/users/{editor}/deactivate"), 1, &json!(null)).expect(200);

    let stranger = Http::new(&address, None);
    let hashes = || serving.said().matches(HASHED).count();
    for (sort, email, password, status) in [
        ("the right password", "admin@example.org", "violet harbour lantern", 201),
        ("a wrong password", "admin@example.org", "never the right password", 401),
        ("nobody", "nobody@example.org", "never the right password", 401),
        ("somebody invited", "invited@example.org", "never the right password", 401),
        ("somebody deactivated", "editor@example.org", "violet harbour lantern", 401),
        ("no address", "nobody", "never the right password", 401),
        ("nothing at all", "", "", 401),
    ] {
        let before = hashes();
        let answer = stranger.post("/admin/v1/session", &json!({ "email": email, "password": password }));
        assert_eq!(answer.status, status, "{sort}: {}", answer.json);
        assert_eq!(hashes(), before + 1, "{sort}");
    }
    // Whoever has no link has nothing computed, nor has a form that is not filled in.
    let before = hashes();
    let link = json!({ "secret": "mhl_guessed", "password": "violet harbour lantern" });
    stranger.post("/admin/v1/links/redeem", &link).refused(401, "invalid_token");
    stranger.post("/admin/v1/session", &json!({ "email": "admin@example.org" })).refused(422, "invalid");
    assert_eq!(hashes(), before);
    for word in ["violet", "admin@", "nobody@", "invited@", "editor@", "mhl_", "argon2"] {
        assert!(!serving.said().contains(word), "{word}: {}", serving.said());
    }
    drop((admin, stranger));
    serving.stop();
}
