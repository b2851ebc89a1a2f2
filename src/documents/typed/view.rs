//! What the endpoints of a kind take and give: the body of the kind, with what is the same for all kinds around it. The schemas
//! have names of the kind (`PersonDocument`, `CreatePerson`), so that a client has types that it can tell apart.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::schema::{AdditionalProperties, AllOfBuilder, ObjectBuilder, OneOfBuilder};
use utoipa::openapi::{KnownFormat, Ref, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use super::TypedKind;
use crate::documents::model::{Snapshot, Source};
use crate::documents::view::DocumentState;
use crate::platform::problem::Problem;

type Schemas = Vec<(String, RefOr<Schema>)>;

/// A document as editors see it: how it stands, and the content of its newest revision.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub struct TypedDocument<D: TypedKind> {
    #[serde(flatten)]
    state: DocumentState,
    body: D,
}

impl<D: TypedKind> TypedDocument<D> {
    /// The newest revision.
    ///
    /// # Errors
    /// 410 when it was erased.
    pub fn new(snapshot: Snapshot) -> Result<Self, Problem> {
        let body = super::body(&snapshot)?;
        Ok(Self { state: snapshot.state.into(), body })
    }
}

/// A document that was saved.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub struct Saved<D: TypedKind> {
    #[serde(flatten)]
    pub(super) document: TypedDocument<D>,
    /// Whether others had saved since `base`, and the newest revision holds the changes of both.
    pub(super) merged: bool,
}

/// A document to be created.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "")]
pub struct Create<D: TypedKind> {
    pub(super) body: D::Draft,
    pub(super) note: Option<String>,
}

/// A document to be saved.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "")]
pub struct Save<D: TypedKind> {
    pub(super) body: D::Draft,
    pub(super) note: Option<String>,
    pub(super) base: Option<i32>,
    pub(super) source: Option<Source>,
}

/// A reference with a description of its own.
fn described(name: &str, description: &str) -> RefOr<Schema> {
    let mut reference = Ref::from_schema_name(name);
    description.clone_into(&mut reference.description);
    RefOr::Ref(reference)
}

/// A type with its parts, for the components of a document.
fn add<T: ToSchema>(schemas: &mut Schemas) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

fn note(example: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(nullable(Type::String))
        .description(Some("What this change is about, for the history; at most 1,000 characters."))
        .max_length(Some(1000))
        .examples([json!(example)])
}

fn nullable(kind: Type) -> utoipa::openapi::schema::SchemaType {
    utoipa::openapi::schema::SchemaType::from_iter([kind, Type::Null])
}

impl<D: TypedKind> PartialSchema for TypedDocument<D> {
    fn schema() -> RefOr<Schema> {
        let body = described(&D::name(), "The content of the newest revision.");
        let own = ObjectBuilder::new().schema_type(Type::Object).property("body", body).required("body");
        AllOfBuilder::new()
            .item(Ref::from_schema_name(DocumentState::name()))
            .item(own)
            .description(Some(format!(
                "{} as editors see it: how it stands, and the content of its newest revision.",
                D::WORDS.sentence()
            )))
            .into()
    }
}

impl<D: TypedKind> ToSchema for TypedDocument<D> {
    fn name() -> Cow<'static, str> {
        format!("{}Document", D::WORDS.schema).into()
    }

    fn schemas(schemas: &mut Schemas) {
        add::<DocumentState>(schemas);
        add::<D>(schemas);
    }
}

impl<D: TypedKind> PartialSchema for Saved<D> {
    fn schema() -> RefOr<Schema> {
        let merged = ObjectBuilder::new().schema_type(Type::Boolean).description(Some(
            "Whether others had saved since `base`, and the newest revision holds the changes of both.",
        ));
        let own =
            ObjectBuilder::new().schema_type(Type::Object).property("merged", merged).required("merged");
        AllOfBuilder::new()
            .item(Ref::from_schema_name(TypedDocument::<D>::name()))
            .item(own)
            .description(Some(format!("{} that was saved.", D::WORDS.sentence())))
            .into()
    }
}

impl<D: TypedKind> ToSchema for Saved<D> {
    fn name() -> Cow<'static, str> {
        format!("Saved{}", D::WORDS.schema).into()
    }

    fn schemas(schemas: &mut Schemas) {
        add::<TypedDocument<D>>(schemas);
    }
}

impl<D: TypedKind> PartialSchema for Create<D> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(format!("{} to be created.", D::WORDS.sentence())))
            .property("body", described(&D::Draft::name(), "The whole content."))
            .required("body")
            .property("note", note("The first draft."))
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .into()
    }
}

impl<D: TypedKind> ToSchema for Create<D> {
    fn name() -> Cow<'static, str> {
        format!("Create{}", D::WORDS.schema).into()
    }

    fn schemas(schemas: &mut Schemas) {
        add::<D::Draft>(schemas);
    }
}

impl<D: TypedKind> PartialSchema for Save<D> {
    fn schema() -> RefOr<Schema> {
        let base = ObjectBuilder::new()
            .schema_type(nullable(Type::Integer))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
            .description(Some(
                "The revision that was edited, in place of `If-Match`: then what others have saved since is merged with \
                 this save, and contradictions are refused (409) with both sides.",
            ))
            .minimum(Some(1))
            .examples([json!(2)]);
        let source = described(
            &Source::name(),
            "For a translation: the revision of another locale that it follows from now on. As before when it is left out.",
        );
        let source = OneOfBuilder::new().item(source).item(ObjectBuilder::new().schema_type(Type::Null));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(format!("{} to be saved.", D::WORDS.sentence())))
            .property("body", described(&D::Draft::name(), "The whole content. What is left out is emptied."))
            .required("body")
            .property("note", note("Corrected a name."))
            .property("base", base)
            .property("source", source)
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .into()
    }
}

impl<D: TypedKind> ToSchema for Save<D> {
    fn name() -> Cow<'static, str> {
        format!("Save{}", D::WORDS.schema).into()
    }

    fn schemas(schemas: &mut Schemas) {
        add::<D::Draft>(schemas);
        add::<Source>(schemas);
    }
}

impl super::Words {
    /// One of it with its article, at the beginning of a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut letters = self.a.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
    }
}
