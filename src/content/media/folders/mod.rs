//! Which folders the library has.

mod store;

use std::collections::BTreeSet;

use super::{Folder, Media};
use crate::app::App;
use crate::platform::access::{Permit, Read, Subject};
use crate::platform::problem::Problem;

/// Every folder in which something lies, and those above it, in order. Whoever may read only some media is shown none of
/// the others' folders: then only the folders of their own.
pub(super) async fn list(
    app: &App,
    permit: &Permit<Read<Media>>,
    locale: Option<&str>,
) -> Result<Vec<Folder>, Problem> {
    let kind = super::kind();
    let names = app.store.read(async |read| {
        let locale = locale.map_or_else(|| read.locale.clone(), str::to_owned);
        let all = permit.over(Subject { kind: &kind, created_by: None, locale: &locale }).is_ok();
        let own = permit.actor().user().filter(|_| !all);
        store::names(read, &locale, own).await
    });
    let mut folders = BTreeSet::new();
    for name in names.await? {
        let folder = Folder::try_from(name).map_err(Problem::internal)?;
        let above: Vec<Folder> =
            folder.chain().filter_map(|name| Folder::try_from(name.to_owned()).ok()).collect();
        folders.extend(above);
    }
    Ok(folders.into_iter().collect())
}
