//! The HTTP client by which a store is spoken to: TLS by rustls with this machine's certificates, no proxy that the
//! environment names, and no redirects.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::BodyExt;
use hyper::header::{HeaderValue, USER_AGENT};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, Error, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector as StoreConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody,
    HttpResponse, HttpResponseBody, HttpService,
};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::error::StorageError;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(30);

/// Gives every part of `object_store` the same client.
#[derive(Clone)]
pub(super) struct Connector(Client<HttpsConnector<HttpConnector>, HttpRequestBody>);

impl Connector {
    pub(super) fn new() -> Result<Self, StorageError> {
        let mut trusted = RootCertStore::empty();
        // Some of a machine's certificates are often unreadable; a server that none of the others vouches for is refused.
        trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(StorageError::away)?
            .with_root_certificates(trusted)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_idle_timeout(IDLE).pool_timer(hyper_util::rt::TokioTimer::new());
        Ok(Self(builder.build(connector)))
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl StoreConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Connector {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static("masthead"));
        let response = self.0.request(request).await.map_err(|error| {
            let kind = kind(&error);
            HttpError::new(kind, error)
        })?;
        Ok(response.map(|body| {
            HttpResponseBody::new(body.map_err(|error| HttpError::new(HttpErrorKind::Interrupted, error)))
        }))
    }
}

/// What went wrong, which decides whether it is tried again.
fn kind(error: &Error) -> HttpErrorKind {
    if error.is_connect() {
        return HttpErrorKind::Connect;
    }
    let below = error.source().and_then(|source| source.downcast_ref::<hyper::Error>());
    match below {
        Some(hyper) if hyper.is_closed() || hyper.is_incomplete_message() => HttpErrorKind::Request,
        Some(hyper) if hyper.is_timeout() => HttpErrorKind::Timeout,
        Some(_) => HttpErrorKind::Interrupted,
        None => HttpErrorKind::Unknown,
    }
}
