//! The only bag of services: what actions and handlers need, made once at the start.

use crate::documents::kind::Kinds;
use crate::identity::refusals::Refusals;
use crate::identity::users::Hashing;
use crate::platform::db::Store;
use crate::platform::http::CursorKey;
use crate::platform::id::Ids;
use crate::platform::mail::Mailer;
use crate::platform::problem::Problem;
use crate::platform::public_url::PublicUrl;

/// Everything that an action may ask for.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
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
    /// Sends mail, where a server for it is named. Without one, links are shown to the administrator who asks.
    pub mail: Option<Mailer>,
}

impl App {
    /// Puts the services together; the database must be migrated.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn new(store: Store, kinds: Kinds) -> Result<Self, Problem> {
        let cursors = CursorKey::new(store.key("cursor").await?);
        Ok(Self {
            store,
            kinds,
            ids: Ids,
            cursors,
            hashing: Hashing::default(),
            refusals: Refusals::default(),
            public_url: PublicUrl::default(),
            mail: None,
        })
    }

    /// The same services with a way to people outside: where they find the installation, and what sends them mail.
    #[must_use]
    pub fn with_mail(self, public_url: PublicUrl, mail: Option<Mailer>) -> Self {
        Self { public_url, mail, ..self }
    }
}
