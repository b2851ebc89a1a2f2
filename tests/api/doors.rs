//! The second doors: what somebody may not see or do by one way is shown and done by no other. The matrix asks every
//! operation once; these ask them sideways, by HEAD, by `base`, in bulk, by a parameter, and by what an answer lets slip.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::grounds::{Grounds, placed};
use crate::operations::{admin_document, operations, read_document};
use crate::requests::{Cast, LATER, case};
use crate::support::builders::{create, page, publish, save};
use crate::support::media::{entry, replace};
use crate::support::pictures::jpeg;
use crate::support::{Answer, Client, Role, TestSite};

/// A word in what nobody else may read.
const WORD: &str = "lighthouse";

#[actix_web::test]
async fn head_is_the_same_door_as_get() {
    let site = TestSite::start().await;
    let (owner, admin) = (site.client(Role::Editor).await, site.client(Role::Admin).await);
    let callers =
        [site.anonymous(), site.client(Role::Viewer).await, site.client(Role::Author).await, admin.clone()];
    let all = operations(&read_document()).into_iter().chain(operations(&admin_document()));
    for operation in all.filter(|one| one.method == Method::GET) {
        let cast = Cast { site: &site, owner: &owner, admin: &admin, caller: None };
        let case = case(&operation, &format!("Head {}", operation.id), &cast).await;
        for caller in &callers {
            let (get, head) = (case.send(&Method::GET, caller).await, case.send(&Method::HEAD, caller).await);
            assert_eq!(head.status, get.status, "{}", operation.id);
            assert!(head.bytes.is_empty(), "{}", operation.id);
            for name in ["etag", "content-type", "link", "location"] {
                assert_eq!(
                    head.headers.get(name).is_some(),
                    get.headers.get(name).is_some(),
                    "{} {name}",
                    operation.id
                );
            }
        }
    }
    site.stop().await;
}

/// Parameters that other systems have, to look at what an answer does not show.
const SIDEWAYS: [&str; 22] = [
    "sort=password_hash",
    "sort=-body",
    "order=digest",
    "order_by=email",
    "filter[password_hash]=x",
    "filter[digest]=x",
    "filter[body]=lighthouse",
    "filter[title]=lighthouse",
    "filter[created_by]=x",
    "filter[role][grants]=x",
    "where[id]=1",
    "search=lighthouse",
    "q=lighthouse",
    "include=user",
    "include=role.grants",
    "expand=created_by",
    "fields=password_hash",
    "select=digest",
    "populate=*",
    "depth=3",
    "preview=true",
    "draft=1",
];

#[actix_web::test]
async fn no_list_is_sorted_searched_or_cut_by_what_it_does_not_show() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    create(&admin, json!({ "title": format!("The {WORD}") })).await;
    let mut lenient = Vec::new();
    for document in [read_document(), admin_document()] {
        for operation in operations(&document).into_iter().filter(|one| one.method == Method::GET) {
            let item = &document["paths"][operation.template.as_str()]["get"]["parameters"];
            let known: BTreeSet<&str> = item
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|parameter| parameter["name"].as_str())
                .collect();
            let path = operation.any_path();
            for parameter in SIDEWAYS {
                let (name, joint) = (
                    parameter.split('=').next().unwrap_or_default(),
                    if path.contains('?') { '&' } else { '?' },
                );
                let answer = admin.get(&format!("{path}{joint}{parameter}")).await;
                if path.contains(&format!("?{name}=")) {
                    answer.refused(400, "repeated_parameter");
                    continue;
                }
                // The library is searched by what it shows, and a page is not in it.
                if name == "q" && known.contains(name) {
                    assert_eq!(answer.expect(200).json["data"], json!([]), "{}", operation.id);
                    continue;
                }
                // A signature that was not made for a preview opens nothing.
                if operation.id == "get_bytes" && name == "preview" {
                    answer.refused(401, "invalid_token");
                    continue;
                }
                let code = if known.contains(name) { "invalid_parameter" } else { "unknown_parameter" };
                if answer.status != 400 || answer.json["code"] != code {
                    lenient.push(format!(
                        "{} {parameter}: {} {}",
                        operation.id, answer.status, answer.json["code"]
                    ));
                }
            }
        }
    }
    assert!(lenient.is_empty(), "{lenient:#?}");
    site.stop().await;
}

/// Every way to an entry by its id that this API has, with what each needs.
async fn every_way(at: &TestSite, client: &Client, id: &str, version: i64) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    let documents = format!("/admin/v1/documents/{id}");
    for path in [
        format!("/admin/v1/pages/{id}"),
        format!("{documents}/revisions"),
        format!("{documents}/revisions/1"),
        format!("{documents}/diff?from=1&to=2"),
        format!("{documents}/timeline"),
        format!("{documents}/references"),
        format!("{documents}/translations"),
        format!("{documents}/working-copy"),
        format!("/admin/v1/permissions/explain?verb=read&entry={id}"),
    ] {
        answers.push((path.clone(), client.get(&path).await));
        let head = client.send(Method::HEAD, &path, &[], None).await;
        answers.push((format!("HEAD {path}"), head));
    }
    let body = page(json!({ "title": "Taken" }));
    let mut merging = body.clone();
    merging["base"] = json!(1);
    let page_path = format!("/admin/v1/pages/{id}");
    let tag = format!("\"v{version}\"");
    let at_version = [("if-match", tag.as_str())];
    answers.push(("save".into(), client.send(Method::PUT, &page_path, &at_version, Some(&body)).await));
    answers.push(("merge".into(), client.send(Method::PUT, &page_path, &[], Some(&merging)).await));
    answers.push(("trash".into(), client.send(Method::DELETE, &page_path, &at_version, None).await));
    let copy = json!({ "base": 1, "body": body["body"] });
    let new = [("if-none-match", "*")];
    let path = format!("{documents}/working-copy");
    answers.push(("keep".into(), client.send(Method::PUT, &path, &new, Some(&copy)).await));
    for (action, body) in [
        ("publish", json!({ "revision": 1 })),
        ("schedule", json!({ "revision": 1, "from": LATER })),
        ("unpublish", Value::Null),
        ("restore", json!({ "revision": 1 })),
        ("restore", Value::Null),
        ("move", json!({ "parent": null })),
        ("duplicate", json!({ "revision": 1 })),
        ("duplicate", Value::Null),
        ("translations", json!({ "locale": "de" })),
    ] {
        let path = format!("{documents}/{action}");
        answers.push((action.into(), client.send(Method::POST, &path, &at_version, Some(&body)).await));
    }
    for (action, item) in [
        ("publish", json!({ "id": id, "version": version, "revision": 1 })),
        ("unpublish", json!({ "id": id, "version": version })),
    ] {
        for atomic in [true, false] {
            let body = json!({ "items": [item], "atomic": atomic });
            let path = format!("/admin/v1/documents/{action}");
            answers.push((format!("bulk {action} {atomic}"), client.post(&path, &body).await));
        }
    }
    assert!(answers.len() > 30, "{}", at.address());
    answers
}

#[actix_web::test]
async fn what_is_out_of_reach_is_reached_by_no_other_way() {
    let at = Grounds::new().await;
    let mut fields = placed(&at.b, &format!("The {WORD}"));
    fields["summary"] = json!(format!("About the {WORD}."));
    let id = create(&at.admin, fields.clone()).await.id();
    fields["summary"] = json!(format!("More about the {WORD}."));
    save(&at.admin, &id, 1, fields).await;
    let version = at.version(&id).await;
    let nobody = at.site.limited(&[("person", "read", "everything", None)]).await;
    let elsewhere = [&at.limited, &nobody, &at.site.limited(&[("page", "write", "own", None)]).await];
    for client in elsewhere {
        let before = at.site.database.fingerprint().await;
        for (what, answer) in every_way(&at.site, client, &id, version).await {
            assert!(!answer.everything().to_lowercase().contains(WORD), "{what} tells: {}", answer.json);
            assert!(!answer.headers.contains_key("etag"), "{what} tells the version");
            // In bulk each item has its own answer; an explanation says why not, and what it says is no content.
            let told = match what.as_str() {
                what if what.starts_with("bulk") && answer.status == 200 => {
                    &answer.json["results"][0]["problem"]["code"]
                }
                _ => &answer.json["code"],
            };
            let explains = what.contains("explain");
            let head = what.starts_with("HEAD");
            if explains {
                assert!([200, 403, 404].contains(&answer.status), "{what}: {}", answer.status);
            } else if head {
                assert!([403, 404].contains(&answer.status), "{what}: {}", answer.status);
            } else {
                assert_eq!(*told, json!("forbidden"), "{what}: {} {}", answer.status, answer.json);
            }
        }
        assert_eq!(at.site.database.fingerprint().await, before);
    }
    at.site.stop().await;
}

#[actix_web::test]
async fn an_author_changes_what_others_made_by_no_way() {
    let site = TestSite::start().await;
    let (editor, author) = (site.client(Role::Editor).await, site.client(Role::Author).await);
    let draft = create(&editor, json!({ "title": "Theirs", "slug": "theirs" })).await;
    let public = publish(&editor, json!({ "title": "Public", "slug": "public" })).await;
    let own = create(&author, json!({ "title": "Own", "slug": "own" })).await;
    for (id, version) in [(draft.id(), draft.version()), (public.id(), public.version())] {
        let before = site.database.fingerprint().await;
        for (what, answer) in every_way(&site, &author, &id, version).await {
            let reads = what.contains('/');
            let status = answer.status;
            if reads && !what.contains("working-copy") && !what.contains("diff") {
                assert_eq!(status, 200, "{what}: {}", answer.json);
            } else if what.starts_with("bulk") && status == 200 {
                let result = &answer.json["results"][0];
                assert_eq!(result["problem"]["code"], "forbidden", "{what}: {}", answer.json);
            } else if what.contains("diff") {
                assert!([404, 422].contains(&status), "there is one revision: {}", answer.json);
            } else {
                assert_eq!(status, 403, "{what}: {}", answer.json);
            }
        }
        assert_eq!(site.database.fingerprint().await, before);
    }
    // Their own they do not publish either, by no way.
    let before = site.database.fingerprint().await;
    for (what, answer) in every_way_to_the_public(&author, &own.id()).await {
        let code = if answer.status == 200 {
            &answer.json["results"][0]["problem"]["code"]
        } else {
            &answer.json["code"]
        };
        assert_eq!(*code, json!("forbidden"), "{what}: {}", answer.json);
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.anonymous().get("/v1/resolve?path=/own").await.refused(404, "not_found");
    site.stop().await;
}

async fn every_way_to_the_public(client: &Client, id: &str) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    for (action, body) in [
        ("publish", json!({ "revision": 1 })),
        ("publish", json!({ "revision": 1, "until": LATER })),
        ("schedule", json!({ "revision": 1, "from": LATER })),
    ] {
        let path = format!("/admin/v1/documents/{id}/{action}");
        answers.push((action.to_owned(), client.post_at(&path, 1, Some(&body)).await));
    }
    for body in [
        json!({ "items": [{ "id": id, "version": 1, "revision": 1 }], "atomic": true }),
        json!({ "items": [{ "id": id, "version": 1, "revision": 1 }] }),
        json!({ "subtree": id }),
    ] {
        answers.push((body.to_string(), client.post("/admin/v1/documents/publish", &body).await));
    }
    // A draft that says that it is public is refused as a whole.
    let mut pretending = page(json!({ "slug": "own" }));
    pretending["body"]["state"] = json!("live");
    let saved = client.put_at(&format!("/admin/v1/pages/{id}"), 1, &pretending).await;
    assert_eq!(saved.status, 422, "{}", saved.json);
    answers
}

#[actix_web::test]
async fn a_draft_is_seen_by_no_header_and_no_parameter_of_the_read_api() {
    let site = TestSite::start().await;
    let (editor, viewer) = (site.client(Role::Editor).await, site.client(Role::Viewer).await);
    let live = publish(&editor, json!({ "title": "Known", "slug": "known" })).await;
    save(&editor, &live.id(), live.version(), json!({ "title": format!("The {WORD}"), "slug": "known" }))
        .await;
    let draft = create(&editor, json!({ "title": format!("A {WORD}"), "slug": WORD })).await.id();
    let addresses = [
        "/v1/pages".to_owned(),
        format!("/v1/pages/{}", live.id()),
        format!("/v1/pages/{draft}"),
        "/v1/resolve?path=/known".to_owned(),
        "/v1/pages?sort=title".to_owned(),
    ];
    let headers = [
        ("masthead-preview", "anything"),
        ("x-preview", "1"),
        ("x-http-method-override", "PUT"),
        ("prefer", "draft"),
        ("cookie", "__Host-masthead=x; masthead_session=x; preview=1"),
        ("x-forwarded-for", "127.0.0.1"),
    ];
    for client in [site.anonymous(), viewer, editor] {
        for address in &addresses {
            for header in headers {
                let answer = client.send(Method::GET, address, &[header], None).await;
                assert!(
                    !answer.everything().to_lowercase().contains(WORD),
                    "{address} with {header:?}: {}",
                    answer.json
                );
            }
        }
        let joint = |address: &str| if address.contains('?') { '&' } else { '?' };
        for address in &addresses {
            for parameter in ["preview=1", "state=draft", "filter[state]=draft", "revision=2", "version=2"] {
                let answer = client.get(&format!("{address}{}{parameter}", joint(address))).await;
                assert_eq!(answer.status, 400, "{address} {parameter}: {}", answer.json);
            }
        }
    }
    site.stop().await;
}

/// The digest of a file is a name that others can know, and no way to its bytes.
#[actix_web::test]
async fn the_bytes_of_others_are_not_got_by_their_digest() {
    let site = TestSite::start().await;
    let secret = entry(&site.client(Role::Editor).await, "secret.jpg", &jpeg(60, 40, [1, 2, 3])).await;
    let own = site.limited(&["read", "write", "delete"].map(|verb| ("media", verb, "own", None))).await;
    let mine = entry(&own, "mine.jpg", &jpeg(40, 60, [3, 2, 1])).await;
    let id = mine["id"].as_str().expect("an id");
    let path = format!("/admin/v1/media/{id}");
    let secret_path = secret["file"]["original"].as_str().expect("a path");
    own.get(secret_path).await.refused(403, "forbidden");

    let mut body = mine["body"].clone();
    body["file"]["sha256"] = secret["body"]["file"]["sha256"].clone();
    let before = site.database.fingerprint().await;
    let version = mine["version"].as_i64().expect("a version");
    let refused = own.put_at(&path, version, &json!({ "body": body })).await.refused(422, "invalid");
    assert_eq!(refused.places(), [("/body/file/sha256", "not_found")]);
    let based = json!({ "base": 1, "body": body });
    own.send(Method::PUT, &path, &[], Some(&based)).await.refused(422, "invalid");
    assert_eq!(site.database.fingerprint().await, before);

    // What the entry had before comes back.
    let other = replace(&own, id, version, ("other.jpg", &jpeg(50, 50, [9, 9, 9]))).await.expect(200);
    let back = json!({ "body": mine["body"] });
    own.put_at(&path, other.version(), &back).await.expect(200);
    site.stop().await;
}
