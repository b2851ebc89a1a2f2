//! Mounts every slice. One function per API makes the server and its OpenAPI document alike, so the two cannot differ.

use actix_http::{Request, Response};
use actix_web::body::BoxBody;
use actix_web::dev::{AppConfig, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HeaderName};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::identity::Credential;
use crate::platform::access::{Actor, set_actor};
use crate::platform::http::docs::DocsPage;
use crate::platform::http::{
    Area, Http, HttpLimits, Memory, Network, QuickLane, Registry, RequestInfo, Traffic, complete,
    same_origin, session_cookie, stack,
};
use crate::platform::problem::{self, Code, Problem};
use crate::{audit, content, delivery, describe, documents, health, identity, permissions, previews};

/// The header with the secret of a preview link.
const MASTHEAD_PREVIEW: HeaderName = HeaderName::from_static("masthead-preview");

/// The routes of the read API (`/v1`).
fn read_api(config: &mut ServiceConfig<'_>) {
    delivery::http::configure(config);
}

/// The routes of the admin API (`/admin/v1`).
fn admin_api(config: &mut ServiceConfig<'_>) {
    documents::typed::configure::<content::pages::Page>(config);
    content::media::http::configure(config);
    content::menus::http::configure(config);
    content::settings::http::configure(config);
    documents::typed::configure::<content::people::Person>(config);
    documents::http::configure(config);
    previews::http::configure(config);
    identity::http::configure(config);
    permissions::http::configure(config);
    audit::http::configure(config);
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
    let mut read = document(describe::read(), read_api);
    delivery::describe(&mut read);
    let mut admin = document(describe::admin(), admin_api);
    complete(&mut read);
    complete(&mut admin);
    Documents { read, admin }
}

fn document(info: OpenApi, api: fn(&mut ServiceConfig<'_>)) -> OpenApi {
    actix_web::App::new().into_utoipa_app().openapi(info).configure(api).split_for_parts().1
}

/// Everything that the workers share.
#[derive(Clone)]
pub struct Site {
    app: web::Data<App>,
    http: Http,
    memory: Option<Memory>,
    docs: [DocsPage; 2],
}

impl Site {
    /// Prepares the routes over these services.
    ///
    /// # Errors
    /// When a document cannot be written.
    pub fn new(app: App, limits: HttpLimits, network: Network) -> Result<Self, Problem> {
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
        let http = Http::new(limits, registry, move || ids.uuid()).within(network);
        Ok(Self { app: web::Data::new(app), http, memory: None, docs })
    }

    /// Keeps answers of the read API in memory, of at most so many bytes in all; none when it is 0. The process must watch
    /// the site (see [`Listener`](crate::platform::db::Listener)), or an answer is kept for a second at most.
    #[must_use]
    pub fn remembering(mut self, bytes: u64) -> Self {
        self.memory = (bytes > 0).then(|| Memory::new(bytes, self.app.store.watch().clone()));
        self.http = self.http.remembering(self.memory.clone());
        self
    }

    /// What is kept of the answers of the read API.
    #[must_use]
    pub fn memory(&self) -> Option<&Memory> {
        self.memory.as_ref()
    }

    /// What is counted of requests.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        self.http.traffic()
    }

    /// The application of one worker.
    #[must_use]
    pub fn service(
        &self,
    ) -> impl ServiceFactory<
        Request,
        Config = AppConfig,
        Response = Response<BoxBody>,
        Error = Error,
        InitError = (),
    > + use<> {
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
        let app = stack(app, &self.http, move |request, next| authenticate(services.clone(), request, next));
        QuickLane::before(app, &self.http)
    }
}

/// Finds out who asks and leaves the actor for the extractors. A bad token ends the request here, and so does a change that
/// a foreign page wants from the session of a browser. Whoever is turned away, here or later, is counted.
async fn authenticate(
    app: web::Data<App>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let info = RequestInfo::of(&request);
    let answer = match identify(&app, &request, info.as_ref()).await {
        Ok(actor) => {
            if let (Some(info), Some(user)) = (&info, actor.user()) {
                info.set_actor(user);
            }
            set_actor(&request, actor);
            next.call(request).await?
        }
        Err(problem) => problem.answer(request),
    };
    count(&app, &answer);
    Ok(answer)
}

async fn identify(app: &App, request: &ServiceRequest, info: Option<&RequestInfo>) -> Result<Actor, Problem> {
    let request_id = info.map(|info| info.id().to_string());
    let headers = request.headers();
    if Area::of(request.path()) == Area::Read
        && let Some(guest) = guest(app, request).await?
    {
        return Ok(guest);
    }
    let mut values = headers.get_all(AUTHORIZATION);
    // A value that is no text, or a second one, is a bad credential and not none.
    match (values.next(), values.next()) {
        (None, _) => {}
        (Some(value), None) => {
            let header = value.to_str().unwrap_or_default();
            return identity::authenticate(app, Credential::Header(header), request_id).await;
        }
        (Some(_), Some(_)) => {
            return identity::authenticate(app, Credential::Header(""), request_id).await;
        }
    }
    // Pages of the admin show pictures of drafts by their addresses, with the cookie; elsewhere in the read API it counts for
    // nothing. One that is no longer good shows what is public.
    let is_media = request.path().starts_with("/media/");
    if Area::of(request.path()) != Area::Admin && !is_media {
        return Ok(Actor::Anonymous);
    }
    let origin = info.map(RequestInfo::origin);
    let cookie = session_cookie(headers, origin.is_some_and(|origin| origin.secure));
    if is_media {
        return match cookie.as_deref().map(Credential::Cookie) {
            Some(credential) => identity::authenticate(app, credential, request_id).await,
            None => Ok(Actor::Anonymous),
        };
    }
    let host = origin.and_then(|origin| origin.host.as_deref());
    same_origin(request.method(), headers, host, cookie.is_some())?;
    let credential = cookie.as_deref().map_or(Credential::None, Credential::Cookie);
    identity::authenticate(app, credential, request_id).await
}

/// Whoever shows a preview link in the read API. Two of them, or a token beside it, are a bad credential and not none.
async fn guest(app: &App, request: &ServiceRequest) -> Result<Option<Actor>, Problem> {
    let mut links = request.headers().get_all(MASTHEAD_PREVIEW);
    let Some(link) = links.next() else { return Ok(None) };
    let alone = links.next().is_none() && !request.headers().contains_key(AUTHORIZATION);
    let link = link.to_str().ok().filter(|_| alone).unwrap_or_default();
    Ok(Some(Actor::Guest(Box::new(previews::open(app, link).await?))))
}

/// Counts who was turned away: for want of a credential or a right, or because of too many attempts.
fn count(app: &App, answer: &ServiceResponse<BoxBody>) {
    let problem = answer.response().error().and_then(|error| error.as_error::<Problem>());
    let Some(code) = problem.map(Problem::code) else { return };
    let turned_away = matches!(
        code,
        Code::InvalidToken | Code::Unauthenticated | Code::Forbidden | Code::CrossOrigin | Code::RateLimited
    );
    if turned_away {
        let user = answer.request().extensions().get::<Actor>().and_then(Actor::user);
        let network =
            RequestInfo::of(answer.request()).map(|info| info.origin().client.network().to_string());
        app.refusals.count(code.slug(), &network.unwrap_or_default(), user);
    }
}
