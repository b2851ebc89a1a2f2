//! No word of anything that is not public stands in any public answer, in its body or its headers.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use crate::lists::link;
use crate::scheduled::import_page;
use crate::support::builders::{create, publish, republish, save, trash, unpublish};
use crate::support::{Client, Role, TestSite};

const WORD: &str = "umbralith";

/// Fields that carry the word wherever there is room for one.
fn secret(slug: &str) -> serde_json::Value {
    json!({
        "title": format!("Umbralith {slug}"), "slug": format!("{slug}-umbralith"), "summary": "umbralith", "tags": ["umbralith"],
        "seo": { "title": "umbralith", "description": "umbralith", "canonical": "https://example.org/umbralith" },
        "blocks": [
            { "id": "umbralith", "type": "rich_text", "markdown": "umbralith [x](/umbralith)" },
            { "type": "code", "code": "umbralith", "language": "umbralith" },
        ],
    })
}

/// Every answer that the read API gives about these entries and paths, and every page of its lists.
async fn public_answers(reader: &Client, ids: &[String], paths: &[&str]) -> Vec<(String, String)> {
    let mut addresses: BTreeSet<String> =
        ["/", "/v1", "/v1/pages?x=1", "/openapi.json", "/problems", "/healthz", "/readyz", "/docs"]
            .map(str::to_owned)
            .into();
    for form in ["html", "markdown", "text", "html,markdown,text"] {
        addresses.extend(ids.iter().map(|id| format!("/v1/pages/{id}?text={form}")));
        addresses.extend(paths.iter().map(|path| format!("/v1/resolve?path={path}&text={form}")));
    }
    let mut answers = Vec::new();
    let mut lists: Vec<String> = ["title", "-published_at", "-updated_at,title", "position"]
        .map(|sort| {
            format!("/v1/pages?limit=1&count=exact&include=children.children,parent.children&sort={sort}")
        })
        .into();
    for id in ids {
        lists.push(format!("/v1/pages?limit=1&count=exact&filter[parent]={id}"));
        lists.push(format!("/v1/pages?limit=1&count=exact&filter[ancestor]={id}"));
        addresses.insert(format!(
            "/v1/pages/{id}?include=children.children,parent.children&fields=title,included"
        ));
    }
    lists.push("/v1/pages?limit=1&filter[tag]=umbralith&count=exact".to_owned());
    for list in lists {
        let mut next = Some(list);
        while let Some(address) = next {
            let answer = reader.get(&address).await.expect(200);
            next = link(&answer, "next");
            answers.push((address, answer.everything()));
        }
    }
    for address in addresses {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::POST] {
            let answer = reader.send(method.clone(), &address, &[], None).await;
            answers.push((format!("{method} {address}"), answer.everything()));
        }
    }
    answers
}

#[actix_web::test]
async fn nothing_hidden_is_told_to_anyone() {
    let site = TestSite::start().await;
    let author = site.user(Role::Editor).await;
    let editor = site.client_of(author, &[]).await;
    let draft = create(&editor, secret("draft")).await.id();
    let withdrawn = publish(&editor, secret("withdrawn")).await;
    let moved = republish(&editor, &withdrawn.id(), withdrawn.version(), secret("withdrawn-again")).await;
    unpublish(&editor, &withdrawn.id(), moved.version()).await.expect(200);
    let trashed = publish(&editor, secret("trashed")).await;
    trash(&editor, &trashed.id(), trashed.version()).await.expect(204);
    let scheduled = import_page(&site, secret("scheduled"), 2).await;

    let hidden = [draft, withdrawn.id(), trashed.id(), scheduled];
    let links: Vec<String> = hidden.iter().map(|id| format!("[link](entry:{id}) <entry:{id}>")).collect();
    let live = publish(&editor, json!({
        "title": "Public", "slug": "public", "seo": { "canonical": format!("entry:{}", hidden[0]) },
        "blocks": [
            { "id": "t", "type": "rich_text", "markdown": links.join(" ") },
            { "id": "h", "type": "hero", "heading": "H", "actions": [{ "label": "L", "link": format!("entry:{}", hidden[3]) }] },
        ],
    }))
    .await;
    let saved = save(&editor, &live.id(), live.version(), secret("public")).await;
    editor
        .put_at(
            &format!("/admin/v1/pages/{}", live.id()),
            saved.version(),
            &json!({
                "body": { "title": "Umbralith", "slug": "public" }, "note": "umbralith",
            }),
        )
        .await
        .expect(200);

    let mut ids = hidden.to_vec();
    ids.push(live.id());
    let paths = [
        "/public",
        "/PUBLIC",
        "/draft-umbralith",
        "/withdrawn-umbralith",
        "/withdrawn-again-umbralith",
        "/Trashed-Umbralith/",
        "/scheduled-umbralith",
        "/public-umbralith",
        "/umbralith",
        "/",
    ];
    let reader = site.anonymous();
    let answers = public_answers(&reader, &ids, &paths).await;
    assert!(answers.iter().any(|(_, answer)| answer.contains("Public")), "the walk meets what is public");
    for (address, answer) in &answers {
        assert!(!answer.to_lowercase().contains(WORD), "{address} tells {WORD}: {answer}");
        for id in &hidden {
            assert!(!answer.contains(id.as_str()), "{address} tells of {id}: {answer}");
        }
        for person in [author.to_string().as_str(), "Ilse Fictional", "@example.org"] {
            assert!(!answer.contains(person), "{address} tells of {person}: {answer}");
        }
    }
    // A token that may read everything learns no more from the read API than anyone does.
    let as_editor = public_answers(&editor, &ids, &paths).await;
    for ((address, answer), (_, other)) in as_editor.iter().zip(&answers) {
        assert_eq!(answer.to_lowercase().contains(WORD), other.to_lowercase().contains(WORD), "{address}");
    }
    site.stop().await;
}
