//! Reading what changed in public.

use super::model::{Known, Part};
use super::store;
use crate::app::App;
use crate::content::media;
use crate::delivery::actions::select;
use crate::delivery::model::{Answer, Asked};
use crate::platform::access::{Permit, Public};
use crate::platform::problem::Problem;

/// What changed after what the caller knows; whoever knows nothing is told from where to go on.
pub(super) async fn since(
    app: &App,
    _permit: &Permit<Public>,
    known: Option<Known>,
    limit: usize,
) -> Result<Answer<Part>, Problem> {
    let media = media::kind();
    select(app, &Asked::default(), async |found| {
        for kind in app.kinds.names() {
            found.tags.lists(kind);
        }
        let now = store::settled(found).await?;
        let Some(known) = known else {
            // Not the present instant, which would make each answer another one: all that has happened has happened by then.
            return Ok(Part { changes: Vec::new(), known: Known::all_until(now.changed_at), more: false });
        };
        let until = known.walk.as_ref().map_or(now.until, |walk| walk.until);
        let steps = store::steps(found, &known, until, &media).await?;
        Ok(Part::new(&known, until, steps, (store::LOOKED_AT, limit)))
    })
    .await
}
