//! A video or a recording as clients send it: named by provider and id, or by the address that people copy.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    embed::{Embed, MediaKind},
    provider::Provider,
    provider_url::{self, Found},
    schema::Variant,
};
use crate::{
    content::text::rich_text::Markdown,
    platform::{
        json::{is_default, null_is_default},
        problem::field::{FieldCode, FieldProblem, Pointer},
    },
};

/// A video or a recording. Say which by `url`, the address under which people find it, or by `provider` and `media_id`. What
/// is kept and answered is provider and id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbedDraft {
    /// The address of the video or recording at its provider, in any common form: `YouTube` (watch, `youtu.be`, shorts, live,
    /// embed), Vimeo, Dailymotion, TED, `SoundCloud`, Spotify; or the address of a file that ends like one, such as `.mp4` or
    /// `.mp3`. Read when it is saved and not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_048, examples("https://youtu.be/a1B2c3D4e5F?t=90"))]
    pub url: Option<String>,
    /// Who serves it; read from `url` when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// What the provider calls it; read from `url` when it is left out. The part of its address that names it, such as
    /// `a1B2c3D4e5F`; `12345` or `12345/abc` (Vimeo); `artist/track` (`SoundCloud`); `episode/<id>` (Spotify). With the
    /// providers `audio` and `video` it is the address of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2_048, pattern = "^[^\\s<>\"'`]+$", examples("a1B2c3D4e5F"))]
    pub media_id: Option<String>,
    /// What it is, for people who cannot see the player, at most 300 characters; needed to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_length = 300, examples("A talk about our first year"))]
    pub title: String,
    /// Whether it is to be seen or only heard; may be left out when the provider has only one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<MediaKind>,
    /// Width to height, such as `16:9`; left to the site when absent.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(
        nullable,
        max_length = 11,
        pattern = "^(?:[1-9][0-9]{0,4}:[1-9][0-9]{0,4})?$",
        examples("16:9")
    )]
    pub aspect_ratio: String,
    /// Where it begins to play, in seconds; read from `url` when that says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 359_999, examples(90))]
    pub start: Option<u32>,
    /// The media entry of a picture to be shown before it plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<Uuid>,
    /// Text beside the player.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub description: Markdown,
    /// Everything that is said, for people who cannot hear it and for search.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub transcript: Markdown,
    /// The page or the media entry that has the transcript, when it does not stand here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript_entry: Option<Uuid>,
}

impl Variant for EmbedDraft {
    const TYPE: &'static str = Embed::TYPE;
    const SCHEMA: &'static str = Embed::SCHEMA;

    fn samples() -> Vec<Self> {
        let by_address = Self {
            url: Some("https://youtu.be/a1B2c3D4e5F?t=90".into()),
            title: "A talk about our first year".into(),
            ..Self::default()
        };
        Embed::samples().into_iter().map(Self::from).chain([by_address]).collect()
    }
}

impl From<Embed> for EmbedDraft {
    fn from(embed: Embed) -> Self {
        Self {
            url: None,
            provider: Some(embed.provider),
            media_id: Some(embed.media_id),
            title: embed.title,
            kind: Some(embed.kind),
            aspect_ratio: embed.aspect_ratio,
            start: embed.start,
            thumbnail: embed.thumbnail,
            description: embed.description,
            transcript: embed.transcript,
            transcript_entry: embed.transcript_entry,
        }
    }
}

impl TryFrom<EmbedDraft> for Embed {
    type Error = FieldProblem;

    fn try_from(draft: EmbedDraft) -> Result<Self, FieldProblem> {
        let Found { provider, media_id, start } = draft.found()?;
        let kind = draft.kind.or_else(|| provider.kind()).ok_or_else(|| missing("kind"))?;
        Ok(Self {
            provider,
            media_id,
            title: draft.title,
            kind,
            aspect_ratio: draft.aspect_ratio,
            start: draft.start.or(start),
            thumbnail: draft.thumbnail,
            description: draft.description,
            transcript: draft.transcript,
            transcript_entry: draft.transcript_entry,
        })
    }
}

impl EmbedDraft {
    /// Which video or recording it is.
    fn found(&self) -> Result<Found, FieldProblem> {
        let Some(url) = self.url.as_deref().filter(|url| !url.trim().is_empty()) else {
            let provider = self.provider.clone().ok_or_else(|| missing("provider"))?;
            let media_id = self.media_id.clone().ok_or_else(|| missing("media_id"))?;
            return Ok(Found { provider, media_id, start: None });
        };
        let found = provider_url::read(url, self.kind).map_err(|detail| invalid("url", detail))?;
        if self.provider.as_ref().is_some_and(|provider| *provider != found.provider) {
            return Err(invalid("provider", differs(&found)));
        }
        if self.media_id.as_ref().is_some_and(|media_id| *media_id != found.media_id) {
            return Err(invalid("media_id", differs(&found)));
        }
        Ok(found)
    }
}

fn differs(found: &Found) -> String {
    format!(
        "`url` is the address of `{}` at the provider `{}`; leave out what does not agree with it",
        found.media_id, found.provider
    )
}

fn missing(field: &str) -> FieldProblem {
    let detail = match field {
        "kind" => {
            "`kind` is missing: this provider has both, so say whether it is `video` or `audio`".to_owned()
        }
        field => format!("`{field}` is missing: give `url`, or `provider` and `media_id`"),
    };
    // Which of them are needed depends on the others, so the schema requires none, and the words are not serde's for a
    // field that it does require.
    invalid(field, detail)
}

fn invalid(field: &str, detail: String) -> FieldProblem {
    FieldProblem::new(Pointer::root().field(field), FieldCode::Invalid, detail)
}
