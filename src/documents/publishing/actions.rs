//! Publishing, unpublishing and planning. What a decision reaches beyond the one document (its parents, what lies below)
//! is named in the request, and happens at the same instant or not at all.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::store::{self as timelines, Key};
use super::{Act, Derived, Edit, apply};
use crate::app::App;
use crate::documents::body::{Reference, Stage};
use crate::documents::frame::{self, Edited, Seen, no_revision};
use crate::documents::kind::KindSpec;
use crate::documents::model::{Header, Snapshot};
use crate::documents::{reach, store, translations, write};
use crate::platform::access::{KindName, Permit, Publish};
use crate::platform::db::Change;
use crate::platform::id::EntryId;
use crate::platform::problem::{Code, FieldCode, FieldProblem, Pointer, Problem};

/// What is to be public, and when.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The revision.
    pub number: i32,
    /// From when on; now when not given.
    pub from: Option<DateTime<Utc>>,
    /// Until when; when not given, as long as what it replaces.
    pub until: Option<DateTime<Utc>>,
    /// Others that become public at the same instant, each with its revision.
    pub along: Vec<(EntryId, i32)>,
}

impl Publication {
    /// A revision, now, for good.
    #[must_use]
    pub fn now(number: i32) -> Self {
        Self { number, from: None, until: None, along: Vec::new() }
    }
}

/// What happens to public pages below one that ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Descendants {
    /// The end is refused while there are any.
    #[default]
    Refuse,
    /// They end with it.
    Unpublish,
}

/// Makes a revision public, now or from an instant on. Gives what it points at that readers will not see.
///
/// # Errors
/// 403 without a grant, 404, 409 when a path is taken or a parent is not public, 412, 422 when it is not ready.
pub async fn publish<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    seen: Seen<'_>,
    publication: &Publication,
) -> Result<(Snapshot, Vec<FieldProblem>), Problem> {
    let version = Some(seen.version);
    frame::change_with(app, permit, seen.which(), version, async |tx, edited| {
        publish_in(app, permit, tx, edited, publication).await
    })
    .await
}

/// The same within a change.
pub(super) async fn publish_in<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    tx: &mut Change<'_>,
    edited: &mut Edited<'_>,
    publication: &Publication,
) -> Result<Vec<FieldProblem>, Problem> {
    let now = tx.now().await?;
    if publication.from.is_some_and(|from| from <= now) {
        return Err(super::refused(super::Refusal::BeginsInThePast));
    }
    let mut others = lock_along(tx, &edited.header, &publication.along).await?;
    let all = others.iter().map(|(header, _)| header).chain([&edited.header]);
    let survey = reach::survey(tx.conn(), permit, all.map(reach::of)).await?;
    let mut acts = Vec::new();
    for (header, number) in &mut others {
        survey.over(permit, reach::of(header))?;
        let (derived, _) = ready(tx, app.kinds.get(&header.kind)?, header, *number)
            .await
            .map_err(|problem| problem.about(&format!("The entry {}", header.entry)))?;
        reach::publish(tx, permit, &survey, header, (derived.parent, publication.from)).await?;
        edited.events.extend(translations::adopt(app, tx, header, (&derived, publication.from)).await?);
        let edit = Edit::Publish { number: *number, from: publication.from, until: None };
        acts.push(Act { header, edit, derived: Some(derived) });
    }
    let header = &edited.header;
    let (derived, references) = ready(tx, edited.spec, header, publication.number).await?;
    reach::publish(tx, permit, &survey, header, (derived.parent, publication.from)).await?;
    edited.events.extend(translations::adopt(app, tx, header, (&derived, publication.from)).await?);
    let warnings = dangling(tx, header, &references, publication.from.unwrap_or(now), &acts).await?;
    let edit = Edit::Publish { number: publication.number, from: publication.from, until: publication.until };
    acts.push(Act { header, edit, derived: Some(derived) });
    let changed = apply(tx, app.ids, acts).await?;
    let verb = if publication.from.is_some() { "scheduled" } else { "published" };
    let data =
        |number: i32| json!({ "revision": number, "from": publication.from, "until": publication.until });
    for ((header, number), _) in others.iter().zip(&changed).filter(|(_, changed)| **changed) {
        edited.events.push(frame::event(header, verb, data(*number)));
        edited.touched.push(header.key());
    }
    if changed.last() == Some(&true) {
        edited.happened(verb, data(publication.number));
    }
    Ok(warnings)
}

async fn lock_along(
    tx: &mut Change<'_>,
    own: &Header,
    along: &[(EntryId, i32)],
) -> Result<Vec<(Header, i32)>, Problem> {
    check_along(own.entry, along)?;
    let locale = own.locale.as_str();
    let keys: Vec<Key> = along.iter().map(|(entry, _)| (entry.uuid(), locale.to_owned())).collect();
    let headers = store::lock_all(tx, &keys).await?;
    let mut found = Vec::with_capacity(headers.len());
    for (nth, (entry, number)) in along.iter().enumerate() {
        let header = headers.iter().find(|header| header.entry == *entry).cloned();
        let header =
            header.ok_or_else(|| {
                let pointer = Pointer::root().field("along").item(nth).field("id");
                Problem::new(Code::Invalid)
                    .detail("An entry of `along` does not exist in this locale.")
                    .field(pointer, FieldCode::NotFound, format!("There is no document {entry} in {locale}."))
            })?;
        found.push((header, *number));
    }
    Ok(found)
}

/// Each document takes one revision at the instant: those along with it are others, each named once.
fn check_along(own: EntryId, along: &[(EntryId, i32)]) -> Result<(), Problem> {
    for (nth, (entry, _)) in along.iter().enumerate() {
        let (code, detail) = if *entry == own {
            (FieldCode::NotAllowed, "The document itself goes without saying; leave it out.")
        } else if along.iter().take(nth).any(|(earlier, _)| earlier == entry) {
            (FieldCode::Duplicate, "An entry is named twice; name it once.")
        } else {
            continue;
        };
        let pointer = Pointer::root().field("along").item(nth).field("id");
        return Err(Problem::new(Code::Invalid).detail(detail).field(pointer, code, detail));
    }
    Ok(())
}

/// What a revision shows in lists and points at, given that it may be published.
pub(in crate::documents) async fn ready(
    tx: &mut Change<'_>,
    spec: &KindSpec,
    header: &Header,
    number: i32,
) -> Result<(Derived, Vec<Reference>), Problem> {
    header.expect_kept()?;
    let found = store::revision(tx.conn(), spec, header.entry, &header.locale, number).await?;
    let (_, body) = found.ok_or_else(|| no_revision(number, header.head))?;
    write::check(spec, &body, Stage::Publish)?;
    let derived = derive(spec, &body)?;
    let references =
        (spec.references)(&body).map_err(|problem| Problem::internal(problem.to_string()))?.into_vec();
    Ok((derived, references))
}

pub(in crate::documents) fn derive(spec: &KindSpec, body: &Value) -> Result<Derived, Problem> {
    (spec.derive)(body).map_err(|problem| Problem::internal(problem.to_string()))
}

/// References to what readers will not see at that instant: warnings, or a refusal where the kind demands the target.
/// A parent is not among them: routes see to it.
async fn dangling(
    tx: &mut Change<'_>,
    header: &Header,
    references: &[Reference],
    at: DateTime<Utc>,
    along: &[Act<'_>],
) -> Result<Vec<FieldProblem>, Problem> {
    let targets: Vec<Uuid> = references.iter().map(|reference| reference.target).collect();
    let public = timelines::public_among(tx, &targets, at).await?;
    let hidden = |reference: &&Reference| {
        let own = reference.target == header.entry.uuid();
        let goes_along = along.iter().any(|act| act.header.entry.uuid() == reference.target);
        !own && !goes_along && reference.pointer.as_str() != "/parent" && !public.contains(&reference.target)
    };
    let problem = |reference: &Reference| {
        let detail = format!("The entry {} is not public then, so readers see no link.", reference.target);
        FieldProblem::new(reference.pointer.clone(), FieldCode::NotFound, detail)
    };
    let (required, others): (Vec<&Reference>, Vec<&Reference>) =
        references.iter().filter(hidden).partition(|reference| reference.required);
    if required.is_empty() {
        return Ok(others.into_iter().map(problem).collect());
    }
    Err(Problem::new(Code::ReferenceNotFound)
        .detail("The content needs entries that are not public. Publish them first.")
        .entries(required.iter().map(|reference| reference.target))
        .fields(required.into_iter().map(problem)))
}

/// Ends what is public of a document, now. What is planned for later stays.
///
/// # Errors
/// 403 without a grant, 404, 409 when it is not public or something below it is and nothing was decided, 412.
pub async fn unpublish<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    seen: Seen<'_>,
    descendants: Descendants,
) -> Result<Snapshot, Problem> {
    frame::change(app, permit, seen, async |tx, edited| {
        unpublish_in(app, permit, tx, edited, descendants).await
    })
    .await
}

/// The same within a change.
pub(super) async fn unpublish_in<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    tx: &mut Change<'_>,
    edited: &mut Edited<'_>,
    descendants: Descendants,
) -> Result<(), Problem> {
    let below = match descendants {
        Descendants::Refuse => Vec::new(),
        Descendants::Unpublish => {
            let now = tx.now().await?;
            let below =
                timelines::descendants(tx, edited.header.entry.uuid(), &edited.header.locale, now).await?;
            let below: Vec<Key> =
                below.into_iter().map(|entry| (entry, edited.header.locale.clone())).collect();
            store::lock_all(tx, &below).await?
        }
    };
    let header = &edited.header;
    // While the parent has plans those of its descendants can stay; without any they would hang in the air.
    let now = tx.now().await?;
    let planned = timelines::planned(tx.conn(), &[header.key()], now).await?;
    let stays = planned.iter().any(|(_, planned)| planned.during.from > now);
    let mut acts = vec![Act::new(header, Edit::End)];
    reach::over_all(tx.conn(), permit, &below).await?;
    for header in &below {
        let planned = timelines::planned(tx.conn(), &[header.key()], now).await?;
        let live = planned.iter().any(|(_, planned)| planned.during.contains(now));
        match (stays, live) {
            (false, _) => acts.push(Act::new(header, Edit::Withdraw)),
            (true, true) => acts.push(Act::new(header, Edit::End)),
            (true, false) => {}
        }
    }
    let along: Vec<Key> = acts.iter().skip(1).map(|act| act.header.key()).collect();
    apply(tx, app.ids, acts).await?;
    edited.happened("unpublished", json!({}));
    for header in below.iter().filter(|header| along.contains(&header.key())) {
        let data = json!({ "with": edited.header.entry });
        edited.events.push(frame::event(header, "unpublished", data));
        edited.touched.push(header.key());
    }
    Ok(())
}

/// Takes back a planned publication; the one before it runs on.
///
/// # Errors
/// 403 without a grant, 404, 409 when it has begun or takes effect within 2 seconds, 412.
pub async fn cancel<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    seen: Seen<'_>,
    publication: Uuid,
) -> Result<Snapshot, Problem> {
    let data = json!({ "publication": publication });
    replanned(app, permit, seen, Edit::Cancel(publication), ("schedule_cancelled", data)).await
}

/// Gives a planned publication another time.
///
/// # Errors
/// As [`cancel`], and 422 when the new time lies in the past.
pub async fn reschedule<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    seen: Seen<'_>,
    publication: Uuid,
    (from, until): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
) -> Result<Snapshot, Problem> {
    let data = json!({ "publication": publication, "from": from, "until": until });
    let edit = Edit::Replan { id: publication, from, until };
    replanned(app, permit, seen, edit, ("rescheduled", data)).await
}

/// Sets, moves or takes away the planned end of a publication: of what is public now when none is named.
///
/// # Errors
/// As [`cancel`], and 422 when the end lies in the past.
pub async fn expire<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    seen: Seen<'_>,
    publication: Option<Uuid>,
    until: Option<DateTime<Utc>>,
) -> Result<Snapshot, Problem> {
    let data = json!({ "publication": publication, "until": until });
    replanned(app, permit, seen, Edit::Expire { id: publication, until }, ("end_planned", data)).await
}

async fn replanned<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    seen: Seen<'_>,
    edit: Edit,
    (verb, data): (&str, Value),
) -> Result<Snapshot, Problem> {
    frame::change(app, permit, seen, async |tx, edited| {
        edited.header.expect_kept()?;
        reach::replan(tx, permit, &edited.header, &edit).await?;
        let changed = apply(tx, app.ids, vec![Act::new(&edited.header, edit)]).await?;
        if changed == [true] {
            edited.happened(verb, data);
        }
        Ok(())
    })
    .await
}
