//! Video and audio, from a provider or from an address: data only, from which the site makes its player. Never markup.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    BlockData,
    id::BlockId,
    provider::Provider,
    rich_text::add_references,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::text::{
        forms::Text,
        plain_field::{check_given, check_line},
        rich_text::Markdown,
    },
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::{
        json::{is_default, null_is_default},
        problem::field::{FieldCode, Pointer},
    },
};

const MAX_TITLE: usize = 300;

/// A video or a recording. The block carries what a player needs as data; the site decides how and when to load it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Embed {
    /// Who serves it.
    pub provider: Provider,
    /// What the provider calls it: the part of its address that names it, such as `a1B2c3D4e5F`; `12345` or
    /// `12345/abc` (Vimeo); `artist/track` (`SoundCloud`); `episode/<id>` (Spotify). With the providers `audio` and
    /// `video` it is the address of the file.
    #[schema(min_length = 1, max_length = 2_048, pattern = "^[^\\s<>\"'`]+$", examples("a1B2c3D4e5F"))]
    pub media_id: String,
    /// What it is, for people who cannot see the player, at most 300 characters; needed to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_length = 300, examples("A talk about our first year"))]
    pub title: String,
    /// Whether it is to be seen or only heard.
    pub kind: MediaKind,
    /// Width to height, such as `16:9`; left to the site when absent.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(
        nullable,
        max_length = 11,
        pattern = "^(?:[1-9][0-9]{0,4}:[1-9][0-9]{0,4})?$",
        examples("16:9")
    )]
    pub aspect_ratio: String,
    /// Text beside the player.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub description: Markdown,
    /// Everything that is said, for people who cannot hear it and for search.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub transcript: Markdown,
}

/// Whether something is to be seen or only heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(examples("video"))]
pub enum MediaKind {
    /// Moving pictures, with or without sound.
    Video,
    /// Sound alone.
    Audio,
}

impl Variant for Embed {
    const TYPE: &'static str = "embed";
    const SCHEMA: &'static str = "EmbedBlock";

    fn samples() -> Vec<Self> {
        let video = Self {
            provider: Provider::sample(),
            media_id: "a1B2c3D4e5F".into(),
            title: "A talk about our first year".into(),
            kind: MediaKind::Video,
            aspect_ratio: "16:9".into(),
            description: Markdown::sample(),
            transcript: Markdown::default(),
        };
        vec![video]
    }
}

impl BlockData for Embed {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        if let Err(detail) = self.provider.check(&self.media_id) {
            problems.add(&at.field("media_id"), FieldCode::Invalid, detail);
        }
        let title = at.field("title");
        check_line(problems, &title, &self.title, MAX_TITLE);
        check_given(problems, stage, &title, &self.title, "a title");
        if !(self.aspect_ratio.is_empty() || is_ratio(&self.aspect_ratio)) {
            let detail = "An aspect ratio is two whole numbers from 1 to 99999, such as `16:9`.";
            problems.add(&at.field("aspect_ratio"), FieldCode::Invalid, detail);
        }
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        if let Some(entry) = self.provider.address(&self.media_id).and_then(|address| address.entry()) {
            found.add(&at.field("media_id"), entry, false);
        }
        add_references(&at.field("description"), &self.description, found);
        add_references(&at.field("transcript"), &self.transcript, found);
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Summary, &self.title);
        out.add(Weight::Body, &self.description.to_text());
        out.add(Weight::Body, &self.transcript.to_text());
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        let text = |source: &Markdown, part: &str| {
            let scope = format!("{id}-{part}");
            Text::unless_blank(source, reader.forms, &scope, reader.links)
        };
        let address = self.provider.address(&self.media_id);
        ContentView::Embed(EmbedView {
            provider: self.provider.clone(),
            media_id: self.media_id.clone(),
            url: address.and_then(|address| address.resolve(reader.links)).map(|link| link.url),
            title: self.title.clone(),
            kind: self.kind,
            aspect_ratio: (!self.aspect_ratio.is_empty()).then(|| self.aspect_ratio.clone()),
            description: text(&self.description, "description"),
            transcript: text(&self.transcript, "transcript"),
        })
    }
}

fn is_ratio(text: &str) -> bool {
    let is_side = |side: &str| {
        (1..=5).contains(&side.len()) && !side.starts_with('0') && side.bytes().all(|b| b.is_ascii_digit())
    };
    text.split_once(':').is_some_and(|(width, height)| is_side(width) && is_side(height))
}

/// A video or a recording, as data from which the site makes its player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EmbedView {
    /// Who serves it.
    pub provider: Provider,
    /// What the provider calls it.
    #[schema(max_length = 2_048, examples("a1B2c3D4e5F"))]
    pub media_id: String,
    /// The address of the file; only with the providers `audio` and `video`, and only when it is public.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub url: Option<String>,
    /// What it is, for people who cannot see the player.
    pub title: String,
    /// Whether it is to be seen or only heard.
    pub kind: MediaKind,
    /// Width to height; absent when that is left to the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("16:9"))]
    pub aspect_ratio: Option<String>,
    /// Text beside the player; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<Text>,
    /// Everything that is said; absent when there is no transcript.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub transcript: Option<Text>,
}

impl Variant for EmbedView {
    const TYPE: &'static str = "embed";
    const SCHEMA: &'static str = "EmbedBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {
            provider: Provider::sample(),
            media_id: "a1B2c3D4e5F".into(),
            url: None,
            title: "A talk about our first year".into(),
            kind: MediaKind::Video,
            aspect_ratio: Some("16:9".into()),
            description: Some(Text::sample()),
            transcript: None,
        }]
    }
}
