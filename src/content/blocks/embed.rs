//! Video and audio, from a provider or from an address: data only, from which the site makes its player. Never markup.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BlockData,
    embed_draft::EmbedDraft,
    id::BlockId,
    part::{add_entry, given},
    provider::Provider,
    provider_url::MAX_START,
    rich_text::add_references,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::media::public::ImageView,
    content::text::{
        address::Address,
        forms::Text,
        links::LinkView,
        plain_field::{check_given, check_line},
        rich_text::Markdown,
    },
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::{
        json::is_default,
        problem::field::{FieldCode, Pointer},
    },
};

const MAX_TITLE: usize = 300;

/// A video or a recording. The block carries what a player needs as data; the site decides how and when to load it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "EmbedDraft", deny_unknown_fields)]
pub struct Embed {
    /// Who serves it.
    pub provider: Provider,
    /// What the provider calls it: the part of its address that names it, such as `a1B2c3D4e5F`; `12345` or
    /// `12345/abc` (Vimeo); `artist/track` (`SoundCloud`); `episode/<id>` (Spotify). With the providers `audio` and
    /// `video` it is the address of the file.
    #[schema(min_length = 1, max_length = 2_048, pattern = "^[^\\s<>\"'`]+$", examples("a1B2c3D4e5F"))]
    pub media_id: String,
    /// What it is, for people who cannot see the player, at most 300 characters; needed to publish.
    #[schema(max_length = 300, examples("A talk about our first year"))]
    pub title: String,
    /// Whether it is to be seen or only heard.
    pub kind: MediaKind,
    /// Width to height, such as `16:9`; left to the site when absent.
    #[serde(skip_serializing_if = "is_default")]
    #[schema(
        required = false,
        max_length = 11,
        pattern = "^(?:[1-9][0-9]{0,4}:[1-9][0-9]{0,4})?$",
        examples("16:9")
    )]
    pub aspect_ratio: String,
    /// Where it begins to play, in seconds; at the beginning when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 359_999, examples(90))]
    pub start: Option<u32>,
    /// The media entry of a picture to be shown before it plays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<Uuid>,
    /// Text beside the player.
    #[serde(skip_serializing_if = "is_default")]
    #[schema(required = false)]
    pub description: Markdown,
    /// Everything that is said, for people who cannot hear it and for search.
    #[serde(skip_serializing_if = "is_default")]
    #[schema(required = false)]
    pub transcript: Markdown,
    /// The page or the media entry that has the transcript, when it does not stand here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript_entry: Option<Uuid>,
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
            start: Some(90),
            thumbnail: Some(Uuid::from_u128(0x019a_3e5c_7f00_7a11_8b22_9c33_0d44_0e55)),
            description: Markdown::sample(),
            transcript: Markdown::default(),
            transcript_entry: Some(Uuid::from_u128(0x019a_3e5c_7d1f_7c3a_9b52_1f0d_6c2e_8a41)),
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
        if self.start.is_some_and(|start| start > MAX_START) {
            let detail = format!("It begins within its first hundred hours: at most {MAX_START} seconds.");
            problems.add(&at.field("start"), FieldCode::Invalid, detail);
        }
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        let file = self.provider.address(&self.media_id).and_then(|address| address.entry());
        add_entry(&at.field("media_id"), file, found);
        add_entry(&at.field("thumbnail"), self.thumbnail, found);
        add_references(&at.field("description"), &self.description, found);
        add_references(&at.field("transcript"), &self.transcript, found);
        add_entry(&at.field("transcript_entry"), self.transcript_entry, found);
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
            page_url: self.provider.page(&self.media_id),
            aspect_ratio: given(&self.aspect_ratio),
            start: self.start,
            thumbnail: self.thumbnail.and_then(|image| reader.images.image(image)),
            description: text(&self.description, "description"),
            transcript: text(&self.transcript, "transcript"),
            transcript_entry: self
                .transcript_entry
                .and_then(|entry| Address::of_entry(entry).resolve(reader.links)),
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
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
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
    /// The page at the provider that has it, to link to where there is no player; absent for files and for providers whose
    /// pages are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("https://www.youtube.com/watch?v=a1B2c3D4e5F"))]
    pub page_url: Option<String>,
    /// What it is, for people who cannot see the player.
    pub title: String,
    /// Whether it is to be seen or only heard.
    pub kind: MediaKind,
    /// Width to height; absent when that is left to the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("16:9"))]
    pub aspect_ratio: Option<String>,
    /// Where it begins to play, in seconds; absent for the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 359_999, examples(90))]
    pub start: Option<u32>,
    /// A picture to be shown before it plays; null when there is none that is public.
    #[schema(required)]
    pub thumbnail: Option<ImageView>,
    /// Text beside the player; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<Text>,
    /// Everything that is said; absent when there is no transcript here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub transcript: Option<Text>,
    /// Where the transcript is when it is not here: a page or a file; null when there is none that is public.
    #[schema(required)]
    pub transcript_entry: Option<LinkView>,
}

impl Variant for EmbedView {
    const TYPE: &'static str = "embed";
    const SCHEMA: &'static str = "EmbedBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {
            provider: Provider::sample(),
            media_id: "a1B2c3D4e5F".into(),
            url: None,
            page_url: Some("https://www.youtube.com/watch?v=a1B2c3D4e5F".into()),
            title: "A talk about our first year".into(),
            kind: MediaKind::Video,
            aspect_ratio: Some("16:9".into()),
            start: Some(90),
            thumbnail: None,
            description: Some(Text::sample()),
            transcript: None,
            transcript_entry: None,
        }]
    }
}
