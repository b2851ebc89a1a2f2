//! `/admin/v1/documents/{id}/...`: publishing and planning of a document of whatever kind.

use actix_web::{post, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::params::InLocale;
use super::publishing::actions::{self, Descendants, Publication};
use super::view::DocumentState;
use super::{Seen, model::Snapshot};
use crate::app::App;
use crate::platform::access::{AnyContent, Publish, Require};
use crate::platform::http::{Ids, IfMatch, Params, Reply, Valid, ValidOrDefault, time};
use crate::platform::id::{EntryId, Id};
use crate::platform::problem::{
    Conflict, FieldProblem, Forbidden, Invalid, NotFound, PreconditionRequired, Problem, Stale,
};

/// Which revision becomes public.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "revision": 2 }))]
pub struct PublishRequest {
    /// The number of the revision. Naming it keeps a save of somebody else from slipping into the publication.
    #[schema(minimum = 1)]
    revision: i32,
    /// When it ends, RFC 3339. When it is left out, it ends when what it replaces would have, if ever.
    #[serde(default, deserialize_with = "time")]
    #[schema(example = "2027-01-01T00:00:00Z")]
    until: Option<DateTime<Utc>>,
    /// Others that are to become public at the same instant, each with its revision: parents, and pictures that it shows.
    #[serde(default)]
    #[schema(max_items = 32)]
    along: Vec<OtherRevision>,
}

/// Which revision becomes public, and when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "revision": 2, "from": "2026-12-01T09:00:00Z" }))]
pub struct ScheduleRequest {
    /// The number of the revision.
    #[schema(minimum = 1)]
    revision: i32,
    /// When it becomes public, RFC 3339; in the future.
    #[serde(deserialize_with = "time")]
    #[schema(value_type = DateTime<Utc>, example = "2026-12-01T09:00:00Z")]
    from: Option<DateTime<Utc>>,
    /// When it ends, RFC 3339. When it is left out, it ends when what it replaces would have, if ever.
    #[serde(default, deserialize_with = "time")]
    #[schema(example = "2027-01-01T00:00:00Z")]
    until: Option<DateTime<Utc>>,
    /// Others that are to become public at the same instant, each with its revision: parents, and pictures that it shows.
    #[serde(default)]
    #[schema(max_items = 32)]
    along: Vec<OtherRevision>,
}

/// Another entry, and which revision of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherRevision {
    /// The entry.
    id: Uuid,
    /// The number of the revision.
    #[schema(minimum = 1, example = 1)]
    revision: i32,
}

/// What happens to public pages below.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "descendants": "unpublish" }))]
pub struct UnpublishRequest {
    /// What happens to public pages below: `refuse` (when it is left out) or `unpublish`.
    #[serde(default)]
    #[schema(value_type = Option<DescendantsChoice>, nullable = false)]
    descendants: DescendantsChoice,
}

/// What happens to public pages below one that ends.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DescendantsChoice {
    /// The end is refused while there are any, and they are named.
    #[default]
    Refuse,
    /// They end at the same instant; what is planned of them is taken back unless this document has plans too.
    Unpublish,
}

/// Which planned publication.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// The id of the publication, as `scheduled` and the timeline name it.
    publication: Uuid,
}

/// Which planned publication, and its new time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleRequest {
    /// The id of the publication, as `scheduled` and the timeline name it.
    publication: Uuid,
    /// When it becomes public, RFC 3339; as before when it is left out.
    #[serde(default, deserialize_with = "time")]
    #[schema(example = "2026-12-02T09:00:00Z")]
    from: Option<DateTime<Utc>>,
    /// When it ends, RFC 3339; never when it is left out.
    #[serde(default, deserialize_with = "time")]
    #[schema(example = "2027-01-01T00:00:00Z")]
    until: Option<DateTime<Utc>>,
}

/// Which publication ends when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "until": "2027-01-01T00:00:00Z" }))]
pub struct ExpireRequest {
    /// The id of the publication; what is public now when it is left out.
    publication: Option<Uuid>,
    /// When it ends, RFC 3339; `null` or left out for never.
    #[serde(default, deserialize_with = "time")]
    #[schema(example = "2027-01-01T00:00:00Z")]
    until: Option<DateTime<Utc>>,
}

/// A document that was published or scheduled.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedDocument {
    #[serde(flatten)]
    state: DocumentState,
    /// Places of the content that point at what readers will not see; they see no link there.
    warnings: Vec<FieldProblem>,
}

/// Publish
///
/// Makes a revision public now, in place of what is public. A publication that is scheduled for later stays, and so does a
/// planned end. Publishing the revision that is public already changes nothing. The page must be complete, its path free
/// and its parent public, or named in `along`. Links to what is not public are named in `warnings`.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = PublishRequest, description = "Which revision."),
    responses(
        (status = 200, description = "The document as it stands now, and what its readers will miss.",
         body = PublishedDocument, headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[post("/admin/v1/documents/{id}/publish")]
async fn publish(
    Require(permit): Require<Publish<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    Valid(request): Valid<PublishRequest>,
) -> Result<Reply<PublishedDocument>, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    let publication = Publication {
        number: request.revision,
        from: None,
        until: request.until,
        along: others(request.along),
    };
    Ok(published(actions::publish(&app, &permit, seen, &publication).await?))
}

/// Schedule
///
/// Makes a revision public at an instant in the future, without anybody's help then; what is public until then ends. Other
/// schedules stay; one that begins at the same instant is replaced.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = ScheduleRequest, description = "Which revision, and when."),
    responses(
        (status = 200, description = "The document as it stands now, and what its readers will miss.",
         body = PublishedDocument, headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[post("/admin/v1/documents/{id}/schedule")]
async fn schedule(
    Require(permit): Require<Publish<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    Valid(request): Valid<ScheduleRequest>,
) -> Result<Reply<PublishedDocument>, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    let publication = Publication {
        number: request.revision,
        from: request.from,
        until: request.until,
        along: others(request.along),
    };
    Ok(published(actions::publish(&app, &permit, seen, &publication).await?))
}

/// Unpublish
///
/// Ends what is public of a document, now. What is scheduled for later stays. Public pages below it are named in the refusal,
/// unless `descendants` decides. A body is not needed when there is nothing to decide.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = Option<UnpublishRequest>, description = "What happens to public pages below."),
    responses(
        (status = 200, description = "The document as it stands now.", body = DocumentState,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[post("/admin/v1/documents/{id}/unpublish")]
async fn unpublish(
    Require(permit): Require<Publish<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    ValidOrDefault(request): ValidOrDefault<UnpublishRequest>,
) -> Result<Reply<DocumentState>, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    let descendants = match request.descendants {
        DescendantsChoice::Refuse => Descendants::Refuse,
        DescendantsChoice::Unpublish => Descendants::Unpublish,
    };
    Ok(answer(actions::unpublish(&app, &permit, seen, descendants).await?))
}

/// Cancel a schedule
///
/// Takes a planned publication back; the one before it runs on. Possible while it begins more than 2 seconds ahead.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = CancelRequest, description = "Which publication."),
    responses(
        (status = 200, description = "The document as it stands now.", body = DocumentState,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[post("/admin/v1/documents/{id}/cancel")]
async fn cancel(
    Require(permit): Require<Publish<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    Valid(request): Valid<CancelRequest>,
) -> Result<Reply<DocumentState>, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    Ok(answer(actions::cancel(&app, &permit, seen, request.publication).await?))
}

/// Move a schedule
///
/// Gives a planned publication another time. Possible while it begins more than 2 seconds ahead.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = RescheduleRequest, description = "Which publication, and its new time."),
    responses(
        (status = 200, description = "The document as it stands now.", body = DocumentState,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[post("/admin/v1/documents/{id}/reschedule")]
async fn reschedule(
    Require(permit): Require<Publish<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    Valid(request): Valid<RescheduleRequest>,
) -> Result<Reply<DocumentState>, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    let time = (request.from, request.until);
    Ok(answer(actions::reschedule(&app, &permit, seen, request.publication, time).await?))
}

/// Plan an end
///
/// Sets, moves or takes away the instant at which a publication ends by itself. An end that lies less than 2 seconds ahead
/// stays.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = ExpireRequest, description = "Which publication ends when."),
    responses(
        (status = 200, description = "The document as it stands now.", body = DocumentState,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[post("/admin/v1/documents/{id}/expire")]
async fn expire(
    Require(permit): Require<Publish<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    Valid(request): Valid<ExpireRequest>,
) -> Result<Reply<DocumentState>, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    Ok(answer(actions::expire(&app, &permit, seen, request.publication, request.until).await?))
}

/// Mounts the actions.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(publish)
        .service(schedule)
        .service(unpublish)
        .service(cancel)
        .service(reschedule)
        .service(expire);
    super::bulk::http::configure(config);
    super::life::http::configure(config);
    super::references::http::configure(config);
    super::revisions::http::configure(config);
    super::search::http::configure(config);
    super::translations::http::configure(config);
    super::working_copies::http::configure(config);
}

fn others(along: Vec<OtherRevision>) -> Vec<(EntryId, i32)> {
    along.into_iter().map(|other| (Id::from_uuid(other.id), other.revision)).collect()
}

pub(super) fn answer(snapshot: Snapshot) -> Reply<DocumentState> {
    let version = snapshot.state.header.version;
    Reply::ok(DocumentState::from(snapshot.state)).version(version)
}

fn published((snapshot, warnings): (Snapshot, Vec<FieldProblem>)) -> Reply<PublishedDocument> {
    let version = snapshot.state.header.version;
    Reply::ok(PublishedDocument { state: snapshot.state.into(), warnings }).version(version)
}
