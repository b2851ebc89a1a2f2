//! Folders of the library: a path of names, such as `talks/2026`. A folder is there as long as something lies in it.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

const MAX_NAME: usize = 100;
const MAX_DEPTH: usize = 8;

/// Where something lies in the library: names separated by `/`; empty for the top.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, max_length = 807, examples("talks/2026"))]
pub struct Folder(String);

/// The text names no folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a folder is at most 8 names of 1 to 100 characters, separated by `/`, without control characters and without space \
     around a name, such as `talks/2026`"
)]
pub struct FolderError;

impl Folder {
    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This folder and all above it but the top, from the top down.
    pub fn chain(&self) -> impl Iterator<Item = &str> {
        let ends = self.0.match_indices('/').map(|(at, _)| at).chain([self.0.len()]);
        ends.filter(|end| *end > 0).filter_map(|end| self.0.get(..end))
    }
}

impl TryFrom<String> for Folder {
    type Error = FolderError;

    /// Slashes at the ends do not count; names are kept as NFC.
    fn try_from(text: String) -> Result<Self, FolderError> {
        let text: String = text.trim_matches('/').nfc().collect();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let good = |name: &str| {
            let length = name.chars().count();
            (1..=MAX_NAME).contains(&length)
                && name.trim() == name
                && name != "."
                && name != ".."
                && !name.chars().any(char::is_control)
        };
        if text.split('/').count() > MAX_DEPTH || !text.split('/').all(good) {
            return Err(FolderError);
        }
        Ok(Self(text))
    }
}

impl From<Folder> for String {
    fn from(folder: Folder) -> Self {
        folder.0
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(text: &str) -> Result<Folder, FolderError> {
        Folder::try_from(text.to_owned())
    }

    #[test]
    fn a_folder_is_a_path_of_names() {
        assert_eq!(folder("").unwrap(), Folder::default());
        assert_eq!(folder("/talks/2026/").unwrap().as_str(), "talks/2026");
        assert_eq!(folder("Caf\u{65}\u{301}").unwrap().as_str(), "Caf\u{e9}");
        for bad in ["a//b", " a", "a/ b", "a\n", "..", "a/../b", &"x/".repeat(9), &"x".repeat(101)] {
            assert_eq!(folder(bad), Err(FolderError), "{bad:?}");
        }
    }

    #[test]
    fn a_folder_lies_in_all_above_it() {
        assert_eq!(folder("").unwrap().chain().count(), 0);
        assert_eq!(folder("a").unwrap().chain().collect::<Vec<_>>(), ["a"]);
        assert_eq!(folder("a/b/c").unwrap().chain().collect::<Vec<_>>(), ["a", "a/b", "a/b/c"]);
    }
}
