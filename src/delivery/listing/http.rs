//! How a list is answered, whatever it lists.

use actix_web::HttpRequest;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Edge, Listing, Window};
use super::params::Walking;
use crate::app::App;
use crate::delivery::actions;
use crate::delivery::http::reply;
use crate::delivery::model::{Answer, Asked, Card, Cards};
use crate::platform::access::{Permit, Public};
use crate::platform::http::{CursorScope, Fields, Page, PageInfo, Paging, Reply, Sparse};
use crate::platform::problem::Problem;

/// Answers one page of a list; `view` makes of each card what readers get, if there is anything.
pub(in crate::delivery) async fn answer<V: Serialize + ToSchema + 'static>(
    (app, permit, request): (&App, &Permit<Public>, &HttpRequest),
    (asked, walking, fields): (&Asked, Walking, Option<&str>),
    listing: &Listing,
    view: impl Fn(Card, &Cards) -> Result<Option<V>, Problem>,
) -> Result<Reply<Page<Sparse<V>>>, Problem> {
    let fields = Fields::parse::<V>(fields)?;
    let paging = Paging::new(walking.limit, walking.after, walking.before)?;
    let bound = listing.bound(asked);
    let scope = CursorScope { list: listing.name, query: &bound };
    let edge: Option<Edge> = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let window = Window {
        edge,
        backwards: paging.is_backwards(),
        limit: paging.rows(),
        count: walking.count.is_some(),
    };
    let Answer { mut value, about } = actions::list(app, permit, asked, listing, &window).await?;
    let rows = std::mem::take(&mut value.rows);
    let Page { data, page } =
        paging.page(rows, |card: &Card| app.cursors.seal(scope, &Edge::of(listing, card)))?;
    let data = data.into_iter().filter_map(|card| view(card, &value).transpose());
    let data = data.map(|view| fields.of(view?)).collect::<Result<_, _>>()?;
    let page = Page { data, page: PageInfo { total: value.total, ..page } };
    Ok(page.linked(request, |page| reply(page, about)))
}
