//! `GET /metrics`, served by a listener of its own.

use std::net::SocketAddr;

use actix_web::dev::Server;
use actix_web::http::header::ACCEPT;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use super::actions::{self, Watched};
use crate::platform::metrics::Form;
use crate::platform::problem::Problem;

/// Listens for whoever gathers the numbers. Gives the server, to be awaited, and where it listens.
///
/// # Errors
/// When the address cannot be listened on.
pub fn listen(address: SocketAddr, watched: Watched) -> std::io::Result<(Server, Vec<SocketAddr>)> {
    let server = HttpServer::new(move || {
        App::new().app_data(web::Data::new(watched.clone())).route("/metrics", web::get().to(metrics))
    });
    // One who gathers asks every few seconds; the signals are those of the site.
    let server = server.workers(1).disable_signals().shutdown_timeout(1).bind(address)?;
    let addresses = server.addrs();
    Ok((server.run(), addresses))
}

async fn metrics(watched: web::Data<Watched>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let form = Form::accepted(accept.unwrap_or_default());
    let text = actions::page(&watched, form).await?;
    Ok(HttpResponse::Ok().content_type(form.media_type()).body(text))
}
