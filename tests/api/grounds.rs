//! A site with two public sections, and an editor who may do everything in the first and nothing elsewhere.

use std::future::Future;

use serde_json::{Value, json};

use crate::support::builders::{create, page, publish, save};
use crate::support::{Answer, Client, Role, TestSite};

/// The two sections, an editor of the whole site, and one of section A alone.
pub struct Grounds {
    pub site: TestSite,
    pub admin: Client,
    pub limited: Client,
    pub a: String,
    pub b: String,
}

impl Grounds {
    pub async fn new() -> Self {
        let site = TestSite::start().await;
        let admin = site.client(Role::Admin).await;
        let a = publish(&admin, json!({ "title": "Section A", "slug": "a" })).await.id();
        let b = publish(&admin, json!({ "title": "Section B", "slug": "b" })).await.id();
        let limited = site.limited(&subtree(&a)).await;
        Self { site, admin, limited, a, b }
    }

    /// A draft below a parent, made by the editor of the whole site. Its slug is its title in small letters.
    pub async fn draft(&self, parent: &str, title: &str) -> String {
        create(&self.admin, placed(parent, title)).await.id()
    }

    /// A public page below a parent, made by the editor of the whole site.
    pub async fn public(&self, parent: &str, title: &str) -> String {
        publish(&self.admin, placed(parent, title)).await.id()
    }

    /// A page as it stands.
    pub async fn seen(&self, id: &str) -> Answer {
        self.admin.get(&format!("/admin/v1/pages/{id}")).await.expect(200)
    }

    pub async fn version(&self, id: &str) -> i64 {
        self.seen(id).await.version()
    }

    /// Gives a page another parent as a new revision, by the editor of the whole site; gives the number of that revision.
    pub async fn moved(&self, id: &str, parent: &str) -> i64 {
        let seen = self.seen(id).await;
        let title = seen.json["title"].as_str().expect("a title").to_owned();
        let saved = save(&self.admin, id, seen.version(), placed(parent, &title)).await;
        saved.json["revision"]["number"].as_i64().expect("a number")
    }

    /// Does something to a document as somebody, at the version at which it stands.
    pub async fn act(&self, client: &Client, id: &str, action: &str, body: Value) -> Answer {
        let version = self.version(id).await;
        client.post_at(&format!("/admin/v1/documents/{id}/{action}"), version, Some(&body)).await
    }

    /// The same as the limited editor, who is let.
    pub async fn let_do(&self, id: &str, action: &str, body: Value) -> Answer {
        let answer = self.act(&self.limited, id, action, body).await;
        assert!(answer.status < 300, "{action} of {id}: {}", answer.json);
        answer
    }

    /// The same as the limited editor, who is refused.
    pub async fn refuse_to(&self, id: &str, action: &str, body: Value) {
        self.refused(action, self.act(&self.limited, id, action, body)).await;
    }

    /// Saves a page as the limited editor, over the version at which it stands.
    pub async fn put(&self, id: &str, fields: Value) -> Answer {
        self.writes(&self.limited, id, fields).await
    }

    /// The same as somebody else.
    pub async fn writes(&self, client: &Client, id: &str, fields: Value) -> Answer {
        let version = self.version(id).await;
        client.put_at(&format!("/admin/v1/pages/{id}"), version, &page(fields)).await
    }

    /// Trashes a page as the limited editor; the query decides what becomes of the rest.
    pub async fn trash(&self, id: &str, query: &str) -> Answer {
        let version = self.version(id).await;
        self.limited.delete_at(&format!("/admin/v1/pages/{id}{query}"), version).await
    }

    /// A request that is refused for want of a grant, and changes nothing.
    pub async fn refused(&self, what: &str, request: impl Future<Output = Answer>) {
        let before = self.site.database.fingerprint().await;
        let answer = request.await;
        assert_eq!(answer.status, 403, "{what}: {}", answer.json);
        answer.refused(403, "forbidden");
        assert_eq!(self.site.database.fingerprint().await, before, "{what}");
    }
}

/// Every right over pages, within a subtree.
pub fn subtree(root: &str) -> Vec<(&'static str, &'static str, &'static str, Option<&str>)> {
    ["read", "write", "publish", "delete"].map(|verb| ("page", verb, "subtree", Some(root))).into()
}

/// The fields of a page below a parent; `top` for none.
pub fn placed(parent: &str, title: &str) -> Value {
    let slug = title.to_lowercase().replace(' ', "-");
    match parent {
        "top" => json!({ "title": title, "slug": slug }),
        parent => json!({ "title": title, "slug": slug, "parent": parent }),
    }
}
