//! The only bag of services: what actions and handlers need, made once at the start.

use crate::documents::kind::Kinds;
use crate::identity::refusals::Refusals;
use crate::platform::db::Store;
use crate::platform::http::CursorKey;
use crate::platform::id::Ids;
use crate::platform::problem::Problem;

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
    /// Counts who is turned away.
    pub refusals: Refusals,
    /// Sends mail, where a server for it is known.
    pub mail: Option<()>,
    /// Stub.
    pub public_url: String,
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
            refusals: Refusals::default(),
            mail: None,
            public_url: String::new(),
        })
    }
}
