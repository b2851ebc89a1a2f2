//! An operation as a value: its handler together with its description. For what is the same for every kind of content, where a
//! generic function takes the place of one handler for each; everything else is described by `utoipa::path` at its handler.

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Resource, Responder, guard};
use serde_json::json;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem, Paths,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat};
use utoipa::openapi::{Content, Ref, RefOr, Required, ResponseBuilder, Schema, Type};
use utoipa::{IntoParams, IntoResponses, ToSchema};
use utoipa_actix_web::OpenApiFactory;

use crate::platform::access::Require;

type Schemas = Vec<(String, RefOr<Schema>)>;

/// An operation that can be mounted.
pub struct Endpoint {
    method: Method,
    path: String,
    operation: Operation,
    schemas: Schemas,
    resource: Resource,
}

/// The description of an operation.
#[derive(Default)]
pub struct Described {
    operation: OperationBuilder,
    schemas: Schemas,
}

impl Described {
    /// An operation with its id, its tag, its name and what it does.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        tag: &str,
        summary: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        let operation = OperationBuilder::new()
            .operation_id(Some(id))
            .tag(tag)
            .summary(Some(summary))
            .description(Some(description));
        Self { operation, schemas: Vec::new() }
    }

    /// With the id of the entry in its path.
    #[must_use]
    pub fn id(self) -> Self {
        let uuid = SchemaFormat::KnownFormat(KnownFormat::Uuid);
        let schema = ObjectBuilder::new().schema_type(Type::String).format(Some(uuid));
        let id = ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some("The entry."))
            .schema(Some(schema));
        self.parameters([id.build()])
    }

    /// With these parameters of the query.
    #[must_use]
    pub fn query<P: IntoParams>(self) -> Self {
        self.parameters(P::into_params(|| Some(ParameterIn::Query)))
    }

    /// With `If-Match`, which may be left out unless it is required.
    #[must_use]
    pub fn if_match(self, required: bool) -> Self {
        let (required, instead) =
            if required { (Required::True, "") } else { (Required::False, "; or send `base`") };
        let header = ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(required)
            .description(Some(format!("The `ETag` that was read, such as `\"v3\"`{instead}.")))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .example(Some(json!("\"v3\"")));
        self.parameters([header.build()])
    }

    fn parameters(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        for parameter in parameters {
            self.operation = self.operation.parameter(parameter);
        }
        self
    }

    /// With a body of this type.
    #[must_use]
    pub fn body<T: ToSchema>(mut self, description: &str) -> Self {
        let content = Content::new(Some(Ref::from_schema_name(T::name())));
        let body = RequestBodyBuilder::new()
            .description(Some(description))
            .content("application/json", content)
            .required(Some(Required::True));
        self.operation = self.operation.request_body(Some(body.build()));
        self.with::<T>(T::name())
    }

    /// Answered with this status and, unless there is none, a body of this type.
    #[must_use]
    pub fn answer<T: ToSchema>(
        mut self,
        status: u16,
        (schema, description): (impl Into<String>, impl Into<String>),
        headers: &[(&str, &str)],
    ) -> Self {
        let schema = schema.into();
        let content = Content::new(Some(Ref::from_schema_name(&schema)));
        let mut response =
            ResponseBuilder::new().description(description).content("application/json", content);
        for (name, description) in headers {
            let text = ObjectBuilder::new().schema_type(Type::String);
            let header = HeaderBuilder::new().schema(Some(text)).description(Some(*description));
            response = response.header(*name, header.build());
        }
        self.operation = self.operation.response(status.to_string(), response);
        self.with::<T>(schema)
    }

    /// Answered with this status and no body.
    #[must_use]
    pub fn empty(mut self, status: u16, description: impl Into<String>) -> Self {
        let response = ResponseBuilder::new().description(description);
        self.operation = self.operation.response(status.to_string(), response);
        self
    }

    /// Refused so, too.
    #[must_use]
    pub fn refused<R: IntoResponses>(mut self) -> Self {
        for (status, response) in R::responses() {
            self.operation = self.operation.response(status, response);
        }
        self
    }

    /// With the schema of a type under this name, and those that it refers to.
    #[must_use]
    pub fn with<T: ToSchema>(mut self, name: impl Into<String>) -> Self {
        self.schemas.push((name.into(), T::schema()));
        T::schemas(&mut self.schemas);
        self
    }

    /// The operation at a path, done by a handler whose first argument is the permit.
    #[must_use]
    pub fn at<F, Args>(self, method: Method, path: &str, handler: F) -> Endpoint
    where
        F: Handler<Args>,
        Args: FromRequest + Guarded + 'static,
        F::Output: Responder + 'static,
    {
        let own = method.clone();
        let resource =
            Resource::new(path).guard(guard::fn_guard(move |at| at.head().method == own)).to(handler);
        let Self { operation, schemas } = self;
        Endpoint { method, path: path.to_owned(), operation: operation.build(), schemas, resource }
    }
}

/// Arguments of a handler that begin with who may call it, so that a request is refused before anything of it is read.
pub trait Guarded {}

impl<P> Guarded for (Require<P>,) {}
impl<P, A> Guarded for (Require<P>, A) {}
impl<P, A, B> Guarded for (Require<P>, A, B) {}
impl<P, A, B, C> Guarded for (Require<P>, A, B, C) {}
impl<P, A, B, C, D> Guarded for (Require<P>, A, B, C, D) {}
impl<P, A, B, C, D, E> Guarded for (Require<P>, A, B, C, D, E) {}

impl HttpServiceFactory for Endpoint {
    fn register(self, config: &mut AppService) {
        self.resource.register(config);
    }
}

impl OpenApiFactory for Endpoint {
    fn paths(&self) -> Paths {
        let method = match self.method {
            Method::POST => HttpMethod::Post,
            Method::PUT => HttpMethod::Put,
            Method::PATCH => HttpMethod::Patch,
            Method::DELETE => HttpMethod::Delete,
            _ => HttpMethod::Get,
        };
        Paths::builder().path(&self.path, PathItem::new(method, self.operation.clone())).build()
    }

    fn schemas(&self, schemas: &mut Schemas) {
        schemas.extend(self.schemas.iter().cloned());
    }
}
