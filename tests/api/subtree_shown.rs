//! What an editor may not read is not told by what they may: where a page is used, what it points at, and its languages.

use masthead::documents::add_locale;
use masthead::platform::access::Permit;
use serde_json::{Value, json};

use crate::grounds::{Grounds, placed};
use crate::support::builders::create;

fn linking(parent: &str, title: &str, to: &[&str]) -> Value {
    let links: Vec<String> = to.iter().map(|to| format!("[there](entry:{to})")).collect();
    let mut fields = placed(parent, title);
    fields["blocks"] = json!([{ "type": "rich_text", "markdown": links.join(" ") }]);
    fields
}

fn named(list: &Value, member: &str) -> Vec<String> {
    let text = |row: &Value| row[member].as_str().unwrap_or("-").to_owned();
    let mut names: Vec<String> = list.as_array().expect("a list").iter().map(text).collect();
    names.sort();
    names
}

#[actix_web::test]
async fn references_name_no_page_out_of_reach() {
    let at = Grounds::new().await;
    let (near, hidden) = (at.draft(&at.a, "Near").await, at.draft(&at.b, "Hidden target").await);
    let one = create(&at.admin, linking(&at.a, "One", &[&near, &hidden])).await.id();
    create(&at.admin, linking(&at.a, "Open user", &[&one])).await;
    create(&at.admin, linking(&at.b, "Hidden user", &[&one])).await;
    // Drafted here, public there: out of reach as well.
    let torn = at.public(&at.b, "Hidden torn").await;
    let body = linking(&at.a, "Hidden torn", &[&one]);
    crate::support::builders::save(&at.admin, &torn, 2, body).await;

    let path = format!("/admin/v1/documents/{one}/references");
    let whole = at.admin.get(&path).await.expect(200).json;
    assert_eq!(named(&whole["used_by"], "title"), ["Hidden torn", "Hidden user", "Open user"]);
    assert_eq!(named(&whole["uses"], "title"), ["Hidden target", "Near", "Section A"]);
    let answer = at.limited.get(&path).await.expect(200);
    assert_eq!(named(&answer.json["used_by"], "title"), ["Open user"]);
    assert_eq!(named(&answer.json["uses"], "title"), ["-", "Near", "Section A"]);
    assert!(!answer.everything().contains("Hidden"), "{}", answer.json);
    assert!(named(&answer.json["uses"], "id").contains(&hidden), "its own body names the id");
    at.refused("a foreign page", at.limited.get(&format!("/admin/v1/documents/{hidden}/references"))).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn languages_out_of_reach_are_not_shown() {
    let at = Grounds::new().await;
    for tag in ["de", "fr"] {
        add_locale(&at.site.app, &Permit::system("test"), tag, Some("en")).await.expect("a locale");
    }
    let one = at.draft(&at.a, "One").await;
    at.act(&at.admin, &one, "translations", json!({ "locale": "de" })).await.expect(201);
    let path = format!("/admin/v1/documents/{one}/translations");
    let tags = |json: &Value| named(&json["translations"], "locale");
    assert_eq!(tags(&at.limited.get(&path).await.expect(200).json), ["de", "en", "fr"]);
    // In German it lies in the other section.
    let german = format!("/admin/v1/documents/{one}/move?locale=de");
    at.admin.post_at(&german, 1, Some(&json!({ "parent": at.b, "slug": "geheim" }))).await.expect(200);
    let answer = at.limited.get(&path).await.expect(200);
    assert_eq!(tags(&answer.json), ["en", "fr"], "{}", answer.json);
    for path in
        ["pages/{id}?locale=de", "documents/{id}/revisions?locale=de", "documents/{id}/timeline?locale=de"]
    {
        let path = format!("/admin/v1/{}", path.replace("{id}", &one));
        at.refused(&path, at.limited.get(&path)).await;
    }
    // Its English text is theirs still; the trash takes all languages.
    at.put(&one, placed(&at.a, "One, edited")).await.expect(200);
    at.refused("trash", at.trash(&one, "")).await;
    let list = at.limited.get("/admin/v1/pages?locale=de").await.expect(200).json;
    assert_eq!(list["data"], json!([]));

    let reader = at.site.limited(&[("page", "read", "locale", Some("de"))]).await;
    let answer = reader.get(&path).await.expect(200);
    assert_eq!(tags(&answer.json), ["de", "fr"], "{}", answer.json);
    let english = at.draft(&at.a, "English").await;
    at.refused("none", at.limited.get(&format!("/admin/v1/documents/{}/translations", at.b))).await;
    at.refused("none", reader.get(&format!("/admin/v1/documents/{english}/translations"))).await;
    at.site.stop().await;
}
