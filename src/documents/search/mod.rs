//! Searching the newest revisions of documents, drafts included, for those who may read them.

pub mod http;
mod store;
mod view;

use uuid::Uuid;

use self::store::Candidate;
use super::listing::store::states;
use super::model::{State, StateFilter};
use super::query::Query;
use super::reach;
use crate::app::App;
use crate::platform::access::{AnyContent, Permit, Reach, Read};
use crate::platform::db::Read as ReadOnly;
use crate::platform::problem::Problem;

/// How many documents of a kind are ranked.
const CANDIDATES: i64 = 1_000;

/// For so many documents at once it is looked up where they lie.
const SURVEYED_AT_ONCE: usize = 100;

/// The place of a document in the order: its score in millionths, then its entry.
type Rank = (i64, Uuid);

/// What is searched for.
#[derive(Debug, Clone)]
struct Search {
    query: Query,
    /// Only this kind.
    kind: Option<String>,
    /// Only documents in this state; without one, all that are not in the trash.
    state: Option<StateFilter>,
    edge: Option<Rank>,
    backwards: bool,
    limit: usize,
}

/// What was found.
#[derive(Debug, Clone)]
struct Found {
    /// The best first, each with its score.
    states: Vec<(State, i64)>,
    /// Whether more was found than is ranked.
    limited: bool,
}

/// Finds documents in a locale, the site's when none is given. What the permit does not reach is left out, as it is refused
/// when asked for by its id.
async fn search(
    app: &App,
    permit: &Permit<Read<AnyContent>>,
    locale: Option<&str>,
    search: &Search,
) -> Result<Found, Problem> {
    app.store
        .read(async |read| {
            let locale = locale.map_or_else(|| read.locale.clone(), str::to_owned);
            let (mut found, limited) = candidates(app, read, permit, &locale, search).await?;
            found.sort_by_key(|one| std::cmp::Reverse(one.rank()));
            if search.backwards {
                found.reverse();
            }
            let mut page = within(read, permit, found, search).await?;
            if search.backwards {
                page.reverse();
            }
            let keys: Vec<_> = page.iter().map(|one| one.header.key()).collect();
            let states = states(read, &keys).await?;
            let scores = page.iter().map(|one| one.score);
            Ok(Found { states: states.into_iter().zip(scores).collect(), limited })
        })
        .await
}

/// All that could be on a page, and whether there was more.
async fn candidates(
    app: &App,
    read: &mut ReadOnly<'_>,
    permit: &Permit<Read<AnyContent>>,
    locale: &str,
    search: &Search,
) -> Result<(Vec<Candidate>, bool), Problem> {
    let mut open = Vec::new();
    let mut arms = Vec::new();
    let wanted = |kind: &&str| search.kind.as_deref().is_none_or(|only| only == *kind);
    for kind in app.kinds.names().into_iter().filter(wanted) {
        match permit.reach(kind, locale) {
            Reach::Everything => open.push(kind),
            Reach::Within(bounds) if bounds.is_empty() => {}
            Reach::Within(bounds) => arms.push((vec![kind], Some(bounds))),
        }
    }
    if !open.is_empty() {
        arms.push((open, None));
    }
    let (mut found, mut limited) = (Vec::new(), false);
    for (kinds, bounds) in arms {
        let mut some = store::candidates(read, (&kinds, locale), search, bounds.as_ref()).await?;
        limited |= some.len() > usize::try_from(CANDIDATES).unwrap_or(usize::MAX);
        some.truncate(usize::try_from(CANDIDATES).unwrap_or(usize::MAX));
        found.append(&mut some);
    }
    Ok((found, limited))
}

/// The page beyond the edge, of those that the permit reaches at every place.
async fn within(
    read: &mut ReadOnly<'_>,
    permit: &Permit<Read<AnyContent>>,
    found: Vec<Candidate>,
    search: &Search,
) -> Result<Vec<Candidate>, Problem> {
    let beyond = |one: &Candidate| match search.edge {
        None => true,
        Some(edge) if search.backwards => one.rank() > edge,
        Some(edge) => one.rank() < edge,
    };
    let found: Vec<Candidate> = found.into_iter().filter(beyond).collect();
    let mut page = Vec::new();
    for some in found.chunks(SURVEYED_AT_ONCE) {
        let documents = some.iter().map(|one| reach::of(&one.header));
        let survey = reach::survey(read.conn(), permit, documents).await?;
        let reached = some.iter().filter(|one| survey.over(permit, reach::of(&one.header)).is_ok());
        page.extend(reached.cloned());
        if page.len() >= search.limit {
            break;
        }
    }
    page.truncate(search.limit);
    Ok(page)
}
