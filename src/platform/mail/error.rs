//! What can go wrong with mail, in words that may stand in a log.

use std::error::Error as _;

use lettre::transport::smtp::Error;

/// Why no mail is sent. It names nobody and quotes nothing that the server said.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The settings are wrong.
    #[error("{0}")]
    Settings(String),
    /// No mail can ever go to this address.
    #[error("mail cannot be sent to an address of this form")]
    Recipient,
    /// It did not work this time.
    #[error("{0}")]
    Delivery(String),
}

impl MailError {
    /// A failure of the conversation with the server.
    pub(super) fn of_delivery(error: &Error) -> Self {
        let said = if let Some(code) = error.status() {
            let how = if error.is_permanent() { "refused it" } else { "refused it for now" };
            format!("the mail server {how} with code {code}")
        } else if error.is_timeout() {
            "the mail server took too long".to_owned()
        } else if error.is_tls() {
            format!("no TLS with the mail server{}", causes(error))
        } else if error.is_response() {
            "the mail server does not speak SMTP as it should".to_owned()
        } else if error.is_client() {
            format!("the mail server does not offer what is needed{}", causes(error))
        } else {
            format!("the mail server cannot be reached{}", causes(error))
        };
        Self::Delivery(said)
    }
}

/// What lies below: words of this machine and of the TLS library, which know of no mail.
fn causes(error: &Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(below) = cause {
        // The library wraps its own errors, and each repeats those inside.
        let told = if below.is::<Error>() { String::new() } else { below.to_string() };
        if !text.contains(&told) {
            text.push_str(": ");
            text.push_str(&told);
        }
        cause = below.source();
    }
    text
}
