//! `as_of`: the read API at another instant, for those who may know what was withdrawn and what is planned.

use serde_json::{Value, json};

use crate::lists::titles;
use crate::scheduled::import_page;
use crate::support::builders::{publish, republish, trash, unpublish};
use crate::support::{Answer, Client, Role, TestSite};
use crate::translations::{FROM_NOW, FROM_TOMORROW, add_locale, event, translate};

/// The instant that an answer of the read API would have now, as a parameter takes it.
pub async fn instant(site: &TestSite) -> String {
    after(site, "0").await
}

/// An instant that lies so much later.
async fn after(site: &TestSite, interval: &str) -> String {
    let query = format!(
        "select to_char((instant + interval '{interval}') at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as value \
         from mh.public_site"
    );
    site.database.texts(&query).await.remove(0)
}

/// Every operation, with what it needs.
fn addresses(id: &str) -> [String; 4] {
    [
        "/v1/pages?limit=5".to_owned(),
        format!("/v1/pages/{id}?text=text"),
        "/v1/resolve?path=/lantern".to_owned(),
        "/v1/search?q=lantern".to_owned(),
    ]
}

async fn lantern(editor: &Client) -> Answer {
    publish(editor, json!({ "title": "Lantern", "slug": "lantern" })).await
}

#[actix_web::test]
async fn it_takes_the_grant_to_read_history() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = lantern(&editor).await.id();
    let admin = site.user(Role::Admin).await;
    let author = site.client(Role::Author).await;
    let part = "insert into role_grants (role_id, kind, verb, scope, scope_locale) \
        select id, 'history', 'read', 'locale', 'en' from roles where name = 'author'";
    let about = "(select id::text from roles where name = 'author')";
    let events = event("role").replace("'role'", &format!("{about}::uuid"));
    site.database.execute(&format!("{part}; {events}")).await;
    let refused = [
        site.anonymous(),
        author,
        site.client_of(admin, &["page:read"]).await,
        site.client_of(admin, &["page:write"]).await,
        // The star names every kind of content, and history is none.
        site.client_of(admin, &["*:read"]).await,
    ];
    let allowed = [editor, site.client_of(admin, &[]).await, site.client_of(admin, &["history:read"]).await];
    let now = instant(&site).await;
    for address in addresses(&id) {
        for who in &refused {
            for value in [now.as_str(), "", "x", "2000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
                let answer = who.get(&format!("{address}&as_of={value}")).await.refused(403, "forbidden");
                assert!(answer.detail().contains("`history:read`"), "{}", answer.json);
                assert_eq!(answer.header("cache-control"), "no-store");
            }
            who.get(&address).await.expect(200);
        }
        for who in &allowed {
            who.get(&format!("{address}&as_of={now}")).await.expect(200);
        }
    }
    site.stop().await;
}

#[actix_web::test]
async fn an_answer_says_its_instant_and_is_kept_by_nobody() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let page = lantern(&editor).await;
    let published = page.json["live"]["from"].as_str().expect("an instant").to_owned();
    let (now, later) = (instant(&site).await, after(&site, "1 hour").await);
    for address in addresses(&page.id()) {
        let public = editor.get(&address).await.expect(200);
        for (value, is_final) in [(&published, "true"), (&now, "false"), (&later, "false")] {
            let answer = editor.get(&format!("{address}&as_of={value}")).await.expect(200);
            assert_eq!(answer.bytes, public.bytes, "{address} as of {value}");
            assert_eq!(answer.header("cache-control"), "private, no-store");
            assert_eq!(answer.header("masthead-final"), is_final, "{address} as of {value}");
            let said: chrono::DateTime<chrono::Utc> =
                answer.header("masthead-as-of").parse().expect("a time");
            assert_eq!(said, value.parse::<chrono::DateTime<chrono::Utc>>().expect("a time"));
            assert!(!answer.headers.contains_key("etag") && !answer.headers.contains_key("vary"));
        }
        assert!(
            !public.headers.contains_key("masthead-as-of") && !public.headers.contains_key("masthead-final")
        );
        assert!(public.header("cache-control").starts_with("public"));
    }
    site.database.advance("31 seconds").await;
    let answer = editor.get(&format!("/v1/pages?as_of={now}")).await.expect(200);
    assert_eq!(answer.header("masthead-final"), "true", "no change that began before can still come");
    let offset = editor.get("/v1/pages?as_of=2020-01-01T01:00:00.123456789%2B01:00").await.expect(200);
    assert_eq!(offset.header("masthead-as-of"), "2020-01-01T00:00:00.123456Z");
    site.stop().await;
}

#[actix_web::test]
async fn what_is_no_instant_is_refused() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = lantern(&editor).await.id();
    for address in addresses(&id) {
        for value in [
            "",
            "x",
            "now",
            "2026-03-01",
            "2026-03-01T09:00:00",
            "2026-02-30T00:00:00Z",
            "1700000000",
            "infinity",
        ] {
            let answer =
                editor.get(&format!("{address}&as_of={value}")).await.refused(400, "invalid_parameter");
            assert_eq!(answer.places(), [("/query/as_of", "invalid")], "{address} {value}");
            assert!(answer.detail().contains("RFC 3339"), "{}", answer.json);
        }
        for value in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:60Z"] {
            let status = editor.get(&format!("{address}&as_of={value}")).await.status;
            assert!(status == 200 || status == 404, "{address} {value}: {status}");
        }
    }
    site.stop().await;
}

#[actix_web::test]
async fn it_shows_what_was_withdrawn_and_what_is_planned() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let before = instant(&site).await;
    let page = lantern(&editor).await;
    let first = instant(&site).await;
    let moved =
        republish(&editor, &page.id(), page.version(), json!({ "title": "Harbour", "slug": "harbour" }))
            .await;
    let second = instant(&site).await;
    let gone = unpublish(&editor, &page.id(), moved.version()).await.expect(200);
    let third = instant(&site).await;
    trash(&editor, &page.id(), gone.version()).await.expect(204);
    let dawn = import_page(&site, json!({ "title": "Dawn", "slug": "dawn" }), 2).await;
    let future = after(&site, "3 hours").await;

    for (at, listed) in [
        (&before, vec![]),
        (&first, vec!["Lantern"]),
        (&second, vec!["Harbour"]),
        (&third, vec![]),
        (&future, vec!["Dawn"]),
    ] {
        assert_eq!(titles(&editor.get(&format!("/v1/pages?as_of={at}")).await.expect(200)), listed, "{at}");
    }
    let at = async |address: &str, at: &str| editor.get(&format!("{address}as_of={at}")).await;
    let (id, old, new) =
        (format!("/v1/pages/{}?", page.id()), "/v1/resolve?path=/lantern&", "/v1/resolve?path=/harbour&");
    for (instant, known, lantern, harbour) in [
        (&before, 404, 404, 404),
        (&first, 200, 200, 404),
        (&second, 200, 200, 200),
        (&third, 404, 404, 404),
        (&future, 404, 404, 404),
    ] {
        assert_eq!(at(&id, instant).await.status, known, "{instant}");
        assert_eq!(at(old, instant).await.status, lantern, "{instant}");
        assert_eq!(at(new, instant).await.status, harbour, "{instant}");
    }
    assert_eq!(at(old, &first).await.json["match"], "page");
    assert_eq!(at(old, &second).await.json, json!({ "match": "redirect", "to": "/harbour", "status": 301 }));
    assert_eq!(at(&id, &first).await.json["previous_paths"], json!([]));
    assert_eq!(at(&id, &second).await.json["previous_paths"], json!(["/lantern"]));
    assert_eq!(at(&format!("/v1/pages/{dawn}?"), &future).await.json["path"], "/dawn");
    at("/v1/resolve?path=/dawn&", &third).await.refused(404, "not_found");
    let now = site.anonymous().get("/v1/pages").await.expect(200);
    assert_eq!(now.json["data"], json!([]), "nothing of all this is public");
    site.stop().await;
}

#[actix_web::test]
async fn redirects_and_locales_are_those_of_the_instant() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    add_locale(&site, "de", Some("en")).await;
    let page = lantern(&editor).await.id();
    let before = instant(&site).await;
    let old = site.app.ids.uuid().to_string();
    let redirect = |path: &str, id: &str, target: &str, during: &str| {
        format!(
            "select mh.public_change(); insert into redirects (id, locale, path, {target}, origin, during) \
             values ('{id}', 'en', '{path}', '{value}', 'manual', {during}); {}",
            event(id),
            value = if target == "target_url" { "https://example.org/" } else { &page },
        )
    };
    site.database.execute(&redirect("/old", &old, "target_entry", FROM_NOW)).await;
    let planned = site.app.ids.uuid().to_string();
    site.database.execute(&redirect("/soon", &planned, "target_url", FROM_TOMORROW)).await;
    translate(&site, (&page, "de"), json!({ "title": "Laterne", "slug": "laterne" }), "/laterne", FROM_NOW)
        .await;
    let during = instant(&site).await;
    let end = format!(
        "update redirects set during = tstzrange(lower(during), (select changed_at from site)) where id = '{old}'"
    );
    site.database.execute(&format!("select mh.public_change(); {end}; {}", event(&old))).await;
    let (ended, future) = (instant(&site).await, after(&site, "25 hours").await);

    for (path, at, to) in [
        ("/old", &before, None),
        ("/old", &during, Some("/lantern")),
        ("/old", &ended, None),
        ("/soon", &ended, None),
        ("/soon", &future, Some("https://example.org/")),
    ] {
        let answer = editor.get(&format!("/v1/resolve?path={path}&as_of={at}")).await;
        assert_eq!(answer.json["to"].as_str(), to, "{path} as of {at}");
        assert_eq!(answer.status, if to.is_some() { 200 } else { 404 }, "{path} as of {at}");
    }
    site.anonymous().get("/v1/resolve?path=/old").await.refused(404, "not_found");
    for (at, title, fallback) in [(&before, "Lantern", true), (&during, "Laterne", false)] {
        let found: Value =
            editor.get(&format!("/v1/pages/{page}?locale=de&as_of={at}")).await.expect(200).json;
        assert_eq!((&found["title"], &found["fallback"]), (&json!(title), &json!(fallback)), "as of {at}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_cursor_is_good_for_its_instant_alone() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for n in 1..=3 {
        publish(&editor, json!({ "title": format!("Page {n}") })).await;
    }
    let (now, later) = (instant(&site).await, after(&site, "1 hour").await);
    let cursor = async |query: &str| {
        let list = editor.get(&format!("/v1/pages?limit=1{query}")).await.expect(200);
        list.json["page"]["next"].as_str().expect("a cursor").to_owned()
    };
    let (plain, past) = (cursor("").await, cursor(&format!("&as_of={now}")).await);
    for query in [
        format!("after={past}"),
        format!("after={past}&as_of={later}"),
        format!("after={plain}&as_of={now}"),
        format!("after={past}&as_of={now}&sort=title"),
        format!("after={past}&as_of={now}&locale=en"),
    ] {
        editor.get(&format!("/v1/pages?limit=1&{query}")).await.refused(400, "invalid_cursor");
    }
    // The next page of the past is the same whatever has been published since, and its links keep the instant.
    publish(&editor, json!({ "title": "Newer" })).await;
    let second = editor.get(&format!("/v1/pages?limit=1&as_of={now}&after={past}")).await.expect(200);
    assert_eq!(titles(&second), ["Page 2"]);
    assert!(second.header("link").contains("as_of="), "{second:?}");
    site.stop().await;
}
