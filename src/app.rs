//! The only bag of services: what actions and handlers need, made once at the start.

use crate::blobs::gallery::{Gallery, GallerySettings};
use crate::blobs::renditions::Making;
use crate::blobs::studio::Studio;
use crate::documents::kind::Kinds;
use crate::identity::refusals::Refusals;
use crate::identity::users::Hashing;
use crate::platform::db::Store;
use crate::platform::http::CursorKey;
use crate::platform::id::Ids;
use crate::platform::mail::Mailer;
use crate::platform::problem::Problem;
use crate::platform::public_site::{PublicSite, SiteUrl};
use crate::platform::public_url::PublicUrl;
use crate::platform::storage::Storage;

/// So long tags are when nothing else is said: with them an answer still fits into what proxies expect of headers.
pub const CACHE_TAG_BYTES: usize = 1024;

/// Everything that an action may ask for.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The bytes of uploads.
    pub storage: Storage,
    /// The sizes in which pictures are shown, and the addresses of media.
    pub gallery: Gallery,
    /// Where pictures are looked at and made.
    pub studio: Studio,
    /// Which renditions are being made.
    pub making: Making,
    /// The kinds of content.
    pub kinds: Kinds,
    /// Where new ids come from.
    pub ids: Ids,
    /// Seals the cursors of lists; the same in every process of the installation.
    pub cursors: CursorKey,
    /// Bounds how many passwords are hashed at once.
    pub hashing: Hashing,
    /// Counts who is turned away.
    pub refusals: Refusals,
    /// The address under which people reach the installation; links that leave it are made from this alone.
    pub public_url: PublicUrl,
    /// Where the public site is.
    pub site: PublicSite,
    /// Sends mail, where a server for it is named. Without one, links are shown to the administrator who asks.
    pub mail: Option<Mailer>,
    /// How long the tags of an answer may be that tell caches what it was computed from; 0 is for none.
    pub cache_tag_bytes: usize,
}

impl App {
    /// Puts the services together; the database must be migrated.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn new(store: Store, storage: Storage, kinds: Kinds) -> Result<Self, Problem> {
        let cursors = CursorKey::new(store.key("cursor").await?);
        let public_url = PublicUrl::default();
        Ok(Self {
            store,
            storage,
            studio: Studio::default(),
            making: Making::default(),
            gallery: Gallery::new(GallerySettings::default(), public_url.clone()),
            kinds,
            ids: Ids,
            cursors,
            site: PublicSite::new(None, public_url.clone()),
            hashing: Hashing::default(),
            refusals: Refusals::default(),
            public_url,
            mail: None,
            cache_tag_bytes: CACHE_TAG_BYTES,
        })
    }

    /// The same services with these presets, and with media served below an address; that of the installation when none is
    /// given.
    #[must_use]
    pub fn with_gallery(self, settings: GallerySettings, media_url: Option<PublicUrl>) -> Self {
        let base = media_url.unwrap_or_else(|| self.public_url.clone());
        Self { gallery: Gallery::new(settings, base), ..self }
    }

    /// The same services with a way to people outside: where they find the installation, and what sends them mail.
    #[must_use]
    pub fn with_mail(self, public_url: PublicUrl, mail: Option<Mailer>) -> Self {
        let site = PublicSite::new(None, public_url.clone());
        Self { public_url, site, mail, ..self }
    }

    /// The same services with the public site at this address; at that of the installation when none is given.
    #[must_use]
    pub fn with_site(self, url: Option<SiteUrl>) -> Self {
        Self { site: PublicSite::new(url, self.public_url.clone()), ..self }
    }
}
