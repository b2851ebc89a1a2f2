//! An SMTP server on the loopback that keeps what it gets. The rules of SMTP are mailin's; here are the connections, TLS,
//! and the one account that it knows.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use mailin::response::{AUTH_OK, INTERNAL_ERROR, INVALID_CREDENTIALS, NO_MAILBOX, OK};
use mailin::{Action, AuthMechanism, Handler, Response, Session, SessionBuilder};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// The account of a server that wants one. The password has characters that an address must escape.
pub const USER: &str = "cms@example.org";
pub const PASSWORD: &str = "violet/harbour:lantern@9731";
pub const ESCAPED: &str = "cms%40example.org:violet%2Fharbour%3Alantern%409731";

/// What a server offers and demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Plain text for everyone.
    Plain,
    /// STARTTLS, and no mail without the account.
    StartTls,
    /// TLS from the first byte, and no mail without the account.
    Wrapped,
    /// Plain text, and no mail to anybody.
    NobodyHere,
    /// Takes connections and says nothing.
    Silent,
}

/// A mail as it arrived.
#[derive(Debug, Clone, Default)]
pub struct Received {
    pub to: Vec<String>,
    pub from: String,
    /// Who signed in to send it.
    pub user: Option<String>,
    /// Head and body, lines ending with CR LF.
    pub raw: String,
}

/// A running server; it ends with the value.
pub struct SmtpServer {
    pub address: SocketAddr,
    /// The certificate of its authority.
    pub authority: PathBuf,
    mails: Arc<Mutex<Vec<Received>>>,
    connections: Arc<Mutex<usize>>,
    running: JoinHandle<()>,
}

impl SmtpServer {
    pub async fn start(manner: Manner) -> Self {
        Self::start_at("127.0.0.1:0".parse().expect("address"), manner).await
    }

    /// Starts where one was before, or where none was yet.
    pub async fn start_at(address: SocketAddr, manner: Manner) -> Self {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("address");
        let (tls, pem) = certificates();
        let authority =
            std::env::temp_dir().join(format!("masthead-smtp-{}-{}.pem", std::process::id(), address.port()));
        std::fs::write(&authority, pem).expect("a file");
        let (mails, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(0)));
        let running = {
            let (mails, connections) = (mails.clone(), connections.clone());
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    *connections.lock().expect("not poisoned") += 1;
                    let inbox = Inbox { mails: mails.clone(), manner, mail: Received::default() };
                    // How a conversation ends is the client's business.
                    tokio::spawn(serve(stream, inbox, tls.clone()));
                }
            })
        };
        Self { address, authority, mails, connections, running }
    }

    /// What arrived since the last question, in order.
    pub fn mails(&self) -> Vec<Received> {
        std::mem::take(&mut *self.mails.lock().expect("not poisoned"))
    }

    /// How many connections it has taken.
    pub fn connections(&self) -> usize {
        *self.connections.lock().expect("not poisoned")
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.running.abort();
        std::fs::remove_file(&self.authority).ok();
    }
}

/// An address at which no server is.
pub fn nowhere() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("address")
}

impl Received {
    /// The header of this name, unfolded; empty when there is none.
    pub fn header(&self, name: &str) -> String {
        let (head, _) = self.raw.split_once("\r\n\r\n").expect("a head");
        let head = head.replace("\r\n ", " ");
        let value = head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        });
        value.unwrap_or_default()
    }

    /// The decoded part of this media type.
    pub fn part(&self, media_type: &str) -> String {
        let parts = self.raw.split("\r\n--").skip(1);
        let part =
            parts.filter_map(|part| part.split_once("\r\n\r\n")).find(|(head, _)| head.contains(media_type));
        let (head, body) = part.unwrap_or_else(|| panic!("no {media_type}: {}", self.raw));
        if head.contains("quoted-printable") { quoted_printable(body) } else { body.to_owned() }
    }

    /// The address of the one link in the plain text, which the HTML must have too.
    pub fn link(&self) -> String {
        let text = self.part("text/plain");
        let links: Vec<&str> = text.lines().filter(|line| line.contains("/admin/enter#")).collect();
        assert_eq!(links.len(), 1, "{text}");
        let html = self.part("text/html").replace("&amp;", "&");
        assert!(html.contains(&format!("href=\"{}\"", links[0])), "{html}");
        links[0].to_owned()
    }
}

fn quoted_printable(body: &str) -> String {
    let body = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = body.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'=' {
            let hex = std::str::from_utf8(&rest[..2]).expect("two digits");
            bytes.push(u8::from_str_radix(hex, 16).expect("two digits"));
            rest = &rest[2..];
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

struct Inbox {
    mails: Arc<Mutex<Vec<Received>>>,
    manner: Manner,
    mail: Received,
}

impl Handler for Inbox {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.mail.from = from.to_owned();
        OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        if self.manner == Manner::NobodyHere {
            return NO_MAILBOX;
        }
        self.mail.to.push(to.to_owned());
        OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.mail.raw.push_str(std::str::from_utf8(line).map_err(io::Error::other)?);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        match self.mails.lock() {
            Ok(mut mails) => mails.push(std::mem::take(&mut self.mail)),
            Err(_) => return INTERNAL_ERROR,
        }
        OK
    }

    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        if (user, password) != (USER, PASSWORD) {
            return INVALID_CREDENTIALS;
        }
        self.mail.user = Some(user.to_owned());
        AUTH_OK
    }
}

async fn serve(stream: TcpStream, inbox: Inbox, tls: TlsAcceptor) -> io::Result<()> {
    let (ip, manner) = (stream.peer_addr()?.ip(), inbox.manner);
    let mut builder = SessionBuilder::new("mail.example.org");
    if matches!(manner, Manner::StartTls | Manner::Wrapped) {
        builder.enable_start_tls().enable_auth(AuthMechanism::Plain);
    }
    let mut session = builder.build(ip, inbox);
    match manner {
        Manner::Silent => std::future::pending().await,
        Manner::Wrapped => {
            let mut stream = BufStream::new(tls.accept(stream).await?);
            session.tls_active();
            answer(&mut stream, &session.greeting()).await?;
            converse(&mut session, &mut stream).await.map(|_| ())
        }
        _ => {
            let mut stream = BufStream::new(stream);
            answer(&mut stream, &session.greeting()).await?;
            if converse(&mut session, &mut stream).await? == Action::UpgradeTls {
                let mut stream = BufStream::new(tls.accept(stream.into_inner()).await?);
                session.tls_active();
                converse(&mut session, &mut stream).await?;
            }
            Ok(())
        }
    }
}

/// Talks until the end, or until TLS is to begin.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    session: &mut Session<Inbox>,
    stream: &mut BufStream<S>,
) -> io::Result<Action> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(Action::Close);
        }
        let response = session.process(&line);
        answer(stream, &response).await?;
        if matches!(response.action, Action::Close | Action::UpgradeTls) {
            return Ok(response.action);
        }
    }
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufStream<S>,
    response: &Response,
) -> io::Result<()> {
    if response.action != Action::NoReply {
        let mut bytes = Vec::new();
        response.write_to(&mut bytes)?;
        stream.write_all(&bytes).await?;
    }
    stream.flush().await
}

/// A certificate for `localhost` by an authority of its own, whose certificate is given too.
fn certificates() -> (TlsAcceptor, String) {
    let mut authority = CertificateParams::new(Vec::new()).expect("parameters");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let root = authority.self_signed(&key).expect("a certificate");
    let issuer = Issuer::from_params(&authority, &key);
    let server_key = KeyPair::generate().expect("a key");
    let server = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    let server = server.signed_by(&server_key, &issuer).expect("a certificate");
    let chain: Vec<CertificateDer<'static>> = vec![server.der().clone()];
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, PrivatePkcs8KeyDer::from(server_key.serialize_der()).into())
        .expect("a certificate with its key");
    (TlsAcceptor::from(Arc::new(config)), root.pem())
}
