//! Names of files. They are made of a few plain characters, so that no name can lead out of its folder and every store
//! takes them as they are.

use std::fmt;

use object_store::path::Path;

use crate::platform::digest::Digest;

/// Where a file lies: segments of `a-z 0-9 - _ .`, separated by slashes; none begins with a dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Path);

impl Key {
    /// Longest name in bytes.
    const MOST_BYTES: usize = 255;

    /// Reads a name; nothing when it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
        let segment = |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain);
        let good = text.len() <= Self::MOST_BYTES && text.split('/').all(segment);
        good.then(|| Self(Path::from(text)))
    }

    /// The place of what a digest names, below a folder with a plain name: all of it in a folder of its own.
    #[must_use]
    pub fn of_digest(folder: &'static str, digest: Digest) -> Self {
        Self(Path::from(format!("{folder}/{digest}")))
    }

    /// The same, with the files spread over 65,536 folders.
    #[must_use]
    pub fn spread(folder: &'static str, digest: Digest) -> Self {
        let text = digest.to_string();
        Self(Path::from(format!("{folder}/{}/{}/{text}", &text[..2], &text[2..4])))
    }

    /// A folder at the top, with a plain name.
    #[must_use]
    pub fn top(folder: &'static str) -> Self {
        Self(Path::from(folder))
    }

    /// The name of something below this one; nothing when it would be none.
    #[must_use]
    pub fn join(&self, name: &str) -> Option<Self> {
        Self::parse(&format!("{self}/{name}"))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// The segments of the name.
    #[must_use]
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.as_str().split('/')
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_name_leads_out_of_its_folder() {
        for good in ["a", "blobs/ab/cd/abcd0123", "renditions/ab/card-1.webp", "a/b_c-d.e"] {
            assert_eq!(Key::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", ".spool/a", "A", "a b", "a\\b",
            "a%2e", "ä", "a\0",
        ] {
            assert_eq!(Key::parse(bad), None, "{bad:?}");
        }
        assert!(Key::parse(&"a".repeat(255)).is_some() && Key::parse(&"a".repeat(256)).is_none());
    }

    #[test]
    fn what_is_made_of_a_digest_is_a_name() {
        let digest = Digest::new([0xab; 32]);
        let hex = "ab".repeat(32);
        assert_eq!(Key::spread("blobs", digest).as_str(), format!("blobs/ab/ab/{hex}"));
        let below = Key::of_digest("renditions", digest).join("card.webp").unwrap();
        assert_eq!(below.as_str(), format!("renditions/{hex}/card.webp"));
        assert_eq!(Key::parse(below.as_str()), Some(below.clone()));
        assert_eq!(below.join("../x"), None);
    }

    proptest! {
        #[test]
        fn a_name_is_the_same_for_the_store(text in "[a-z0-9._/-]{0,40}") {
            if let Some(key) = Key::parse(&text) {
                prop_assert_eq!(key.path().as_ref(), text.as_str());
                prop_assert_eq!(key.segments().collect::<Vec<_>>().join("/"), text);
            }
        }
    }
}
