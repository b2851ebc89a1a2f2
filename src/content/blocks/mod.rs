//! The typed parts of a page's content. A block is an id, a type and data; each type has a file. To add one: write its
//! file, and name it in the lists of this file and of `view.rs`, which the compiler and a test hold against each other.

pub mod accordion;
pub mod action;
pub mod call_to_action;
pub mod callout;
pub mod cards;
pub mod children;
pub mod code;
pub mod divider;
pub mod download;
pub mod draft;
pub mod embed;
pub mod embed_draft;
pub mod gallery;
pub mod hero;
pub mod html;
pub mod id;
pub mod image;
pub mod list;
pub mod lists;
mod part;
pub mod people;
pub mod principles;
pub mod provider;
mod provider_url;
pub mod quote;
pub mod rich_text;
mod schema;
pub mod table;
#[cfg(test)]
mod tests;
pub mod unknown;
pub mod view;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, de::Error};
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use self::{
    accordion::Accordion,
    call_to_action::CallToAction,
    callout::Callout,
    cards::Cards,
    children::Children,
    code::Code,
    divider::Divider,
    download::Download,
    embed::Embed,
    embed_draft::EmbedDraft,
    gallery::GalleryBlock,
    hero::Hero,
    id::BlockId,
    image::ImageBlock,
    people::People,
    principles::Principles,
    quote::Quote,
    rich_text::RichText,
    schema::{IdRule, Member, Schemas, Tagged, components, union},
    table::Table,
    unknown::Unknown,
    view::{ContentView, Reader},
};
use crate::{
    documents::body::{Problems, References, SearchText, Stage},
    platform::{
        json::UniqueJson,
        problem::field::{FieldCode, FieldProblem, Pointer, read_json},
    },
};

pub use self::schema::Variant;

/// The types that this version knows.
pub const KNOWN_TYPES: [&str; 17] = [
    RichText::TYPE,
    Hero::TYPE,
    Embed::TYPE,
    Code::TYPE,
    Table::TYPE,
    Divider::TYPE,
    ImageBlock::TYPE,
    GalleryBlock::TYPE,
    Quote::TYPE,
    Callout::TYPE,
    CallToAction::TYPE,
    Cards::TYPE,
    Accordion::TYPE,
    Principles::TYPE,
    Children::TYPE,
    People::TYPE,
    Download::TYPE,
];

/// What the data of every type of block can do.
pub trait BlockData: Variant + DeserializeOwned {
    /// Adds all that is wrong with the data of the block at `at`.
    fn check(&self, _stage: Stage, _at: &Pointer, _problems: &mut Problems) {}

    /// Adds every entry that the data of the block at `at` point at.
    fn references(&self, _at: &Pointer, _found: &mut References) {}

    /// Adds every word of the data.
    fn search_text(&self, _out: &mut SearchText) {}

    /// The data as a reader gets them.
    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView;
}

/// One typed part of a page's content.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Stable over all edits, unique in the page.
    pub id: BlockId,
    /// Type and data.
    pub content: Content,
}

/// Type and data of a block.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Running text.
    RichText(RichText),
    /// The head of a page.
    Hero(Hero),
    /// Video or audio.
    Embed(Embed),
    /// A listing.
    Code(Code),
    /// A table.
    Table(Table),
    /// A break between two parts.
    Divider(Divider),
    /// A picture.
    Image(ImageBlock),
    /// Several pictures.
    Gallery(GalleryBlock),
    /// What somebody said.
    Quote(Quote),
    /// A passage that stands out.
    Callout(Callout),
    /// An invitation.
    CallToAction(CallToAction),
    /// Cards side by side.
    Cards(Cards),
    /// Texts to be opened.
    Accordion(Accordion),
    /// A list of principles.
    Principles(Principles),
    /// The pages below a page.
    Children(Children),
    /// People.
    People(People),
    /// A file.
    Download(Download),
    /// A block of a type that this version does not know.
    Unknown(Unknown),
}

/// Calls the same method of whichever data a block of a known type has.
macro_rules! for_known {
    ($content:expr, $data:ident => $known:expr, $unknown:ident => $otherwise:expr) => {
        match $content {
            Content::RichText($data) => $known,
            Content::Hero($data) => $known,
            Content::Embed($data) => $known,
            Content::Code($data) => $known,
            Content::Table($data) => $known,
            Content::Divider($data) => $known,
            Content::Image($data) => $known,
            Content::Gallery($data) => $known,
            Content::Quote($data) => $known,
            Content::Callout($data) => $known,
            Content::CallToAction($data) => $known,
            Content::Cards($data) => $known,
            Content::Accordion($data) => $known,
            Content::Principles($data) => $known,
            Content::Children($data) => $known,
            Content::People($data) => $known,
            Content::Download($data) => $known,
            Content::Unknown($unknown) => $otherwise,
        }
    };
}

impl Content {
    /// The `type` in JSON.
    #[must_use]
    pub fn kind(&self) -> &str {
        fn of<T: Variant>(_: &T) -> &'static str {
            T::TYPE
        }
        for_known!(self, data => of(data), unknown => unknown.kind())
    }

    fn parse(kind: &str, fields: Map<String, Value>) -> Result<Self, FieldProblem> {
        let data = Value::Object(fields);
        Ok(match kind {
            RichText::TYPE => Self::RichText(read_json(&data)?),
            Hero::TYPE => Self::Hero(read_json(&data)?),
            Embed::TYPE => Self::Embed(read_json(&data)?),
            Code::TYPE => Self::Code(read_json(&data)?),
            Table::TYPE => Self::Table(read_json(&data)?),
            Divider::TYPE => Self::Divider(read_json(&data)?),
            ImageBlock::TYPE => Self::Image(read_json(&data)?),
            GalleryBlock::TYPE => Self::Gallery(read_json(&data)?),
            Quote::TYPE => Self::Quote(read_json(&data)?),
            Callout::TYPE => Self::Callout(read_json(&data)?),
            CallToAction::TYPE => Self::CallToAction(read_json(&data)?),
            Cards::TYPE => Self::Cards(read_json(&data)?),
            Accordion::TYPE => Self::Accordion(read_json(&data)?),
            Principles::TYPE => Self::Principles(read_json(&data)?),
            Children::TYPE => Self::Children(read_json(&data)?),
            People::TYPE => Self::People(read_json(&data)?),
            Download::TYPE => Self::Download(read_json(&data)?),
            _ => {
                let Value::Object(fields) = data else {
                    return Err(not_an_object());
                };
                let at = Pointer::root().field("type");
                let unknown = Unknown::new(kind.to_owned(), fields);
                Self::Unknown(unknown.map_err(|detail| FieldProblem::new(at, FieldCode::Invalid, detail))?)
            }
        })
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        for_known!(self, data => data.view(id, reader), unknown => ContentView::Unknown(unknown.kind().to_owned()))
    }
}

impl Block {
    /// Reads a block from JSON. `make_id` gives the id of a block that has none.
    ///
    /// # Errors
    /// What does not fit, with its pointer counted from the block.
    pub fn from_json(
        value: Value,
        make_id: &mut dyn FnMut() -> Option<BlockId>,
    ) -> Result<Self, FieldProblem> {
        let Value::Object(mut fields) = value else {
            return Err(not_an_object());
        };
        let kind = match fields.remove("type") {
            Some(Value::String(kind)) => kind,
            Some(_) => {
                return Err(problem_with(
                    "type",
                    FieldCode::WrongType,
                    "invalid type: the type of a block is a string",
                ));
            }
            None => {
                return Err(problem_with(
                    "type",
                    FieldCode::Required,
                    "missing field `type`: a block says of which type it is",
                ));
            }
        };
        let given = fields.remove("id").filter(|id| !id.is_null());
        let content = Content::parse(&kind, fields)?;
        let id = match given {
            Some(id) => read_json(&id).map_err(|problem| problem.inside(&Pointer::root().field("id")))?,
            None => make_id().ok_or_else(|| {
                problem_with("id", FieldCode::Required, "missing field `id`: a stored block has an id")
            })?,
        };
        Ok(Self { id, content })
    }

    /// Adds all that is wrong with the block at `at`.
    pub fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        for_known!(&self.content, data => data.check(stage, at, problems), unknown => unknown.check(stage, at, problems));
    }

    /// Adds every entry that the block at `at` points at; what is in a block of an unknown type cannot be known.
    pub fn references(&self, at: &Pointer, found: &mut References) {
        for_known!(&self.content, data => data.references(at, found), _unknown => {});
    }

    /// Whether it lists what is found when the page is read.
    #[must_use]
    pub fn lists(&self) -> bool {
        matches!(self.content, Content::Children(_) | Content::People(_))
    }

    /// Adds every word of the block.
    pub fn search_text(&self, out: &mut SearchText) {
        for_known!(&self.content, data => data.search_text(out), _unknown => {});
    }
}

fn not_an_object() -> FieldProblem {
    FieldProblem::new(
        Pointer::root(),
        FieldCode::WrongType,
        "invalid type: a block is an object with a `type`",
    )
}

fn problem_with(field: &str, code: FieldCode, detail: &str) -> FieldProblem {
    FieldProblem::new(Pointer::root().field(field), code, detail)
}

impl Serialize for Block {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        for_known!(
            &self.content,
            data => Tagged::new(&self.id, data).serialize(serializer),
            unknown => unknown.to_json(&self.id).serialize(serializer)
        )
    }
}

impl<'de> Deserialize<'de> for Block {
    /// Reads a stored block, which has an id. The place of what does not fit stands before the message, where
    /// [`FieldProblem::from_json_error`] finds it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let UniqueJson(value) = UniqueJson::deserialize(deserializer)?;
        Self::from_json(value, &mut || None).map_err(D::Error::custom)
    }
}

const UNKNOWN_DESCRIPTION: &str = "A block of a type that this version of Masthead does not know, written by a newer one. It \
     is kept exactly as it is, and cannot be published.";

fn members(id: IdRule) -> Vec<Member> {
    vec![
        Member::of::<RichText>(id),
        Member::of::<Hero>(id),
        match id {
            IdRule::Given => Member::of::<Embed>(id),
            IdRule::MayBeMade => Member::of::<EmbedDraft>(id),
        },
        Member::of::<Code>(id),
        Member::of::<Table>(id),
        Member::of::<Divider>(id),
        Member::of::<ImageBlock>(id),
        Member::of::<GalleryBlock>(id),
        Member::of::<Quote>(id),
        Member::of::<Callout>(id),
        Member::of::<CallToAction>(id),
        Member::of::<Cards>(id),
        Member::of::<Accordion>(id),
        Member::of::<Principles>(id),
        Member::of::<Children>(id),
        Member::of::<People>(id),
        Member::of::<Download>(id),
        Member::unknown("UnknownBlock", id, &KNOWN_TYPES, UNKNOWN_DESCRIPTION),
    ]
}

impl PartialSchema for Block {
    fn schema() -> RefOr<Schema> {
        union(
            &members(IdRule::Given),
            "One typed part of a page's content. `type` says which; `id` is stable over all edits.",
        )
    }
}

impl ToSchema for Block {
    fn schemas(schemas: &mut Schemas) {
        schemas.push((BlockId::name().into_owned(), BlockId::schema()));
        components(members(IdRule::Given), schemas);
    }
}
