//! A site with an editor and a reader at hand, the actions in short, and a clock that stands still until it is moved.

use std::future::Future;

use serde_json::{Value, json};

use crate::support::{Answer, Client, Role, TestSite};

/// A site, who edits it, and who reads it.
pub struct Desk {
    pub site: TestSite,
    pub editor: Client,
    pub reader: Client,
}

impl Desk {
    pub async fn open() -> Self {
        let site = TestSite::start().await;
        let editor = site.client(Role::Editor).await;
        let reader = site.anonymous();
        Self { site, editor, reader }
    }

    /// With a clock that stands at [`hour`] 0 and moves only when told, so that every instant is known.
    pub async fn frozen() -> Self {
        let desk = Self::open().await;
        let clock = "create or replace function mh_now() returns timestamptz language sql volatile parallel safe \
                     as $$ select timestamptz '2031-01-01 00:00:00+00' + (select shift from test_clock) $$";
        desk.site.database.execute(clock).await;
        desk
    }

    pub async fn advance(&self, interval: &str) {
        self.site.database.advance(interval).await;
    }

    /// An action on a document over the version that was seen.
    pub async fn act(&self, id: &str, verb: &str, version: i64, body: Value) -> Answer {
        self.editor.post_at(&format!("/admin/v1/documents/{id}/{verb}"), version, Some(&body)).await
    }

    /// An action on a document as it is now, which must succeed.
    pub async fn done(&self, id: &str, verb: &str, body: Value) -> Answer {
        self.act(id, verb, self.version(id).await, body).await.expect(200)
    }

    /// An action on a document as it is now, which must be refused and change nothing.
    pub async fn refuses(&self, id: &str, verb: &str, body: Value, (status, code): (u16, &str)) -> Answer {
        let version = self.version(id).await;
        self.refused(self.act(id, verb, version, body), status, code).await
    }

    /// A request that must be refused and change nothing.
    pub async fn refused(&self, request: impl Future<Output = Answer>, status: u16, code: &str) -> Answer {
        let before = self.site.database.fingerprint().await;
        let answer = request.await.refused(status, code);
        assert_eq!(self.site.database.fingerprint().await, before, "a refusal changed something");
        answer
    }

    /// A request that must succeed and change nothing.
    pub async fn idle(&self, request: impl Future<Output = Answer>) -> Answer {
        let before = self.site.database.fingerprint().await;
        let answer = request.await.expect(200);
        assert_eq!(self.site.database.fingerprint().await, before, "nothing was asked for");
        answer
    }

    /// The document as editors see it.
    pub async fn page(&self, id: &str) -> Answer {
        self.editor.get(&format!("/admin/v1/pages/{id}")).await.expect(200)
    }

    pub async fn version(&self, id: &str) -> i64 {
        self.page(id).await.version()
    }

    /// A draft with these fields; gives its id.
    pub async fn draft(&self, fields: Value) -> String {
        crate::support::builders::create(&self.editor, fields).await.id()
    }

    /// A public page with these fields; gives its id.
    pub async fn live(&self, fields: Value) -> String {
        crate::support::builders::publish(&self.editor, fields).await.id()
    }

    /// Saves the newest body with these fields put on top; gives the number of the revision.
    pub async fn edit(&self, id: &str, fields: Value) -> i64 {
        let now = self.page(id).await;
        let body = with(&now.json["body"], fields);
        let save = json!({ "body": body });
        let saved =
            self.editor.put_at(&format!("/admin/v1/pages/{id}"), now.version(), &save).await.expect(200);
        saved.json["revision"]["number"].as_i64().expect("a number")
    }

    /// A save on a base.
    pub async fn merge(&self, id: &str, base: i64, body: &Value) -> Answer {
        merge(&self.editor, id, base, body).await
    }

    /// Saves and publishes.
    pub async fn correct(&self, id: &str, fields: Value) -> Answer {
        let revision = self.edit(id, fields).await;
        self.done(id, "publish", json!({ "revision": revision })).await
    }

    /// Saves and schedules; gives the id of the publication.
    pub async fn plan(&self, id: &str, fields: Value, from: &str) -> String {
        let revision = self.edit(id, fields).await;
        let planned = self.done(id, "schedule", json!({ "revision": revision, "from": from })).await;
        publication(&planned, revision)
    }

    /// What a path gives to readers: the id of a page, `> /where` for a redirect, or nothing.
    pub async fn at(&self, path: &str) -> String {
        let found = self.reader.get(&format!("/v1/resolve?path={path}")).await;
        match (found.status, found.json["match"].as_str()) {
            (404, _) => String::new(),
            (200, Some("redirect")) => format!("> {}", found.json["to"].as_str().expect("a path")),
            _ => found.expect(200).json["page"]["id"].as_str().expect("an id").to_owned(),
        }
    }

    /// Asserts what paths give to readers.
    #[track_caller]
    pub fn paths<'a>(&'a self, expected: &'a [(&'a str, &'a str)]) -> impl Future<Output = ()> + 'a {
        let place = std::panic::Location::caller();
        async move {
            for (path, found) in expected {
                assert_eq!(self.at(path).await, *found, "{path} at {place}");
            }
        }
    }

    /// The title that readers see, if any.
    pub async fn title(&self, id: &str) -> Option<String> {
        let found = self.reader.get(&format!("/v1/pages/{id}")).await;
        match found.status {
            404 => None,
            _ => Some(found.expect(200).json["title"].as_str().expect("a title").to_owned()),
        }
    }

    /// The timeline in short, the latest first: revision, state, reason of the end.
    pub async fn timeline(&self, id: &str) -> Vec<(i64, String, String)> {
        let found = self.editor.get(&format!("/admin/v1/documents/{id}/timeline")).await.expect(200);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let entries = found.json["data"].as_array().expect("entries").iter();
        entries
            .map(|e| (e["revision"].as_i64().expect("a number"), text(&e["state"]), text(&e["ended"])))
            .collect()
    }

    /// Ends the test: whatever happened, the promises of the database hold.
    pub async fn close(self) {
        crate::support::invariants::check_invariants(&self.site.database).await;
        self.site.stop().await;
    }
}

/// A save on a base by somebody.
pub async fn merge(client: &Client, id: &str, base: i64, body: &Value) -> Answer {
    let save = json!({ "base": base, "body": body });
    client.send(reqwest::Method::PUT, &format!("/admin/v1/pages/{id}"), &[], Some(&save)).await
}

/// The id of the planned publication of a revision.
pub fn publication(state: &Answer, revision: i64) -> String {
    let planned = state.json["scheduled"].as_array().expect("a list").iter();
    let found = planned.into_iter().find(|planned| planned["revision"] == revision);
    found.unwrap_or_else(|| panic!("{}", state.json))["id"].as_str().expect("an id").to_owned()
}

/// A body with these fields put on top.
pub fn with(body: &Value, fields: Value) -> Value {
    let mut body = body.clone();
    let Value::Object(fields) = fields else { panic!("the fields of a page are an object") };
    for (name, value) in fields {
        body[name] = value;
    }
    body
}

/// An hour of the frozen clock, counted from its start.
pub fn hour(number: u32) -> String {
    format!("2031-01-{:02}T{:02}:00:00Z", 1 + number / 24, number % 24)
}

/// A block of text.
pub fn text(id: &str, markdown: &str) -> Value {
    json!({ "id": id, "type": "rich_text", "markdown": markdown })
}

/// The texts of the blocks of a body, by id.
pub fn texts(body: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let blocks = body["blocks"].as_array().expect("blocks").iter();
    blocks.map(|block| (text(&block["id"]), text(&block["markdown"]))).collect()
}
