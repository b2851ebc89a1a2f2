//! Media entries as editors see them: what is said about them, and what their bytes are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Focal, Media};
use crate::blobs::{Blob, Gallery, Renditions};
use crate::documents::model::{Snapshot, State};
use crate::documents::shown::Class;
use crate::documents::typed;
use crate::documents::view::DocumentState;
use crate::platform::problem::Problem;

/// A media entry as editors see it: how it stands, the content of its newest revision, and what its bytes are.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediaDocument {
    #[serde(flatten)]
    state: DocumentState,
    /// The content of the newest revision.
    body: Media,
    /// What the bytes of the newest revision are.
    file: FileInfo,
}

/// A media entry that was saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedMedia {
    #[serde(flatten)]
    media: MediaDocument,
    /// Whether others had saved since `base`, and the newest revision holds the changes of both.
    merged: bool,
}

/// A media entry in the list of the library.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediaItem {
    #[serde(flatten)]
    state: DocumentState,
    /// Where it lies; empty for the top.
    #[schema(example = "talks/2026")]
    folder: String,
    /// Its tags.
    #[schema(example = json!(["history"]))]
    tags: Vec<String>,
    /// Whether those who do not see a picture are told what it shows, or that it is decorative. Always `true` for what is no
    /// picture.
    described: bool,
    /// What the bytes of the newest revision are; `null` when it was erased.
    file: Option<FileInfo>,
}

/// Bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes an answer, which is sent as it is read")]
pub struct FileBytes(Vec<u8>);

/// What bytes are.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileInfo {
    /// What they are, roughly.
    class: Class,
    /// Their media type, found out from what they contain.
    #[schema(example = "image/jpeg")]
    media_type: String,
    /// Their length.
    #[schema(example = 482_133, minimum = 1)]
    bytes: u64,
    /// The address of the bytes as they were uploaded, on this server, for those who may read the entry.
    #[schema(example = "/admin/v1/media/019a3e5c-7f00-7a11-8b22-9c330d440e55/original")]
    original: String,
    /// What a picture is and in which sizes it is shown; `null` for what is no picture.
    picture: Option<PictureInfo>,
}

/// What a picture is, and in which sizes it is shown. While it is not public, its addresses work in a session of somebody who
/// may read the entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct PictureInfo {
    /// Of the upright picture, in pixels.
    #[schema(example = 6000)]
    width: u32,
    /// Of the upright picture, in pixels.
    #[schema(example = 4000)]
    height: u32,
    /// How many pictures it consists of; more than one when it moves.
    #[schema(example = 1)]
    frames: u32,
    /// Its dominant colour.
    #[schema(example = "#a08c74")]
    color: String,
    /// A `ThumbHash` in Base64: a blurred picture of some 25 bytes to be shown until the picture has come.
    #[schema(example = "1QcSHQRnh493V4dIh4eXh1h4kJUI")]
    placeholder: String,
    /// The picture as it is shown.
    renditions: Renditions,
}

impl FileInfo {
    /// What these bytes of an entry are, and how they are shown around this point.
    #[must_use]
    pub fn new(entry: Uuid, locale: &str, blob: &Blob, focal: Focal, gallery: &Gallery) -> Self {
        let picture = blob.facts.picture.as_ref().map(|picture| PictureInfo {
            width: picture.width,
            height: picture.height,
            frames: picture.frames,
            color: picture.color.clone(),
            placeholder: STANDARD.encode(&picture.placeholder),
            renditions: gallery.renditions(blob.sha256, picture, focal.point()),
        });
        Self {
            class: blob.facts.class,
            media_type: blob.facts.media_type.clone(),
            bytes: blob.bytes,
            original: format!("/admin/v1/media/{entry}/original?locale={locale}"),
            picture,
        }
    }
}

impl MediaDocument {
    /// The newest revision with its bytes.
    ///
    /// # Errors
    /// 410 when it was erased.
    pub fn new(snapshot: Snapshot, blob: &Blob, gallery: &Gallery) -> Result<Self, Problem> {
        let body: Media = typed::body(&snapshot)?;
        let state = DocumentState::from(snapshot.state);
        let file = FileInfo::new(state.id, &state.locale, blob, body.focal, gallery);
        Ok(Self { state, body, file })
    }

    /// The same after a save.
    #[must_use]
    pub fn saved(self, merged: bool) -> SavedMedia {
        SavedMedia { media: self, merged }
    }
}

impl MediaItem {
    /// An entry of the list, with its bytes if they are there.
    #[must_use]
    pub fn new(state: State, blob: Option<&Blob>, gallery: &Gallery) -> Self {
        let facets = state.header.facets.clone().unwrap_or_default();
        let focal: Focal = facets
            .get("focal")
            .and_then(|focal| serde_json::from_value(focal.clone()).ok())
            .unwrap_or_default();
        let tags = facets["tags"].as_array().into_iter().flatten();
        let state = DocumentState::from(state);
        Self {
            folder: facets["folder"].as_str().unwrap_or_default().to_owned(),
            tags: tags.filter_map(|tag| tag.as_str().map(str::to_owned)).collect(),
            described: facets["described"].as_bool().unwrap_or_default(),
            file: blob.map(|blob| FileInfo::new(state.id, &state.locale, blob, focal, gallery)),
            state,
        }
    }
}
