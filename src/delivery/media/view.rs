//! A media entry as readers get it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::blobs::Gallery;
use crate::content::media::public::{DownloadView, ImageView, PublicMedia};
use crate::delivery::model::Card;
use crate::documents::shown::Class;

/// A public media entry: a picture with every address, or a file to be downloaded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MediaView {
    /// The entry.
    pub id: Uuid,
    /// Always `media`.
    #[schema(example = "media")]
    pub kind: String,
    /// The locale, a BCP 47 tag.
    #[schema(example = "en")]
    pub locale: String,
    /// The locale that was asked for, or the site's default.
    #[schema(example = "en")]
    pub requested_locale: String,
    /// Whether `locale` stands in for `requested_locale`, in which there is no such entry.
    pub fallback: bool,
    /// The title.
    #[schema(example = "The reading room in spring")]
    pub title: String,
    /// What it is.
    pub class: Class,
    /// The words that it is filed under.
    #[schema(example = json!(["history"]))]
    pub tags: Vec<String>,
    /// The picture; `null` for what is none.
    #[schema(required)]
    pub image: Option<ImageView>,
    /// The file; `null` for a picture.
    #[schema(required)]
    pub download: Option<DownloadView>,
    /// When it was first public.
    pub published_at: DateTime<Utc>,
    /// When the present content became public.
    pub updated_at: DateTime<Utc>,
}

impl MediaView {
    /// The entry of a card, with what it shows among these.
    #[must_use]
    pub fn among(card: Card, media: &[PublicMedia], gallery: &Gallery) -> Option<Self> {
        let own = media.iter().find(|media| media.entry == card.entry)?;
        Some(Self::new(card, own, gallery))
    }

    /// The entry of a card.
    #[must_use]
    pub fn new(card: Card, media: &PublicMedia, gallery: &Gallery) -> Self {
        let tags = card.more.get("tags").and_then(Value::as_array);
        Self {
            id: card.entry,
            kind: card.kind,
            fallback: card.locale != card.requested_locale,
            tags: tags.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
            locale: card.locale,
            requested_locale: card.requested_locale,
            title: card.title,
            class: media.blob.facts.class,
            image: media.image(gallery),
            download: media.download(gallery),
            published_at: card.published_at,
            updated_at: card.updated_at,
        }
    }
}
