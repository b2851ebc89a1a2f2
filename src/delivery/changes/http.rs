//! `/v1/changes`.

use std::time::Duration;

use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use super::model::Known;
use super::view::{ChangeView, Changes};
use crate::app::App;
use crate::delivery::http::reply;
use crate::delivery::model::Answer;
use crate::platform::access::{Public, Require};
use crate::platform::http::{CursorScope, Paging, Params, Reply, StrictParams};
use crate::platform::problem::Problem;

/// What takes effect by plan comes some time after its instant, without a change of the public state.
const SETTLING: Duration = Duration::from_secs(1);

const SCOPE: CursorScope<'static> = CursorScope { list: "changes", query: "" };

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListChanges {
    /// The cursor `next` of the answer before. Without it the answer is empty and says from where to go on.
    #[param(max_length = 2048)]
    after: Option<String>,
    /// How many changes an answer has at most.
    #[param(minimum = 1, maximum = 100, default = 20, example = 100)]
    limit: Option<u32>,
}

impl StrictParams for ListChanges {
    const ALLOWED: &'static [&'static str] = &["after", "limit"];
}

/// List changes
///
/// What a site that is built from this one has to build anew: what became public, changed, moved or stopped being public
/// since the answer before, in the order in which it happened. What takes effect by plan comes too, within 30 s of its
/// instant. Each document comes once, as the difference between what was public then and what is now; what was public only
/// in between does not come.
///
/// To begin, ask without `after` and keep `next`; then read everything by `/v1/pages`, `/v1/people` and `/v1/media` in each
/// locale. From then on ask with `after`, as long as `more` is true at once. What changes while everything is being read comes twice
/// rather than never. Lists, links and breadcrumbs that show a changed document are the reader's to know. So are pictures and
/// files: one that becomes public or stops being public because a page begins or ceases to show it is told by the change of
/// that page alone.
#[utoipa::path(
    tag = "changes",
    params(ListChanges),
    responses((status = 200, description = "What changed.", body = Changes, headers(
        ("ETag" = String, description = "Changes whenever the answer does."),
    ))),
)]
#[get("/v1/changes")]
async fn list_changes(
    Require(permit): Require<Public>,
    Params(params): Params<ListChanges>,
    app: web::Data<App>,
) -> Result<Reply<Changes>, Problem> {
    let paging = Paging::new(params.limit, params.after, None)?;
    let known: Option<Known> = paging.cursor().map(|cursor| app.cursors.open(SCOPE, cursor)).transpose()?;
    let Answer { value, about } = actions::since(&app, &permit, known, paging.limit()).await?;
    let data = value.changes.into_iter().map(|(change, changed)| ChangeView::new(change, changed));
    let next = app.cursors.seal(SCOPE, &value.known)?;
    Ok(reply(Changes { data: data.collect(), next, more: value.more }, about.briefly(SETTLING)))
}

/// Mounts the endpoint.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_changes);
}
