//! New revisions of documents that point at what goes into the trash.

use uuid::Uuid;

use super::Uses;
use crate::app::App;
use crate::documents::kind::KindSpec;
use crate::documents::model::{Header, NewRevision, Origin};
use crate::documents::publishing::actions::derive;
use crate::documents::publishing::{self, Act, Derived};
use crate::documents::references::{Use, rewrite::retarget};
use crate::documents::{reach, store};
use crate::platform::access::{AnyContent, Permit, Publish, Write};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::problem::{Code, Problem};

/// A document whose links were rewritten.
pub(super) struct Rewritten {
    header: Header,
    pub events: Vec<Event>,
    /// What the new revision shows in lists, when it takes the place of the old one in public.
    derived: Option<Derived>,
}

impl Rewritten {
    /// Makes the new revision public where the old one was.
    pub fn act(&mut self) -> Option<Act<'_>> {
        let derived = self.derived.take()?;
        Some(Act::publish(&self.header, self.header.head, derived))
    }
}

/// Appends a revision without these links, or with others, to every document that has them in its newest one. Where the
/// newest revision is the public one, the new one takes its place; drafts that are not public stay so.
pub(super) async fn rewrite(
    app: &App,
    tx: &mut Change<'_>,
    uses: &[Use],
    how: Uses,
) -> Result<Vec<Rewritten>, Problem> {
    let to = match how {
        Uses::Replace(entry) => Some(entry.uuid()),
        Uses::Refuse | Uses::Unlink => None,
    };
    let mut keys: Vec<(Uuid, String)> =
        uses.iter().filter(|found| found.in_head).map(|found| (found.by, found.locale.clone())).collect();
    keys.dedup();
    let headers = store::lock_all(tx, &keys).await?;
    let mut done = Vec::with_capacity(headers.len());
    if headers.is_empty() {
        return Ok(done);
    }
    let permit = Permit::<Write<AnyContent>>::issue(tx.actor())?;
    reach::over_all(tx.conn(), &permit, &headers).await?;
    for mut header in headers {
        let spec = app.kinds.get(&header.kind)?;
        let targets: Vec<Uuid> =
            uses.iter().filter(|found| found.by == header.entry.uuid()).map(|found| found.target).collect();
        let body = without(tx, spec, &header, &targets, to).await?;
        let before = header.head;
        let new = NewRevision::new(body, Origin::Unlink);
        let events: Vec<Event> =
            reach::save(tx, &permit, spec, &mut header, &new).await?.into_iter().collect();
        let derived = public_as(tx, &header, before).await?.then(|| derive(spec, &new.body)).transpose()?;
        done.push(Rewritten { header, events, derived });
    }
    Ok(done)
}

async fn without(
    tx: &mut Change<'_>,
    spec: &KindSpec,
    header: &Header,
    targets: &[Uuid],
    to: Option<Uuid>,
) -> Result<serde_json::Value, Problem> {
    let found = store::revision(tx.conn(), spec, header.entry, &header.locale, header.head).await?;
    let (_, mut body) = found.ok_or_else(super::super::not_found)?;
    for target in targets {
        let references = |body: &serde_json::Value| {
            (spec.references)(body).map_err(|problem| Problem::internal(problem.to_string()))
        };
        let places: Vec<_> = references(&body)?
            .iter()
            .filter(|reference| reference.target == *target)
            .map(|reference| reference.pointer.clone())
            .collect();
        body = retarget(&body, &places, *target, to, |body| (spec.canonical)(body).is_ok());
        if references(&body)?.iter().any(|reference| reference.target == *target) {
            return Err(Problem::new(Code::InUse)
                .detail(format!(
                    "A link of {} to {target} cannot be rewritten by itself; edit that document first.",
                    header.entry
                ))
                .entries([header.entry.uuid()]));
        }
    }
    Ok(body)
}

/// Whether this revision is public now; then putting another in its place needs the right to publish.
async fn public_as(tx: &mut Change<'_>, header: &Header, number: i32) -> Result<bool, Problem> {
    let now = tx.now().await?;
    let planned = publishing::store::planned(tx.conn(), &[header.key()], now).await?;
    let live = planned.iter().any(|(_, planned)| planned.during.contains(now) && planned.number == number);
    if live {
        let permit = Permit::<Publish<AnyContent>>::issue(tx.actor())?;
        reach::over(tx.conn(), &permit, header).await?;
    }
    Ok(live)
}
