//! How what is public looks in the read API: complete, so that a frontend renders it without asking again.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::openapi::schema::OneOfBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::include::model::Include;
use super::include::view::{IncludedView, Nested};
use super::listed::view::Lister;
use super::model::{Card, Crumb, Rendered, Resolved};
use super::people::view::PersonView;
use super::settings::AboutSite;
use crate::blobs::Gallery;
use crate::content::blocks::view::{BlockView, Reader};
use crate::content::media::public::{FileView, ImageView, Images, PublicMedia};
use crate::content::pages::Page;
use crate::content::text::forms::TextForms;
use crate::content::text::links::{Links, Target};
use crate::documents::path::Normalised;
use crate::platform::http::Sparse;
use crate::platform::problem::Problem;

/// A page in a list: what a teaser shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PageCard {
    /// The entry.
    pub id: Uuid,
    /// Always `page`.
    #[schema(example = "page")]
    pub kind: String,
    /// The locale, a BCP 47 tag.
    #[schema(example = "en")]
    pub locale: String,
    /// The locale that was asked for, or the site's default.
    #[schema(example = "en")]
    pub requested_locale: String,
    /// Whether `locale` stands in for `requested_locale`, in which there is no such page.
    pub fallback: bool,
    /// The title.
    #[schema(example = "Our history")]
    pub title: String,
    /// The path on the public site.
    #[schema(example = "/about/history")]
    pub path: String,
    /// What the page is about, in a few sentences; `null` when it says nothing.
    #[schema(required, example = "How a handful of teachers became a national network.")]
    pub summary: Option<String>,
    /// The words that the page is filed under.
    #[schema(example = json!(["history", "community"]))]
    pub tags: Vec<String>,
    /// The date that readers are shown: the one that the editor set, else that of the first publication.
    pub published_at: DateTime<Utc>,
    /// When the present content became public.
    pub updated_at: DateTime<Utc>,
    /// The picture that stands for the page; `null` when there is none that is public.
    #[schema(required)]
    pub image: Option<ImageView>,
    /// The page above; `null` at the top.
    #[schema(required)]
    pub parent: Option<Uuid>,
    /// What `include` asked for; absent without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub included: Option<Box<IncludedView>>,
}

impl PageCard {
    /// The card of a page, with its picture.
    #[must_use]
    pub fn new(card: Card, shown: &Shown<'_>) -> Self {
        let image = card.image().and_then(|image| shown.image(image));
        Self {
            tags: card.tags(),
            id: card.entry,
            kind: card.kind,
            fallback: card.locale != card.requested_locale,
            locale: card.locale,
            requested_locale: card.requested_locale,
            title: card.title,
            path: card.path.unwrap_or_default(),
            summary: card.summary,
            published_at: card.published_at,
            updated_at: card.updated_at,
            image,
            parent: card.parent,
            included: None,
        }
    }
}

/// The media that an answer shows, as the addresses of this installation have them.
pub struct Shown<'a> {
    media: &'a [PublicMedia],
    gallery: &'a Gallery,
}

impl<'a> Shown<'a> {
    /// These media.
    #[must_use]
    pub fn new(media: &'a [PublicMedia], gallery: &'a Gallery) -> Self {
        Self { media, gallery }
    }

    fn find(&self, id: Uuid) -> Option<&PublicMedia> {
        self.media.iter().find(|media| media.entry == id)
    }

    /// Where a link to a file leads.
    pub(super) fn file(&self, id: Uuid) -> Option<Target> {
        let media = self.find(id)?;
        Some(Target { path: media.download(self.gallery)?.url, title: media.title.clone() })
    }
}

impl Images for Shown<'_> {
    fn image(&self, id: Uuid) -> Option<ImageView> {
        self.find(id)?.image(self.gallery)
    }

    fn file(&self, id: Uuid) -> Option<FileView> {
        let media = self.find(id)?;
        Some(FileView { id, title: media.title.clone(), download: media.download(self.gallery)? })
    }
}

/// A page above this one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Breadcrumb {
    /// The entry.
    pub id: Uuid,
    /// Its title.
    #[schema(example = "About us")]
    pub title: String,
    /// Its path on the public site.
    #[schema(example = "/about")]
    pub path: String,
}

impl From<Crumb> for Breadcrumb {
    fn from(crumb: Crumb) -> Self {
        Self { id: crumb.entry, title: crumb.title, path: crumb.path.unwrap_or_default() }
    }
}

/// What search engines and previews of links are told. Every field is filled: where the editor said nothing, from the
/// page itself, and then from the settings of the site.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SeoView {
    /// For `<title>`.
    #[schema(example = "Our history")]
    pub title: String,
    /// The name of the site, as the settings say it, to be put after the title; `null` when they do not.
    #[schema(required, example = "Lantern Alliance")]
    pub site_name: Option<String>,
    /// For the description: that of the page, else its summary, for the home page else the tagline of the site; `null` when there
    /// is none.
    #[schema(required, example = "How a handful of teachers became a national network.")]
    pub description: Option<String>,
    /// The address that this page should be known by: a path of this site or an absolute one.
    #[schema(example = "/about/history")]
    pub canonical: String,
    /// The same as an absolute address of the public site; `null` while neither the settings nor the server say where that is.
    #[schema(required, example = "https://www.example.org/about/history")]
    pub canonical_url: Option<String>,
    /// Whether search engines should leave the page out, by itself or with the whole site.
    pub noindex: bool,
    /// The picture for previews of links: that of the page, else that of the site; `null` when there is none that is public.
    #[schema(required)]
    pub image: Option<ImageView>,
}

/// A page with everything needed to render it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PageView {
    #[serde(flatten)]
    card: PageCard,
    /// The pages above, from the top of the site down.
    breadcrumbs: Vec<Breadcrumb>,
    /// What search engines and previews of links are told.
    seo: SeoView,
    /// The content.
    blocks: Vec<BlockView>,
    /// Paths that led here before and still do, newest first; at most 20.
    #[schema(example = json!(["/history"]))]
    previous_paths: Vec<String>,
}

impl PageView {
    /// Resolves the links of a page and puts its rich text into the forms that were asked for.
    ///
    /// # Errors
    /// 500 when the stored body cannot be read.
    pub fn new(
        rendered: Rendered,
        forms: TextForms,
        include: &Include,
        gallery: &Gallery,
    ) -> Result<Self, Problem> {
        let page: Page = serde_json::from_value(rendered.document.body).map_err(Problem::internal)?;
        let links = rendered.links;
        let shown = Shown::new(&rendered.media, gallery);
        let find = |id: Uuid| {
            let crumb = links.get(&id)?;
            match &crumb.path {
                Some(path) => Some(Target { path: path.clone(), title: crumb.title.clone() }),
                None => shown.file(id),
            }
        };
        let lists = Lister {
            listed: &rendered.listed,
            page: rendered.document.card.entry,
            shown: &shown,
            address: &str::to_owned,
        };
        let reader = Reader { forms, links: &find, images: &shown, lists: &lists };
        let blocks = page.blocks.iter().map(|block| block.view(reader)).collect();
        let nested = Nested { family: &rendered.family, shown: &shown };
        let card = nested.card(rendered.document.card, include);
        Ok(Self {
            seo: seo(&page, &card, (&find, &shown), &rendered.about),
            blocks,
            breadcrumbs: rendered.breadcrumbs.into_iter().map(Breadcrumb::from).collect(),
            previous_paths: rendered.previous_paths,
            card,
        })
    }
}

impl SeoView {
    /// What an entry itself says: its title, its description if it has one, and the address that it wants to be known by if it
    /// is not its own path.
    #[must_use]
    pub fn of(title: String, description: Option<String>, canonical: String) -> Self {
        let (site_name, canonical_url, noindex, image) = (None, None, false, None);
        Self { title, site_name, description, canonical, canonical_url, noindex, image }
    }

    /// The same with what the settings say of the site, for an entry in this locale at this path.
    #[must_use]
    pub fn within(
        self,
        AboutSite { said, site, default }: &AboutSite,
        (locale, path): (&str, &str),
        images: &dyn Images,
    ) -> Self {
        let url = match &self.canonical {
            own if own == path => site.address(default, locale, path),
            other if other.starts_with('/') => site.encoded(default, locale, other),
            elsewhere => elsewhere.clone(),
        };
        let tagline = said.tagline.clone().filter(|_| path == "/");
        Self {
            site_name: said.title.clone(),
            description: self.description.or(tagline),
            canonical_url: site.is_known().then_some(url),
            noindex: self.noindex || said.noindex,
            image: self.image.or_else(|| images.image(said.image?)),
            ..self
        }
    }
}

fn seo(
    page: &Page,
    card: &PageCard,
    (links, images): (&dyn Links, &dyn Images),
    about: &AboutSite,
) -> SeoView {
    let seo = &page.seo;
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let canonical = seo.canonical.as_ref().and_then(|address| address.resolve(links));
    let own = SeoView {
        noindex: seo.noindex,
        image: seo.image.and_then(|image| images.image(image)).or_else(|| card.image.clone()),
        ..SeoView::of(
            given(&seo.title).unwrap_or_else(|| card.title.clone()),
            given(&seo.description).or_else(|| card.summary.clone()),
            canonical.map_or_else(|| card.path.clone(), |link| link.url),
        )
    };
    own.within(about, (&card.locale, &card.path), images)
}

/// Where a path leads.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "match", rename_all = "snake_case")]
pub enum Resolution {
    /// To a page: render it.
    Page {
        /// The page.
        #[schema(value_type = Sparse<PageView>)]
        page: Box<Sparse<PageView>>,
    },
    /// To somebody who has a page of their own: render it.
    Person {
        /// The person.
        #[schema(value_type = Sparse<PersonView>)]
        person: Box<Sparse<PersonView>>,
    },
    /// Elsewhere: send the visitor there.
    Redirect {
        /// A path of this site or an absolute address.
        #[schema(example = "/about/history")]
        to: String,
        /// The HTTP status to send the visitor on with: 301, 302, 307 or 308.
        #[schema(example = 301)]
        status: u16,
    },
}

impl Resolution {
    /// Where a path leads. One in another form than the normal one leads to the normal one.
    ///
    /// # Errors
    /// What `found` gives.
    pub fn new(
        resolved: Resolved,
        path: &Normalised,
        found: impl FnOnce(Rendered) -> Result<Self, Problem>,
    ) -> Result<Self, Problem> {
        Ok(match resolved {
            Resolved::Redirect { to, status } => Self::Redirect { to, status },
            Resolved::Entry(_) if path.changed => Self::Redirect { to: path.path.to_string(), status: 301 },
            Resolved::Entry(entry) => found(*entry)?,
        })
    }
}

/// Whatever stands at a path: before it is known what, `fields` may name the fields of all of it.
pub enum AtAPath {}

impl PartialSchema for AtAPath {
    fn schema() -> RefOr<Schema> {
        let kinds = OneOfBuilder::new().item(Ref::from_schema_name(PageView::name()));
        kinds.item(Ref::from_schema_name(PersonView::name())).into()
    }
}

impl ToSchema for AtAPath {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((PageView::name().into_owned(), PageView::schema()));
        schemas.push((PersonView::name().into_owned(), PersonView::schema()));
        PageView::schemas(schemas);
        PersonView::schemas(schemas);
    }
}
