//! `/admin/v1/documents/{id}/references`: where an entry is used.

use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::view::ReferencesView;
use crate::app::App;
use crate::documents::Which;
use crate::documents::params::InLocale;
use crate::platform::access::{AnyContent, Read, Require};
use crate::platform::http::{Ids, Params, Reply};
use crate::platform::id::Id;
use crate::platform::problem::{Forbidden, NotFound, Problem};

/// Where it is used
///
/// Every place that points at the entry, in newest revisions and in what is public or planned, and everything that its own
/// newest revision points at. Places in documents that you may not read are left out.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "The entry."), InLocale),
    responses(
        (status = 200, description = "Both directions.", body = ReferencesView),
        Forbidden, NotFound,
    ),
)]
#[get("/admin/v1/documents/{id}/references")]
async fn list_references(
    Require(permit): Require<Read<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
) -> Result<Reply<ReferencesView>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let (uses, targets) = super::references(&app, &permit, which).await?;
    Ok(Reply::ok(ReferencesView::new(uses, targets)))
}

/// Mounts the endpoint.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_references);
}
