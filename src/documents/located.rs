//! Where a document lies, as drafted and in public, now and later: what grants for subtrees are checked against, for those
//! who ask why they are allowed or refused.

use chrono::{DateTime, Utc};

use super::frame::Which;
use super::model::Header;
use super::{reach, store};
use crate::app::App;
use crate::platform::access::{KindName, Permit, Place, Read as ReadPermission};
use crate::platform::problem::Problem;

/// A document with all its places.
#[derive(Debug, Clone)]
pub struct Located {
    /// The document.
    pub header: Header,
    /// Its places: as drafted, then in public, in order of time.
    pub places: Vec<Place>,
    /// The instants at which its own publications begin. Places change at others too: those of what lies above.
    pub begins: Vec<DateTime<Utc>>,
    /// The instant as of which this is.
    pub now: Option<DateTime<Utc>>,
}

/// Finds where a document lies.
///
/// # Errors
/// 403 when the permit does not reach it, 404.
pub async fn locate<K: KindName>(
    app: &App,
    permit: &Permit<ReadPermission<K>>,
    which: Which<'_>,
) -> Result<Located, Problem> {
    app.store
        .read(async |read| {
            let locale = which.locale.map_or_else(|| read.locale.clone(), str::to_owned);
            let header = store::header(read.conn(), which.entry, &locale).await?;
            let header = header.ok_or_else(super::not_found)?;
            reach::over(read.conn(), permit, &header).await?;
            reach::locate(read.conn(), header).await
        })
        .await
}
