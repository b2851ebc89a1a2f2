//! Mounts every slice. One function per API makes the server and its OpenAPI document alike, so the two cannot differ.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::platform::access::set_actor;
use crate::platform::http::docs::DocsPage;
use crate::platform::http::{Http, HttpLimits, Registry, RequestInfo, complete, stack};
use crate::platform::problem::{self, Problem};
use crate::{content, delivery, describe, documents, health, identity};

/// The routes of the read API (`/v1`).
fn read_api(config: &mut ServiceConfig<'_>) {
    delivery::http::configure(config);
}

/// The routes of the admin API (`/admin/v1`).
fn admin_api(config: &mut ServiceConfig<'_>) {
    content::pages::http::configure(config);
    documents::http::configure(config);
}

/// The OpenAPI documents of both APIs.
pub struct Documents {
    /// Of the read API.
    pub read: OpenApi,
    /// Of the admin API.
    pub admin: OpenApi,
}

/// Makes the documents from the routes.
#[must_use]
pub fn documents() -> Documents {
    Documents { read: document(describe::read(), read_api), admin: document(describe::admin(), admin_api) }
}

fn document(info: OpenApi, api: fn(&mut ServiceConfig<'_>)) -> OpenApi {
    let (_, mut document) =
        actix_web::App::new().into_utoipa_app().openapi(info).configure(api).split_for_parts();
    complete(&mut document);
    document
}

/// Everything that the workers share.
#[derive(Clone)]
pub struct Site {
    app: web::Data<App>,
    http: Http,
    docs: [DocsPage; 2],
}

impl Site {
    /// Prepares the routes over these services.
    ///
    /// # Errors
    /// When a document cannot be written.
    pub fn new(app: App, limits: HttpLimits, behind_tls: bool) -> Result<Self, Problem> {
        let documents = documents();
        let docs = [DocsPage::read(&documents.read)?, DocsPage::admin(&documents.admin)?];
        let registry = Registry::new().document(&documents.read).document(&documents.admin);
        let registry = docs.iter().fold(registry, |registry, page| page.register(registry));
        let registry = registry.path("/healthz", &[Method::GET]).path("/readyz", &[Method::GET]);
        let registry = identity::entrance::http::PATHS
            .iter()
            .fold(registry, |registry, path| registry.path(path, &[Method::GET]));
        let registry =
            problem::http::PATHS.iter().fold(registry, |registry, path| registry.path(path, &[Method::GET]));
        let ids = app.ids;
        let http = Http::new(limits, registry, move || ids.uuid()).with_tls(behind_tls);
        Ok(Self { app: web::Data::new(app), http, docs })
    }

    /// The application of one worker.
    #[must_use]
    pub fn service(
        &self,
    ) -> actix_web::App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<BoxBody>,
            Error = Error,
            InitError = (),
        > + use<>,
    > {
        let app = actix_web::App::new().app_data(self.app.clone()).configure(|config| {
            let mut described = ServiceConfig::new(config);
            read_api(&mut described);
            admin_api(&mut described);
            health::http::configure(config);
            problem::http::mount(config);
            identity::entrance::http::mount(config);
            for page in &self.docs {
                page.mount(config);
            }
        });
        let services = self.app.clone();
        stack(app, &self.http, move |request, next| authenticate(services.clone(), request, next))
    }
}

/// Finds out who asks and leaves the actor for the extractors. A bad credential ends the request here.
async fn authenticate(
    app: web::Data<App>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    // A value that is no text, or a second one, is a bad credential and not none.
    let header = match (values.next(), values.next()) {
        (None, _) => None,
        (Some(value), None) => Some(value.to_str().unwrap_or_default().to_owned()),
        (Some(_), Some(_)) => Some(String::new()),
    };
    let info = RequestInfo::of(&request);
    let request_id = info.as_ref().map(|info| info.id().to_string());
    match identity::authenticate(&app, header.as_deref(), request_id).await {
        Ok(actor) => {
            if let (Some(info), Some(user)) = (info, actor.user()) {
                info.set_actor(user);
            }
            set_actor(&request, actor);
            next.call(request).await
        }
        Err(problem) => Ok(problem.answer(request)),
    }
}
