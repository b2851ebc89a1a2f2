//! The registry of routes: which paths exist, which methods they take, and what they produce. It is made from the OpenAPI
//! documents, which come from the same registration as the routes, plus a short list of operational paths.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

use super::area::Area;

/// One path with what it takes and gives.
#[derive(Debug)]
pub struct Route {
    template: String,
    shape: Shape,
    operations: Vec<Served>,
}

/// What a route does for a method.
#[derive(Debug)]
struct Served {
    method: Method,
    produces: Vec<String>,
    number: OperationNumber,
}

/// Which operation, by its place among all of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OperationNumber(pub u16);

/// An operation as metrics and logs name it: by its id in the document, or by its path where no document has it.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// Of which API: both have a `get_page`.
    pub api: &'static str,
    pub id: Arc<str>,
    pub method: Method,
}

impl Route {
    /// The path with its parameters in braces.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.template
    }

    /// The methods that it takes, without HEAD and OPTIONS.
    pub fn methods(&self) -> impl Iterator<Item = &Method> {
        self.operations.iter().map(|served| &served.method)
    }
}

/// Which paths a route covers. Every request is compared with every route, so what can do without a pattern does.
#[derive(Debug)]
enum Shape {
    /// Segment by segment: this one, or any that is not empty.
    Segments(Vec<Option<String>>),
    /// What is more than that, with what every path of it begins with.
    Pattern(String, ResourceDef),
}

impl Shape {
    fn of(template: &str) -> Self {
        let segment = |segment: &str| match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'))
        {
            Some(name) if !name.contains(['{', '}', ':']) => Some(None),
            None if !segment.contains(['{', '}']) => Some(Some(segment.to_owned())),
            _ => None,
        };
        let prefix = template.split('{').next().unwrap_or_default();
        let pattern = || Self::Pattern(prefix.to_owned(), ResourceDef::new(template));
        template.split('/').map(segment).collect::<Option<_>>().map_or_else(pattern, Self::Segments)
    }

    fn fits(&self, path: &str) -> bool {
        match self {
            Self::Segments(segments) => {
                let mut given = path.split('/');
                let fits = segments.iter().all(|wanted| match (wanted, given.next()) {
                    (Some(wanted), Some(given)) => wanted == given,
                    (None, Some(given)) => !given.is_empty(),
                    (_, None) => false,
                });
                fits && given.next().is_none()
            }
            Self::Pattern(prefix, pattern) => path.starts_with(prefix) && pattern.is_match(path),
        }
    }
}

/// All routes.
#[derive(Debug, Default)]
pub struct Registry {
    routes: Vec<Route>,
    /// All operations, by their numbers.
    names: Vec<Named>,
    /// Which of them have these first two segments, so that a request is compared with few.
    beginning: HashMap<String, Vec<usize>>,
    /// Which of them begin otherwise.
    others: Vec<usize>,
}

/// How many segments of a path tell most routes apart.
const TOLD_APART_BY: usize = 2;

/// The first segments of a path, with the slashes before them.
fn first_segments(path: &str) -> &str {
    path.match_indices('/').nth(TOLD_APART_BY).map_or(path, |(at, _)| &path[..at])
}

/// What a path takes.
#[derive(Debug)]
pub(super) struct Found<'a> {
    operations: Vec<&'a Served>,
}

impl Registry {
    /// A registry without routes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds every operation of a document.
    #[must_use]
    pub fn document(mut self, openapi: &OpenApi) -> Self {
        for (template, item) in &openapi.paths.paths {
            self.add(template, operations(item));
        }
        self
    }

    /// Adds a path that stands in no document, such as a health check. A last segment `{name:.*}` covers all below.
    #[must_use]
    pub fn path(mut self, template: &str, methods: &[Method]) -> Self {
        let operations = methods.iter().map(|method| (method.clone(), template.to_owned(), Vec::new()));
        self.add(template, operations.collect());
        self
    }

    /// All routes, in the order in which they were added.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// All operations, by their numbers.
    pub(super) fn names(&self) -> &[Named] {
        &self.names
    }

    fn add(&mut self, template: &str, operations: Vec<(Method, String, Vec<String>)>) {
        let (first, nth) = (first_segments(template), self.routes.len());
        if first.contains('{') {
            self.others.push(nth);
        } else {
            self.beginning.entry(first.to_owned()).or_default().push(nth);
        }
        let operations = operations.into_iter().map(|(method, id, produces)| {
            let number = OperationNumber(u16::try_from(self.names.len()).unwrap_or(u16::MAX));
            self.names.push(Named { api: api(template), id: id.into(), method: method.clone() });
            Served { method, produces, number }
        });
        let operations = operations.collect();
        self.routes.push(Route { template: template.to_owned(), shape: Shape::of(template), operations });
    }

    /// What a path takes: the operations of every route that covers it, as actix tries one after the other.
    pub(super) fn find(&self, path: &str) -> Option<Found<'_>> {
        let alike = self.beginning.get(first_segments(path)).map_or(&[][..], Vec::as_slice);
        let operations: Vec<_> = alike
            .iter()
            .chain(&self.others)
            .filter_map(|nth| self.routes.get(*nth))
            .filter(|route| route.shape.fits(path))
            .flat_map(|route| &route.operations)
            .collect();
        (!operations.is_empty()).then_some(Found { operations })
    }
}

impl Found<'_> {
    /// The operation with this method, when there is one, with the media types that it produces.
    pub(super) fn operation(&self, method: &Method) -> Option<(OperationNumber, &[String])> {
        let served = self.operations.iter().find(|served| served.method == method)?;
        Some((served.number, &served.produces))
    }

    /// The value of `Allow`: every method, HEAD where there is GET, and OPTIONS.
    pub(super) fn allow(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for Served { method, .. } in &self.operations {
            let implied = if method == Method::GET { &["GET", "HEAD"][..] } else { &[method.as_str()] };
            names.extend(implied.iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
        }
        names.push("OPTIONS");
        names.join(", ")
    }
}

/// The API that a path belongs to, as metrics name it.
fn api(template: &str) -> &'static str {
    match Area::of(template) {
        Area::Read => "read",
        Area::Admin => "admin",
        Area::Docs | Area::Operational => "other",
    }
}

/// Of each operation its method, its id and what it produces.
fn operations(item: &PathItem) -> Vec<(Method, String, Vec<String>)> {
    [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| {
        let operation = operation.as_ref()?;
        Some((method, operation.operation_id.clone().unwrap_or_default(), produced(operation)))
    })
    .collect()
}

/// The media types of the good answers. Answers that are references name none.
fn produced(operation: &Operation) -> Vec<String> {
    let mut media: Vec<String> = operation
        .responses
        .responses
        .iter()
        .filter(|(status, _)| status.starts_with('2'))
        .filter_map(|(_, response)| match response {
            RefOr::T(response) => Some(response.content.keys().cloned()),
            RefOr::Ref(_) => None,
        })
        .flatten()
        .collect();
    media.dedup();
    media
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> Registry {
        Registry::new()
            .path("/v1/pages", &[Method::GET])
            .path("/v1/pages/{id}", &[Method::GET, Method::DELETE])
            .path("/v1/pages/bulk", &[Method::POST])
            .path("/files/{tail:.*}", &[Method::GET])
            .path("/v1/parts/{number}.xml", &[Method::GET])
    }

    #[test]
    fn allow_lists_head_and_options() {
        let registry = registry();
        assert_eq!(registry.find("/v1/pages").unwrap().allow(), "GET, HEAD, OPTIONS");
        assert_eq!(registry.find("/v1/pages/7").unwrap().allow(), "GET, HEAD, DELETE, OPTIONS");
        assert_eq!(registry.find("/v1/pages/bulk").unwrap().allow(), "GET, HEAD, DELETE, POST, OPTIONS");
        assert_eq!(registry.find("/files/a/b").unwrap().allow(), "GET, HEAD, OPTIONS");
        assert_eq!(registry.find("/v1/parts/7.xml").unwrap().allow(), "GET, HEAD, OPTIONS");
    }

    #[test]
    fn routes_are_listed_as_they_were_added() {
        let registry = registry();
        let listed: Vec<_> =
            registry.routes().iter().map(|route| (route.template(), route.methods().count())).collect();
        assert_eq!(
            listed,
            [
                ("/v1/pages", 1),
                ("/v1/pages/{id}", 2),
                ("/v1/pages/bulk", 1),
                ("/files/{tail:.*}", 1),
                ("/v1/parts/{number}.xml", 1),
            ]
        );
    }

    #[test]
    fn unknown_paths_are_not_found() {
        for path in ["/", "/v1", "/v1/pages/", "/v1/pages/7/x", "/V1/pages", "/v1/parts/7.json"] {
            assert!(registry().find(path).is_none(), "{path}");
        }
    }
}
