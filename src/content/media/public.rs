//! Media as readers get them: pictures complete with every address, files with theirs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Focal;
use crate::blobs::{Blob, Gallery, Picture, Renditions};
use crate::platform::digest::Digest;

/// What a public media entry shows and says: a row of the database.
#[derive(Debug, Clone)]
pub struct PublicMedia {
    /// The entry.
    pub entry: Uuid,
    /// Its title.
    pub title: String,
    /// What the publication keeps of its body.
    pub card: Value,
    /// The bytes.
    pub blob: Blob,
    /// What its addresses are signed with, when they are not for everybody.
    pub signature: Option<String>,
}

/// What is said of media, as a publication keeps it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    alt: String,
    decorative: bool,
    caption: String,
    credit: String,
    licence: String,
    focal: Focal,
    name: String,
}

/// A picture with everything that is needed to show it. Put `srcset` and `src` into an element, `alt` beside them, and no
/// address has to be made. Addresses never change what they show, so they may be kept for ever.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(ImageView::sample))]
pub struct ImageView {
    /// The media entry.
    pub id: Uuid,
    /// What the picture shows, for those who do not see it; empty when it is decorative.
    pub alt: String,
    /// Whether the picture says nothing that the text does not say.
    pub decorative: bool,
    /// What readers are told below it.
    #[schema(required)]
    pub caption: Option<String>,
    /// Who made it.
    #[schema(required)]
    pub credit: Option<String>,
    /// The terms under which it may be used.
    #[schema(required)]
    pub licence: Option<String>,
    /// Of the whole picture, in pixels; no address shows it larger.
    #[schema(minimum = 1)]
    pub width: u32,
    /// Of the whole picture, in pixels.
    #[schema(minimum = 1)]
    pub height: u32,
    /// Whether it moves.
    pub animated: bool,
    /// The point that every crop keeps.
    pub focal: Focal,
    /// The dominant colour, to be shown until the picture has come.
    pub color: String,
    /// A `ThumbHash` in Base64: a blurred picture of some 25 bytes, to be shown until the picture has come.
    pub placeholder: String,
    /// Where it is, in every size.
    #[serde(flatten)]
    pub renditions: Renditions,
}

/// A file to be downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({
    "url": "https://cms.example.org/media/LCa0a2j_xo_5m0U8HTBBNAAAAAAAAAAA/annual-report.pdf", "name": "annual-report.pdf",
    "media_type": "application/pdf", "bytes": 182_114, "caption": "What we did, and with what", "credit": null,
    "licence": "CC BY 4.0"
})))]
pub struct DownloadView {
    /// Where the bytes are. Browsers save them and do not show them.
    pub url: String,
    /// The name under which a browser saves them.
    pub name: String,
    /// Their media type.
    pub media_type: String,
    /// Their length.
    #[schema(minimum = 1)]
    pub bytes: u64,
    /// What readers are told beside it.
    #[schema(required)]
    pub caption: Option<String>,
    /// Who made it.
    #[schema(required)]
    pub credit: Option<String>,
    /// The terms under which it may be used.
    #[schema(required)]
    pub licence: Option<String>,
}

/// A file to be downloaded, with what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(FileView::sample))]
pub struct FileView {
    /// The media entry.
    pub id: Uuid,
    /// Its title.
    #[schema(example = "Annual report")]
    pub title: String,
    /// Where it is, and how large.
    #[serde(flatten)]
    pub download: DownloadView,
}

impl FileView {
    /// A file for the examples of the documents.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_3e5c_7f00_7a11_8b22_9c33_0d44_0e56),
            title: "Annual report".to_owned(),
            download: DownloadView {
                url: "https://cms.example.org/media/LCa0a2j_xo_5m0U8HTBBNAAAAAAAAAAA/annual-report.pdf"
                    .to_owned(),
                name: "annual-report.pdf".to_owned(),
                media_type: "application/pdf".to_owned(),
                bytes: 182_114,
                caption: Some("What we did, and with what".to_owned()),
                credit: None,
                licence: Some("CC BY 4.0".to_owned()),
            },
        }
    }
}

/// Finds the pictures and files that a reader may see.
pub trait Images {
    /// The picture of this media entry; none when it is not public or no picture.
    fn image(&self, id: Uuid) -> Option<ImageView>;

    /// The file of this media entry; none when it is not public or a picture.
    fn file(&self, _id: Uuid) -> Option<FileView> {
        None
    }
}

impl<F: Fn(Uuid) -> Option<ImageView>> Images for F {
    fn image(&self, id: Uuid) -> Option<ImageView> {
        self(id)
    }
}

impl PublicMedia {
    fn said(&self) -> Said {
        // What an older version has kept may lack a member; what it lacks is empty.
        serde_json::from_value(self.card.clone()).unwrap_or_default()
    }

    /// The point around which the picture is cropped.
    #[must_use]
    pub fn focal(&self) -> Focal {
        self.said().focal
    }

    /// The picture, when it is one.
    #[must_use]
    pub fn image(&self, gallery: &Gallery) -> Option<ImageView> {
        let picture = self.blob.facts.picture.as_ref()?;
        let mut image = image(self.entry, self.said(), (self.blob.sha256, picture), gallery);
        if let Some(signature) = &self.signature {
            image.renditions = image.renditions.map_urls(|url| signed(&url, signature));
        }
        Some(image)
    }

    /// The file, when it is no picture.
    #[must_use]
    pub fn download(&self, gallery: &Gallery) -> Option<DownloadView> {
        if self.blob.facts.picture.is_some() {
            return None;
        }
        let said = self.said();
        let name = gallery.file_name(&said.name, &self.blob.facts);
        let url = gallery.download(self.blob.sha256, &name);
        Some(DownloadView {
            url: self.signature.iter().fold(url, |url, signature| signed(&url, signature)),
            name,
            media_type: self.blob.facts.media_type.clone(),
            bytes: self.blob.bytes,
            caption: given(said.caption),
            credit: given(said.credit),
            licence: given(said.licence),
        })
    }
}

/// An address that is good for whoever has it, for a while.
fn signed(url: &str, signature: &str) -> String {
    format!("{url}?preview={signature}")
}

/// What is said, when anything is.
fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn image(id: Uuid, said: Said, (sha256, picture): (Digest, &Picture), gallery: &Gallery) -> ImageView {
    ImageView {
        id,
        alt: if said.decorative { String::new() } else { said.alt },
        decorative: said.decorative,
        caption: given(said.caption),
        credit: given(said.credit),
        licence: given(said.licence),
        width: picture.width,
        height: picture.height,
        animated: picture.frames > 1,
        focal: said.focal,
        color: picture.color.clone(),
        placeholder: STANDARD.encode(&picture.placeholder),
        renditions: gallery.renditions(sha256, picture, said.focal.point()),
    }
}

impl ImageView {
    /// A picture for the examples of the documents, made as real ones are.
    #[must_use]
    pub fn sample() -> Self {
        let picture = Picture {
            width: 1500,
            height: 1000,
            frames: 1,
            alpha: false,
            color: "#a08c74".to_owned(),
            placeholder: vec![0xd5, 0x07, 0x12, 0x1d, 0x04, 0x67, 0x87, 0x8f, 0x77],
        };
        let said = Said {
            alt: "Six people around a table with open books".to_owned(),
            credit: "Photo: M. Example".to_owned(),
            focal: Focal { x: 0.5, y: 0.33 },
            ..Said::default()
        };
        let id = Uuid::from_u128(0x019a_3e5c_7f00_7a11_8b22_9c33_0d44_0e55);
        image(id, said, (Digest::new([0x2c; 32]), &picture), &Gallery::sample())
    }
}
