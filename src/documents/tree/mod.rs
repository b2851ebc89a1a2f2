//! The drafted tree: moving, renaming and reordering. Parent, slug and rank are part of the body, so a move is one revision
//! that can be reviewed, scheduled and taken back like any other; routes follow when it is published.

pub(super) mod store;

use serde_json::json;
use uuid::Uuid;

use super::frame::{self, Seen};
use super::kind::KindSpec;
use super::model::{Header, NewRevision, Origin, Snapshot};
use super::position::Position;
use super::reach;
use super::slug::Slug;
use crate::app::App;
use crate::platform::access::{KindName, Permit, Write};
use crate::platform::db::Change;
use crate::platform::id::EntryId;
use crate::platform::problem::{Code, FieldCode, Problem};

/// Where among its siblings an entry goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// As the first of them.
    First,
    /// As the last of them.
    Last,
    /// Before this one.
    Before(EntryId),
    /// After this one.
    After(EntryId),
}

/// Where an entry goes.
#[derive(Debug, Clone)]
pub struct Move {
    /// The entry above, or none for the top of the tree.
    pub parent: Option<EntryId>,
    /// The last segment of the path; as it is when not given.
    pub slug: Option<Slug>,
    /// Where among its siblings.
    pub rank: Rank,
}

/// Moves an entry in the drafted tree, as a new revision. What is public stays until that is published.
///
/// # Errors
/// 403 without a grant, 404, 409 in the trash, below itself, or when there is no room at that place, 412, 422 for a kind
/// without a place in the tree.
pub async fn relocate<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    seen: Seen<'_>,
    to: Move,
) -> Result<Snapshot, Problem> {
    frame::change(app, permit, seen, async |tx, edited| {
        edited.header.expect_kept()?;
        let (header, spec) = (&edited.header, edited.spec);
        let parent = to.parent.map(EntryId::uuid);
        reach::relocate(tx, permit, header, parent).await?;
        if let Some(parent) = parent {
            expect_above(tx, header, parent).await?;
        }
        let position = rank(tx, header, parent, to.rank).await?;
        let found =
            super::store::revision(tx.conn(), spec, header.entry, &header.locale, header.head).await?;
        let (_, body) = found.ok_or_else(super::not_found)?;
        let body = placed(spec, &body, (parent, to.slug.clone(), position))?;
        let new = NewRevision::new(body, Origin::Move);
        let mut event = reach::save(tx, permit, spec, &mut edited.header, &new).await?;
        if let Some(data) = event.as_mut().and_then(|event| event.data.as_mut()) {
            data["parent"] = json!(parent);
        }
        edited.events.extend(event);
        Ok(())
    })
    .await
}

fn placed(
    spec: &KindSpec,
    body: &serde_json::Value,
    (parent, slug, position): (Option<Uuid>, Option<Slug>, Position),
) -> Result<serde_json::Value, Problem> {
    let placed = (spec.relocate)(body, parent, slug, position)
        .map_err(|problem| Problem::internal(problem.to_string()))?;
    placed.ok_or_else(|| {
        Problem::new(Code::Invalid).detail(format!("A {} has no place in the tree.", spec.kind))
    })
}

/// A body that is to stand as the last of its siblings.
pub(super) async fn last(
    tx: &mut Change<'_>,
    spec: &KindSpec,
    locale: &str,
    body: &serde_json::Value,
) -> Result<Option<serde_json::Value>, Problem> {
    let Ok(Some(route)) = (spec.route)(body) else { return Ok(None) };
    let before = store::edge(tx, (spec.kind.as_str(), locale), route.parent, None, true).await?;
    let position = Position::between(before.as_ref(), None).unwrap_or_default();
    (spec.relocate)(body, route.parent, None, position)
        .map_err(|problem| Problem::internal(problem.to_string()))
}

/// Refuses a parent that does not exist, lies in the trash, or hangs below the entry itself.
async fn expect_above(tx: &mut Change<'_>, header: &Header, parent: Uuid) -> Result<(), Problem> {
    match store::above(tx, header, parent).await? {
        store::Above::Free => Ok(()),
        store::Above::Missing => Err(Problem::new(Code::Invalid)
            .detail(format!("There is no entry {parent} outside the trash."))
            .field("/parent", FieldCode::NotFound, "Choose a parent that exists and is not in the trash.")),
        store::Above::Below => Err(Problem::new(Code::Conflict).detail(format!(
            "{parent} hangs below {}: an entry cannot be moved below itself.",
            header.entry
        ))),
    }
}

async fn rank(
    tx: &mut Change<'_>,
    header: &Header,
    parent: Option<Uuid>,
    rank: Rank,
) -> Result<Position, Problem> {
    let of = (header.kind.as_str(), header.locale.as_str());
    let own = Some(header.entry.uuid());
    let (before, after) = match rank {
        Rank::First => (None, store::edge(tx, of, parent, own, false).await?),
        Rank::Last => (store::edge(tx, of, parent, own, true).await?, None),
        Rank::Before(sibling) => {
            let around = store::around(tx, header, parent, sibling.uuid()).await?;
            let around = around.ok_or_else(|| no_sibling(sibling))?;
            (around.before, Some(around.own))
        }
        Rank::After(sibling) => {
            let around = store::around(tx, header, parent, sibling.uuid()).await?;
            let around = around.ok_or_else(|| no_sibling(sibling))?;
            (Some(around.own), around.after)
        }
    };
    Position::between(before.as_ref(), after.as_ref()).ok_or_else(|| {
        Problem::new(Code::Conflict).detail(
            "The two siblings have the same rank, so nothing fits between them. Move one of them to the end first.",
        )
    })
}

fn no_sibling(sibling: EntryId) -> Problem {
    Problem::new(Code::Invalid).detail(format!("{sibling} does not hang below that parent.")).field(
        "/to",
        FieldCode::NotFound,
        "Name an entry that hangs below the same parent.",
    )
}
