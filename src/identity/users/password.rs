//! Passwords: what is accepted, and the Argon2id hash that is kept (19 MiB, 2 passes, 1 lane, as OWASP's Password Storage
//! Cheat Sheet asks).

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};

use super::hashing::{Hashing, Place};
use crate::platform::problem::Problem;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A hash of no password: checking it takes the time of a real one. Its parameters are those above.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Long enough for the length rule, and still among the first that anyone tries.
const COMMON: &[&str] = &[
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123123123123",
    "111111111111",
    "000000000000",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasdf",
    "passwordpassword",
    "password1234",
    "password12345",
    "password123456",
    "iloveyouforever",
    "administrator",
    "administrator1",
    "letmeinletmein",
    "welcome12345",
    "changemechangeme",
    "correcthorsebatterystaple",
    "correct horse battery staple",
    "mastheadmasthead",
    "masthead1234",
];

/// A password as it was typed; it prints as nothing.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

impl Password {
    /// Accepts 12 to 1,024 bytes that are not a well-known password nor one character repeated. No composition rules.
    ///
    /// # Errors
    /// A sentence that says what is wrong, without the password.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !(12..=1024).contains(&text.len()) {
            return Err("a password has 12 to 1,024 bytes; a few unrelated words make a good one".to_owned());
        }
        let folded = text.to_lowercase();
        let one_character = folded.chars().all(|c| folded.starts_with(c));
        if one_character || COMMON.contains(&folded.as_str()) {
            return Err("that password is among the first that attackers try; choose another".to_owned());
        }
        Ok(Self(SecretString::from(text)))
    }

    /// Hashes for storage, off the async threads.
    ///
    /// # Errors
    /// 503 when too many wait, 500 when the machine gives no randomness or memory.
    pub async fn hash(self, hashing: &Hashing) -> Result<PasswordHash, Problem> {
        PasswordHash::of(hashing, self.0).await
    }
}

/// A hash in PHC string form, parameters and salt included.
#[derive(Debug, Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a hash from the database.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The PHC string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Hashes a text that was a password before the rules for new ones were what they are.
    ///
    /// # Errors
    /// 503 when too many wait, 500 when the machine gives no randomness or memory.
    pub async fn of(hashing: &Hashing, text: SecretString) -> Result<Self, Problem> {
        let work = move || {
            let hash: phc::PasswordHash =
                hasher().hash_password(text.expose_secret().as_bytes()).map_err(Problem::internal)?;
            Ok(Self(hash.to_string()))
        };
        hashing.place()?.run(work).await
    }

    /// Whether the text is the password of this hash; computed off the async threads, at a place that was taken before.
    /// Without a hash it never is, which takes as long to find out.
    ///
    /// # Errors
    /// 500 when what is stored is no hash.
    pub async fn check(place: Place, hash: Option<&Self>, text: SecretString) -> Result<bool, Problem> {
        let stored = hash.map(|hash| hash.0.clone());
        let work = move || {
            let hash =
                phc::PasswordHash::new(stored.as_deref().unwrap_or(NOBODY)).map_err(Problem::internal)?;
            let matches = hasher().verify_password(text.expose_secret().as_bytes(), &hash).is_ok();
            Ok(matches && stored.is_some())
        };
        place.run(work).await
    }

    /// Whether it was made with other parameters than those that hold now.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        !self.0.starts_with(&format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"))
    }
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Hashing::default().place().unwrap()
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_with_our_parameters_and_knows_its_password() {
        let hash =
            Password::parse("violet harbour lantern").unwrap().hash(&Hashing::default()).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(PasswordHash::check(place(), Some(&hash), "violet harbour lantern".into()).await.unwrap());
        assert!(!PasswordHash::check(place(), Some(&hash), "violet harbour lanterns".into()).await.unwrap());
        assert!(!hash.is_outdated());
        assert!(PasswordHash::stored("$argon2id$v=19$m=8192,t=2,p=1$c2FsdHNhbHQ$AAAA".into()).is_outdated());
        let again =
            Password::parse("violet harbour lantern").unwrap().hash(&Hashing::default()).await.unwrap();
        assert_ne!(hash.as_str(), again.as_str(), "each hash has its own salt");
    }

    #[tokio::test]
    async fn nobody_has_no_password_and_the_look_takes_as_long() {
        let nobody = phc::PasswordHash::new(NOBODY).unwrap();
        assert_eq!(nobody.hash.unwrap().as_bytes().len(), 32);
        assert!(
            !PasswordHash::stored(NOBODY.into()).is_outdated(),
            "the parameters are those of real hashes"
        );
        assert!(!PasswordHash::check(place(), None, "violet harbour lantern".into()).await.unwrap());
    }

    #[test]
    fn short_long_common_and_repeated_passwords_are_refused() {
        for bad in ["", "elevenbytes", "Password1234", "aaaaaaaaaaaaaaaa"] {
            assert!(Password::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Password::parse(&"x1".repeat(513)).is_err());
        assert!(Password::parse(&"x1".repeat(512)).is_ok());
    }

    #[test]
    fn a_password_does_not_print() {
        let printed = format!("{:?}", Password::parse("violet harbour lantern").unwrap());
        assert!(!printed.contains("violet"), "{printed}");
    }
}
