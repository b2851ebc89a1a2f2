//! A menu with what its items lead to.

use std::collections::HashMap;

use uuid::Uuid;

use crate::content::media::public::PublicMedia;
use crate::delivery::model::{Crumb, PublicDocument};

/// A public menu with everything that is needed to show it.
#[derive(Debug)]
pub(super) struct FoundMenu {
    /// The menu.
    pub document: PublicDocument,
    /// Every public entry that it points at.
    pub links: HashMap<Uuid, Crumb>,
    /// Those of them that are media.
    pub media: Vec<PublicMedia>,
}
