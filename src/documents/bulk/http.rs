//! `/admin/v1/documents/publish` and `/admin/v1/documents/unpublish`: actions on many documents.

use actix_web::{HttpRequest, post, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::view::BulkResult;
use super::{Item, Outcome, What};
use crate::app::App;
use crate::documents::params::InLocale;
use crate::platform::access::{AnyContent, Permit, Publish, Require};
use crate::platform::http::{Params, Reply, RequestInfo, Valid, time};
use crate::platform::id::Id;
use crate::platform::json::from_one;
use crate::platform::problem::{Code, Conflict, FieldCode, Forbidden, Invalid, NotFound, Problem, Stale};

/// Which documents become public: `items`, or `subtree`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "items": [{ "id": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", "version": 3, "revision": 2 }], "atomic": true }))]
pub struct PublishMany {
    /// A selection: 1 to 100 documents, parents before what hangs below them.
    #[serde(default)]
    #[schema(max_items = 100)]
    items: Vec<PublishItem>,
    /// An entry with all that hangs below it in the drafted tree, each in its newest revision; at most 2,000 documents.
    subtree: Option<Uuid>,
    /// When they become public, RFC 3339; now when it is left out.
    #[serde(default, deserialize_with = "time")]
    #[schema(example = "2026-12-01T09:00:00Z")]
    from: Option<DateTime<Utc>>,
    /// Whether all become public at one instant or none does; otherwise each is done for itself.
    #[serde(default)]
    atomic: bool,
}

/// One document of a selection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishItem {
    /// The entry.
    id: Uuid,
    /// The version that was read, as in `If-Match` of the action alone.
    #[serde(deserialize_with = "from_one")]
    #[schema(minimum = 1, example = 3)]
    version: i64,
    /// The number of the revision.
    #[serde(deserialize_with = "from_one")]
    #[schema(minimum = 1, example = 2)]
    revision: i32,
}

/// Which documents end: `items`, or `subtree`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "subtree": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", "atomic": true }))]
pub struct UnpublishMany {
    /// A selection: 1 to 100 documents, what hangs below before its parents.
    #[serde(default)]
    #[schema(max_items = 100)]
    items: Vec<UnpublishItem>,
    /// An entry with all that hangs below it in the drafted tree; at most 2,000 documents. What is not public is passed
    /// over.
    subtree: Option<Uuid>,
    /// Whether all end at one instant or none does; otherwise each is done for itself.
    #[serde(default)]
    atomic: bool,
}

/// One document of a selection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnpublishItem {
    /// The entry.
    id: Uuid,
    /// The version that was read, as in `If-Match` of the action alone.
    #[serde(deserialize_with = "from_one")]
    #[schema(minimum = 1, example = 3)]
    version: i64,
}

/// Publish many
///
/// Makes a selection or a whole subtree public: each document for itself with a result of its own, or, with `atomic`, all at
/// one instant or none.
#[utoipa::path(
    tag = "documents",
    params(InLocale),
    request_body(content = PublishMany, description = "Which documents."),
    responses(
        (status = 200, description = "What became of each.", body = BulkResult),
        Forbidden, NotFound, Conflict, Stale, Invalid,
    ),
)]
#[post("/admin/v1/documents/publish")]
async fn publish_many(
    Require(permit): Require<Publish<AnyContent>>,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
    http: HttpRequest,
    Valid(request): Valid<PublishMany>,
) -> Result<Reply<BulkResult>, Problem> {
    let locale = params.locale.as_deref();
    let what = What::Publish(request.from);
    let named = request.items.into_iter().map(|item| (item.id, item.version, item.revision)).collect();
    let items = chosen(&app, &permit, locale, (named, request.subtree)).await?;
    let outcomes = done(&app, &permit, locale, (items, what), request.atomic).await?;
    Ok(told(&app, &permit, &http, outcomes))
}

/// Unpublish many
///
/// Ends what is public of a selection or a whole subtree: each document for itself with a result of its own, or, with
/// `atomic`, all at one instant or none.
#[utoipa::path(
    tag = "documents",
    params(InLocale),
    request_body(content = UnpublishMany, description = "Which documents."),
    responses(
        (status = 200, description = "What became of each.", body = BulkResult),
        Forbidden, NotFound, Conflict, Stale, Invalid,
    ),
)]
#[post("/admin/v1/documents/unpublish")]
async fn unpublish_many(
    Require(permit): Require<Publish<AnyContent>>,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
    http: HttpRequest,
    Valid(request): Valid<UnpublishMany>,
) -> Result<Reply<BulkResult>, Problem> {
    let locale = params.locale.as_deref();
    let what = What::Unpublish;
    let named = request.items.into_iter().map(|item| (item.id, item.version, 0)).collect();
    let mut items = chosen(&app, &permit, locale, (named, request.subtree)).await?;
    if request.subtree.is_some() {
        items = super::public(&app, items, locale).await?;
        items.reverse();
    }
    let outcomes = done(&app, &permit, locale, (items, what), request.atomic).await?;
    Ok(told(&app, &permit, &http, outcomes))
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(publish_many).service(unpublish_many);
}

/// The documents of a request: those that it names, or those of a subtree.
async fn chosen(
    app: &App,
    permit: &Permit<Publish<AnyContent>>,
    locale: Option<&str>,
    (named, subtree): (Vec<(Uuid, i64, i32)>, Option<Uuid>),
) -> Result<Vec<Item>, Problem> {
    match subtree {
        Some(root) if named.is_empty() => super::subtree(app, permit, Id::from_uuid(root), locale).await,
        Some(_) => {
            let detail = "Send `items` or `subtree`, not both.";
            Err(Problem::new(Code::Invalid).detail(detail).field("/subtree", FieldCode::NotAllowed, detail))
        }
        None => {
            let entries: Vec<Uuid> = named.iter().map(|(id, _, _)| *id).collect();
            super::check_selection(&entries)?;
            let item = |(id, version, number)| Item { entry: Id::from_uuid(id), version, number };
            Ok(named.into_iter().map(item).collect())
        }
    }
}

async fn done(
    app: &App,
    permit: &Permit<Publish<AnyContent>>,
    locale: Option<&str>,
    (items, what): (Vec<Item>, What),
    atomic: bool,
) -> Result<Vec<Outcome>, Problem> {
    if atomic {
        super::all(app, permit, locale, &items, what).await
    } else {
        Ok(super::each(app, permit, locale, &items, what).await)
    }
}

/// The answer. Items that were refused are counted as requests for them alone would be.
fn told(
    app: &App,
    permit: &Permit<Publish<AnyContent>>,
    http: &HttpRequest,
    outcomes: Vec<Outcome>,
) -> Reply<BulkResult> {
    let network = RequestInfo::of(http).map(|info| info.origin().client.network().to_string());
    let network = network.unwrap_or_default();
    let refused =
        |outcome: &&Outcome| outcome.outcome.as_ref().is_err_and(|problem| problem.code() == Code::Forbidden);
    for _ in outcomes.iter().filter(refused) {
        app.refusals.count(Code::Forbidden.slug(), &network, permit.actor().user());
    }
    Reply::ok(BulkResult::from(outcomes))
}
