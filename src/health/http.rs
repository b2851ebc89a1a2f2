//! `/healthz` and `/readyz`. Neither tells a stranger more than that.

use actix_web::{get, web};
use serde::Serialize;

use crate::app::App;
use crate::platform::access::{Public, Require};
use crate::platform::http::Reply;
use crate::platform::problem::{Code, Problem};

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

/// The process lives: 200 as long as it can answer at all.
#[get("/healthz")]
async fn healthz(_: Require<Public>) -> Reply<impl Serialize> {
    Reply::ok(Health { status: "alive" })
}

/// The database and the storage of uploads answer: 200, or 503 when requests should go elsewhere.
#[get("/readyz")]
async fn readyz(_: Require<Public>, app: web::Data<App>) -> Result<Reply<impl Serialize>, Problem> {
    app.store.now().await?;
    app.storage.check().await.map_err(|error| Problem::new(Code::Unavailable).caused_by(error))?;
    Ok(Reply::ok(Health { status: "ready" }))
}

/// Mounts both.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(healthz).service(readyz);
}
