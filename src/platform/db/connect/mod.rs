//! Connections to a database that the operator names. tokio-postgres knows three of libpq's six values of `sslmode` and no
//! root certificates, so the address is read here, and TLS is set up as libpq would.

mod address;
mod target;
mod tls;

use std::error::Error;
use std::io;

use diesel_async::AsyncPgConnection;
use thiserror::Error as ThisError;
use tokio_postgres::config::SslMode as Handshake;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::platform::causes::causes;

pub use target::Target;
pub use tls::SslMode;

/// The half of a connection that does the work: a future to be spawned, or polled for notifications. Encrypted or not, it
/// is of one type, so `AsyncPgConnection::try_from_client_and_connection` takes it and delivers notifications.
pub type Link = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Why an address cannot be used or a connection cannot be made. No message holds a password.
#[derive(Debug, ThisError)]
pub enum ConnectError {
    /// The address is neither a URI nor a list of `key=value`.
    #[error(
        "DATABASE_URL cannot be read: {why}. Write it as postgresql://user:password@host:5432/database?sslmode=verify-full \
         or as `host=... user=... dbname=...`; characters that mean something else go percent-encoded or quoted."
    )]
    Syntax {
        /// What is wrong, without the text itself.
        why: String,
    },

    /// A parameter that does not exist or that we do not support.
    #[error("DATABASE_URL has the parameter {name}, which Masthead does not know. It knows {known}.")]
    UnknownParameter {
        /// Its name.
        name: String,
        /// The names that are known.
        known: String,
    },

    /// A parameter with a value that it does not take.
    #[error("DATABASE_URL sets {name} to \"{value}\", but it takes {allowed}.")]
    Value {
        /// The parameter.
        name: String,
        /// The value given.
        value: String,
        /// What it takes.
        allowed: String,
    },

    /// The root certificates cannot be loaded.
    #[error(
        "DATABASE_URL sets sslrootcert to \"{value}\", but {why}. Name a file with certificates in PEM form, or `system`."
    )]
    RootCertificates {
        /// The value given.
        value: String,
        /// What went wrong.
        why: String,
    },

    /// TLS could not be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),

    /// The server was reached, but not what we can speak to.
    #[error("{target} was reached, but a session could not be set up: {source}")]
    Session {
        /// The address without its password.
        target: String,
        /// The error of the driver.
        source: diesel::ConnectionError,
    },

    /// The server was not reached, or refused.
    #[error("cannot connect to {target}: {why}")]
    Refused {
        /// The address without its password.
        target: String,
        /// All causes, outermost first.
        why: String,
        /// The error of the driver.
        source: tokio_postgres::Error,
    },
}

/// Connects once: tries what the `sslmode` of the target allows, in libpq's order.
///
/// # Errors
/// [`ConnectError::Refused`] with the causes of the last attempt.
pub async fn connect(target: &Target) -> Result<(Client, Link), ConnectError> {
    let (first, second) = target.mode.attempts();
    let outcome = match (attempt(target, first).await, second) {
        (Err(error), Some(second)) if worth_another(&error) => attempt(target, second).await,
        (outcome, _) => outcome,
    };
    outcome.map_err(|source| ConnectError::Refused {
        target: target.to_string(),
        why: causes(&source),
        source,
    })
}

/// Connects, as diesel wants it.
///
/// # Errors
/// As [`connect`], and [`ConnectError::Session`].
pub async fn establish(target: &Target) -> Result<AsyncPgConnection, ConnectError> {
    let (client, link) = connect(target).await?;
    AsyncPgConnection::try_from_client_and_connection(client, link)
        .await
        .map_err(|source| ConnectError::Session { target: target.to_string(), source })
}

async fn attempt(target: &Target, handshake: Handshake) -> Result<(Client, Link), tokio_postgres::Error> {
    let mut config = target.config.clone();
    config.ssl_mode(handshake);
    config.connect(target.tls.clone()).await
}

/// With or without TLS may change the answer when `pg_hba.conf` had no line for the connection, or when the handshake
/// itself failed; an unreachable host or a wrong password stays what it is.
fn worth_another(error: &tokio_postgres::Error) -> bool {
    let refused = error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION);
    let handshake = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    let inner = handshake.and_then(io::Error::get_ref);
    let inner = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
    refused || inner.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tls_says_is_told_once() {
        let error = ConnectError::Tls(rustls::Error::NoApplicationProtocol);
        assert_eq!(causes(&error).matches("peer").count(), 1);
    }

    #[tokio::test]
    async fn a_refused_connection_names_the_target_without_its_password() {
        // Port 1 of the loopback address: nothing listens there.
        let target = Target::parse("postgresql://ann:hunter2@127.0.0.1:1/site?sslmode=disable").unwrap();
        let Err(error) = connect(&target).await else { panic!("connected") };
        let message = error.to_string();
        assert!(message.contains("ann@127.0.0.1:1/site"), "{message}");
        assert!(!format!("{message} {error:?}").contains("hunter2"), "{message} {error:?}");
    }
}
