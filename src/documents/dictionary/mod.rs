//! The dictionary: the words of what is public in each locale, by which searches mend typing errors. It is brought up to date
//! by the worker and not by those who publish: a publication would have to touch a row for each of its words while others
//! wait for it, and what begins or ends by plan has no transaction at all. Publications are taken in by the order in which
//! they begin and out by the order in which they end, up to the last change that is committed; so the dictionary is at every
//! moment that of one earlier state of the site, whatever is cut off. Until ends are taken in, readers do not see it.

mod store;

use std::borrow::Cow;
use std::collections::BTreeMap;

use uuid::Uuid;

use self::store::Spoken;
use super::wording::{composed, vocabulary};
use crate::app::App;
use crate::platform::db::{Change, Housekeeping};
use crate::platform::problem::Problem;

/// How many publications a run takes in or out at most.
const AT_ONCE: i64 = 100;

/// How many documents have a word more, or fewer, by locale and word.
type Counts = BTreeMap<(String, String), i32>;

/// Brings the dictionary nearer to what is public. Gives whether there is more to do at once. While another process is at
/// it, there is not.
///
/// # Errors
/// When the database is away.
pub async fn follow(app: &App) -> Result<bool, Problem> {
    if !app.store.read(async |read| store::is_due(read).await).await? {
        return Ok(false);
    }
    app.store
        .housekeep(async |work| {
            let Some(until) = store::begin(work).await? else { return Ok(false) };
            let ended = store::ended(work, until, AT_ONCE).await?;
            apply(work, &counts(ended.iter().filter(|one| one.counted)), false).await?;
            let more = is_full(&ended);
            store::ended_up_to(work, ended.last().filter(|_| more).map(|last| last.id), until).await?;
            if more {
                return Ok(true);
            }
            let begun = store::begun(work, until, AT_ONCE).await?;
            apply(work, &counts(begun.iter()), true).await?;
            let more = is_full(&begun);
            store::begun_up_to(work, begun.last().filter(|_| more).map(|last| last.id), until).await?;
            Ok(more)
        })
        .await
}

/// Takes the words of publications out before what they say changes, those that are in. Waits for the worker.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn forget(tx: &mut Change<'_>, publications: &[Uuid]) -> Result<(), Problem> {
    let spoken = store::counted(&mut tx.housekeeping(), publications).await?;
    apply(&mut tx.housekeeping(), &counts(spoken.iter()), false).await
}

/// Takes them in again.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn learn(tx: &mut Change<'_>, publications: &[Uuid]) -> Result<(), Problem> {
    let spoken = store::counted(&mut tx.housekeeping(), publications).await?;
    apply(&mut tx.housekeeping(), &counts(spoken.iter()), true).await
}

fn is_full(batch: &[Spoken]) -> bool {
    i64::try_from(batch.len()).is_ok_and(|rows| rows >= AT_ONCE)
}

fn counts<'a>(spoken: impl Iterator<Item = &'a Spoken>) -> Counts {
    let mut counts = Counts::new();
    for one in spoken {
        for word in vocabulary(&[Cow::Owned(composed(&one.text))]) {
            *counts.entry((one.locale.clone(), word)).or_default() += 1;
        }
    }
    counts
}

async fn apply(work: &mut Housekeeping<'_>, counts: &Counts, more: bool) -> Result<(), Problem> {
    if counts.is_empty() {
        return Ok(());
    }
    if more { store::add(work, counts).await } else { store::take(work, counts).await }
}
