//! A media entry as a client sends it, and how it becomes one: everything that is wrong is reported at once.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{File, Focal, Folder, Media};
use crate::{
    content::text::tagging::tags_schema,
    documents::body::{Document, Problems, Stage},
    platform::{
        json::null_is_default,
        problem::field::{FieldProblem, Pointer},
    },
};

/// What is said about a media entry in one language, as a client sends it. Leaving a field out, or `null`, is the same as
/// leaving it empty: a save replaces everything. `file` is sent back as it was read; other bytes come by an upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(MediaDraft::sample))]
pub struct MediaDraft {
    /// What editors find it by, at most 300 characters on one line; may be empty until it is published. Space around it is
    /// removed.
    #[schema(max_length = 300, examples("The reading room in spring"))]
    pub title: String,
    /// The bytes.
    pub file: File,
    /// What a picture shows, for those who do not see it, at most 1,000 characters on one line.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 1_000, examples("Six people around a table with open books"))]
    pub alt: String,
    /// Whether screen readers pass over a picture.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable)]
    pub decorative: bool,
    /// What readers are told below it, at most 2,000 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 2_000)]
    pub caption: String,
    /// Who made it, at most 300 characters on one line.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 300, examples("Photo: M. Example"))]
    pub credit: String,
    /// The terms under which it may be used, at most 300 characters on one line.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 300, examples("CC BY 4.0"))]
    pub licence: String,
    /// At most 50 tags of 1 to 100 characters, each once. Space around them is removed.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(schema_with = tags_schema)]
    pub tags: Vec<String>,
    /// Where it lies in the library: at most 8 names of 1 to 100 characters, separated by `/`.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 807, examples("talks/2026"))]
    pub folder: String,
    /// The point of a picture that every crop keeps; the middle when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focal: Option<Focal>,
}

impl MediaDraft {
    /// A picture for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Value {
        json!({
            "title": "The reading room in spring",
            "file": {
                "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
                "class": "image",
                "name": "reading-room.jpg",
            },
            "alt": "Six people around a table with open books",
            "tags": ["history"],
            "focal": {"x": 0.5, "y": 0.33},
        })
    }

    /// The body.
    ///
    /// # Errors
    /// Everything that is wrong with it as a draft; what a publication asks for is not asked yet.
    pub fn into_media(self) -> Result<Media, Vec<FieldProblem>> {
        let mut problems = Problems::default();
        let folder = problems
            .keep(&Pointer::root().field("folder"), Folder::try_from(self.folder))
            .unwrap_or_default();
        let trimmed = |text: &str| text.trim().to_owned();
        let media = Media {
            title: trimmed(&self.title),
            file: self.file,
            alt: trimmed(&self.alt),
            decorative: self.decorative,
            caption: trimmed(&self.caption),
            credit: trimmed(&self.credit),
            licence: trimmed(&self.licence),
            tags: self.tags.iter().map(|tag| trimmed(tag)).collect(),
            folder,
            focal: self.focal.unwrap_or_default().rounded(),
        };
        media.check(Stage::Save, &mut problems);
        if problems.is_empty() { Ok(media) } else { Err(problems.into_vec()) }
    }
}
