//! How a union of blocks is described in OpenAPI: one component for each type, told apart by the constant `type`, and a
//! `oneOf` with a discriminator over them. Derived schemas describe the data of a type; id and type are added here.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{
    ToSchema,
    openapi::{
        AllOfBuilder, Discriminator, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema,
        extensions::Extensions,
        schema::{AdditionalProperties, RefBuilder, Type},
    },
};

use super::id::BlockId;

/// Named schemas, as [`ToSchema::schemas`] collects them.
pub(super) type Schemas = Vec<(String, RefOr<Schema>)>;

/// The data of one type of block: everything but its id and type.
pub trait Variant: Serialize + ToSchema + Sized {
    /// The `type` in JSON.
    const TYPE: &'static str;
    /// The name of the component in OpenAPI.
    const SCHEMA: &'static str;

    /// Good data, for the document and for tests; every optional field occurs in one of them.
    fn samples() -> Vec<Self>;
}

/// How the id of a block stands in a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdRule {
    /// Always there.
    Given,
    /// A client may leave it out.
    MayBeMade,
}

impl IdRule {
    /// What the name of a component ends with.
    fn suffix(self) -> &'static str {
        match self {
            Self::Given => "",
            Self::MayBeMade => "Draft",
        }
    }
}

/// One member of a union.
pub(super) struct Member {
    kind: Option<&'static str>,
    name: String,
    schema: RefOr<Schema>,
    nested: fn(&mut Schemas),
}

impl Member {
    /// The member whose data are `T`.
    pub(super) fn of<T: Variant>(id: IdRule) -> Self {
        Self {
            kind: Some(T::TYPE),
            name: format!("{}{}", T::SCHEMA, id.suffix()),
            schema: tagged::<T>(id),
            nested: T::schemas,
        }
    }

    /// A block of a type that this version does not know; `known` are the types that it is not.
    pub(super) fn unknown(name: &str, id: IdRule, known: &[&str], description: &str) -> Self {
        let data = ObjectBuilder::new()
            .description(Some(description))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)));
        // The builder of extensions puts x- before every name; `not` is a keyword that it has no method for.
        let not_known = Extensions::from_iter([("not", json!({"enum": known}))]);
        let kind = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The name of the type."))
            .pattern(Some("^[a-z][a-z0-9_]{0,63}$"))
            .extensions(Some(not_known));
        let example = json!({"id": sample_id(), "type": "from_a_newer_version"});
        Self {
            kind: None,
            name: format!("{name}{}", id.suffix()),
            schema: with_id_and_type(id, kind, data).examples([example]).build().into(),
            nested: |_| {},
        }
    }
}

/// A union of blocks: its own schema and the components of its members. The known types are told apart by `type`; the
/// unknown ones stand beside them, since a discriminator can only lead to types that have a name.
pub(super) fn union(members: &[Member], description: &str) -> RefOr<Schema> {
    let reference = |member: &Member| format!("#/components/schemas/{}", member.name);
    let mapping = members.iter().filter_map(|member| Some((member.kind?, reference(member))));
    let mut known = OneOfBuilder::new().discriminator(Some(Discriminator::with_mapping("type", mapping)));
    let mut all = OneOfBuilder::new().description(Some(description));
    for member in members.iter().filter(|member| member.kind.is_some()) {
        known = known.item(Ref::from_schema_name(&member.name));
    }
    all = all.item(known);
    for member in members.iter().filter(|member| member.kind.is_none()) {
        all = all.item(Ref::from_schema_name(&member.name));
    }
    all.examples(members.iter().flat_map(|member| examples_of(&member.schema))).into()
}

/// The components of a union's members and of everything in them.
pub(super) fn components(members: Vec<Member>, schemas: &mut Schemas) {
    for member in members {
        (member.nested)(schemas);
        schemas.push((member.name, member.schema));
    }
}

fn examples_of(schema: &RefOr<Schema>) -> Vec<Value> {
    match schema {
        RefOr::T(Schema::Object(object)) => object.examples.clone(),
        _ => Vec::new(),
    }
}

fn sample_id() -> &'static str {
    "019a3e5c-8a10-7b1e-8f7e-3d5c2b1a0f9e"
}

fn tagged<T: Variant>(id: IdRule) -> RefOr<Schema> {
    let kind = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("The type of the block."))
        .enum_values(Some([T::TYPE]));
    let RefOr::T(Schema::Object(data)) = T::schema() else {
        // A derived struct is an object; anything else is put beside id and type as it is.
        let start = with_id_and_type(id, kind, ObjectBuilder::new());
        return AllOfBuilder::new().item(start).item(T::schema()).into();
    };
    let mut builder = ObjectBuilder::new();
    for (name, schema) in &data.properties {
        builder = builder.property(name, schema.clone());
    }
    for name in &data.required {
        builder = builder.required(name);
    }
    builder = builder.description(data.description.clone());
    if let Some(more) = &data.additional_properties {
        builder = builder.additional_properties(Some((**more).clone()));
    }
    with_id_and_type(id, kind, builder).examples(samples::<T>()).build().into()
}

fn samples<T: Variant>() -> Vec<Value> {
    let Ok(id) = BlockId::try_from(sample_id().to_owned()) else {
        return Vec::new();
    };
    T::samples().iter().filter_map(|data| serde_json::to_value(Tagged::new(&id, data)).ok()).collect()
}

/// The same object with `id` and `type` as its first properties.
fn with_id_and_type(rule: IdRule, kind: ObjectBuilder, data: ObjectBuilder) -> ObjectBuilder {
    let data = data.build();
    let mut builder = ObjectBuilder::new().property("id", id_schema(rule)).property("type", kind);
    if rule == IdRule::Given {
        builder = builder.required("id");
    }
    builder = builder.required("type").description(data.description);
    for (name, schema) in data.properties {
        builder = builder.property(name, schema);
    }
    for name in data.required {
        builder = builder.required(name);
    }
    builder.additional_properties(data.additional_properties.map(|more| *more))
}

fn id_schema(rule: IdRule) -> RefOr<Schema> {
    let described = |text: &str| {
        let reference = RefBuilder::new().ref_location_from_schema_name(BlockId::name());
        reference.description(Some(text)).build()
    };
    match rule {
        IdRule::Given => described("The id of the block.").into(),
        IdRule::MayBeMade => OneOfBuilder::new()
            .item(described("The id of the block; made when it is left out."))
            .item(ObjectBuilder::new().schema_type(Type::Null))
            .into(),
    }
}

/// A block as it stands in JSON: id, type, then its data.
#[derive(Serialize)]
pub(super) struct Tagged<'a, T: Serialize> {
    id: &'a BlockId,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    data: &'a T,
}

impl<'a, T: Variant> Tagged<'a, T> {
    pub(super) fn new(id: &'a BlockId, data: &'a T) -> Self {
        Self { id, kind: T::TYPE, data }
    }
}
