//! How people look in the read API. What is private of a person is left out here, so that nothing that is made of these views
//! has it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::content::blocks::view::Reader;
use crate::content::media::public::ImageView;
use crate::content::people::language::Language;
use crate::content::people::{Link, LinkKind, Membership, Person};
use crate::content::text::forms::Text;
use crate::delivery::kinds::{Around, EntryHead};
use crate::delivery::model::Card;
use crate::delivery::settings::AboutSite;
use crate::delivery::view::{Breadcrumb, SeoView};

/// A person: what a list of people shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonCard {
    #[serde(flatten)]
    head: EntryHead,
    /// The name; the same as `title`.
    #[schema(example = "Ada Example")]
    name: String,
    /// What finds the person in addresses: `filter[slug]` takes it.
    #[schema(example = "ada-example")]
    slug: String,
    /// The path of the page that the person has on the public site; `null` for who has none.
    #[schema(required, example = "/about/ada-example")]
    path: Option<String>,
    /// The page above that page; `null` at the top, and for who has none.
    #[schema(required)]
    parent: Option<Uuid>,
    /// What stands before the name.
    #[schema(required, example = "Dr.")]
    honorific: Option<String>,
    /// How to speak of the person.
    #[schema(required, example = "she/her")]
    pronouns: Option<String>,
    /// Titles of what the person does.
    #[schema(example = json!(["Chair"]))]
    roles: Vec<String>,
    /// Where the person works.
    #[schema(required, example = "Lantern School")]
    organisation: Option<String>,
    /// Where the person lives or works.
    #[schema(required, example = "Harbour Town")]
    location: Option<String>,
    /// The languages that the person speaks.
    languages: Vec<Language>,
    /// The groups that the person is in, with the rank in each.
    groups: Vec<Membership>,
    /// Who the person is; `null` when nothing is said.
    #[schema(required)]
    biography: Option<Text>,
    /// The same in short.
    #[schema(required, example = "Taught mathematics before she founded the alliance.")]
    summary: Option<String>,
    /// What the person looks like; `null` when there is no picture that is public.
    #[schema(required)]
    portrait: Option<ImageView>,
    /// Public ways to reach the person.
    links: Vec<PersonLink>,
    /// The day on which the person joined.
    #[schema(required)]
    joined: Option<NaiveDate>,
    /// The day on which the person left.
    #[schema(required)]
    left: Option<NaiveDate>,
}

/// A public way to reach somebody.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(examples(json!({"kind": "website", "label": null, "url": "https://example.org/ada"})))]
pub struct PersonLink {
    /// What it leads to.
    kind: LinkKind,
    /// What it is called; `null` for what the kind says.
    #[schema(required)]
    label: Option<String>,
    /// What to put into `href`.
    url: String,
}

/// A person with everything needed to show their page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonView {
    #[serde(flatten)]
    card: PersonCard,
    /// The pages above the page of the person, from the top of the site down.
    breadcrumbs: Vec<Breadcrumb>,
    /// What search engines and previews of links are told of that page; `null` for who has none.
    #[schema(required)]
    seo: Option<SeoView>,
    /// Paths that led here before and still do, newest first; at most 20.
    #[schema(example = json!(["/about/ada"]))]
    previous_paths: Vec<String>,
}

fn given(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

impl PersonLink {
    /// The link, for readers who may see it.
    fn new(link: &Link) -> Option<Self> {
        link.is_shown().then(|| Self {
            kind: link.kind,
            label: given(&link.label),
            url: link.url.as_str().to_owned(),
        })
    }
}

impl PersonCard {
    /// The person, with links resolved and the biography in the forms that were asked for.
    #[must_use]
    pub fn new(person: &Person, card: Card, reader: Reader<'_>) -> Self {
        let scope = card.entry.to_string();
        Self {
            name: person.name.clone(),
            slug: person.slug.to_string(),
            path: card.path.clone(),
            parent: card.parent,
            honorific: given(&person.honorific),
            pronouns: given(&person.pronouns),
            roles: person.roles.clone(),
            organisation: given(&person.organisation),
            location: given(&person.location),
            languages: person.languages.clone(),
            groups: person.groups.clone(),
            biography: Text::unless_blank(&person.biography, reader.forms, &scope, reader.links),
            summary: given(&person.summary),
            portrait: person.portrait.and_then(|portrait| reader.images.image(portrait)),
            links: person.links.iter().filter_map(PersonLink::new).collect(),
            joined: person.joined,
            left: person.left,
            head: card.into(),
        }
    }
}

impl PersonView {
    /// The person, with what is around their page.
    #[must_use]
    pub fn new(person: &Person, card: Card, around: Around, reader: Reader<'_>) -> Self {
        let card = PersonCard::new(person, card, reader);
        Self {
            seo: card.path.as_deref().map(|path| seo(person, (&card, path), reader, &around.about)),
            breadcrumbs: around.breadcrumbs.into_iter().map(Breadcrumb::from).collect(),
            previous_paths: around.previous_paths,
            card,
        }
    }
}

/// Where the editor said nothing, the name, the summary and the portrait stand in.
fn seo(person: &Person, (card, path): (&PersonCard, &str), reader: Reader<'_>, about: &AboutSite) -> SeoView {
    let seo = &person.seo;
    let canonical = seo.canonical.as_ref().and_then(|address| address.resolve(reader.links));
    let own = SeoView {
        noindex: seo.noindex,
        image: seo.image.and_then(|image| reader.images.image(image)).or_else(|| card.portrait.clone()),
        ..SeoView::of(
            given(&seo.title).unwrap_or_else(|| person.name.clone()),
            given(&seo.description).or_else(|| card.summary.clone()),
            canonical.map_or_else(|| path.to_owned(), |link| link.url),
        )
    };
    own.within(about, (&card.head.locale, path), reader.images)
}
