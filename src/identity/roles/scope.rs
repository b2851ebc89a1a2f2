//! How far a grant reaches, as it is written. The schema is put together by hand: the derived one would not say that each
//! variant takes its own fields and no others.

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AdditionalProperties, Object, Type};
use utoipa::openapi::{KnownFormat, ObjectBuilder, OneOfBuilder, RefOr, Schema, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// How far a grant reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ScopeView {
    /// Every entry of the kind.
    Everything {},
    /// Entries that the user created.
    Own {},
    /// An entry and all that hangs below it.
    Subtree {
        /// The entry.
        entry: Uuid,
    },
    /// Documents in one locale.
    Locale {
        /// The locale, a BCP 47 tag.
        locale: String,
    },
}

impl Default for ScopeView {
    fn default() -> Self {
        Self::Everything {}
    }
}

impl PartialSchema for ScopeView {
    fn schema() -> RefOr<Schema> {
        let entry = text("The entry.").format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))).build();
        let locale = text("The locale, a BCP 47 tag.").max_length(Some(12)).examples(["de"]).build();
        OneOfBuilder::new()
            .description(Some("How far a grant reaches."))
            .item(variant("everything", "Every entry of the kind.", None))
            .item(variant("own", "Entries that the user created.", None))
            .item(variant("subtree", "An entry and all that hangs below it.", Some(("entry", entry))))
            .item(variant("locale", "Documents in one locale.", Some(("locale", locale))))
            .into()
    }
}

impl ToSchema for ScopeView {}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

/// One of the forms: its `type`, perhaps one more field, and nothing else.
fn variant(name: &str, description: &str, field: Option<(&str, Object)>) -> Object {
    let kind = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([name]));
    let mut object = ObjectBuilder::new()
        .description(Some(description))
        .property("type", kind)
        .required("type")
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    if let Some((name, schema)) = field {
        object = object.property(name, schema).required(name);
    }
    object.build()
}
