//! Bearer secrets: random, recognisable by their prefix, checked against typing errors, and kept as a digest alone.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::platform::problem::Problem;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 43 characters of 62 carry 256 bits.
const BODY: usize = 43;
const CHECKSUM: usize = 6;

/// What a secret opens; each has a prefix of its own, so that one is never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    /// An API token, `mh_`.
    Token,
    /// The session of a signed-in browser, `mhs_`.
    Session,
    /// A one-time link, `mhl_`.
    Link,
    /// A preview link, `mhp_`.
    Preview,
}

impl Prefix {
    /// The first characters of every secret of this kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "mh_",
            Self::Session => "mhs_",
            Self::Link => "mhl_",
            Self::Preview => "mhp_",
        }
    }
}

/// A secret: its prefix, 43 random characters, and 6 of a CRC-32, so that a scanner or a typo is told apart without a
/// look-up. It prints as nothing.
#[derive(Debug, Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// A new random secret.
    ///
    /// # Errors
    /// 500 when the machine gives no randomness.
    pub fn generate(prefix: Prefix) -> Result<Self, Problem> {
        let body = random(BODY)?;
        let sum = checksum(&body);
        Ok(Self(SecretString::from(format!("{}{body}{sum}", prefix.as_str()))))
    }

    /// Accepts a text that has the form of a secret of this kind.
    #[must_use]
    pub fn parse(prefix: Prefix, text: &str) -> Option<Self> {
        let rest = text.strip_prefix(prefix.as_str())?;
        if rest.len() != BODY + CHECKSUM || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let (body, sum) = rest.split_at(BODY);
        (checksum(body) == sum).then(|| Self(SecretString::from(text)))
    }

    /// SHA-256, the form in which secrets are kept and looked up. A secret has 256 random bits, so no slow hash is due.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose_secret().as_bytes()).into()
    }

    /// The first characters, by which a person tells secrets apart: the prefix and 4 more.
    #[must_use]
    pub fn hint(&self) -> String {
        let text = self.0.expose_secret();
        let prefix = text.find('_').map_or(0, |at| at + 1);
        text.chars().take(prefix + 4).collect()
    }

    /// The secret itself, for the one time that it is shown.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

/// A random password for a person, to be shown once: four groups of six characters, 142 bits.
///
/// # Errors
/// 500 when the machine gives no randomness.
pub fn password() -> Result<SecretString, Problem> {
    let groups = (0..4).map(|_| random(6)).collect::<Result<Vec<_>, _>>()?;
    Ok(SecretString::from(groups.join("-")))
}

fn random(length: usize) -> Result<String, Problem> {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut bytes = [0_u8; 64];
        getrandom::fill(&mut bytes).map_err(Problem::internal)?;
        // 248 = 4 * 62: higher bytes are thrown away, so every character is equally likely.
        let fair = bytes.iter().filter(|byte| **byte < 248).map(|byte| character(u32::from(*byte)));
        text.extend(fair.take(length - text.len()));
    }
    Ok(text)
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

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Prefix; 4] = [Prefix::Token, Prefix::Session, Prefix::Link, Prefix::Preview];

    #[test]
    fn a_secret_has_the_documented_form_and_every_typo_is_noticed() {
        for prefix in ALL {
            let secret = Secret::generate(prefix).unwrap();
            let text = secret.reveal().to_owned();
            let start = prefix.as_str().len();
            assert_eq!(text.len(), start + 49);
            assert!(Secret::parse(prefix, &text).is_some());
            assert_ne!(text, Secret::generate(prefix).unwrap().reveal());
            for at in start..text.len() {
                let mut typo: Vec<u8> = text.bytes().collect();
                typo[at] = if typo[at] == b'a' { b'b' } else { b'a' };
                assert!(Secret::parse(prefix, &String::from_utf8(typo).unwrap()).is_none(), "position {at}");
            }
            assert!(Secret::parse(prefix, "").is_none());
            assert!(Secret::parse(prefix, &text[..text.len() - 1]).is_none());
            assert!(!format!("{secret:?}").contains(&text[start..]));
            assert_eq!(secret.hint(), text[..start + 4]);
        }
    }

    #[test]
    fn one_kind_is_never_taken_for_another() {
        for made in ALL {
            let text = Secret::generate(made).unwrap().reveal().to_owned();
            for asked in ALL {
                assert_eq!(Secret::parse(asked, &text).is_some(), made == asked, "{text}");
            }
        }
    }
}
