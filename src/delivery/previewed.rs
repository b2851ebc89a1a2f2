//! Reading as somebody with a preview link: the same queries over a selection in which a draft stands in the place of what is
//! public of it, or over the site as of another instant.

use super::model::{About, Answer, AsOf, Asked, History, Past};
use super::selection::{self, Selection};
use crate::app::App;
use crate::documents::drafted::{self, Draft};
use crate::platform::access::{Actor, AnyContent, Guest, Permit, Read as ReadPermission, Sees};
use crate::platform::problem::Problem;
use crate::previews;

/// Reads what a guest sees, in one snapshot. That the link is good was found out when it was opened; that its maker may read
/// what it shows is asked once more by what reads it.
pub(super) async fn read<T>(
    app: &App,
    guest: &Guest,
    asked: &Asked,
    work: impl AsyncFnOnce(&mut Selection<'_>) -> Result<T, Problem>,
) -> Result<Answer<T>, Problem> {
    let locale = asked.locale.as_deref();
    app.store
        .read(async |read| {
            let maker = Actor::Identified(guest.maker.clone());
            let now = read.at.instant;
            let signature = Some(previews::signature(app, guest.link, now)?);
            let (mut selection, past) = match &guest.sees {
                Sees::Draft { entry, locale: drafted, revision } => {
                    let permit = Permit::<ReadPermission<AnyContent>>::issue(&maker)?;
                    let draft = Draft { entry: *entry, locale: drafted, revision: *revision };
                    let drafted = drafted::drafted(app, read, &permit, draft).await?;
                    let selection = Selection::previewed(read, locale, &drafted).await?;
                    (selection, Past { instant: now, is_final: false })
                }
                Sees::Site { at } => {
                    let as_of = AsOf::new(&Permit::<ReadPermission<History>>::issue(&maker)?, *at);
                    let is_final = selection::is_final(read, as_of).await?;
                    let selection = Selection::as_of(read, locale, as_of).await?;
                    (selection, Past { instant: as_of.instant(), is_final })
                }
            };
            selection.signature = signature;
            Ok(Answer { value: work(&mut selection).await?, about: About::At(past) })
        })
        .await
}
