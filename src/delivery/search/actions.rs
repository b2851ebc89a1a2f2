//! Searching in one snapshot: mend, find and rank, load the page, mark.

use std::collections::{BTreeSet, HashMap};

use super::model::{Found, Hit, Search, nearest};
use super::store;
use crate::app::App;
use crate::delivery::actions::select;
use crate::delivery::model::{Answer, Asked};
use crate::delivery::selection::Selection;
use crate::documents::query::Query;
use crate::documents::wording::tokens;
use crate::platform::access::{Permit, Public};
use crate::platform::problem::Problem;

/// Finds what is public by its words.
pub(super) async fn search(
    app: &App,
    _permit: &Permit<Public>,
    asked: &Asked,
    search: &Search,
) -> Result<Answer<Found>, Problem> {
    select(app, asked, async |found| {
        for kind in app.kinds.names() {
            found.tags.lists(kind);
        }
        store::prefer_words(found, true).await?;
        let mended = mend(found, &search.query).await?;
        let query = mended.as_ref().unwrap_or(&search.query);
        let (ranked, limited) = store::rank(found, query, search).await?;
        store::prefer_words(found, false).await?;
        let mut hits = store::load(found, &ranked).await?;
        if search.backwards {
            hits.reverse();
        }
        mark(found, query, &mut hits).await?;
        Ok(Found { hits, mended, limited })
    })
    .await
}

/// The query with the nearest words of the dictionary in place of those that nothing public has.
async fn mend(found: &mut Selection<'_>, query: &Query) -> Result<Option<Query>, Problem> {
    let words: BTreeSet<&str> = query.mendable().collect();
    let unknown = store::unknown(found, &words).await?;
    if unknown.is_empty() {
        return Ok(None);
    }
    let near = store::near(found, &unknown).await?;
    let better: HashMap<&String, String> =
        near.iter().filter_map(|(asked, near)| Some((asked, nearest(asked, near)?))).collect();
    Ok(query.mended(|word| better.get(&word.to_owned()).cloned()))
}

/// Learns which words of the hits were searched for.
async fn mark(found: &mut Selection<'_>, query: &Query, hits: &mut [Hit]) -> Result<(), Problem> {
    let mut words: HashMap<String, BTreeSet<String>> = HashMap::new();
    for hit in hits.iter() {
        let of = words.entry(hit.card.locale.clone()).or_default();
        of.extend(hit.shown().into_iter().flat_map(tokens).map(|token| token.word()));
    }
    for (locale, words) in words {
        let matching = store::matching(found, &locale, words, query).await?;
        for hit in hits.iter_mut().filter(|hit| hit.card.locale == locale) {
            hit.words.clone_from(&matching);
        }
    }
    Ok(())
}
