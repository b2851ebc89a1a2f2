//! `/admin/v1/documents/{id}/...`: restoring, moving and duplicating a document of whatever kind.

use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::app::App;
use crate::documents::http::answer;
use crate::documents::params::InLocale;
use crate::documents::slug::Slug;
use crate::documents::view::DocumentState;
use crate::documents::{self, Move, Rank, Seen, Which};
use crate::platform::access::{AnyContent, Require, Write};
use crate::platform::http::{Ids, IfMatch, Params, Reply, Valid, ValidOrDefault};
use crate::platform::id::Id;
use crate::platform::problem::{
    Code, Conflict, Erased, FieldCode, Forbidden, Invalid, NotFound, PreconditionRequired, Problem, Stale,
};

/// What is brought back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "revision": 2, "note": "Back to the text of the spring." }))]
pub struct RestoreRequest {
    /// The revision whose content is to be the newest again. Left out: the entry is taken out of the trash, with everything
    /// that went there with it.
    #[schema(minimum = 1)]
    revision: Option<i32>,
    /// What this change is about, for the history; at most 1,000 characters.
    #[schema(max_length = 1000)]
    note: Option<String>,
}

/// Where an entry goes in the tree. At most one of `first`, `before` and `after`; the last place without any.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "parent": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", "slug": "our-history" }))]
pub struct MoveRequest {
    /// The entry above; `null` or left out for the top of the tree.
    parent: Option<Uuid>,
    /// The last segment of the path; as it is when it is left out.
    #[schema(max_length = 200)]
    slug: Option<String>,
    /// The sibling before which it goes.
    before: Option<Uuid>,
    /// The sibling after which it goes.
    after: Option<Uuid>,
    /// Whether it goes before all its siblings.
    #[serde(default)]
    first: bool,
}

impl MoveRequest {
    fn into_move(self) -> Result<Move, Problem> {
        let rank = match (self.before, self.after, self.first) {
            (None, None, false) => Rank::Last,
            (None, None, true) => Rank::First,
            (Some(before), None, false) => Rank::Before(Id::from_uuid(before)),
            (None, Some(after), false) => Rank::After(Id::from_uuid(after)),
            _ => {
                let detail = "Send at most one of `first`, `before` and `after`.";
                return Err(Problem::new(Code::Invalid).detail(detail).field(
                    "/before",
                    FieldCode::NotAllowed,
                    detail,
                ));
            }
        };
        let slug = self.slug.map(Slug::try_from).transpose().map_err(|error| {
            let detail = error.to_string();
            Problem::new(Code::Invalid).detail(detail.clone()).field("/slug", FieldCode::Invalid, detail)
        })?;
        Ok(Move { parent: self.parent.map(Id::from_uuid), slug, rank })
    }
}

/// Which revision is copied.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "revision": 2 }))]
pub struct DuplicateRequest {
    /// The number of the revision; the newest when it is left out.
    #[schema(minimum = 1)]
    revision: Option<i32>,
}

/// Restore
///
/// Brings an older revision back as the newest one, or takes an entry out of the trash. Either way as a draft: what is public
/// stays as it is.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = Option<RestoreRequest>, description = "What is brought back."),
    responses(
        (status = 200, description = "The document as it stands now.", body = DocumentState,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Erased, Stale, Invalid, PreconditionRequired,
    ),
)]
#[post("/admin/v1/documents/{id}/restore")]
async fn restore(
    Require(permit): Require<Write<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    ValidOrDefault(request): ValidOrDefault<RestoreRequest>,
) -> Result<Reply<DocumentState>, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    let snapshot = match request.revision {
        Some(number) => documents::restore(&app, &permit, seen, number, noted(request.note)?).await?,
        None => documents::untrash(&app, &permit, seen).await?,
    };
    Ok(answer(snapshot))
}

/// Move in the tree
///
/// Gives a document another parent, slug or place among its siblings, as a new revision. Readers see it when that revision is
/// published; the paths of everything below follow, and the former paths lead on.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = MoveRequest, description = "Where it goes."),
    responses(
        (status = 200, description = "The document as it stands now.", body = DocumentState,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[post("/admin/v1/documents/{id}/move")]
async fn move_document(
    Require(permit): Require<Write<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    Valid(request): Valid<MoveRequest>,
) -> Result<Reply<DocumentState>, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    let to = request.into_move()?;
    Ok(answer(documents::relocate(&app, &permit, seen, to).await?))
}

/// Duplicate
///
/// Makes a new entry with the content of a revision of this one, as a draft in the same place of the tree. Change its slug
/// before both are public.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "The entry."), InLocale),
    request_body(content = Option<DuplicateRequest>, description = "Which revision."),
    responses(
        (status = 201, description = "The new document.", body = DocumentState, headers(
            ("ETag" = String, description = "The version, `\"v<version>\"`."),
            ("Location" = String, description = "The address of its history in this API."),
        )),
        Forbidden, NotFound, Conflict, Erased, Invalid,
    ),
)]
#[post("/admin/v1/documents/{id}/duplicate")]
async fn duplicate(
    Require(permit): Require<Write<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
    ValidOrDefault(request): ValidOrDefault<DuplicateRequest>,
) -> Result<Reply<DocumentState>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let snapshot = documents::duplicate(&app, &permit, which, request.revision).await?;
    let version = snapshot.state.header.version;
    let location = format!("/admin/v1/documents/{}/revisions", snapshot.state.header.entry);
    Ok(Reply::created(location, DocumentState::from(snapshot.state)).version(version))
}

/// Mounts the actions.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(restore).service(move_document).service(duplicate);
}

/// A note, unless it is too long.
pub(in crate::documents) fn noted(note: Option<String>) -> Result<Option<String>, Problem> {
    if note.as_ref().is_some_and(|note| note.chars().count() > 1000) {
        let detail = "A note has at most 1,000 characters.";
        return Err(Problem::new(Code::Invalid).detail(detail).field("/note", FieldCode::TooLong, detail));
    }
    Ok(note)
}
