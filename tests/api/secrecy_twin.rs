//! Two sites that are the same to the public, down to ids, instants and keys: one has nothing but what is public, the other
//! also drafts, plans, withdrawn and trashed pages. Nobody who reads can tell which is which, by any operation and any
//! parameter of the OpenAPI document.

use std::collections::BTreeMap;

use masthead::app::App;
use masthead::platform::http::{HttpLimits, Network};
use masthead::platform::public_url::PublicUrl;
use reqwest::Method;
use serde_json::{Value, json};

use crate::changes::start;
use crate::lists::titles;
use crate::operations::read_document;
use crate::scheduled::import_page;
use crate::settings::{save as save_settings, set as settings};
use crate::support::builders::{create, publish, publish_revision, republish, save, trash, unpublish};
use crate::support::media::public as public_picture;
use crate::support::people::{self, publish as publish_person};
use crate::support::pictures::jpeg;
use crate::support::{Answer, Client, Role, TestSite};
use crate::translations::{FROM_NOW, FROM_TOMORROW, add_locale, draft, event, translate};

/// What the public knows, and where its links lead that lead nowhere.
struct Known {
    public: Vec<String>,
    drafts: [String; 2],
    menu: String,
}

/// What both sites have.
async fn furnish(site: &TestSite) -> Known {
    let editor = site.client(Role::Editor).await;
    add_locale(site, "de", Some("en")).await;
    let drafts = [
        create(&editor, json!({ "title": "A" })).await.id(),
        create(&editor, json!({ "title": "B" })).await.id(),
    ];
    let links = drafts.each_ref().map(|id| format!("[x](entry:{id})")).join(" ");
    let mut public = Vec::new();
    for n in 0..4 {
        let page = publish(
            &editor,
            json!({
                "title": format!("Public {n}"), "slug": format!("public-{n}"), "parent": public.last(),
                "blocks": [{ "id": "t", "type": "rich_text", "markdown": links }],
            }),
        )
        .await;
        public.push(page.id());
    }
    let moved = editor.get(&format!("/admin/v1/pages/{}", public[3])).await.expect(200);
    republish(&editor, &public[3], moved.version(), json!({ "title": "Moved", "slug": "moved" })).await;
    translate(site, (&public[0], "de"), json!({ "title": "Offen", "slug": "offen" }), "/offen", FROM_NOW)
        .await;
    publish_person(
        &editor,
        json!({
            "name": "Public Person", "groups": [{ "group": "board" }], "biography": links,
            "links": [{ "kind": "email", "url": "public@example.org", "public": true }],
        }),
    )
    .await;
    let leads = public.iter().chain(&drafts).map(|id| json!({ "id": id, "type": "entry", "entry": id }));
    let menu = menu("Main menu", "main", leads.collect());
    let menu = editor.post("/admin/v1/menus", &menu).await.expect(201);
    publish_revision(&editor, &menu.id(), 1, 1).await.expect(200);
    let admin = site.client(Role::Admin).await;
    let picture = public_picture(&editor, "a.jpg", &jpeg(32, 24, [9, 9, 9])).await;
    settings(&admin, json!({ "title": "Lantern", "image": picture, "footer": links })).await.expect(200);
    Known { public, drafts, menu: menu.id() }
}

fn menu(title: &str, slug: &str, items: Vec<Value>) -> Value {
    let mut menu = json!({ "body": { "title": title, "slug": slug } });
    menu["body"]["items"] = Value::Array(items);
    menu
}

/// What one of them has besides; gives the ids of its pages.
async fn hide(site: &TestSite, known: &Known) -> Vec<String> {
    let editor = site.client(Role::Editor).await;
    let [a, b] = &known.drafts;
    let version = async |id: &str| editor.get(&format!("/admin/v1/pages/{id}")).await.expect(200).version();
    let linked =
        republish(&editor, a, version(a).await, json!({ "title": "Secret", "slug": "secret" })).await;
    unpublish(&editor, a, linked.version()).await.expect(200);
    // It stays linked to, as what was trashed before links were decided on.
    site.database
        .execute(&format!("update entries set trashed_at = mh_now() where id = '{b}'; {}", event(b)))
        .await;
    let withdrawn = publish(&editor, json!({ "title": "Secret 1", "slug": "withdrawn" })).await;
    let again = republish(
        &editor,
        &withdrawn.id(),
        withdrawn.version(),
        json!({ "title": "Secret 2", "slug": "again" }),
    )
    .await;
    unpublish(&editor, &withdrawn.id(), again.version()).await.expect(200);
    let trashed = publish(&editor, json!({ "title": "Secret 3", "slug": "trashed" })).await;
    trash(&editor, &trashed.id(), trashed.version()).await.expect(204);
    let scheduled = import_page(site, json!({ "title": "Secret 4", "slug": "scheduled" }), 2).await;
    let drafted =
        create(&editor, json!({ "title": "Secret 5", "slug": "drafted", "parent": known.public[0] })).await;
    for id in &known.public[..2] {
        save(&editor, id, version(id).await, json!({ "title": "Secret 6", "slug": "renamed" })).await;
    }
    translate(
        site,
        (&known.public[1], "de"),
        json!({ "title": "Geheim", "slug": "geheim" }),
        "/geheim",
        FROM_TOMORROW,
    )
    .await;
    draft(site, &known.public[2], "de", json!({ "title": "Geheim", "slug": "entwurf" })).await;
    let ended = publish_person(&editor, json!({
        "name": "Secret Person", "groups": [{ "group": "secret" }], "has_page": true, "parent": known.public[0],
    }))
    .await;
    unpublish(&editor, &ended.id(), ended.version()).await.expect(200);
    let drafted_person =
        people::create(&editor, json!({ "name": "Drafted Person", "groups": [{ "group": "board" }] }));
    let drafted_person = drafted_person.await.id();
    let soon =
        "tstzrange((select changed_at from site), (select changed_at from site) + interval '1 microsecond')";
    for (path, during) in [("/planned-redirect", FROM_TOMORROW), ("/ended-redirect", soon)] {
        let id = site.app.ids.uuid().to_string();
        let redirect = format!(
            "insert into redirects (id, locale, path, target_url, origin, during) \
             values ('{id}', 'en', '{path}', 'https://example.org/', 'manual', {during})"
        );
        site.database.execute(&format!("select mh.public_change(); {redirect}; {}", event(&id))).await;
    }
    let secret = json!({ "id": "s", "type": "heading", "label": "Secret 7" });
    let path = format!("/admin/v1/menus/{}", known.menu);
    editor.put_at(&path, 2, &menu("Secret 8", "main", vec![secret.clone()])).await.expect(200);
    let other = editor.post("/admin/v1/menus", &menu("Secret 9", "secret", vec![secret])).await.expect(201);
    publish_revision(&editor, &other.id(), 1, 1).await.expect(200);
    unpublish(&editor, &other.id(), 2).await.expect(200);
    let admin = site.client(Role::Admin).await;
    let renamed =
        json!({ "title": "Secret 10", "tagline": "Secret 11", "site_url": "https://secret.example.org" });
    save_settings(&admin, renamed).await;
    vec![withdrawn.id(), trashed.id(), scheduled, drafted.id(), ended.id(), drafted_person]
}

/// The values to try of a parameter. One that is not known here fails the test, so none can be added unseen.
fn values(name: &str, ids: &[String], cursors: &[String]) -> Vec<String> {
    let own = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    match name {
        "id" | "filter[ancestor]" => ids.to_vec(),
        "slug" => own(&["main", "secret", "Main", "x%00"]),
        "number" => own(&["1", "2", "0"]),
        "limit" => own(&["1", "2", "100", "0"]),
        "after" | "before" => cursors.to_vec(),
        "sort" => own(&["title", "-updated_at", "position,-title", "secret"]),
        "count" => own(&["exact"]),
        "fields" => own(&["title,path", "included.children.data.title", "secret"]),
        "include" => own(&["children,parent", "children.children,parent.children"]),
        "filter[parent]" => ids.iter().map(String::as_str).chain(["none"]).map(str::to_owned).collect(),
        times if times.starts_with("filter[published_at]") || times.starts_with("filter[updated_at]") => {
            own(&["2026-11-28T00:00:00Z"])
        }
        "q" => own(&["secret", "secrte", "offen+or+geheim", "publci"]),
        "filter[kind]" => own(&["page", "media", "person", "menu"]),
        "filter[group]" => own(&["board", "secret", "Secret"]),
        "filter[slug]" => own(&["public-person", "secret-person", "drafted-person"]),
        "text" => own(&["html,markdown,text", "pdf"]),
        "locale" => own(&["en", "de", "fr"]),
        "filter[class]" => own(&["image", "document"]),
        "filter[tag]" => own(&["secret", ""]),
        "preview" => own(&["x", "mhp_x", ""]),
        "key" => own(&["LCwsLCwsLCwsLCwsLCwsLP____9kYmE1", "x"]),
        "as_of" => {
            own(&["2020-01-01T00:00:00Z", "2026-11-01T00:00:00Z", "9999-01-01T00:00:00Z", "", "never"])
        }
        "path" => own(&[
            "/",
            "/public-0",
            "/public-0/public-1",
            "/public-0/public-1/public-2",
            "/moved",
            "/Moved/",
            "/public-0/public-1/public-2/public-3",
            "/offen",
            "/secret",
            "/withdrawn",
            "/again",
            "/trashed",
            "/scheduled",
            "/public-0/drafted",
            "/public-0/secret-person",
            "/renamed",
            "/geheim",
            "/entwurf",
            "/planned-redirect",
            "/ended-redirect",
            "/..",
        ]),
        other => panic!("say which values of the parameter {other} to try"),
    }
}

/// Every operation with every value of every parameter, alone and in pairs.
fn addresses(ids: &[String], cursors: &[String]) -> Vec<String> {
    let document = read_document();
    let mut addresses = Vec::new();
    for (template, item) in document["paths"].as_object().expect("paths") {
        let parameters = item["get"]["parameters"].as_array().cloned().unwrap_or_default();
        let (must, may): (Vec<&Value>, Vec<&Value>) =
            parameters.iter().partition(|one| one["required"] == json!(true));
        let of = |one: &Value| {
            let name = one["name"].as_str().expect("a name").to_owned();
            values(&name, ids, cursors)
                .into_iter()
                .map(move |value| (name.clone(), value))
                .collect::<Vec<_>>()
        };
        let starts: Vec<String> = match must.as_slice() {
            [] => vec![format!("{template}?")],
            [one] if one["in"] == "path" => of(one)
                .iter()
                .map(|(name, id)| format!("{}?", template.replace(&format!("{{{name}}}"), id)))
                .collect(),
            [one] => of(one).iter().map(|(name, value)| format!("{template}?{name}={value}&")).collect(),
            [key, name] if key["name"] == "key" && name["name"] == "name" => {
                of(key).iter().map(|(_, key)| format!("/media/{key}/w640.webp?")).collect()
            }
            more => panic!("{template} needs {} parameters: say how to combine them", more.len()),
        };
        let mut queries = vec![String::new(), "unknown=1".to_owned()];
        for (nth, one) in may.iter().enumerate() {
            for (name, value) in of(one) {
                queries.push(format!("{name}={value}"));
                for (other, second) in may[nth + 1..].iter().flat_map(|other| of(other)) {
                    queries.push(format!("{name}={value}&{other}={second}"));
                }
            }
        }
        addresses.extend(
            starts.iter().flat_map(|start| queries.iter().map(move |query| format!("{start}{query}"))),
        );
    }
    addresses
}

/// All of an answer that is not of its request alone.
fn told(address: &str, answer: &Answer) -> (u16, BTreeMap<String, String>, String) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "date" && *name != "x-request-id");
    let mut headers: BTreeMap<_, _> =
        headers.map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect();
    // For how many seconds shared caches keep an answer is drawn by lot.
    headers.entry("cache-control".to_owned()).and_modify(|value| {
        value.truncate(value.find(", s-maxage=").unwrap_or(value.len()));
    });
    let mut json = answer.json.clone();
    if answer.status >= 400 && json.is_object() {
        json["instance"].take();
        return (answer.status, headers, json.to_string());
    }
    if address.starts_with("/v1/changes") && answer.status == 200 {
        // From where to go on is an instant, and at which ones something happened differs.
        headers.retain(|name, _| !["etag", "content-length"].contains(&name.as_str()));
        json["next"].take();
        return (answer.status, headers, json.to_string());
    }
    (answer.status, headers, String::from_utf8_lossy(&answer.bytes).into_owned())
}

async fn compare(quiet: &Client, loud: &Client, addresses: &[String]) {
    for (nth, address) in addresses.iter().enumerate() {
        let methods =
            if nth % 7 == 0 { vec![Method::GET, Method::HEAD, Method::OPTIONS] } else { vec![Method::GET] };
        for method in methods {
            let one = told(address, &quiet.send(method.clone(), address, &[], None).await);
            let other = told(address, &loud.send(method.clone(), address, &[], None).await);
            assert_eq!(one, other, "{method} {address}");
            if address.contains("as_of=") && method == Method::GET {
                // What no text may have is refused before anything else is looked at.
                let refusals: &[u16] = if address.contains("%00") { &[422] } else { &[400, 403] };
                assert!(refusals.contains(&one.0), "{address}: {one:?}");
            }
        }
    }
}

#[actix_web::test]
async fn nobody_can_tell_a_site_with_secrets_from_one_without() {
    let base = TestSite::start().await;
    let known = furnish(&base).await;
    let begun = start(&base.anonymous()).await;
    // Feeds and sitemaps name the address of the installation, which is the same for both.
    let same =
        |app: App| app.with_mail(PublicUrl::parse("https://cms.example.org").expect("an address"), None);
    let [one, other] = [base.database.copy().await, base.database.copy().await];
    let quiet = TestSite::serving(one, HttpLimits::default(), Network::default(), same).await;
    let loud = TestSite::serving(other, HttpLimits::default(), Network::default(), same).await;
    base.stop().await;
    let mut ids = hide(&loud, &known).await;
    ids.extend(known.public.iter().chain(&known.drafts).cloned());
    ids.push(loud.app.ids.uuid().to_string());

    let editor = loud.client(Role::Editor).await;
    let planned = editor.get("/v1/pages?limit=1&as_of=9999-01-01T00:00:00Z").await.expect(200);
    assert_eq!(titles(&planned), ["Secret 4"], "there are secrets, and an editor may see them");
    let mut cursors =
        vec!["x".to_owned(), planned.json["page"]["next"].as_str().expect("a cursor").to_owned()];
    let first = quiet.anonymous().get("/v1/pages?limit=2").await.expect(200);
    cursors.push(first.json["page"]["next"].as_str().expect("a cursor").to_owned());

    cursors.push(begun);

    let addresses = addresses(&ids, &cursors);
    assert!(addresses.len() > 500, "there is more to try than {} addresses", addresses.len());
    let (one, other) = (quiet.anonymous(), loud.anonymous());
    compare(&one, &other, &addresses).await;
    // What ended is out of every view after a minute; the answers were the same before.
    for site in [&quiet, &loud] {
        site.database.advance("2 minutes").await;
    }
    let some: Vec<String> = addresses.iter().step_by(11).cloned().collect();
    compare(&one, &other, &some).await;
    for site in [quiet, loud] {
        site.stop().await;
    }
}

#[actix_web::test]
async fn whatever_instant_is_asked_for_everybody_else_gets_the_same_refusal() {
    let site = TestSite::start().await;
    let known = furnish(&site).await;
    let hidden = hide(&site, &known).await;
    let reader = site.anonymous();
    let page = |id: &String| format!("/v1/pages/{id}?");
    let mut addresses: Vec<String> = hidden.iter().chain(&known.public).map(page).collect();
    addresses.extend(
        ["/v1/pages?", "/v1/resolve?path=/public-0&", "/v1/resolve?path=/scheduled&"].map(str::to_owned),
    );
    let mut bodies: Vec<Value> = Vec::new();
    for address in addresses {
        for value in values("as_of", &[], &[]) {
            for locale in ["", "&locale=de", "&locale=fr"] {
                let mut answer =
                    reader.get(&format!("{address}as_of={value}{locale}")).await.refused(403, "forbidden");
                answer.json["instance"].take();
                bodies.push(answer.json);
            }
        }
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
    site.stop().await;
}
