//! The form of a token and of its scopes.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::platform::access::{ADMINISTRATION, Grant, Verb};
use crate::platform::http::IdWindow;
use crate::platform::id::{TokenId, UserId};
use crate::platform::problem::Problem;

const PREFIX: &str = "mh_";
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 43 characters of 62 carry 256 bits.
const BODY: usize = 43;
const CHECKSUM: usize = 6;

/// A token: `mh_`, 43 random characters, and 6 of a CRC-32, so that a scanner or a typo is told apart without a
/// look-up. It prints as nothing.
#[derive(Debug, Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// A new random token.
    ///
    /// # Errors
    /// 500 when the machine gives no randomness.
    pub fn generate() -> Result<Self, Problem> {
        let mut body = String::with_capacity(BODY);
        while body.len() < BODY {
            let mut bytes = [0_u8; 64];
            getrandom::fill(&mut bytes).map_err(Problem::internal)?;
            // 248 = 4 * 62: higher bytes are thrown away, so every character is equally likely.
            let fair = bytes.iter().filter(|byte| **byte < 248).map(|byte| character(u32::from(*byte)));
            body.extend(fair.take(BODY - body.len()));
        }
        let sum = checksum(&body);
        Ok(Self(SecretString::from(format!("{PREFIX}{body}{sum}"))))
    }

    /// Accepts a text that has the form of a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(PREFIX)?;
        if rest.len() != BODY + CHECKSUM || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let (body, sum) = rest.split_at(BODY);
        (checksum(body) == sum).then(|| Self(SecretString::from(text)))
    }

    /// SHA-256, the form in which tokens are kept and looked up. The token has 256 random bits, so no slow hash is due.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose_secret().as_bytes()).into()
    }

    /// The first characters, by which a person tells tokens apart.
    #[must_use]
    pub fn hint(&self) -> String {
        self.0.expose_secret().chars().take(PREFIX.len() + 4).collect()
    }

    /// The token itself, for the one time that it is shown.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

fn character(number: u32) -> char {
    // The remainder is below 62.
    ALPHABET.get((number % 62) as usize).map_or('0', |byte| char::from(*byte))
}

fn checksum(body: &str) -> String {
    let mut rest = crc32fast::hash(body.as_bytes());
    let mut sum = String::with_capacity(CHECKSUM);
    for _ in 0..CHECKSUM {
        sum.push(character(rest));
        rest /= 62;
    }
    sum
}

/// A token as people see it: without its secret.
#[derive(Debug, Clone)]
pub struct Token {
    /// Its id, which is no secret.
    pub id: TokenId,
    /// For whom it acts.
    pub user: UserId,
    /// What people call it.
    pub name: String,
    /// Its first characters.
    pub hint: String,
    /// What it may at most do, as `kind:verb`; empty for all that its user may.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Which tokens a list shows, the newest first.
#[derive(Debug, Clone, Copy)]
pub struct TokenWindow {
    /// Only those of this user; all when none is named.
    pub user: Option<UserId>,
    /// Where the page lies.
    pub window: IdWindow,
}

/// What a token may at most do: `kind:verb`, with `*` for every kind of content, for instance `page:read` or `*:publish`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenScope {
    kind: String,
    verb: Verb,
}

impl TokenScope {
    /// Parses `kind:verb`.
    ///
    /// # Errors
    /// A sentence that says what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not a scope; write kind:verb, for instance page:read or *:publish \
                 (verbs: read, write, publish, delete, manage)"
            )
        };
        let (kind, verb) = text.split_once(':').ok_or_else(wrong)?;
        let named = kind == "*"
            || (kind.starts_with(|c: char| c.is_ascii_lowercase())
                && kind.len() <= 63
                && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
        match Verb::parse(verb) {
            Some(verb) if named => Ok(Self { kind: kind.to_owned(), verb }),
            _ => Err(wrong()),
        }
    }

    /// As it stands in the database.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}:{}", self.kind, self.verb.as_str())
    }

    /// What is left of a grant within this scope.
    #[must_use]
    pub fn cut(&self, grant: &Grant) -> Option<Grant> {
        if self.verb != grant.verb {
            return None;
        }
        let kind = match (self.kind.as_str(), grant.kind.as_str()) {
            (mine, theirs) if mine == theirs => mine,
            ("*", kind) | (kind, "*") if !ADMINISTRATION.contains(&kind) => kind,
            _ => return None,
        };
        Some(Grant { kind: kind.to_owned(), ..grant.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::access::Scope;

    #[test]
    fn a_token_has_the_documented_form_and_every_typo_is_noticed() {
        let secret = Secret::generate().unwrap();
        let text = secret.reveal().to_owned();
        assert_eq!(text.len(), 52);
        assert!(Secret::parse(&text).is_some());
        assert_ne!(text, Secret::generate().unwrap().reveal());
        for at in 3..text.len() {
            let mut typo: Vec<u8> = text.bytes().collect();
            typo[at] = if typo[at] == b'a' { b'b' } else { b'a' };
            assert!(Secret::parse(&String::from_utf8(typo).unwrap()).is_none(), "position {at}");
        }
        assert!(Secret::parse("").is_none());
        assert!(Secret::parse(&text[..51]).is_none());
        assert!(!format!("{secret:?}").contains(&text[3..]));
    }

    #[test]
    fn a_scope_only_takes_away() {
        let grant = |kind: &str, verb| Grant { kind: kind.into(), verb, scope: Scope::Own };
        let scope = TokenScope::parse("page:write").unwrap();
        assert_eq!(scope.cut(&grant("*", Verb::Write)), Some(grant("page", Verb::Write)));
        assert_eq!(scope.cut(&grant("page", Verb::Write)), Some(grant("page", Verb::Write)));
        assert_eq!(scope.cut(&grant("person", Verb::Write)), None);
        assert_eq!(scope.cut(&grant("page", Verb::Publish)), None);
        let all = TokenScope::parse("*:write").unwrap();
        assert_eq!(all.cut(&grant("user", Verb::Write)), None, "what administers is named");
        assert_eq!(all.cut(&grant("page", Verb::Write)), Some(grant("page", Verb::Write)));
        for bad in ["page", "page:", ":read", "Page:read", "page:fly", "page:read:own"] {
            assert!(TokenScope::parse(bad).is_err(), "{bad}");
        }
    }
}
