//! The documentation pages: Swagger UI from our own server, so that they work without internet, and the documents
//! themselves. Scripts are files, so that no inline script has to be allowed.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, Route};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::Config;

use super::cache::CachePolicy;
use super::registry::Registry;
use super::reply::FinishedReply;
use crate::platform::problem::{Code, Problem};

/// Seconds that a page or a document may be kept. A new version of Masthead changes them.
const KEPT_SECONDS: u32 = 300;

/// The parts of Swagger UI that the page uses.
const ASSETS: [&str; 5] = [
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "swagger-initializer.js",
    "favicon-32x32.png",
];

/// One API: its page, its document, and where they lie.
#[derive(Clone)]
pub struct DocsPage {
    page_path: &'static str,
    document_path: &'static str,
    html: Bytes,
    document: Bytes,
    config: Arc<Config<'static>>,
}

impl DocsPage {
    /// The page of the read API: `/docs` over `/openapi.json`.
    ///
    /// # Errors
    /// `internal` when the document cannot be written as JSON.
    pub fn read(openapi: &OpenApi) -> Result<Self, Problem> {
        Self::new("Masthead read API", "/docs", "/openapi.json", openapi)
    }

    /// The page of the admin API: `/admin/docs` over `/admin/openapi.json`.
    ///
    /// # Errors
    /// `internal` when the document cannot be written as JSON.
    pub fn admin(openapi: &OpenApi) -> Result<Self, Problem> {
        Self::new("Masthead admin API", "/admin/docs", "/admin/openapi.json", openapi)
    }

    fn new(
        title: &str,
        page_path: &'static str,
        document_path: &'static str,
        openapi: &OpenApi,
    ) -> Result<Self, Problem> {
        let document = openapi.to_pretty_json().map_err(Problem::internal)?;
        Ok(Self {
            page_path,
            document_path,
            html: page_html(title, page_path, document_path).into(),
            document: document.into(),
            config: Arc::new(
                Config::from(document_path)
                    .use_base_layout()
                    .validator_url("none")
                    .display_operation_id(true)
                    .deep_linking(true)
                    .persist_authorization(false),
            ),
        })
    }

    /// Adds the paths of this page to the registry of routes.
    #[must_use]
    pub fn register(&self, registry: Registry) -> Registry {
        registry
            .path(self.page_path, &[Method::GET])
            .path(&self.asset_path(), &[Method::GET])
            .path(self.document_path, &[Method::GET])
    }

    /// Mounts the page, its files and its document.
    pub fn mount(&self, config: &mut web::ServiceConfig) {
        let html = self.html.clone();
        let document = self.document.clone();
        let swagger = Arc::clone(&self.config);
        config
            .route(self.page_path, fixed("text/html; charset=utf-8", html))
            .route(self.document_path, fixed("application/json", document))
            .route(
                &self.asset_path(),
                web::get().to(move |req: HttpRequest| {
                    let swagger = Arc::clone(&swagger);
                    async move { asset(req.match_info().query("file"), swagger) }
                }),
            );
    }

    fn asset_path(&self) -> String {
        format!("{}/{{file}}", self.page_path)
    }
}

fn fixed(content_type: &'static str, body: Bytes) -> Route {
    let reply = kept(FinishedReply::new(content_type, body));
    web::get().to(move || {
        let reply = reply.clone();
        async move { reply }
    })
}

fn asset(name: &str, config: Arc<Config<'static>>) -> Result<FinishedReply, Problem> {
    let missing = || Problem::new(Code::NotFound).detail("The documentation has no such file.");
    if !ASSETS.contains(&name) {
        return Err(missing());
    }
    let file = utoipa_swagger_ui::serve(name, config)
        .map_err(|error| Problem::internal(error.to_string()))?
        .ok_or_else(missing)?;
    Ok(kept(FinishedReply::new(&file.content_type, file.bytes.into_owned())))
}

fn kept(reply: FinishedReply) -> FinishedReply {
    reply.hashed().cache(CachePolicy::PublicStatic { seconds: KEPT_SECONDS })
}

fn page_html(title: &str, base: &str, document: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" type="image/png" href="{base}/favicon-32x32.png">
<link rel="stylesheet" href="{base}/swagger-ui.css">
<style>@media (max-width: 640px) {{ #swagger-ui .opblock-summary-operation-id {{ display: none }} }}</style>
</head>
<body>
<noscript>This page needs JavaScript. The document itself is at <a href="{document}">{document}</a>.</noscript>
<div id="swagger-ui"></div>
<script src="{base}/swagger-ui-bundle.js"></script>
<script src="{base}/swagger-ui-standalone-preset.js"></script>
<script src="{base}/swagger-initializer.js"></script>
</body>
</html>
"#
    )
}
