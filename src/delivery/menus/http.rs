//! `/v1/menus`: public menus.

use actix_web::{HttpRequest, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use super::view::{MenuCard, MenuView};
use crate::app::App;
use crate::content::menus;
use crate::delivery::http::reply;
use crate::delivery::include::model::Include;
use crate::delivery::listing;
use crate::delivery::listing::model::{Filter, Listing, Order, SortKey};
use crate::delivery::listing::params::{Reading, Walking};
use crate::delivery::model::Answer;
use crate::platform::access::{Public, Require};
use crate::platform::http::{Fields, Ids, Page, Params, Reply, Sparse};
use crate::platform::problem::{Erased, Forbidden, NotFound, Problem};

/// List menus
///
/// Public menus by title, without their items.
#[utoipa::path(
    tag = "menus",
    params(Walking, Reading),
    responses(
        (status = 200, description = "One page of the list.", body = Page<Sparse<MenuCard>>),
        Forbidden,
    ),
)]
#[get("/v1/menus")]
async fn list_menus(
    Require(permit): Require<Public>,
    Params((walking, reading)): Params<(Walking, Reading)>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<Sparse<MenuCard>>>, Problem> {
    let asked = crate::delivery::actions::asked(&permit, reading.locale, reading.as_of.as_deref())?;
    let asking = (&asked, walking, reading.fields.as_deref());
    let view = |card, _: &_| Ok(Some(MenuCard::from(card)));
    listing::http::answer((&app, &permit, &request), asking, &by_title(), view).await
}

fn by_title() -> Listing {
    Listing {
        name: "menus",
        kind: menus::kind(),
        picture: |_| None,
        order: Order::ascending(&[SortKey::Title]),
        filter: Filter::default(),
        include: Include::default(),
        whole: false,
    }
}

/// Get a menu
///
/// One menu by its name, with its items as they can be shown: titles and paths are those that the entries have now, or at
/// the instant and in the locale that are asked for. What leads to something that is not public drops out without a trace.
#[utoipa::path(
    tag = "menus",
    params(
        ("slug" = String, Path, description = "The name of the menu.", min_length = 1, max_length = 200, example = "main"),
        Reading,
    ),
    responses(
        (status = 200, description = "The menu.", body = Sparse<MenuView>),
        Forbidden,
        NotFound,
        Erased,
    ),
)]
#[get("/v1/menus/{slug}")]
async fn get_menu(
    Require(permit): Require<Public>,
    Ids(slug): Ids<String>,
    Params(reading): Params<Reading>,
    app: web::Data<App>,
) -> Result<Reply<Sparse<MenuView>>, Problem> {
    let asked = crate::delivery::actions::asked(&permit, reading.locale, reading.as_of.as_deref())?;
    let fields = Fields::parse::<MenuView>(reading.fields.as_deref())?;
    let Answer { value, about } = actions::menu(&app, &permit, &asked, &slug).await?;
    Ok(reply(fields.of(MenuView::new(value, &app.gallery)?)?, about))
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_menus).service(get_menu);
}
