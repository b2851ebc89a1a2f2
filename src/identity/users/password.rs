//! Passwords: what is accepted, and the Argon2id hash that is kept (19 MiB, 2 passes, 1 lane, as OWASP's Password Storage
//! Cheat Sheet asks).

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};

use super::hashing::{Hashing, Place};
use crate::platform::problem::{Code, FieldCode, Pointer, Problem};

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A hash of no password: checking it takes the time of a real one. Its parameters are those above.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Well known as good examples.
const EXAMPLES: &[&str] = &["correct horse battery staple", "correcthorsebatterystaple"];

/// The logarithm to the base 10 of the guesses that it takes at least: with fewer, it is found by those who try what others have
/// chosen (ASVS 5.0, 6.2.4 and 6.2.11; the bound is the one of zxcvbn between "somewhat guessable" and "safely unguessable").
const LEAST_GUESSES: f64 = 8.0;

/// The shortest password, in bytes.
const LEAST_BYTES: usize = 12;

/// So many characters of the beginning and of the end are looked at: more take longer than hashing does.
const LOOKED_AT: usize = 20;

/// A password as it was typed; it prints as nothing.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

impl Password {
    /// Accepts 12 to 1,024 bytes. No composition rules; what is soon guessed is refused when it is hashed.
    ///
    /// # Errors
    /// A sentence that says what is wrong, without the password.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !(LEAST_BYTES..=1024).contains(&text.len()) {
            return Err("a password has 12 to 1,024 bytes; a few unrelated words make a good one".to_owned());
        }
        Ok(Self(SecretString::from(text)))
    }

    /// Hashes for storage, off the async threads, where it is also found out how soon it would be guessed by who knows the
    /// address and the name of its user. It stands in this member of the request.
    ///
    /// # Errors
    /// 422, without the password, for a well-known one, a run of the keyboard, a date or a repetition, in whichever spelling,
    /// and for one that is made of the name or the address; 503 when too many wait, 500 when the machine gives no randomness or
    /// memory.
    pub async fn hash(
        self,
        hashing: &Hashing,
        (email, name): (&str, &str),
        member: &'static str,
    ) -> Result<PasswordHash, Problem> {
        let about = [email.to_owned(), name.to_owned()];
        let work = move || {
            let text = self.0.expose_secret();
            if is_soon_guessed(text, &about) {
                return Err(soon_guessed(member));
            }
            PasswordHash::compute(text)
        };
        hashing.place()?.run(work).await
    }
}

fn soon_guessed(member: &str) -> Problem {
    let detail = "The new password is refused: it is among the first that attackers try, or made of the name or the address \
                  of its user. A few unrelated words make a good one.";
    let pointer = Pointer::root().field(member);
    Problem::new(Code::Invalid).detail(detail).field(pointer, FieldCode::Invalid, detail)
}

/// Whether few guesses find it. Of a long one, the beginning and the end are both weak then.
fn is_soon_guessed(text: &str, about: &[String]) -> bool {
    let folded = text.to_lowercase();
    if EXAMPLES.contains(&folded.as_str()) {
        return true;
    }
    let rest = about
        .iter()
        .filter(|known| !known.is_empty())
        .fold(folded.clone(), |rest, known| rest.replace(&known.to_lowercase(), ""));
    if rest.len() < folded.len() && rest.len() < LEAST_BYTES {
        return true;
    }
    // What is known of somebody is tried in parts too.
    let parts = about.iter().flat_map(|known| known.split(|c: char| !c.is_alphanumeric()));
    let known: Vec<&str> = about.iter().map(String::as_str).chain(parts).chain(["masthead"]).collect();
    let characters: Vec<char> = text.chars().collect();
    let weak = |part: &[char]| {
        let part: String = part.iter().collect();
        zxcvbn::zxcvbn(&part, &known).guesses_log10() < LEAST_GUESSES
    };
    let most = characters.len().min(LOOKED_AT);
    weak(&characters[..most]) && weak(&characters[characters.len() - most..])
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
        hashing.place()?.run(move || Self::compute(text.expose_secret())).await
    }

    fn compute(text: &str) -> Result<Self, Problem> {
        let hash: phc::PasswordHash = hasher().hash_password(text.as_bytes()).map_err(Problem::internal)?;
        Ok(Self(hash.to_string()))
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

    const NOT_HERS: (&str, &str) = ("ada@example.org", "Ada");

    fn place() -> Place {
        Hashing::default().place().unwrap()
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_with_our_parameters_and_knows_its_password() {
        let hash = Password::parse("violet harbour lantern")
            .unwrap()
            .hash(&Hashing::default(), NOT_HERS, "new")
            .await
            .unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(PasswordHash::check(place(), Some(&hash), "violet harbour lantern".into()).await.unwrap());
        assert!(!PasswordHash::check(place(), Some(&hash), "violet harbour lanterns".into()).await.unwrap());
        assert!(!hash.is_outdated());
        assert!(PasswordHash::stored("$argon2id$v=19$m=8192,t=2,p=1$c2FsdHNhbHQ$AAAA".into()).is_outdated());
        let again = Password::parse("violet harbour lantern")
            .unwrap()
            .hash(&Hashing::default(), NOT_HERS, "new")
            .await
            .unwrap();
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
    fn short_and_long_passwords_are_refused() {
        let long = "violet harbour lantern, ".repeat(43);
        for (text, is_good) in
            [("", false), ("elevenbytes", false), (&long[..1024], true), (&long[..1025], false)]
        {
            assert_eq!(Password::parse(text).is_ok(), is_good, "{} bytes", text.len());
        }
    }

    #[test]
    fn what_is_tried_first_is_soon_guessed() {
        let keys = [
            "qwerty123456",
            "123456789abc",
            "asdfghjkl123",
            "1qaz2wsx3edc",
            "1q2w3e4r5t6y",
            "qwertyuiopasdf",
        ];
        let runs = ["123456789012", "123123123123", "000000000000", "abcdefghijkl", "aaaaaaaaaaaaaaaa"];
        let words = ["Password1234", "passw0rd1234", "iloveyou1234", "iloveyouforever", "letmeinletmein"];
        let others =
            ["administrator1", "welcome12345", "changemechangeme", "MastheadMasthead", "masthead1234"];
        for bad in keys.into_iter().chain(runs).chain(words).chain(others).chain(EXAMPLES.iter().copied()) {
            assert!(is_soon_guessed(bad, &[]), "{bad:?}");
        }
        assert!(is_soon_guessed("Correct horse battery staple", &[]));
        assert!(is_soon_guessed(&"x1".repeat(512), &[]));
        for good in ["kx8#Jq2!vTz9", "aaaaaaaaaaaaaaaaaaaaaaaa violet harbour lantern", "ﬁnf Läuse im Gras"]
        {
            assert!(!is_soon_guessed(good, &[]), "{good:?}");
        }
        // What takes zxcvbn longest: signs that stand for many letters.
        assert!(!is_soon_guessed(&"4@8({[<369&#!1/|0$5+7%2".repeat(40), &[]));
    }

    #[tokio::test]
    async fn what_is_soon_guessed_or_made_of_what_is_known_of_its_user_is_not_hashed() {
        let ilse = ("ilse.hollander@example.org", "Ilse Hollander");
        let hash = async |text: &str, about: (&str, &str)| {
            Password::parse(text).unwrap().hash(&Hashing::default(), about, "new").await
        };
        for bad in ["Ilse.Hollander@example.org", "hollander-2026", "1ilse.hollander@example.org"] {
            let problem = hash(bad, ilse).await.unwrap_err();
            assert_eq!(problem.code(), Code::Invalid, "{bad}");
            assert!(!problem.to_string().contains(bad), "{problem}");
            assert!(hash(bad, ("ada@elsewhere.org", "Ada")).await.is_ok(), "{bad}");
        }
        assert_eq!(hash("passwordpassword", ilse).await.unwrap_err().code(), Code::Invalid);
        assert!(hash("violet harbour lantern", ilse).await.is_ok());
    }

    #[test]
    fn a_password_does_not_print() {
        let printed = format!("{:?}", Password::parse("violet harbour lantern").unwrap());
        assert!(!printed.contains("violet"), "{printed}");
    }
}
