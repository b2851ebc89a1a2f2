//! The trash: entries go into it with what hangs below them, and come back the same way, always as drafts. Nothing is
//! deleted. What other content says of them is decided in the request.

mod rewriting;
pub(super) mod store;

use serde_json::json;
use uuid::Uuid;

use super::frame::{self, Edited, Seen};
use super::kind::KindSpec;
use super::model::{Header, Snapshot};
use super::publishing::{self, Act, Edit};
use super::{reach, references};
use crate::app::App;
use crate::platform::access::{Delete, KindName, Permit, Publish, Write};
use crate::platform::db::Change;
use crate::platform::id::EntryId;
use crate::platform::problem::{Code, Problem};

/// What happens to entries that hang below one that goes into the trash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Below {
    /// It is refused while there are any.
    #[default]
    Refuse,
    /// They go with it, and come back with it.
    Trash,
}

/// What happens to the places that point at an entry that goes into the trash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Uses {
    /// It is refused while there are any.
    #[default]
    Refuse,
    /// The links are taken away and their words stay, in a new revision of each document.
    Unlink,
    /// They point at another entry, in a new revision of each document.
    Replace(EntryId),
}

/// What a trashing decides beyond the entry itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Decision {
    /// For what hangs below.
    pub below: Below,
    /// For what points at it.
    pub uses: Uses,
}

/// Puts an entry into the trash, in all its locales, and ends what is public or planned of it; ending needs the right to
/// publish too.
///
/// # Errors
/// 403 without a grant, 404, 409 when it lies there already, when something hangs below or points at it and nothing was
/// decided, 412.
pub async fn trash<K: KindName>(
    app: &App,
    permit: &Permit<Delete<K>>,
    spec: &KindSpec,
    seen: Seen<'_>,
    decision: Decision,
) -> Result<(), Problem> {
    frame::change_with(app, permit, seen.which(), Some(seen.version), async |tx, edited| {
        if edited.header.kind != spec.kind.as_str() {
            return Err(super::not_found());
        }
        edited.header.expect_kept()?;
        trash_in(app, permit, tx, edited, decision).await
    })
    .await
    .map(|(_, ())| ())
}

async fn trash_in<K: KindName>(
    app: &App,
    permit: &Permit<Delete<K>>,
    tx: &mut Change<'_>,
    edited: &mut Edited<'_>,
    decision: Decision,
) -> Result<(), Problem> {
    let root = edited.header.entry.uuid();
    let entries = match decision.below {
        Below::Refuse => vec![root],
        Below::Trash => store::subtree(tx, root).await?,
    };
    let documents = store::documents(tx, &entries).await?;
    let headers = super::store::lock_all(tx, &documents).await?;
    reach::over_all(tx.conn(), permit, &headers).await?;
    let now = tx.now().await?;
    let uses = references::store::uses(tx.conn(), &entries, now).await?;
    let mut uses: Vec<_> = uses.into_iter().filter(|found| !entries.contains(&found.by)).collect();
    let mut rewritten = Vec::new();
    if decision.uses != Uses::Refuse {
        let (children, others) = uses.into_iter().partition(|found| found.pointer == "/parent");
        uses = children;
        rewritten = rewriting::rewrite(app, tx, &others, decision.uses).await?;
    }
    let mut acts = withdrawals(tx, permit, &headers).await?;
    for document in &mut rewritten {
        edited.events.append(&mut document.events);
        acts.extend(document.act());
    }
    if !acts.is_empty() {
        publishing::apply(tx, app.ids, acts).await?;
    }
    if !uses.is_empty() {
        return Err(in_use(uses.iter().map(|found| (found.by, found.pointer == "/parent"))));
    }
    store::trash(tx, &entries, root).await?;
    store::end_previews(tx, &entries).await?;
    for header in &headers {
        edited.events.push(frame::event(header, "trashed", json!({ "with": root })));
        edited.touched.push(header.key());
    }
    // The frame moves the version of the document itself.
    let own = edited.header.key();
    edited.touched.retain(|key| *key != own);
    Ok(())
}

async fn withdrawals<'a, K: KindName>(
    tx: &mut Change<'_>,
    permit: &Permit<Delete<K>>,
    headers: &'a [Header],
) -> Result<Vec<Act<'a>>, Problem> {
    let now = tx.now().await?;
    let keys: Vec<_> = headers.iter().map(Header::key).collect();
    let planned = publishing::store::planned(tx.conn(), &keys, now).await?;
    let public = |header: &&Header| planned.iter().any(|(key, _)| *key == header.key());
    let public: Vec<&Header> = headers.iter().filter(public).collect();
    if !public.is_empty() {
        let publisher = Permit::<Publish<K>>::issue(permit.actor())?;
        let survey = reach::survey(tx.conn(), &publisher, public.iter().copied().map(reach::of)).await?;
        public.iter().try_for_each(|header| survey.over(&publisher, reach::of(header)))?;
    }
    Ok(public.into_iter().map(|header| Act::new(header, Edit::Withdraw)).collect())
}

fn in_use(by: impl Iterator<Item = (Uuid, bool)>) -> Problem {
    let (mut entries, mut below) = (Vec::new(), false);
    for (entry, child) in by {
        below |= child;
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    let how = if below {
        "Send descendants=trash to take what hangs below along, or move it first."
    } else {
        "Send references=unlink or references=replace with replacement=<id>, or change that content first."
    };
    let who = match entries.len() {
        1 => "Another entry uses it; `entries` names it.".to_owned(),
        many => format!("{many} other entries use it; `entries` names them."),
    };
    Problem::new(Code::InUse).detail(format!("{who} {how}")).entries(entries)
}

/// Takes an entry out of the trash, with everything that went into it along with it. All of it comes back as drafts.
///
/// # Errors
/// 403 without a grant, 404, 409 when it does not lie in the trash, 412.
pub async fn untrash<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    seen: Seen<'_>,
) -> Result<Snapshot, Problem> {
    frame::change(app, permit, seen, async |tx, edited| {
        if edited.header.trashed_at.is_none() {
            return Err(Problem::new(Code::Conflict).detail(
                "The entry does not lie in the trash. To bring an older revision back, name it in `revision`.",
            ));
        }
        let root = edited.header.entry.uuid();
        let entries = store::trashed_with(tx, root).await?;
        let documents = store::documents(tx, &entries).await?;
        let headers = super::store::lock_all(tx, &documents).await?;
        reach::over_all(tx.conn(), permit, &headers).await?;
        store::untrash(tx, &entries).await?;
        let own = edited.header.key();
        for header in &headers {
            edited.events.push(frame::event(header, "untrashed", json!({ "with": root })));
            if header.key() != own {
                edited.touched.push(header.key());
            }
        }
        Ok(())
    })
    .await
}
