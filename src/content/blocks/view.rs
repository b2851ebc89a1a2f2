//! Blocks as readers get them: text in the forms asked for, links resolved, nothing that is not public.

use serde::{Serialize, Serializer, ser::SerializeMap};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::{
    Block, Content, KNOWN_TYPES,
    accordion::AccordionView,
    call_to_action::CallToActionView,
    callout::CalloutView,
    cards::CardsView,
    children::ChildrenView,
    code::CodeView,
    divider::DividerView,
    download::DownloadBlockView,
    embed::EmbedView,
    gallery::GalleryBlockView,
    hero::HeroView,
    id::BlockId,
    image::ImageBlockView,
    lists::Lists,
    people::PeopleView,
    principles::PrinciplesView,
    quote::QuoteView,
    rich_text::RichTextView,
    schema::{IdRule, Member, Schemas, Tagged, components, union},
    table::TableView,
};
use crate::content::media::public::Images;
use crate::content::text::{forms::TextForms, links::Links};

/// What a reader asked for and may see.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The forms of rich text.
    pub forms: TextForms,
    /// Finds the entries that the reader may see.
    pub links: &'a dyn Links,
    /// Finds the pictures and files that the reader may see.
    pub images: &'a dyn Images,
    /// What was found for the blocks that list.
    pub lists: &'a dyn Lists,
}

/// A block as readers get it.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockView {
    /// The id of the block.
    pub id: BlockId,
    /// What it shows.
    pub content: ContentView,
}

/// What a block shows.
#[derive(Debug, Clone, PartialEq)]
pub enum ContentView {
    /// Running text.
    RichText(RichTextView),
    /// The head of a page.
    Hero(HeroView),
    /// Video or audio.
    Embed(EmbedView),
    /// A listing.
    Code(CodeView),
    /// A table.
    Table(TableView),
    /// A break between two parts.
    Divider(DividerView),
    /// A picture.
    Image(ImageBlockView),
    /// Several pictures.
    Gallery(GalleryBlockView),
    /// What somebody said.
    Quote(QuoteView),
    /// A passage that stands out.
    Callout(CalloutView),
    /// An invitation.
    CallToAction(CallToActionView),
    /// Cards side by side.
    Cards(CardsView),
    /// Texts to be opened.
    Accordion(AccordionView),
    /// A list of principles.
    Principles(PrinciplesView),
    /// The pages below a page.
    Children(ChildrenView),
    /// People.
    People(PeopleView),
    /// A file.
    Download(DownloadBlockView),
    /// A block of a type that this version does not know: its type and nothing else.
    Unknown(String),
}

impl Block {
    /// The block as a reader gets it.
    #[must_use]
    pub fn view(&self, reader: Reader<'_>) -> BlockView {
        BlockView {
            id: self.id.clone(),
            content: match &self.content {
                Content::Unknown(block) => ContentView::Unknown(block.kind().to_owned()),
                known => known.view(&self.id, reader),
            },
        }
    }
}

impl Serialize for BlockView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.content {
            ContentView::RichText(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Hero(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Embed(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Code(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Table(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Divider(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Image(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Gallery(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Quote(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Callout(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::CallToAction(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Cards(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Accordion(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Principles(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Children(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::People(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Download(data) => Tagged::new(&self.id, data).serialize(serializer),
            ContentView::Unknown(kind) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("id", &self.id)?;
                map.serialize_entry("type", kind)?;
                map.end()
            }
        }
    }
}

fn members() -> Vec<Member> {
    let id = IdRule::Given;
    let unknown = "A block of a type that this version of Masthead does not know. Show nothing for it.";
    vec![
        Member::of::<RichTextView>(id),
        Member::of::<HeroView>(id),
        Member::of::<EmbedView>(id),
        Member::of::<CodeView>(id),
        Member::of::<TableView>(id),
        Member::of::<DividerView>(id),
        Member::of::<ImageBlockView>(id),
        Member::of::<GalleryBlockView>(id),
        Member::of::<QuoteView>(id),
        Member::of::<CalloutView>(id),
        Member::of::<CallToActionView>(id),
        Member::of::<CardsView>(id),
        Member::of::<AccordionView>(id),
        Member::of::<PrinciplesView>(id),
        Member::of::<ChildrenView>(id),
        Member::of::<PeopleView>(id),
        Member::of::<DownloadBlockView>(id),
        Member::unknown("UnknownBlockView", id, &KNOWN_TYPES, unknown),
    ]
}

impl PartialSchema for BlockView {
    fn schema() -> RefOr<Schema> {
        union(
            &members(),
            "One typed part of a page's content, ready to be shown. `type` says which; later versions add types, so show \
             nothing for one that you do not know.",
        )
    }
}

impl ToSchema for BlockView {
    fn schemas(schemas: &mut Schemas) {
        schemas.push((BlockId::name().into_owned(), BlockId::schema()));
        components(members(), schemas);
    }
}
