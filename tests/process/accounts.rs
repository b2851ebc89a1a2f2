//! `user add` and `token create`, with a server running that was started before.

use serde_json::json;

use super::harness::*;
use crate::support::builders::page;

#[test]
fn accounts_made_while_a_server_runs_work_there_at_once() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let address = serving.address();
    serving.says("There is no administrator yet");
    let pid = server(&place.cluster()).unwrap().0;

    let add = ["user", "add", "--email", "Ilse@Example.org", "--name", "Ilse Fictional", "--role", "editor"];
    let added = run_with_input(&place, &add, "violet harbour lantern\n").ended(0).says(&["ilse@example.org"]);
    assert_eq!(added.out, "", "the password was given and needs no printing");
    assert!(!added.err.contains("violet"), "{added:#?}");
    let made = run(&place, &["token", "create", "--user", "ilse@example.org", "--name", "laptop"]).ended(0);
    let token = made.out.strip_suffix('\n').unwrap();
    assert!(token.starts_with("mh_") && !token.contains(char::is_whitespace), "{:?}", made.out);
    assert!(!made.err.contains(token), "{}", made.err);

    let editor = Http::new(&address, Some(token));
    let id = editor.post("/admin/v1/pages", &page(json!({}))).expect(201).id();
    assert_eq!(editor.get(&format!("/admin/v1/pages/{id}")).expect(200).id(), id);
    let mut other = token.to_owned();
    let last = other.pop().unwrap();
    other.push(if last == 'a' { 'b' } else { 'a' });
    Http::new(&address, Some(&other)).get("/admin/v1/pages").refused(401, "invalid_token");

    // A scope cuts the rights down.
    let create = ["token", "create", "--user", "ilse@example.org", "--name", "reads", "--scope", "page:read"];
    let narrow = run(&place, &[&create[..], &["--expires", "12h"]].concat()).ended(0).out;
    let narrow = Http::new(&address, Some(narrow.trim()));
    narrow.get("/admin/v1/pages").expect(200);
    narrow.post("/admin/v1/pages", &page(json!({}))).refused(403, "forbidden");

    let kept = "select count(*) from users where password_hash like '$argon2id$%' union all \
        select count(*) from api_tokens where expires_at is not null";
    assert_eq!(as_owner(&place.cluster(), kept), ["1", "1"]);
    let leaked = format!("select count(*) from api_tokens t where to_jsonb(t)::text like '%{token}%'");
    assert_eq!(as_owner(&place.cluster(), &leaked), ["0"]);
    assert_eq!(server(&place.cluster()).unwrap().0, pid, "a command has started another server");
    drop((editor, narrow));
    serving.stop();
}

#[test]
fn accounts_that_cannot_be_are_refused_and_nothing_changes() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    serving.address();
    token(&place, "admin");
    let before = fingerprint(&place);
    let add = |email: &str, role: &str, password: &str| {
        let name = "Bram Invented";
        run_with_input(&place, &["user", "add", "--email", email, "--name", name, "--role", role], password)
    };
    let good = "amber tide lantern\n";
    add("bram@example.org", "admin", "short\n").ended(1).says(&["12"]);
    add("bram@example.org", "admin", "").ended(1).says(&["standard input", "12"]);
    add("bram@example.org", "admin", "passwordpassword\n").ended(1).says(&["standard input"]);
    add("bram@example.org", "emperor", good).ended(1).says(&["emperor", "admin", "editor", "author"]);
    add("ADMIN@example.org", "admin", good).ended(1).says(&["conflict", "e-mail address exists already"]);
    add("bram", "admin", good).ended(2).says(&["--email", "bram", "name@example.org"]);
    run(&place, &["token", "create", "--user", "bram@example.org", "--name", "x"])
        .ended(1)
        .says(&["bram@example.org", "user add"]);
    run(&place, &["token", "create", "--user", "admin@example.org", "--name", "x", "--scope", "page"])
        .ended(2)
        .says(&["--scope", "page"]);
    assert_eq!(fingerprint(&place), before);
    serving.stop();
}
