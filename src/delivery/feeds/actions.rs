//! Making a feed: the newest pages with their content, links and pictures as the public sees them.

use std::collections::HashMap;

use uuid::Uuid;

use super::model::{Feed, FeedEntry};
use crate::app::App;
use crate::content::blocks::html::html;
use crate::content::blocks::view::Reader;
use crate::content::media::public::Images as _;
use crate::content::pages::Page;
use crate::content::text::absolute::absolute;
use crate::content::text::forms::TextForms;
use crate::content::text::links::Target;
use crate::delivery::actions::select;
use crate::delivery::bodies;
use crate::delivery::listed;
use crate::delivery::listed::model::Listed;
use crate::delivery::listed::view::Lister;
use crate::delivery::listing;
use crate::delivery::listing::model::{Listing, Window};
use crate::delivery::media;
use crate::delivery::model::{Answer, Asked, Card, Crumb};
use crate::delivery::settings::{self, SiteSaid};
use crate::delivery::view::{PageCard, Shown};
use crate::platform::access::{Permit, Public};
use crate::platform::problem::Problem;

/// What a feed is made of.
struct Material {
    default: String,
    asked: String,
    cards: Vec<Card>,
    bodies: HashMap<Uuid, Page>,
    links: HashMap<Uuid, Crumb>,
    media: Vec<crate::content::media::public::PublicMedia>,
    said: SiteSaid,
    listed: Listed,
}

/// The feed whose own address is `own`.
pub(super) async fn feed(
    app: &App,
    _permit: &Permit<Public>,
    asked: &Asked,
    (listing, window): (&Listing, &Window),
    own: String,
) -> Result<Answer<Feed>, Problem> {
    let spec = app.kinds.get(&listing.kind)?;
    let answer = select(app, asked, async |found| {
        let default = found.default.clone();
        let cards = listing::store::list(found, listing, window).await?;
        let read = bodies::read(found, spec, &cards).await?;
        let said = settings::store::settings(app, found).await?.said();
        let listed =
            listed::find(found, &app.kinds, read.of.iter().map(|(entry, body)| (*entry, body))).await?;
        let around = cards.iter().chain(listed.cards()).filter_map(Card::image).chain(said.image);
        let pictures: Vec<Uuid> = around.chain(read.targets).collect();
        let media = media::store::among(found, &pictures).await?;
        let page = |(entry, body)| Ok((entry, serde_json::from_value(body).map_err(Problem::internal)?));
        let bodies = read.of.into_iter().map(page).collect::<Result<_, Problem>>()?;
        let links = read.links;
        let asked = found.locales.first().cloned().unwrap_or_default();
        Ok(Material { default, asked, cards, bodies, links, media, said, listed })
    });
    let Answer { value, about } = answer.await?;
    Ok(Answer { value: assemble(app, value, own)?, about })
}

fn assemble(app: &App, material: Material, own: String) -> Result<Feed, Problem> {
    let Material { default, asked, cards, bodies, links, media, said, listed } = material;
    let site = app.site.or(said.url);
    // What stands in for the locale is shown where the locale is.
    let address = |path: &str| site.address(&default, &asked, path);
    let shown = Shown::new(&media, &app.gallery);
    let find = |id: Uuid| {
        let crumb: &Crumb = links.get(&id)?;
        match &crumb.path {
            Some(path) => Some(Target { path: address(path), title: crumb.title.clone() }),
            None => shown.file(id),
        }
    };
    let mut entries = Vec::new();
    for card in cards {
        let Some(page) = bodies.get(&card.entry) else { continue };
        let lists = Lister { listed: &listed, page: card.entry, shown: &shown, address: &address };
        let reader = Reader { forms: TextForms::default(), links: &find, images: &shown, lists: &lists };
        let blocks: Vec<_> = page.blocks.iter().map(|block| block.view(reader)).collect();
        let card = PageCard::new(card, &shown);
        let url = address(&card.path);
        entries.push(FeedEntry {
            id: card.id,
            content: absolute(&html(&blocks), &url).map_err(Problem::internal)?,
            url,
            title: card.title,
            summary: card.summary,
            image: card.image.map(|image| image.renditions.src),
            tags: card.tags,
            language: card.locale,
            published: card.published_at,
            updated: card.updated_at,
        });
    }
    let home = address("/");
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, home.as_bytes()).urn().to_string();
    Ok(Feed {
        title: said.title.unwrap_or_else(|| site.host().to_owned()),
        tagline: said.tagline,
        image: said.image.and_then(|image| shown.image(image)).map(|image| image.renditions.src),
        home,
        own,
        id,
        language: asked,
        entries,
    })
}
