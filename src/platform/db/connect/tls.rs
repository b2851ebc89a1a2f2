//! TLS as libpq's `sslmode` describes it (documentation of Postgres, section "SSL Support"), with rustls and ring.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres::config::SslMode as Handshake;

use super::ConnectError;

/// The value of `sslrootcert` that means the certificates of this machine.
const SYSTEM: &str = "system";

/// How a connection is protected, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Never encrypted.
    Disable,
    /// Encrypted only if the server refuses otherwise.
    Allow,
    /// Encrypted if the server can, else not.
    Prefer,
    /// Encrypted; the server's certificate is checked only if root certificates are named.
    Require,
    /// Encrypted, and the server's certificate comes from a named root.
    VerifyCa,
    /// The same, and it is made out to the host.
    VerifyFull,
}

const MODES: [(SslMode, &str); 6] = [
    (SslMode::Disable, "disable"),
    (SslMode::Allow, "allow"),
    (SslMode::Prefer, "prefer"),
    (SslMode::Require, "require"),
    (SslMode::VerifyCa, "verify-ca"),
    (SslMode::VerifyFull, "verify-full"),
];

impl SslMode {
    pub(super) fn parse(value: &str) -> Result<Self, ConnectError> {
        let found = MODES.iter().find(|(_, name)| *name == value);
        found.map(|(mode, _)| *mode).ok_or_else(|| {
            let names: Vec<&str> = MODES.iter().map(|(_, name)| *name).collect();
            wrong(value, &names.join(", "))
        })
    }

    /// What libpq assumes when no mode is given.
    pub(super) fn default_for(roots: Option<&str>) -> Self {
        if roots == Some(SYSTEM) { Self::VerifyFull } else { Self::Prefer }
    }

    /// The handshakes to try, in order.
    pub(super) fn attempts(self) -> (Handshake, Option<Handshake>) {
        match self {
            Self::Disable => (Handshake::Disable, None),
            Self::Allow => (Handshake::Disable, Some(Handshake::Require)),
            Self::Prefer => (Handshake::Prefer, Some(Handshake::Disable)),
            Self::Require | Self::VerifyCa | Self::VerifyFull => (Handshake::Require, None),
        }
    }
}

impl fmt::Display for SslMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = MODES.iter().find(|(mode, _)| mode == self).map_or("", |(_, name)| *name);
        f.write_str(name)
    }
}

/// What is checked of the server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    Nothing,
    Chain,
    ChainAndName,
}

/// The configuration for a mode and the value of `sslrootcert`.
pub(super) fn client_config(mode: SslMode, roots: Option<&str>) -> Result<ClientConfig, ConnectError> {
    let check = check_for(mode, roots)?;
    let provider = Arc::new(ring::default_provider());
    let trusted = if check == Check::Nothing { Vec::new() } else { load(roots.unwrap_or(SYSTEM))? };
    let verifier = Arc::new(Verifier::new(check, trusted, provider.clone()));
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // Not as dangerous as the name: every verifier of our own goes through this door.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    // PostgreSQL 17 asks for it with sslnegotiation=direct; older servers ignore it.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(config)
}

fn check_for(mode: SslMode, roots: Option<&str>) -> Result<Check, ConnectError> {
    match (mode, roots) {
        (SslMode::Disable, _) => Ok(Check::Nothing),
        (SslMode::VerifyFull, _) => Ok(Check::ChainAndName),
        // Anybody can get a certificate from a public authority, for some other name.
        (_, Some(SYSTEM)) => {
            Err(wrong(&mode.to_string(), "only verify-full together with sslrootcert=system"))
        }
        (SslMode::VerifyCa, None) => Err(wrong(
            &mode.to_string(),
            "verify-ca only together with sslrootcert, the file of the authority",
        )),
        (SslMode::VerifyCa | SslMode::Require, Some(_)) => Ok(Check::Chain),
        (SslMode::Allow | SslMode::Prefer, _) | (SslMode::Require, None) => Ok(Check::Nothing),
    }
}

fn wrong(value: &str, allowed: &str) -> ConnectError {
    ConnectError::Value { name: "sslmode".to_owned(), value: value.to_owned(), allowed: allowed.to_owned() }
}

/// The certificates to trust: those of a file, or of this machine.
fn load(value: &str) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    let failed = |why: String| ConnectError::RootCertificates { value: value.to_owned(), why };
    let certificates = if value == SYSTEM {
        // Some of a machine's certificates are often unreadable; what matters is that there are any.
        rustls_native_certs::load_native_certs().certs
    } else {
        let items = CertificateDer::pem_file_iter(value).map_err(|error| failed(error.to_string()))?;
        items.collect::<Result<_, _>>().map_err(|error| failed(error.to_string()))?
    };
    if certificates.is_empty() {
        return Err(failed("it holds no certificate".to_owned()));
    }
    Ok(certificates)
}

/// Checks as much of the server's certificate as the mode asks for, and always that the server holds its key.
#[derive(Debug)]
struct Verifier {
    check: Check,
    trusted: Vec<CertificateDer<'static>>,
    roots: RootCertStore,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn new(check: Check, trusted: Vec<CertificateDer<'static>>, provider: Arc<CryptoProvider>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(trusted.iter().cloned());
        Self { check, trusted, roots, provider }
    }

    fn check_chain(
        &self,
        certificate: &CertificateDer<'_>,
        parsed: &ParsedCertificate<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let algorithms = self.provider.signature_verification_algorithms.all;
        let outcome =
            verify_server_cert_signed_by_trust_anchor(parsed, &self.roots, intermediates, now, algorithms);
        outcome.or_else(|error| self.accept_root_as_server(certificate, error))
    }

    /// A self-signed certificate that is itself a trusted root: OpenSSL takes it, and Postgres' documentation makes such
    /// ones. webpki refuses an authority as a server, but not before it has found the certificate within its time.
    fn accept_root_as_server(&self, certificate: &CertificateDer<'_>, error: Error) -> Result<(), Error> {
        let refused_as_authority = match &error {
            Error::InvalidCertificate(CertificateError::Other(reason)) => {
                format!("{reason:?}").contains("CaUsedAsEndEntity")
            }
            _ => false,
        };
        let trusted = self.trusted.iter().any(|root| root == certificate);
        if refused_as_authority && trusted { Ok(()) } else { Err(error) }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.check != Check::Nothing {
            let parsed = ParsedCertificate::try_from(end_entity)?;
            self.check_chain(end_entity, &parsed, intermediates, now)?;
            if self.check == Check::ChainAndName {
                verify_server_name(&parsed, server_name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_checked_follows_libpq() {
        let file = Some("root.pem");
        assert_eq!(check_for(SslMode::Require, None).unwrap(), Check::Nothing);
        assert_eq!(check_for(SslMode::Require, file).unwrap(), Check::Chain);
        assert_eq!(check_for(SslMode::VerifyCa, file).unwrap(), Check::Chain);
        assert_eq!(check_for(SslMode::VerifyFull, file).unwrap(), Check::ChainAndName);
        assert_eq!(check_for(SslMode::VerifyFull, None).unwrap(), Check::ChainAndName);
        assert_eq!(check_for(SslMode::Prefer, file).unwrap(), Check::Nothing);
        for weak in [SslMode::Allow, SslMode::Prefer, SslMode::Require, SslMode::VerifyCa] {
            assert!(check_for(weak, Some(SYSTEM)).is_err(), "{weak}");
        }
    }

    #[test]
    fn an_unreadable_or_empty_root_file_is_named() {
        let empty = std::env::temp_dir().join(format!("masthead-empty-{}.pem", std::process::id()));
        std::fs::write(&empty, "no certificate here").unwrap();
        let value = empty.to_str().unwrap();
        let message = client_config(SslMode::VerifyFull, Some(value)).unwrap_err().to_string();
        assert!(message.contains(value) && message.contains("no certificate"), "{message}");
        std::fs::remove_file(&empty).unwrap();
        assert!(client_config(SslMode::VerifyCa, Some(value)).is_err());
    }
}
