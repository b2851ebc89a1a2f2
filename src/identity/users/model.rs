//! What a user is called: parsed at the edge into types that cannot be wrong.

use unicode_normalization::UnicodeNormalization;

/// An e-mail address, folded to lower case: what people sign in with. At most 254 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Checks the shape only; that mail arrives is for an invitation to prove.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let folded: String = text.trim().nfc().collect::<String>().to_lowercase();
        let shaped = folded.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.')
        });
        let clean = !folded.chars().any(|c| c.is_whitespace() || c.is_control());
        if shaped && clean && folded.len() <= 254 && folded.matches('@').count() == 1 {
            Ok(Self(folded))
        } else {
            Err(format!("{text:?} is not an e-mail address; write it like name@example.org"))
        }
    }

    /// The folded address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a person is called, 1 to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Trims and checks a name.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let name: String = text.trim().nfc().collect();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err("a name has 1 to 200 characters and no control characters".to_owned());
        }
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_folded_and_nonsense_is_refused() {
        assert_eq!(
            Email::parse(" Ada.Lindqvist@Example.ORG ").unwrap().as_str(),
            "ada.lindqvist@example.org"
        );
        for bad in
            ["", "ada", "ada@", "@example.org", "a@b", "a@b@c.org", "a b@c.org", "a@.org", "a@c.org\n.x y"]
        {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Email::parse(&format!("{}@example.org", "a".repeat(250))).is_err());
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(PersonName::parse("  Ada Lindqvist ").unwrap().as_str(), "Ada Lindqvist");
        assert!(PersonName::parse(" \t").is_err());
        assert!(PersonName::parse(&"x".repeat(201)).is_err());
        assert!(PersonName::parse("a\0b").is_err());
    }
}
