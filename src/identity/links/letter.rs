//! The texts of mails: plain text, and the same as the plainest HTML. Who invited or asked is not named, and nothing that
//! somebody else wrote stands in them.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::model::{Link, Occasion};
use crate::platform::public_url::PublicUrl;

/// A mail's content.
pub(super) struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
}

enum Paragraph {
    Words(String),
    /// An address to open, and what the HTML shows in its place.
    Open(String, &'static str),
}

/// Writes a mail to the person of this name. `asked_at` is when it came into the queue.
pub(super) fn write(
    site: &PublicUrl,
    name: &str,
    occasion: Occasion,
    link: Option<&Link>,
    asked_at: DateTime<Utc>,
) -> Written {
    let host = site.host();
    let subject = match occasion {
        Occasion::Invitation => format!("Your account at {host}"),
        Occasion::Reset | Occasion::ResetAsked => format!("A new password for {host}"),
        Occasion::PasswordChanged => format!("Your password at {host} was changed"),
    };
    let mut paragraphs = vec![Paragraph::Words(format!("Hello {name},"))];
    paragraphs.extend(opening(site, occasion, asked_at).into_iter().map(Paragraph::Words));
    if let Some(link) = link {
        let shown = if occasion == Occasion::Invitation { Some(name) } else { None };
        paragraphs.push(Paragraph::Open(link.address(site, shown), "Choose a password"));
        paragraphs.push(Paragraph::Words(format!(
            "The link works once, until {}. Keep it to yourself: whoever opens it first can choose the password.",
            instant(link.expires_at)
        )));
    }
    paragraphs.push(Paragraph::Words(unexpected(occasion)));
    paragraphs.push(Paragraph::Words(format!(
        "This mail was sent by the machine behind {}; nobody reads answers.",
        site.origin()
    )));
    Written { text: text(&paragraphs), html: html(&subject, &paragraphs), subject }
}

fn opening(site: &PublicUrl, occasion: Occasion, asked_at: DateTime<Utc>) -> Vec<String> {
    let origin = site.origin();
    match occasion {
        Occasion::Invitation => vec![
            format!("an account was made for you at {origin}, where this site is edited."),
            "To use it, open this link and choose a password:".to_owned(),
        ],
        Occasion::Reset => vec![
            format!("an administrator asks you to choose a new password for your account at {origin}."),
            "Open this link to choose it:".to_owned(),
        ],
        Occasion::ResetAsked => vec![
            format!("somebody, probably you, asked for a new password for your account at {origin}."),
            "Open this link to choose it:".to_owned(),
        ],
        Occasion::PasswordChanged => vec![format!(
            "the password of your account at {origin} was changed on {}. You may have to sign in again.",
            instant(asked_at)
        )],
    }
}

/// What to do about a mail that one did not expect.
fn unexpected(occasion: Occasion) -> String {
    match occasion {
        Occasion::Invitation => {
            "If you know nothing of this, do nothing: without the link nobody can use the account."
        }
        Occasion::Reset => "If you wonder why, ask before you open it. Until you do, your password stays as it is.",
        Occasion::ResetAsked => {
            "If that was not you, do nothing: your password stays as it is, and the link goes out of date."
        }
        Occasion::PasswordChanged => {
            "If that was you, all is well. If not, somebody else may be in your account: ask an administrator of the \
             site at once to lock it."
        }
    }
    .to_owned()
}

/// A time as people write it; the minute is enough.
fn instant(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y at %H:%M UTC").to_string()
}

fn text(paragraphs: &[Paragraph]) -> String {
    let mut text = String::new();
    for paragraph in paragraphs {
        let words = match paragraph {
            Paragraph::Words(words) => words,
            Paragraph::Open(address, _) => address,
        };
        // Writing to a String cannot fail.
        let _ = write!(text, "{words}\r\n\r\n");
    }
    text
}

fn html(title: &str, paragraphs: &[Paragraph]) -> String {
    let mut body = String::new();
    for paragraph in paragraphs {
        let inner = match paragraph {
            Paragraph::Words(words) => escape(words),
            Paragraph::Open(address, shown) => {
                format!("<a href=\"{}\">{}</a>", escape(address), escape(shown))
            }
        };
        // Writing to a String cannot fail.
        let _ = write!(body, "<p>{inner}</p>\r\n");
    }
    format!(
        "<!doctype html>\r\n<html lang=\"en\">\r\n<head><meta charset=\"utf-8\"><title>{}</title></head>\r\n\
         <body>\r\n{body}</body>\r\n</html>\r\n",
        escape(title)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::links::model::Purpose;
    use crate::platform::id::Ids;
    use crate::platform::secret::{Prefix, Secret};

    fn site() -> PublicUrl {
        PublicUrl::parse("https://cms.example.org").unwrap()
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_mail_names_the_site_the_end_of_its_link_and_what_to_do() {
        let user = Ids.id();
        for (occasion, purpose) in [
            (Occasion::Invitation, Purpose::Invitation(user)),
            (Occasion::Reset, Purpose::Reset(user)),
            (Occasion::ResetAsked, Purpose::Reset(user)),
        ] {
            let secret = Secret::generate(Prefix::Link).unwrap();
            let link = Link { id: Ids.id(), purpose, secret, expires_at: at(3600) };
            let mail = write(&site(), "Ada Lindqvist", occasion, Some(&link), at(0));
            let address =
                format!("https://cms.example.org/admin/enter#{}={}", purpose.as_str(), link.secret.reveal());
            assert!(mail.text.lines().any(|line| line.starts_with(&address)), "{}", mail.text);
            assert!(mail.html.contains(&format!("<a href=\"{address}")), "{}", mail.html);
            for part in
                ["Hello Ada Lindqvist,", "15 January 2027 at 09:00 UTC", "https://cms.example.org", "If "]
            {
                assert!(mail.text.contains(part) && mail.html.contains(part), "{part}: {}", mail.text);
            }
            assert!(mail.subject.ends_with("cms.example.org"));
            assert!(mail.text.is_ascii());
        }
    }

    #[test]
    fn a_notice_has_no_link() {
        let mail = write(&site(), "Ada Lindqvist", Occasion::PasswordChanged, None, at(0));
        assert!(!mail.text.contains("/admin/enter") && !mail.html.contains("<a "));
        assert!(
            mail.text.contains("15 January 2027 at 08:00 UTC") && mail.text.contains("ask an administrator")
        );
    }

    #[test]
    fn a_name_is_text_in_the_html() {
        let mail = write(&site(), "<img src=x onerror=\"x\">", Occasion::PasswordChanged, None, at(0));
        assert!(
            mail.html.contains("Hello &lt;img src=x onerror=&quot;x&quot;&gt;,")
                && !mail.html.contains("<img")
        );
    }
}
