//! `locale`: the language that is asked for, and what stands in for what is missing in it.

use serde_json::{Value, json};

use crate::lists::{titles, walk_back_and_forth};
use crate::support::builders::{publish, republish};
use crate::support::{Client, Role, TestSite};
use crate::translations::{FROM_NOW, FROM_TOMORROW, add_locale, draft, erase, event, translate, withdraw};

/// A site in English with German (for which English stands in) and French (for which nothing does): the page About is in
/// English and German, Team below it in English alone.
struct Bilingual {
    site: TestSite,
    editor: Client,
    reader: Client,
    about: String,
    team: String,
}

async fn bilingual() -> Bilingual {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    add_locale(&site, "de", Some("en")).await;
    add_locale(&site, "fr", None).await;
    let about = publish(&editor, json!({ "title": "About", "slug": "about" })).await.id();
    let team = publish(
        &editor,
        json!({
            "title": "Team", "slug": "team", "parent": about,
            "blocks": [{ "id": "t", "type": "rich_text", "markdown": format!("[up](entry:{about})") }],
        }),
    )
    .await
    .id();
    translate(&site, (&about, "de"), json!({ "title": "Uns", "slug": "uns" }), "/uns", FROM_NOW).await;
    let reader = site.anonymous();
    Bilingual { site, editor, reader, about, team }
}

async fn get(reader: &Client, address: &str) -> Value {
    reader.get(address).await.expect(200).json
}

/// In which locale something is, for which it was asked, and whether that is a fallback.
fn spoken(json: &Value) -> (&str, &str, bool) {
    let text = |name: &str| json[name].as_str().expect("a locale");
    (text("locale"), text("requested_locale"), json["fallback"].as_bool().expect("a boolean"))
}

#[actix_web::test]
async fn a_page_comes_in_the_best_locale() {
    let Bilingual { site, reader, about, team, .. } = bilingual().await;
    for (query, id, title, expected) in [
        ("", &about, "About", ("en", "en", false)),
        ("?locale=en", &about, "About", ("en", "en", false)),
        ("?locale=de", &about, "Uns", ("de", "de", false)),
        ("?locale=de", &team, "Team", ("en", "de", true)),
    ] {
        let page = get(&reader, &format!("/v1/pages/{id}{query}")).await;
        assert_eq!((page["title"].as_str(), spoken(&page)), (Some(title), expected), "{query}");
    }
    reader.get(&format!("/v1/pages/{about}?locale=fr")).await.refused(404, "not_found");
    let team = get(&reader, &format!("/v1/pages/{team}?locale=de")).await;
    assert_eq!(team["breadcrumbs"], json!([{ "id": about, "title": "Uns", "path": "/uns" }]));
    assert!(team["blocks"][0].to_string().contains("/uns"), "links lead to the best locale too: {team}");
    site.stop().await;
}

#[actix_web::test]
async fn an_unknown_locale_is_refused_with_those_that_there_are() {
    let Bilingual { site, reader, about, .. } = bilingual().await;
    for address in
        ["/v1/pages?".to_owned(), format!("/v1/pages/{about}?"), "/v1/resolve?path=/uns&".to_owned()]
    {
        for tag in ["it", "", "DE", "de-AT", "en%27"] {
            let answer =
                reader.get(&format!("{address}locale={tag}")).await.refused(400, "invalid_parameter");
            assert_eq!(answer.places(), [("/query/locale", "invalid")], "{address} {tag}");
            assert!(answer.detail().ends_with("It has `de`, `en`, `fr`."), "{}", answer.json);
        }
        reader.get(&format!("{address}locale=de&locale=en")).await.refused(400, "repeated_parameter");
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_path_is_looked_for_along_the_chain() {
    let Bilingual { site, editor, reader, about, team } = bilingual().await;
    let resolve = async |path: &str, locale: &str| {
        reader.get(&format!("/v1/resolve?path={path}&locale={locale}")).await
    };
    let uns = resolve("/uns", "de").await.expect(200).json;
    assert_eq!(uns["page"], get(&reader, &format!("/v1/pages/{about}?locale=de")).await);
    let found = resolve("/about/team", "de").await.expect(200).json;
    assert_eq!(found["page"], get(&reader, &format!("/v1/pages/{team}?locale=de")).await);
    let home = json!({ "match": "redirect", "to": "/uns", "status": 301 });
    assert_eq!(resolve("/about", "de").await.expect(200).json, home, "its page has a German path");
    for (path, locale) in [("/uns", "en"), ("/uns", "fr"), ("/about", "fr")] {
        resolve(path, locale).await.refused(404, "not_found");
    }

    // A former path, and a redirect, of the locale that stands in.
    let version = editor.get(&format!("/admin/v1/pages/{about}")).await.expect(200).version();
    republish(&editor, &about, version, json!({ "title": "About", "slug": "us" })).await;
    let old = site.app.ids.uuid().to_string();
    let redirect = format!(
        "insert into redirects (id, locale, path, target_entry, origin, during) \
         values ('{old}', 'en', '/old', '{about}', 'manual', {FROM_NOW})"
    );
    site.database.execute(&format!("select mh.public_change(); {redirect}; {}", event(&old))).await;
    for path in ["/about", "/old"] {
        assert_eq!(resolve(path, "de").await.expect(200).json, home, "{path} in one step");
        assert_eq!(resolve(path, "en").await.expect(200).json["to"], "/us", "{path}");
        resolve(path, "fr").await.refused(404, "not_found");
    }
    site.stop().await;
}

#[actix_web::test]
async fn what_is_not_public_in_a_locale_is_missing_in_it() {
    let Bilingual { site, reader, about, team, .. } = bilingual().await;
    draft(&site, &team, "fr", json!({ "title": "Equipe", "slug": "equipe" })).await;
    translate(
        &site,
        (&team, "de"),
        json!({ "title": "Gruppe", "slug": "gruppe", "parent": about }),
        "/uns/gruppe",
        FROM_TOMORROW,
    )
    .await;
    reader.get(&format!("/v1/pages/{team}?locale=fr")).await.refused(404, "not_found");
    reader.get("/v1/resolve?path=/uns/gruppe&locale=de").await.refused(404, "not_found");
    assert_eq!(titles(&reader.get("/v1/pages?locale=de&sort=title").await.expect(200)), ["Team", "Uns"]);
    site.database.advance("25 hours").await;
    assert_eq!(titles(&reader.get("/v1/pages?locale=de&sort=title").await.expect(200)), ["Gruppe", "Uns"]);
    assert_eq!(spoken(&get(&reader, &format!("/v1/pages/{team}?locale=de")).await), ("de", "de", false));

    withdraw(&site, &about, "de").await;
    assert_eq!(titles(&reader.get("/v1/pages?locale=de&sort=title").await.expect(200)), ["About", "Gruppe"]);
    let page = get(&reader, &format!("/v1/pages/{about}?locale=de")).await;
    assert_eq!((spoken(&page), &page["path"]), (("en", "de", true), &json!("/about")));
    reader.get("/v1/resolve?path=/uns&locale=de").await.refused(404, "not_found");
    site.stop().await;
}

#[actix_web::test]
async fn a_list_has_each_entry_once_and_is_walked_across_locales() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    add_locale(&site, "de", Some("en")).await;
    add_locale(&site, "de-AT", Some("de")).await;
    // Every combination of locales, with keys that mix them.
    let mut expected = Vec::new();
    for n in 0..16 {
        let fields = |tag: &str, shift: usize| {
            let rank = (n * 7 + shift * 5) % 16;
            json!({ "title": format!("{rank:02} {tag} {n}"), "slug": format!("p{n}"), "date": format!("2026-01-{:02}T00:00:00Z", rank + 1) })
        };
        let id = publish(&editor, fields("en", 0)).await.id();
        let mut best = fields("en", 0);
        for (bit, tag) in [(1, "de"), (2, "de-AT")] {
            if n & bit != 0 {
                best = fields(tag, bit);
                translate(&site, (&id, tag), best.clone(), &format!("/p{n}"), FROM_NOW).await;
            }
        }
        expected.push((best["date"].to_string(), best["title"].as_str().expect("text").to_owned(), id));
    }
    let title = |row: &(String, String, String)| row.1.clone();
    expected.sort_by(|a, b| a.1.cmp(&b.1));
    let by_title: Vec<String> = expected.iter().map(title).collect();
    expected.sort_by(|a, b| b.0.cmp(&a.0).then(a.2.cmp(&b.2)));
    let newest: Vec<String> = expected.iter().map(title).collect();
    for limit in [1, 3, 5, 16] {
        walk_back_and_forth(&reader, &format!("/v1/pages?locale=de-AT&limit={limit}"), &newest, limit).await;
        walk_back_and_forth(
            &reader,
            &format!("/v1/pages?locale=de-AT&sort=title&limit={limit}"),
            &by_title,
            limit,
        )
        .await;
    }
    let list = get(&reader, "/v1/pages?locale=de-AT&limit=100").await;
    for card in list["data"].as_array().expect("cards") {
        let (locale, requested, fallback) = spoken(card);
        assert_eq!((requested, fallback), ("de-AT", locale != "de-AT"), "{card}");
    }
    let first = get(&reader, "/v1/pages?locale=de-AT&limit=3").await;
    let cursor = first["page"]["next"].as_str().expect("a cursor");
    for other in ["", "&locale=de", "&locale=en"] {
        reader.get(&format!("/v1/pages?limit=3{other}&after={cursor}")).await.refused(400, "invalid_cursor");
    }
    site.stop().await;
}

#[actix_web::test]
async fn what_was_erased_is_left_out_and_answers_410() {
    let Bilingual { site, editor, reader, about, team } = bilingual().await;
    let admin = site.client(Role::Admin).await;
    let instant = "select to_char(instant at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as value from mh.public_site";
    let before = site.database.texts(instant).await.remove(0);
    publish(&editor, json!({ "title": "Other", "slug": "other" })).await;
    // German is erased: English stands in for it.
    erase(&site, &about, "de").await;
    assert_eq!(
        titles(&reader.get("/v1/pages?locale=de&sort=title").await.expect(200)),
        ["About", "Other", "Team"]
    );
    assert_eq!(spoken(&get(&reader, &format!("/v1/pages/{about}?locale=de")).await), ("en", "de", true));
    let uns = get(&reader, "/v1/resolve?path=/uns&locale=de").await;
    assert_eq!(uns, json!({ "match": "redirect", "to": "/about", "status": 301 }));

    // So is English: nothing is left.
    erase(&site, &about, "en").await;
    for locale in ["en", "de"] {
        let list = reader.get(&format!("/v1/pages?locale={locale}&sort=title")).await.expect(200);
        assert_eq!(titles(&list), ["Other", "Team"], "{locale}");
        let page = get(&reader, &format!("/v1/pages/{team}?locale={locale}")).await;
        assert_eq!(page["breadcrumbs"], json!([]), "{locale}");
        assert!(!page.to_string().contains(&about), "no link leads there: {page}");
        for address in [format!("/v1/pages/{about}?"), "/v1/resolve?path=/about&".to_owned()] {
            reader.get(&format!("{address}locale={locale}")).await.refused(410, "erased");
            let then = admin.get(&format!("{address}locale={locale}&as_of={before}")).await;
            then.refused(410, "erased");
        }
    }
    reader.get("/v1/resolve?path=/uns&locale=de").await.refused(410, "erased");
    site.stop().await;
}
