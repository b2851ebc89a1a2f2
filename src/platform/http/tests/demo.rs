//! The demonstration application: one list, one thing, writes, and handlers that misbehave.

use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorBadGateway;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, delete, get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::openapi::OpenApi;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::AppExt;
use uuid::Uuid;

use super::{ID, demo_files};
use crate::platform::db::Keep;
use crate::platform::http::docs::DocsPage;
use crate::platform::http::*;
use crate::platform::problem::{self, BadRequest, Code, NotFound, PreconditionRequired, Problem, Stale};

/// A thing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Thing {
    id: Uuid,
    title: String,
}

/// What a client sends to make a thing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThingDraft {
    title: String,
    #[serde(default)]
    sizes: Vec<u8>,
}

#[derive(Debug, Deserialize, IntoParams)]
pub struct Listing {
    limit: Option<u32>,
    #[serde(rename = "filter[tag]")]
    tag: Option<String>,
    after: Option<String>,
}

impl StrictParams for Listing {
    const ALLOWED: &'static [&'static str] = &["limit", "filter[tag]", "after"];
}

/// List things.
#[utoipa::path(params(Listing), responses(
    (status = 200, description = "A page.", body = Page<Thing>, headers(("ETag" = String, description = "The tag."))),
))]
#[get("/v1/things")]
async fn list_things(
    req: HttpRequest,
    Params(listing): Params<Listing>,
) -> Result<Reply<Page<Thing>>, Problem> {
    let limit = listing.limit.unwrap_or(2);
    let scope = CursorScope { list: "list_things", query: listing.tag.as_deref().unwrap_or_default() };
    let key = CursorKey::new([1; 32]);
    let start: u32 = match &listing.after {
        Some(cursor) => key.open(scope, cursor)?,
        None => 0,
    };
    let things = (start..start + limit)
        .map(|n| Thing { id: Uuid::from_u128(u128::from(n)), title: format!("Thing {n}") });
    let page =
        PageInfo { limit, next: Some(key.seal(scope, &(start + limit))?), previous: None, total: None };
    Ok(Page { data: things.collect(), page }.linked(&req, |page| Reply::public(page, keep())))
}

/// Nothing ends by itself, and nothing is kept.
fn keep() -> Keep {
    Keep { taken: Instant::now(), until: None, generation: None }
}

/// Get a thing.
#[utoipa::path(
    params(("id" = Uuid, Path, description = "The id.")),
    responses((status = 200, description = "It.", body = Thing, headers(("ETag" = String, description = "The tag."))), NotFound)
)]
#[get("/v1/things/{id}")]
async fn get_thing(Ids(id): Ids, _: Params<NoParams>) -> Result<Reply<Thing>, Problem> {
    if id.to_string() == ID {
        Ok(Reply::public(Thing { id, title: "Known".into() }, keep()))
    } else {
        Err(Problem::new(Code::NotFound).detail("No thing has this id."))
    }
}

/// Create a thing.
#[utoipa::path(request_body = ThingDraft, responses((status = 201, description = "Made.", body = Thing), BadRequest))]
#[post("/admin/v1/things")]
async fn create_thing(Valid(draft): Valid<ThingDraft>) -> Reply<Thing> {
    let id: Uuid = ID.parse().unwrap();
    let title = format!("{} {}", draft.title, draft.sizes.len());
    Reply::created(format!("/admin/v1/things/{id}"), Thing { id, title }).version(1)
}

/// Save a thing.
#[utoipa::path(
    params(("id" = Uuid, Path, description = "The id.")),
    request_body = ThingDraft,
    responses((status = 200, description = "Saved.", body = Thing), Stale, PreconditionRequired)
)]
#[put("/admin/v1/things/{id}")]
async fn save_thing(
    Ids(id): Ids,
    IfMatch(version): IfMatch,
    Valid(draft): Valid<ThingDraft>,
) -> Result<Reply<Thing>, Problem> {
    if version != 3 {
        return Err(Problem::new(Code::Stale).detail("The version is 3 now."));
    }
    Ok(Reply::ok(Thing { id, title: draft.title }).version(4))
}

/// Delete a thing.
#[utoipa::path(params(("id" = Uuid, Path, description = "The id.")), responses((status = 204, description = "Gone.")))]
#[delete("/admin/v1/things/{id}")]
async fn delete_thing(_: Ids, _: IfMatch) -> NoContent {
    NoContent::default()
}

/// Panic.
#[utoipa::path(responses((status = 200, description = "Never.")))]
#[get("/admin/v1/panic")]
async fn panicking() -> HttpResponse {
    panic!("the secret is plover");
}

/// Fail.
#[utoipa::path(responses((status = 200, description = "Never.")))]
#[get("/admin/v1/broken")]
async fn broken() -> Result<NoContent, Problem> {
    let cause = Problem::internal("password=plover").detail("relation x does not exist");
    Err(Problem::internal(cause).detail("secret detail"))
}

/// Be away.
#[utoipa::path(responses((status = 200, description = "Never.")))]
#[get("/v1/away")]
async fn away() -> Result<NoContent, Problem> {
    Err(Problem::new(Code::Unavailable).retry_after(3))
}

/// Write the cache header by hand.
#[utoipa::path(responses((status = 200, description = "Refused in debug builds.")))]
#[get("/v1/misbehaved")]
async fn misbehaved() -> HttpResponse {
    HttpResponse::Ok().insert_header(("cache-control", "public")).finish()
}

async fn authenticate(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let given = req.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
    match given.as_deref() {
        Some("Bearer demo") => RequestInfo::of(&req).unwrap().set_actor("actor-7"),
        Some("Bearer explode") => return Err(ErrorBadGateway("secret upstream")),
        Some(_) => {
            return Ok(Problem::new(Code::InvalidToken).detail("Unknown token.").answer(req));
        }
        None => {}
    }
    next.call(req).await
}

/// The routes and their document, from one registration.
macro_rules! registered {
    () => {{
        let app = App::new().into_utoipa_app();
        app.service(list_things)
            .service(get_thing)
            .service(create_thing)
            .service(save_thing)
            .service(delete_thing)
            .service(panicking)
            .service(broken)
            .service(away)
            .service(misbehaved)
            .split_for_parts()
    }};
}

/// The document, completed.
pub fn document() -> OpenApi {
    let (_, mut openapi) = registered!();
    complete(&mut openapi);
    openapi
}

/// The middleware over the demonstration's routes.
pub fn platform(limits: HttpLimits) -> (Http, DocsPage) {
    let openapi = document();
    let docs = DocsPage::read(&openapi).unwrap();
    let mut registry =
        docs.register(Registry::new().document(&openapi).path("/healthz", &[actix_web::http::Method::GET]));
    for (path, methods) in demo_files::PATHS {
        registry = registry.path(path, methods);
    }
    for path in problem::http::PATHS {
        registry = registry.path(path, &[actix_web::http::Method::GET]);
    }
    (Http::new(limits, registry, || crate::platform::id::Ids.uuid()), docs)
}

/// The whole application.
macro_rules! application {
    ($http:expr, $docs:expr) => {{
        let (app, _) = registered!();
        let docs = $docs.clone();
        let app = app
            .configure(problem::http::mount)
            .configure(demo_files::mount)
            .configure(|config| docs.mount(config))
            .route("/healthz", web::get().to(|| async { HttpResponse::Ok().body("ok") }));
        stack(app, $http, authenticate)
    }};
}

/// A running server.
pub struct Demo {
    pub address: SocketAddr,
}

impl Demo {
    /// Starts a server on a free port; it lives as long as the tests.
    pub fn start(limits: HttpLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (http, docs) = platform(limits);
        thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || application!(&http, &docs)).workers(1);
                limited(server, &limits).listen(listener).unwrap().run().await.unwrap();
            });
        });
        Self { address }
    }
}

/// The application in this thread, for tests of what it logs.
pub async fn in_thread()
-> impl actix_web::dev::Service<actix_http::Request, Response = ServiceResponse<BoxBody>, Error = Error> {
    let (http, docs) = platform(HttpLimits::default());
    actix_web::test::init_service(application!(&http, &docs)).await
}
