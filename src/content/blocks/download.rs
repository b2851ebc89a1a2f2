//! A file to be downloaded.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BlockData,
    id::BlockId,
    part::{add_entry, check_chosen, check_heading, given},
    rich_text::add_references,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::media::public::FileView,
    content::text::{forms::Text, rich_text::Markdown},
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::{
        json::{is_default, null_is_default},
        problem::field::Pointer,
    },
};

/// A file to be downloaded, such as a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Download {
    /// The media entry of the file, which is no picture; needed to publish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Uuid>,
    /// The heading, at most 300 characters; the site shows the title of the file when it is left out.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 300, examples("Annual report 2026"))]
    pub heading: String,
    /// What the file is about.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub text: Markdown,
}

impl Variant for Download {
    const TYPE: &'static str = "download";
    const SCHEMA: &'static str = "DownloadBlock";

    fn samples() -> Vec<Self> {
        vec![Self {
            file: Some(Uuid::from_u128(0x019a_3e5c_7f00_7a11_8b22_9c33_0d44_0e56)),
            heading: "Annual report 2026".into(),
            text: Markdown::sample(),
        }]
    }
}

impl BlockData for Download {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_chosen(problems, stage, &at.field("file"), self.file, "a file");
        check_heading(problems, at, &self.heading);
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        add_entry(&at.field("file"), self.file, found);
        add_references(&at.field("text"), &self.text, found);
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Summary, &self.heading);
        out.add(Weight::Body, &self.text.to_text());
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        ContentView::Download(DownloadBlockView {
            heading: given(&self.heading),
            text: Text::unless_blank(&self.text, reader.forms, id.as_str(), reader.links),
            file: self.file.and_then(|file| reader.images.file(file)),
        })
    }
}

/// A file to be downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DownloadBlockView {
    /// The heading; absent when the title of the file should be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("Annual report 2026"))]
    pub heading: Option<String>,
    /// What the file is about; absent when it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<Text>,
    /// The file; null when it is not public or a picture.
    #[schema(required)]
    pub file: Option<FileView>,
}

impl Variant for DownloadBlockView {
    const TYPE: &'static str = "download";
    const SCHEMA: &'static str = "DownloadBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: Some("Annual report 2026".into()),
            text: Some(Text::sample()),
            file: Some(FileView::sample()),
        }]
    }
}
