//! `/v1/<kind>`: what is public of a kind.

use actix_web::http::Method;
use actix_web::{HttpRequest, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Delivered, Wanted, card, operations, view};
use crate::app::App;
use crate::delivery::actions;
use crate::delivery::http::{Forms, reply};
use crate::delivery::include::model::Include;
use crate::delivery::listing;
use crate::delivery::listing::model::Listing;
use crate::delivery::listing::params::{Reading, Walking};
use crate::delivery::model::{Answer, Card, Cards};
use crate::platform::access::{Public, Require};
use crate::platform::http::{Fields, Ids, Page, Params, Reply, Sparse};
use crate::platform::problem::Problem;

/// Mounts the endpoints of a kind.
pub fn configure<D: Delivered>(config: &mut ServiceConfig<'_>) {
    let all = format!("/v1/{}", D::WORDS.many);
    let one = format!("{all}/{{id}}");
    config
        .service(operations::list::<D>().at(Method::GET, &all, list::<D>))
        .service(operations::get::<D>().at(Method::GET, &one, get::<D>));
}

async fn list<D: Delivered>(
    Require(permit): Require<Public>,
    Params((walking, wanted, forms, reading)): Params<(Walking, D::Wanted, Forms, Reading)>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<Sparse<D::Card>>>, Problem> {
    let asked = actions::asked(&permit, reading.locale, reading.as_of.as_deref())?;
    let forms = forms.read()?;
    let listing = listing::<D>(wanted.into());
    let asking = (&asked, walking, reading.fields.as_deref());
    let view = |row: Card, cards: &Cards| card::<D>(&app, row, cards, forms);
    listing::http::answer((&app, &permit, &request), asking, &listing, view).await
}

async fn get<D: Delivered>(
    Require(permit): Require<Public>,
    Ids(id): Ids,
    Params((forms, reading)): Params<(Forms, Reading)>,
    app: web::Data<App>,
) -> Result<Reply<Sparse<D::View>>, Problem> {
    let asked = actions::asked(&permit, reading.locale, reading.as_of.as_deref())?;
    let forms = forms.read()?;
    let fields = Fields::parse::<D::View>(reading.fields.as_deref())?;
    let (kind, include) = (D::KIND, Include::default());
    let of = (kind.as_str(), &include);
    let Answer { value, about } = actions::get(&app, &permit, &asked, of, id).await?;
    Ok(reply(fields.of(view::<D>(&app, value, forms)?)?, about))
}

fn listing<D: Delivered>(Wanted { filter, order }: Wanted) -> Listing {
    Listing {
        name: D::WORDS.many,
        kind: D::KIND.to_string(),
        picture: Card::image,
        order,
        filter,
        include: Include::default(),
        whole: true,
    }
}
