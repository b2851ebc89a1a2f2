//! Ways to reach somebody. An address of mail and a number are shown to readers only when the link says so: whatever shows
//! links to readers takes them from [`Link::is_shown`].

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    content::text::{address::Address, plain_field::check_line},
    documents::body::Problems,
    platform::{
        json::{is_default, null_is_default},
        problem::field::{FieldCode, Pointer},
    },
};

const MAX_LABEL: usize = 100;

/// What a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// A site.
    Website,
    /// An address of mail, `mailto:`; private unless `public` is set.
    Email,
    /// A number, `tel:`; private unless `public` is set.
    Phone,
    /// A profile on Mastodon.
    Mastodon,
    /// A profile on `LinkedIn`.
    Linkedin,
    /// An ORCID record.
    Orcid,
    /// Anything else on the web.
    Other,
}

/// A way to reach somebody. Fields that are empty are absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What it leads to.
    pub kind: LinkKind,
    /// What it is called, at most 100 characters; absent for what the kind says.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 100, examples("Office"))]
    pub label: String,
    /// Where it leads: `mailto:` for mail, `tel:` for a number, `https://` or `http://` for everything else.
    pub url: Address,
    /// Of mail and numbers, whether readers get them. Absent means no: nothing public shows them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub public: bool,
}

/// A way to reach somebody, as a client sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"kind": "email", "url": "mailto:ada@example.org", "public": false})))]
pub struct LinkDraft {
    /// What it leads to.
    pub kind: LinkKind,
    /// What it is called, at most 100 characters on one line; left out for what the kind says.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 100, examples("Office"))]
    pub label: String,
    /// Where it leads: for mail an address with or without `mailto:`, for a number one with or without `tel:`, for
    /// everything else `https://` or `http://`.
    #[schema(min_length = 1, max_length = 2_048, examples("https://example.org/ada"))]
    pub url: String,
    /// Of mail and numbers, whether readers get them; they do not when it is left out. Everything else is public, so
    /// `false` is refused there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
}

impl LinkKind {
    /// Whether it is private unless it is said to be public.
    fn is_private(self) -> bool {
        matches!(self, Self::Email | Self::Phone)
    }

    /// Whether an address is what such a link leads to, and what would be right.
    fn takes(self, url: &Address) -> Result<(), &'static str> {
        let url = url.as_str();
        let (good, right) = match self {
            Self::Email => (url.starts_with("mailto:"), "An address of mail is written `ada@example.org`."),
            Self::Phone => (url.starts_with("tel:"), "A number is written `+49 30 5550100`."),
            _ if url.starts_with("mailto:") => (false, "An address of mail has the kind `email`."),
            _ if url.starts_with("tel:") => (false, "A number has the kind `phone`."),
            _ => (
                url.starts_with("https://") || url.starts_with("http://"),
                "The link of a person leads to a site: it starts with https:// or http://.",
            ),
        };
        if good { Ok(()) } else { Err(right) }
    }
}

impl Link {
    /// Whether readers get it.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.public || !self.kind.is_private()
    }

    /// Adds all that is wrong with it.
    pub(super) fn check(&self, at: &Pointer, problems: &mut Problems) {
        check_line(problems, &at.field("label"), &self.label, MAX_LABEL);
        if let Err(right) = self.kind.takes(&self.url) {
            problems.add(&at.field("url"), FieldCode::NotAllowed, right);
        }
    }
}

impl LinkDraft {
    /// The link; what is wrong with it is added to the problems.
    pub(super) fn into_link(self, at: &Pointer, problems: &mut Problems) -> Option<Link> {
        if self.public == Some(false) && !self.kind.is_private() {
            let detail = "Only mail and numbers can be kept private. Leave `public` out, or remove the link.";
            problems.add(&at.field("public"), FieldCode::NotAllowed, detail);
        }
        let url = problems.keep(&at.field("url"), Address::try_from(completed(self.kind, &self.url)))?;
        let public = self.kind.is_private() && self.public.unwrap_or_default();
        Some(Link { kind: self.kind, label: self.label.trim().to_owned(), url, public })
    }
}

/// The address with the scheme that its kind has, as people leave it out.
fn completed(kind: LinkKind, url: &str) -> String {
    let url = url.trim();
    let has = |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    match kind {
        LinkKind::Email if !url.is_empty() && !url.contains(':') => format!("mailto:{url}"),
        LinkKind::Phone if !url.is_empty() => {
            let number = if has("tel:") { url.get(4..).unwrap_or_default() } else { url };
            let digits: String =
                number.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '/')).collect();
            format!("tel:{digits}")
        }
        _ => url.to_owned(),
    }
}
