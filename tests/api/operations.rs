//! The operations of both documents, for tests that must leave none out.

use masthead::routes;
use reqwest::Method;
use serde_json::Value;

/// The operations of the admin API with which people come in: they take no credential.
pub const IN_THE_OPEN: [&str; 3] = ["log_in", "redeem_link", "ask_for_reset"];

/// The operations that act on the session by which they are asked for, so that no token can.
pub const IN_A_SESSION: [&str; 4] = ["log_out", "end_other_sessions", "change_password", "create_token"];

/// One operation of a document.
#[derive(Debug, Clone)]
pub struct Operation {
    pub method: Method,
    /// With `{id}` in it.
    pub template: String,
    pub id: String,
}

impl Operation {
    /// Whether it is about media and their bytes.
    pub fn is_of_media(&self) -> bool {
        ["/v1/media", "/media/", "/admin/v1/media", "/admin/v1/library"]
            .iter()
            .any(|root| self.template.starts_with(root))
    }

    /// Whether it is about menus.
    pub fn is_of_menus(&self) -> bool {
        ["/v1/menus", "/admin/v1/menus"].iter().any(|root| self.template.starts_with(root))
    }

    /// Whether it is about settings.
    pub fn is_of_settings(&self) -> bool {
        ["/v1/settings", "/v1/robots.txt", "/admin/v1/settings"]
            .iter()
            .any(|root| self.template.starts_with(root))
    }

    /// Whether it is about people as content, not about those who sign in.
    pub fn is_of_people(&self) -> bool {
        ["/v1/people", "/admin/v1/people"].iter().any(|root| self.template.starts_with(root))
    }

    /// The path with this id, and with the parameters that the operation cannot do without.
    pub fn path(&self, id: &str) -> String {
        let path = self.template.replace("{id}", id).replace("{number}", "1").replace("{slug}", "main");
        let path = path.replace("{key}", "LCwsLCwsLCwsLCwsLCwsLP____9kYmE1").replace("{name}", "w640.webp");
        match self.id.as_str() {
            "compare_revisions" => format!("{path}?from=1"),
            "resolve" => format!("{path}?path=/"),
            "search" | "search_documents" => format!("{path}?q=lantern"),
            "explain_permission" => format!("{path}?verb=write&kind=page"),
            _ => path,
        }
    }

    /// Whether it is about content, and not about people and their rights.
    pub fn is_of_content(&self) -> bool {
        [
            "/v1/",
            "/media/",
            "/admin/v1/pages",
            "/admin/v1/media",
            "/admin/v1/people",
            "/admin/v1/library",
            "/admin/v1/menus",
            "/admin/v1/settings",
            "/admin/v1/documents",
            "/admin/v1/search",
            "/admin/v1/previews",
        ]
        .iter()
        .any(|root| self.template.starts_with(root))
    }

    /// A path that fits the template and the parameters that the operation needs, for questions about the path alone.
    pub fn any_path(&self) -> String {
        self.path("019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41")
    }
}

/// The document of the read API as JSON.
pub fn read_document() -> Value {
    serde_json::to_value(routes::documents().read).expect("JSON")
}

/// The document of the admin API as JSON.
pub fn admin_document() -> Value {
    serde_json::to_value(routes::documents().admin).expect("JSON")
}

/// Every operation of a document.
pub fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().expect("paths");
    let found: Vec<Operation> = paths
        .iter()
        .flat_map(|(template, item)| {
            item.as_object().expect("a path item").iter().filter_map(|(method, operation)| {
                Some(Operation {
                    method: Method::from_bytes(method.to_uppercase().as_bytes()).ok()?,
                    template: template.clone(),
                    id: operation.get("operationId")?.as_str()?.to_owned(),
                })
            })
        })
        .collect();
    assert!(found.len() >= 3, "{found:?}");
    found
}
