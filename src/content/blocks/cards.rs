//! Cards side by side, each a teaser for something.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BlockData,
    action::MAX_LABEL,
    id::BlockId,
    part::{add_entry, add_link, check_heading, check_list, check_needed_heading, given},
    rich_text::add_references,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::media::public::ImageView,
    content::text::{
        address::Address, forms::Text, links::LinkView, plain_field::check_line, rich_text::Markdown,
    },
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::{
        json::{is_default, null_is_default},
        problem::field::Pointer,
    },
};

const MAX_CARDS: usize = 100;

/// Cards side by side, at most 100.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cards {
    /// The heading above them, at most 300 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 300, examples("Explore the alliance"))]
    pub heading: String,
    /// Text between the heading and the cards.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub text: Markdown,
    /// The cards in order; at least one to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_items = 100)]
    pub cards: Vec<CardItem>,
}

/// A card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "heading": "Our history", "text": "How it began.", "link": "entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", "label": "Read on"
})))]
pub struct CardItem {
    /// The heading, at most 300 characters; needed to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_length = 300, examples("Our history"))]
    pub heading: String,
    /// Text under the heading.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub text: Markdown,
    /// The media entry of its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Uuid>,
    /// Where it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Address>,
    /// What the link says, at most 100 characters; the heading is the link when it is left out.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 100, examples("Read on"))]
    pub label: String,
}

impl Variant for Cards {
    const TYPE: &'static str = "cards";
    const SCHEMA: &'static str = "CardsBlock";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: "Explore the alliance".into(),
            text: Markdown::sample(),
            cards: vec![CardItem {
                heading: "Our history".into(),
                text: Markdown::sample(),
                image: Some(Uuid::from_u128(0x019a_3e5c_7f00_7a11_8b22_9c33_0d44_0e55)),
                link: Some(Address::of_entry(Uuid::from_u128(0x019a_3e5c_7d1f_7c3a_9b52_1f0d_6c2e_8a41))),
                label: "Read on".into(),
            }],
        }]
    }
}

impl BlockData for Cards {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_heading(problems, at, &self.heading);
        let cards = at.field("cards");
        check_list(problems, stage, &cards, (self.cards.len(), MAX_CARDS), "cards");
        for (index, card) in self.cards.iter().enumerate() {
            let at = cards.item(index);
            check_needed_heading(problems, stage, &at, &card.heading);
            check_line(problems, &at.field("label"), &card.label, MAX_LABEL);
        }
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        add_references(&at.field("text"), &self.text, found);
        let cards = at.field("cards");
        for (index, card) in self.cards.iter().enumerate() {
            let at = cards.item(index);
            add_references(&at.field("text"), &card.text, found);
            add_entry(&at.field("image"), card.image, found);
            add_link(&at.field("link"), card.link.as_ref(), found);
        }
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Summary, &self.heading);
        out.add(Weight::Body, &self.text.to_text());
        for card in &self.cards {
            out.add(Weight::Body, &card.heading);
            out.add(Weight::Body, &card.text.to_text());
            out.add(Weight::Body, &card.label);
        }
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        let text =
            |source: &Markdown, scope: &str| Text::unless_blank(source, reader.forms, scope, reader.links);
        let card = |(index, card): (usize, &CardItem)| CardItemView {
            heading: card.heading.clone(),
            text: text(&card.text, &format!("{id}-{index}")),
            image: card.image.and_then(|image| reader.images.image(image)),
            link: card.link.as_ref().and_then(|link| link.resolve(reader.links)),
            label: given(&card.label),
        };
        ContentView::Cards(CardsView {
            heading: given(&self.heading),
            text: text(&self.text, id.as_str()),
            cards: self.cards.iter().enumerate().map(card).collect(),
        })
    }
}

/// Cards side by side.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CardsView {
    /// The heading above them; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("Explore the alliance"))]
    pub heading: Option<String>,
    /// Text between the heading and the cards; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<Text>,
    /// The cards in order.
    #[schema(max_items = 100)]
    pub cards: Vec<CardItemView>,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(json!({
    "heading": "Our history", "text": {"html": "<p>How it began.</p>\n"}, "image": null, "link": null
})))]
pub struct CardItemView {
    /// The heading.
    #[schema(examples("Our history"))]
    pub heading: String,
    /// Text under the heading; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<Text>,
    /// Its picture; null when there is none that is public.
    #[schema(required)]
    pub image: Option<ImageView>,
    /// Where it leads; null when it leads to nothing that is public: show the card without a link.
    #[schema(required)]
    pub link: Option<LinkView>,
    /// What the link says; make the heading the link when it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("Read on"))]
    pub label: Option<String>,
}

impl Variant for CardsView {
    const TYPE: &'static str = "cards";
    const SCHEMA: &'static str = "CardsBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: Some("Explore the alliance".into()),
            text: Some(Text::sample()),
            cards: vec![CardItemView {
                heading: "Our history".into(),
                text: Some(Text::sample()),
                image: None,
                link: Some(LinkView { url: "https://example.org/history".into(), entry: None }),
                label: Some("Read on".into()),
            }],
        }]
    }
}
