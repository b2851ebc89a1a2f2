//! What is done with menus beyond what every document can: reading them with what drops out of them now.

use std::collections::HashMap;

use uuid::Uuid;

use super::view::MenuDocument;
use super::{Menu, store};
use crate::app::App;
use crate::documents::body::{Document, References};
use crate::documents::kind::KindSpec;
use crate::documents::model::Snapshot;
use crate::documents::typed;
use crate::platform::problem::Problem;

/// The functions of the kind.
///
/// # Errors
/// 500 when the registry lacks it.
pub(super) fn spec(app: &App) -> Result<&KindSpec, Problem> {
    app.kinds.get(&super::kind())
}

/// A menu as editors see it, with what of its newest revision readers would not get if it were public now.
///
/// # Errors
/// 410 when its newest revision was erased.
pub(super) async fn shown(app: &App, snapshot: Snapshot) -> Result<MenuDocument, Problem> {
    let menu: Menu = typed::body(&snapshot)?;
    let mut references = References::default();
    menu.references(&mut references);
    let entries: Vec<Uuid> = references.iter().map(|reference| reference.target).collect();
    let locale = &snapshot.state.header.locale;
    let public: HashMap<Uuid, bool> = app
        .store
        .read(async |read| {
            let now = read.at.instant;
            store::public(read, &entries, locale, now).await
        })
        .await?;
    Ok(MenuDocument::new(snapshot.state.into(), menu, &public))
}
