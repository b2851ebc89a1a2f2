//! The sample site: a small, plainly fictional alliance that a newcomer meets on the first start.

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::app::App;
use crate::content::pages::{Page, PageDraft};
use crate::import::{self, Item, Options, Visibility};
use crate::platform::access::{Permit, Write};
use crate::platform::problem::{Code, Problem};

const SITE: &str = include_str!("site.json");

/// A page of the sample file: its key and parent's key beside what a client would send.
#[derive(Deserialize)]
struct SamplePage {
    key: String,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    draft: bool,
    body: Value,
}

/// Loads the sample site if the database holds no content. Gives whether it did.
///
/// # Errors
/// When the database is away, or the sample breaks a rule (a test sees to it that it does not).
pub async fn load(app: &App, permit: &Permit<Write<Page>>) -> Result<bool, Problem> {
    let items = items(&mut || app.ids.uuid())?;
    let options = Options { source: "sample", dry_run: false, only_if_empty: true };
    let outcome = import::apply(app, permit, options, &items, &[], &mut |_| ()).await?;
    Ok(!outcome.is_quiet())
}

fn items(new_id: &mut dyn FnMut() -> Uuid) -> Result<Vec<Item>, Problem> {
    let pages: Vec<SamplePage> = serde_json::from_str(SITE).map_err(Problem::internal)?;
    pages
        .into_iter()
        .map(|sample| {
            let draft: PageDraft = serde_json::from_value(sample.body).map_err(Problem::internal)?;
            let page = draft
                .into_page(new_id)
                .map_err(|problems| Problem::new(Code::Invalid).fields(problems).about(&sample.key))?;
            Ok(Item {
                key: sample.key,
                parent: sample.parent,
                page,
                visibility: if sample.draft { Visibility::Draft } else { Visibility::Public },
                public_at_source: !sample.draft,
                note: "Part of the sample site".to_owned(),
                holds_others: false,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::documents::body::{Document, Problems, Stage};

    #[test]
    fn every_sample_page_can_be_published_and_stands_after_its_parent() {
        let items = items(&mut Uuid::nil).unwrap();
        let mut seen = HashSet::new();
        for item in &items {
            let mut problems = Problems::default();
            item.page.check(Stage::Publish, &mut problems);
            assert!(problems.is_empty(), "{}: {problems:?}", item.key);
            assert!(item.parent.as_ref().is_none_or(|parent| seen.contains(parent)), "{}", item.key);
            assert!(seen.insert(item.key.clone()), "{} stands twice", item.key);
        }
        assert!(items.iter().any(|item| item.visibility == Visibility::Draft));
    }
}
