//! Mail to people, over one SMTP server. What is said of a failure names no address, no credential and nothing that the
//! server wrote, since servers like to repeat addresses.

mod error;
mod server;

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue, To};
use lettre::message::{Mailbox, Mailboxes, MultiPart};
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

pub use error::MailError;
use server::{Protection, Server};

use crate::platform::id::MailId;

/// How mail is sent.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// `smtp://user:password@host:port?tls=required|opportunistic|none`, or `smtps://...`.
    pub url: SecretString,
    /// Whom mail comes from.
    pub from: Sender,
    /// A file of certificates (PEM) that vouch for the server, in place of those of this machine.
    pub authority: Option<PathBuf>,
    /// How long connecting may take; a whole mail may take three times as long.
    pub timeout: Duration,
}

impl MailSettings {
    /// How long connecting may take when nothing else is said.
    pub const TIMEOUT: Duration = Duration::from_secs(10);
}

/// Whom mail comes from: `Name <address>`, or the address alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    /// Parses `Name <address>`.
    ///
    /// # Errors
    /// A sentence that says what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let clean = !text.chars().any(char::is_control);
        clean.then(|| text.trim().parse().ok()).flatten().map(Self).ok_or_else(|| {
            "write a name and an address, such as Masthead <cms@example.org>, or the address alone".to_owned()
        })
    }

    fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

/// One mail to one person, as plain text and as HTML.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Makes the Message-ID, so that a mail that is sent again is known to be the same.
    pub id: MailId,
    /// What the person is called.
    pub name: String,
    /// Their address.
    pub address: String,
    /// One line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// When it is sent.
    pub at: DateTime<Utc>,
}

/// Sends mail. Each mail takes a connection of its own.
#[derive(Debug, Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Sender,
    timeout: Duration,
}

impl Mailer {
    /// Prepares the way to the server; connects when there is mail.
    ///
    /// # Errors
    /// `Settings` with what to write instead, never with what is written.
    pub fn new(settings: &MailSettings) -> Result<Self, MailError> {
        let server = Server::parse(settings.url.expose_secret())?;
        let tls = match server.protection {
            Protection::Plain => Tls::None,
            Protection::Opportunistic => Tls::Opportunistic(parameters(&server, settings)?),
            Protection::Required => Tls::Required(parameters(&server, settings)?),
            Protection::Wrapped => Tls::Wrapper(parameters(&server, settings)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(settings.timeout))
            .hello_name(ClientId::Domain(settings.from.domain().to_owned()));
        if let Some(credentials) = server.credentials {
            builder = builder.credentials(credentials);
        }
        let (from, timeout) = (settings.from.clone(), settings.timeout * 3);
        Ok(Self { transport: builder.build(), from, timeout })
    }

    /// Sends a mail: done when the server has taken charge of it.
    ///
    /// # Errors
    /// `Recipient` when no mail can ever go there, `Delivery` when it may work later.
    pub async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = message(&self.from, mail)?;
        match tokio::time::timeout(self.timeout, self.transport.send(message)).await {
            Ok(sent) => sent.map(|_| ()).map_err(|error| MailError::of_delivery(&error)),
            Err(_) => Err(MailError::Delivery("the mail server took too long".into())),
        }
    }
}

fn parameters(server: &Server, settings: &MailSettings) -> Result<TlsParameters, MailError> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(file) = &settings.authority {
        let wrong = |what: &str| MailError::Settings(format!("MASTHEAD_SMTP_CA: {}: {what}", file.display()));
        let pem = std::fs::read(file).map_err(|error| wrong(&error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|_| wrong("holds no certificates in PEM"))?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    builder.build().map_err(|error| MailError::Settings(format!("TLS of mail: {error}")))
}

/// A text without what could end the line of a header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn message(from: &Sender, mail: Mail) -> Result<Message, MailError> {
    let address: Address = mail.address.parse().map_err(|_| MailError::Recipient)?;
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    Message::builder()
        .date(SystemTime::from(mail.at))
        .message_id(Some(format!("<{}@{}>", mail.id, from.domain())))
        .from(from.0.clone())
        .mailbox(To::from(Mailboxes::from(Mailbox::new(Some(one_line(&mail.name)), address))))
        .subject(one_line(&mail.subject))
        // RFC 3834: so that nobody's holiday answers it.
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))
        .map_err(|_| MailError::Recipient)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::platform::id::Ids;

    fn mail(name: &str, address: &str) -> Mail {
        Mail {
            id: Ids.id(),
            name: name.into(),
            address: address.into(),
            subject: "Welcome".into(),
            text: "Hello".into(),
            html: "<p>Hello</p>".into(),
            at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        }
    }

    fn written(mail: Mail) -> String {
        let from = Sender::parse("Masthead <cms@example.org>").unwrap();
        String::from_utf8(message(&from, mail).unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_mail_says_that_a_machine_wrote_it_and_keeps_its_id() {
        let mail = mail("Ada Lindqvist", "ada@example.org");
        let id = mail.id;
        let text = written(mail);
        for line in [
            "Auto-Submitted: auto-generated",
            "From: Masthead <cms@example.org>",
            "Date: Fri, 15 Jan 2027 08:00:00 +0000",
            "Content-Type: multipart/alternative;",
            &format!("Message-ID: <{id}@example.org>"),
        ] {
            assert!(text.lines().any(|found| found.starts_with(line)), "{line}: {text}");
        }
    }

    fn has_only_our_headers(text: &str) {
        const OURS: [&str; 8] =
            ["date", "message-id", "from", "to", "subject", "auto-submitted", "mime-version", "content-type"];
        let head = text.split("\r\n\r\n").next().unwrap();
        for line in head.split("\r\n").filter(|line| !line.starts_with(' ')) {
            let name = line.split(':').next().unwrap().to_lowercase();
            assert!(OURS.contains(&name.as_str()), "{line:?}: {head}");
            assert!(!line.contains(['\r', '\n']), "{line:?}");
        }
    }

    #[test]
    fn no_name_can_add_a_header() {
        for name in [
            "Eve\r\nBcc: all@example.org",
            "Eve\nBcc: all@example.org",
            "\"\r\nBcc: x",
            "Eve\u{2028}Bcc: x",
            "",
        ] {
            has_only_our_headers(&written(mail(name, "eve@example.org")));
        }
        let from = Sender::parse("Masthead <cms@example.org>").unwrap();
        let sneaky = mail("Eve", "eve@example.org>\r\nRCPT TO:<all@example.org");
        assert!(matches!(message(&from, sneaky), Err(MailError::Recipient)));
    }

    proptest! {
        #[test]
        fn whatever_a_person_is_called_they_can_be_written_to(name in any::<String>(), site in any::<String>()) {
            has_only_our_headers(&written(Mail { subject: site, ..mail(&name, "eve@example.org") }));
        }
    }

    #[test]
    fn a_sender_has_an_address() {
        assert!(Sender::parse("cms@example.org").is_ok());
        assert_eq!(Sender::parse("Masthead <cms@example.org>").unwrap().domain(), "example.org");
        for bad in [
            "",
            "Masthead",
            "Masthead <>",
            "a <b@example.org>, c <d@example.org>",
            "a\r\nBcc: x <b@example.org>",
        ] {
            assert!(Sender::parse(bad).is_err(), "{bad:?}");
        }
    }
}
