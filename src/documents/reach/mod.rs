//! Whether a permit reaches documents, and whether it lets them lie where a change would put them. A grant for a subtree
//! must hold at every place: as drafted, as public now and later, and at the target. The one way to ask in the engine;
//! only actors whose answer depends on places pay for looking them up.

mod store;
mod ways;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use self::store::Connection;
use self::ways::{Ways, When};
use super::kind::KindSpec;
use super::located::Located;
use super::model::{Header, NewRevision};
use super::publishing::Edit;
use super::publishing::store::Key;
use super::write;
use crate::platform::access::{Permission, Permit, Place, Subject, Whereabouts};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::problem::Problem;

/// What is known of where some documents lie. A document that was not surveyed is in no subtree.
pub(super) struct Survey(Ways);

/// A document as a survey takes it.
pub(super) fn of(header: &Header) -> (Key, Subject<'_>) {
    (header.key(), header.subject())
}

/// Looks up where those of these documents lie for which the permit depends on it, all at once.
pub(super) async fn survey<'a, P: Permission>(
    conn: &mut Connection,
    permit: &Permit<P>,
    documents: impl IntoIterator<Item = (Key, Subject<'a>)>,
) -> Result<Survey, Problem> {
    let asked = documents.into_iter().filter(|(_, subject)| permit.asks_places(*subject));
    let keys: Vec<Key> = asked.map(|(key, _)| key).collect();
    if keys.is_empty() {
        return Ok(Survey(Ways::default()));
    }
    Ok(Survey(store::ways(conn, &keys).await?))
}

/// Every place of a document with what is known of their time, whether or not a permit depends on them.
pub(super) async fn locate(conn: &mut Connection, header: Header) -> Result<Located, Problem> {
    let key = header.key();
    let ways = store::ways(conn, std::slice::from_ref(&key)).await?;
    Ok(Located { places: ways.places(&key), begins: ways.begins(&key), now: ways.now(), header })
}

impl Survey {
    /// Checks that the permit reaches a document at every place that it has.
    pub fn over<P: Permission>(
        &self,
        permit: &Permit<P>,
        (key, subject): (Key, Subject<'_>),
    ) -> Result<(), Problem> {
        permit.over_places(subject, &self.0.places(&key))
    }

    /// Whether a publication would put a document below another parent than it has at that time in public, or, while it
    /// is not public, than it is drafted below.
    fn moves(&self, header: &Header, parent: Option<Uuid>, when: When) -> bool {
        parent != self.0.parent_at(&header.key(), parent_of(header), when)
    }
}

/// Checks that the permit reaches a document at every place that it has.
pub(super) async fn over<P: Permission>(
    conn: &mut Connection,
    permit: &Permit<P>,
    header: &Header,
) -> Result<(), Problem> {
    over_all(conn, permit, std::slice::from_ref(header)).await
}

/// Checks that the permit reaches all of these documents.
pub(super) async fn over_all<P: Permission>(
    conn: &mut Connection,
    permit: &Permit<P>,
    headers: &[Header],
) -> Result<(), Problem> {
    let survey = survey(conn, permit, headers.iter().map(of)).await?;
    headers.iter().try_for_each(|header| survey.over(permit, of(header)))
}

/// Checks that the permit lets a new entry have this body: it must reach the place right below the parent.
pub(super) async fn create<P: Permission>(
    tx: &mut Change<'_>,
    permit: &Permit<P>,
    spec: &KindSpec,
    subject: Subject<'_>,
    body: &Value,
) -> Result<(), Problem> {
    // Without a subtree in question, it need not be a body that tells its parent.
    let parent = if permit.asks_places(subject) { write::parent(spec, body)? } else { None };
    under(tx.conn(), permit, subject, parent, None).await
}

/// Checks that the permit lets a document be translated into another locale with this body, given that it reaches the
/// entry: it must reach the place that the new document gets, which may lie elsewhere in that locale.
pub(super) async fn translate<P: Permission>(
    tx: &mut Change<'_>,
    permit: &Permit<P>,
    spec: &KindSpec,
    (header, to): (&Header, &str),
    body: &Value,
) -> Result<(), Problem> {
    let subject = Subject { locale: to, ..header.subject() };
    if !permit.asks_places(subject) {
        return permit.over(subject);
    }
    let parent = write::parent(spec, body)?;
    let mut target = targets(tx.conn(), to, parent, Some(header.entry.uuid())).await?;
    if parent == parent_of(header) {
        stays(&mut target, header);
    }
    permit.over_places(subject, &target)
}

/// Appends a revision as [`write::save`] does, given that the permit reaches the document; a body that puts it below
/// another parent is refused unless the permit reaches that place too.
pub(super) async fn save<P: Permission>(
    tx: &mut Change<'_>,
    permit: &Permit<P>,
    spec: &KindSpec,
    header: &mut Header,
    new: &NewRevision,
) -> Result<Option<Event>, Problem> {
    if permit.asks_places(header.subject()) {
        relocate(tx, permit, header, write::parent(spec, &new.body)?).await?;
    }
    write::save(tx, spec, header, new).await
}

/// Checks that the permit lets a document lie below this parent, unless it is drafted there already.
pub(super) async fn relocate<P: Permission>(
    tx: &mut Change<'_>,
    permit: &Permit<P>,
    header: &Header,
    parent: Option<Uuid>,
) -> Result<(), Problem> {
    if parent == parent_of(header) {
        return Ok(());
    }
    under(tx.conn(), permit, header.subject(), parent, Some(header.entry.uuid())).await
}

/// Checks that the permit lets a document become public below this parent from an instant on (now when none is given),
/// unless it lies there then anyway.
pub(super) async fn publish<P: Permission>(
    tx: &mut Change<'_>,
    permit: &Permit<P>,
    survey: &Survey,
    header: &Header,
    (parent, from): (Option<Uuid>, Option<DateTime<Utc>>),
) -> Result<(), Problem> {
    appear(tx, permit, survey, header, (parent, (from, None))).await
}

/// The same for an edit of one planned publication: a plan that puts a document elsewhere is for those who reach that
/// place too.
pub(super) async fn replan<P: Permission>(
    tx: &mut Change<'_>,
    permit: &Permit<P>,
    header: &Header,
    edit: &Edit,
) -> Result<(), Problem> {
    let (id, at) = match edit {
        Edit::Replan { id, from, .. } => (*id, *from),
        Edit::Cancel(id) | Edit::Expire { id: Some(id), .. } => (*id, None),
        Edit::Publish { .. } | Edit::End | Edit::Withdraw | Edit::Expire { id: None, .. } => return Ok(()),
    };
    let survey = survey(tx.conn(), permit, [of(header)]).await?;
    let Some((begins, parent)) = survey.0.planned(&header.key(), id) else { return Ok(()) };
    appear(tx, permit, &survey, header, (parent, (Some(at.unwrap_or(begins)), Some(id)))).await
}

/// Checks the place that a publication gives a document. Public below that parent then, it lies there anyway. Otherwise
/// the way up from there may lead elsewhere than the drafted one, even when the parent is the same.
async fn appear<P: Permission>(
    tx: &mut Change<'_>,
    permit: &Permit<P>,
    survey: &Survey,
    header: &Header,
    (parent, when): (Option<Uuid>, When),
) -> Result<(), Problem> {
    if !permit.asks_places(header.subject()) || survey.0.is_public_below(&header.key(), parent, when) {
        return Ok(());
    }
    let mut targets = targets(tx.conn(), &header.locale, parent, Some(header.entry.uuid())).await?;
    if !survey.moves(header, parent, when) {
        stays(&mut targets, header);
    }
    permit.over_places(header.subject(), &targets)
}

/// What keeps its parent may be the root of the subtree itself.
fn stays(places: &mut [Place], header: &Header) {
    for place in places {
        place.chain.insert(0, header.entry);
    }
}

/// Checks that the permit reaches the place right below a parent, or at the top of the tree, at all times. The entry that
/// is to lie there, if it exists, does not count as lying above itself.
async fn under<P: Permission>(
    conn: &mut Connection,
    permit: &Permit<P>,
    subject: Subject<'_>,
    parent: Option<Uuid>,
    own: Option<Uuid>,
) -> Result<(), Problem> {
    if !permit.asks_places(subject) {
        return permit.over(subject);
    }
    let targets = targets(conn, subject.locale, parent, own).await?;
    permit.over_places(subject, &targets)
}

async fn targets(
    conn: &mut Connection,
    locale: &str,
    parent: Option<Uuid>,
    own: Option<Uuid>,
) -> Result<Vec<Place>, Problem> {
    let Some(parent) = parent else {
        return Ok(vec![Place { whereabouts: Whereabouts::Target, chain: Vec::new() }]);
    };
    let ways = store::ways(conn, &[(parent, locale.to_owned())]).await?;
    Ok(ways.below(parent, locale, own))
}

fn parent_of(header: &Header) -> Option<Uuid> {
    header.parent.map(crate::platform::id::EntryId::uuid)
}
