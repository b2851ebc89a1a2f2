//! The body of a media entry: which bytes it shows, and what is said about them in one language.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Folder, MediaDraft};
use crate::{
    content::text::{
        plain_field::{check_given, check_line, check_lines},
        tagging::check_tags,
    },
    documents::body::{Document, Kind, Listing, Problems, SearchText, Stage, Weight},
    documents::shown::{Class, Shelf, Shown},
    platform::{
        digest::Digest,
        json::is_default,
        problem::field::{FieldCode, FieldProblem, Pointer, read_json},
    },
};

const MAX_TITLE: usize = 300;
const MAX_ALT: usize = 1_000;
const MAX_CAPTION: usize = 2_000;
pub(super) const MAX_LINE: usize = 300;
const MAX_NAME: usize = 255;

/// What is said about a picture, a film, a sound or a file in one language. Fields that are empty are absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(Media::sample))]
pub struct Media {
    /// What editors find it by, at most 300 characters; needed to publish.
    #[schema(max_length = 300, examples("The reading room in spring"))]
    pub title: String,
    /// The bytes.
    pub file: File,
    /// What a picture shows, for those who do not see it, at most 1,000 characters on one line. To be published, a picture
    /// needs it, or is `decorative`.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 1_000, examples("Six people around a table with open books"))]
    pub alt: String,
    /// Whether a picture says nothing that the text does not say, so that screen readers pass over it; absent means no.
    #[serde(default, skip_serializing_if = "is_default")]
    pub decorative: bool,
    /// What readers are told below it, at most 2,000 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 2_000)]
    pub caption: String,
    /// Who made it, at most 300 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 300, examples("Photo: M. Example"))]
    pub credit: String,
    /// The terms under which it may be used, at most 300 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 300, examples("CC BY 4.0"))]
    pub licence: String,
    /// At most 50 tags of 1 to 100 characters, each once, without space around them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50, examples("history"))]
    pub tags: Vec<String>,
    /// Where it lies in the library; absent at the top.
    #[serde(default, skip_serializing_if = "is_default")]
    pub folder: Folder,
    /// The point of a picture that every crop keeps; the middle when absent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub focal: Focal,
}

/// The bytes of a media entry. They are uploaded with the entry or put in place of others later; a save sends `file` back as
/// it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The SHA-256 of the bytes as they were uploaded.
    pub sha256: Digest,
    /// What they are.
    pub class: Class,
    /// The name under which they were uploaded, at most 255 characters.
    #[schema(max_length = 255, min_length = 1, examples("reading-room.jpg"))]
    pub name: String,
}

/// A point of a picture, in fractions of its width and height from the upper left corner of the upright picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"x": 0.5, "y": 0.33})))]
pub struct Focal {
    /// From the left edge (0) to the right (1); kept to four digits.
    #[schema(minimum = 0, maximum = 1)]
    pub x: f64,
    /// From the upper edge (0) to the lower (1); kept to four digits.
    #[schema(minimum = 0, maximum = 1)]
    pub y: f64,
}

impl Default for Focal {
    fn default() -> Self {
        Self { x: 0.5, y: 0.5 }
    }
}

impl From<Focal> for crate::blobs::image::Focal {
    fn from(Focal { x, y }: Focal) -> Self {
        Self { x, y }
    }
}

impl Focal {
    /// The point to the digits that are kept, so that equal points are equal bodies.
    #[must_use]
    pub fn rounded(self) -> Self {
        let round = |value: f64| (value * 10_000.0).round() / 10_000.0;
        Self { x: round(self.x), y: round(self.y) }
    }

    /// The point as the renditions take it.
    #[must_use]
    pub fn point(self) -> (f64, f64) {
        (self.x, self.y)
    }

    fn check(self, at: &Pointer, problems: &mut Problems) {
        for (name, value) in [("x", self.x), ("y", self.y)] {
            if !(0.0..=1.0).contains(&value) {
                problems.add(&at.field(name), FieldCode::Invalid, "A focal point lies between 0 and 1.");
            }
        }
    }
}

impl Media {
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
            "credit": "Photo: M. Example",
            "licence": "CC BY 4.0",
            "tags": ["history"],
            "folder": "rooms",
            "focal": {"x": 0.5, "y": 0.33},
        })
    }

    fn check_alt(&self, stage: Stage, problems: &mut Problems) {
        let at = Pointer::root().field("alt");
        check_line(problems, &at, &self.alt, MAX_ALT);
        if self.file.class != Class::Image || stage != Stage::Publish {
            return;
        }
        match (self.alt.trim().is_empty(), self.decorative) {
            (true, false) => problems.add(
                &at,
                FieldCode::Required,
                "To be published, a picture needs a text for those who do not see it (`alt`), or `decorative` set.",
            ),
            (false, true) => problems.add(
                &at,
                FieldCode::NotAllowed,
                "Screen readers pass over a decorative picture: remove the text, or take `decorative` back.",
            ),
            _ => {}
        }
    }

    /// What a page that shows it needs to know, by name.
    fn card(&self) -> Map<String, Value> {
        let mut card = Map::new();
        let mut put = |name: &str, value: Value| card.insert(name.to_owned(), value);
        put("class", json!(self.file.class));
        put("alt", json!(self.alt));
        put("decorative", json!(self.decorative));
        put("caption", json!(self.caption));
        put("credit", json!(self.credit));
        put("licence", json!(self.licence));
        put("focal", json!(self.focal));
        put("name", json!(self.file.name));
        card
    }

    fn shelf(&self) -> Shelf {
        let facets = json!({
            "class": self.file.class,
            "sha256": self.file.sha256,
            "tags": self.tags,
            "folder": self.folder,
            "folders": self.folder.chain().collect::<Vec<_>>(),
            "focal": self.focal,
            "described": self.file.class != Class::Image || self.decorative || !self.alt.is_empty(),
        });
        // A name is several words: what separates them is no letter.
        let name: String =
            self.file.name.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let mut words = vec![&self.title, &self.alt, &self.caption, &self.credit, &self.licence, &name];
        words.extend(&self.tags);
        let words = words.into_iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        Shelf { facets, words }
    }
}

impl Document for Media {
    const KIND: Kind = Kind::named("media");
    const SCHEMA_VERSION: i16 = 1;

    fn title(&self) -> &str {
        &self.title
    }

    fn listing(&self) -> Listing {
        Listing {
            summary: Some(self.caption.clone()).filter(|caption| !caption.is_empty()),
            tags: self.tags.clone(),
            card: self.card(),
            shelf: Some(self.shelf()),
            ..Listing::default()
        }
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Title, &self.title);
        out.add(Weight::Summary, &self.caption);
        for tag in &self.tags {
            out.add(Weight::Summary, tag);
        }
        out.add(Weight::Body, &self.alt);
        out.add(Weight::Body, &self.credit);
    }

    fn shown(&self) -> Option<Shown> {
        Some(Shown { sha256: self.file.sha256, class: self.file.class })
    }

    fn check(&self, stage: Stage, problems: &mut Problems) {
        let at = |name| Pointer::root().field(name);
        check_line(problems, &at("title"), &self.title, MAX_TITLE);
        check_given(problems, stage, &at("title"), &self.title, "a title");
        check_line(problems, &at("file").field("name"), &self.file.name, MAX_NAME);
        self.check_alt(stage, problems);
        check_lines(problems, &at("caption"), &self.caption, MAX_CAPTION);
        check_line(problems, &at("credit"), &self.credit, MAX_LINE);
        check_line(problems, &at("licence"), &self.licence, MAX_LINE);
        check_tags(&self.tags, &at("tags"), problems);
        self.focal.check(&at("focal"), problems);
    }

    fn from_draft(draft: Value, _new_id: &mut dyn FnMut() -> Uuid) -> Result<Self, Vec<FieldProblem>> {
        read_json::<MediaDraft>(&draft).map_err(|problem| vec![problem])?.into_media()
    }
}
