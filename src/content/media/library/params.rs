//! Values of the list's parameters that can be wrong in a way of their own. What could find nothing, whatever the library holds, is
//! refused, so that a typing error is not taken for an empty folder.

use serde::{Deserialize, Serialize};

use crate::content::media::Folder;

/// How many characters a search may have.
const MOST: usize = 200;

/// How many words of it count.
const MOST_WORDS: usize = 20;

/// A folder with all below it; never the top, below which everything lies.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Below(Folder);

impl Below {
    pub fn folder(&self) -> &Folder {
        &self.0
    }
}

impl TryFrom<String> for Below {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let folder = Folder::try_from(text).map_err(|error| error.to_string())?;
        if folder.as_str().is_empty() {
            return Err("it names no folder; leave it out to find everything".to_owned());
        }
        Ok(Self(folder))
    }
}

impl From<Below> for String {
    fn from(below: Below) -> Self {
        below.0.into()
    }
}

/// Words to be searched for, as the lists of editors know them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Sought(String);

impl Sought {
    pub fn words(&self) -> Vec<String> {
        words(&self.0).take(MOST_WORDS).map(str::to_owned).collect()
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

impl TryFrom<String> for Sought {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if !(1..=MOST).contains(&text.chars().count()) {
            return Err(format!("it must have 1 to {MOST} characters"));
        }
        if words(&text).next().is_none() {
            return Err("it has no words; write at least one letter or digit".to_owned());
        }
        Ok(Self(text))
    }
}

impl From<Sought> for String {
    fn from(sought: Sought) -> Self {
        sought.0
    }
}
