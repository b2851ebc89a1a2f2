//! Publications of one document over time, pure. What editors plan is kept as it was meant (a beginning, perhaps an end);
//! each publication is public from its beginning until its planned end or the next beginning, whichever comes first. So a
//! schedule that is cancelled lets the one before it run on. Postgres guards the result (`publications_one_at_a_time`).

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::span::Span;

/// How long before a planned beginning or end it can no longer be taken back: other processes may have begun to show it.
pub const TAKING_EFFECT: TimeDelta = TimeDelta::seconds(2);

/// A publication that is public now or later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Its row.
    pub id: Uuid,
    /// The revision that is public.
    pub number: i32,
    /// When.
    pub during: Span,
    /// The end that was planned; `during` may end before, when another publication begins.
    pub until: Option<DateTime<Utc>>,
}

/// What is to happen to the publications of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A revision becomes public, in place of what is or would be public then.
    Publish {
        /// The revision.
        number: i32,
        /// From when on; now when it is not given or has passed.
        from: Option<DateTime<Utc>>,
        /// Until when; the planned end of the publication that it replaces when not given, and then nothing is done to
        /// a revision that is public already.
        until: Option<DateTime<Utc>>,
    },
    /// What is public ends now; plans stay.
    End,
    /// What is public ends now, and everything that is planned is taken back.
    Withdraw,
    /// A planned publication is taken back; the one before it runs on.
    Cancel(Uuid),
    /// A planned publication gets another time.
    Replan {
        /// Which.
        id: Uuid,
        /// Its new beginning; the old one when not given.
        from: Option<DateTime<Utc>>,
        /// Its new planned end, or none.
        until: Option<DateTime<Utc>>,
    },
    /// The planned end of a publication is set, moved or taken away.
    Expire {
        /// Which; what is public now when not given.
        id: Option<Uuid>,
        /// The end, or none.
        until: Option<DateTime<Utc>>,
    },
}

/// Why an edit cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// What would be taken back takes effect within [`TAKING_EFFECT`].
    TakingEffect,
    /// Nothing is public.
    NotLive,
    /// No publication of the document that is public or planned has this id.
    NoSuchPublication,
    /// It has begun, so it can be ended and not be moved.
    HasBegun,
    /// The end lies before the beginning, or in the past.
    EndsTooEarly,
    /// The beginning lies in the past.
    BeginsInThePast,
}

/// The end of a publication that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// Its row.
    pub id: Uuid,
    /// When it ends.
    pub at: Option<DateTime<Utc>>,
    /// The end that was planned.
    pub until: Option<DateTime<Utc>>,
}

/// A publication to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// The row that was taken away to come back at another time; none for a new publication.
    pub moved: Option<Uuid>,
    /// The revision.
    pub number: i32,
    /// When.
    pub during: Span,
    /// The end that was planned.
    pub until: Option<DateTime<Utc>>,
}

/// What has to happen to the rows, in the order in which Postgres can take it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps {
    /// Publications that never began, or began at this very instant: they go.
    pub remove: Vec<Uuid>,
    /// Publications that end earlier, or as before with another planned end.
    pub shorten: Vec<End>,
    /// Publications that end later.
    pub extend: Vec<End>,
    /// New publications, and those that got another time.
    pub open: Vec<Opening>,
}

impl Steps {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A publication as it was meant.
#[derive(Debug, Clone)]
struct Plan {
    id: Option<Uuid>,
    number: i32,
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
}

/// What must be done to the publications that stand, so that the edit has happened.
///
/// # Errors
/// Why it cannot be; then nothing is to be done.
pub fn edit(standing: &[Publication], edit: &Edit, now: DateTime<Utc>) -> Result<Steps, Refusal> {
    let mut plans: Vec<Plan> = standing
        .iter()
        .map(|p| Plan { id: Some(p.id), number: p.number, from: p.during.from, until: p.until })
        .collect();
    match *edit {
        Edit::Publish { number, from, until } => {
            publish(&mut plans, number, from.filter(|from| *from > now).unwrap_or(now), until)?;
        }
        Edit::End => {
            let live = covering(&plans, now).ok_or(Refusal::NotLive)?;
            plans.remove(live);
        }
        Edit::Withdraw => plans.clear(),
        Edit::Cancel(id) => {
            let at = planned(&plans, id, now)?;
            plans.remove(at);
        }
        Edit::Replan { id, from, until } => replan(&mut plans, (id, from, until), now)?,
        Edit::Expire { id, until } => {
            let at = match id {
                Some(id) => plans.iter().position(|plan| plan.id == Some(id)),
                None => covering(&plans, now),
            };
            let plan = at.and_then(|at| plans.get_mut(at)).ok_or(match id {
                Some(_) => Refusal::NoSuchPublication,
                None => Refusal::NotLive,
            })?;
            check_end(plan.from.max(now), until)?;
            plan.until = until;
        }
    }
    difference(standing, plans, now)
}

fn publish(
    plans: &mut Vec<Plan>,
    number: i32,
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
) -> Result<(), Refusal> {
    check_end(from, until)?;
    let replaced = covering(plans, from);
    let mut inherited = None;
    if let Some(plan) = replaced.and_then(|at| plans.get_mut(at)) {
        if plan.number == number {
            plan.until = until.or(plan.until);
            return Ok(());
        }
        inherited = plan.until;
    }
    plans.retain(|plan| plan.from != from);
    plans.push(Plan { id: None, number, from, until: until.or(inherited) });
    Ok(())
}

fn replan(
    plans: &mut Vec<Plan>,
    (id, from, until): (Uuid, Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let mut plan = plans.remove(planned(plans, id, now)?);
    plan.from = from.unwrap_or(plan.from);
    plan.until = until;
    if plan.from <= now {
        return Err(Refusal::BeginsInThePast);
    }
    check_end(plan.from, until)?;
    plans.retain(|other| other.from != plan.from);
    plans.push(plan);
    Ok(())
}

fn check_end(after: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Result<(), Refusal> {
    if until.is_some_and(|until| until <= after) { Err(Refusal::EndsTooEarly) } else { Ok(()) }
}

/// The plan that is public at an instant: the last that has begun, unless it has ended.
fn covering(plans: &[Plan], at: DateTime<Utc>) -> Option<usize> {
    let begun = plans.iter().enumerate().filter(|(_, plan)| plan.from <= at);
    let (last, plan) = begun.max_by_key(|(_, plan)| plan.from)?;
    plan.until.is_none_or(|until| at < until).then_some(last)
}

/// The plan with this id, given that it has not begun.
fn planned(plans: &[Plan], id: Uuid, now: DateTime<Utc>) -> Result<usize, Refusal> {
    let at = plans.iter().position(|plan| plan.id == Some(id)).ok_or(Refusal::NoSuchPublication)?;
    if plans.get(at).is_some_and(|plan| plan.from <= now) { Err(Refusal::HasBegun) } else { Ok(at) }
}

fn difference(standing: &[Publication], mut plans: Vec<Plan>, now: DateTime<Utc>) -> Result<Steps, Refusal> {
    plans.sort_by_key(|plan| plan.from);
    let mut steps = Steps::default();
    let too_late = |at: DateTime<Utc>| now < at && at <= now + TAKING_EFFECT;
    for old in standing {
        let stays = plans.iter().any(|plan| plan.id == Some(old.id) && plan.from == old.during.from);
        if stays {
            continue;
        }
        if too_late(old.during.from) {
            return Err(Refusal::TakingEffect);
        }
        if old.during.from < now {
            steps.shorten.push(End { id: old.id, at: Some(now), until: None });
        } else {
            steps.remove.push(old.id);
        }
    }
    let starts: Vec<DateTime<Utc>> = plans.iter().map(|plan| plan.from).skip(1).collect();
    for (nth, plan) in plans.into_iter().enumerate() {
        let until = [plan.until, starts.get(nth).copied()].into_iter().flatten().min();
        let before = standing.iter().find(|old| plan.id == Some(old.id) && plan.from == old.during.from);
        let Some(old) = before else {
            let during = Span::new(plan.from, until).ok_or(Refusal::EndsTooEarly)?;
            steps.open.push(Opening { moved: plan.id, number: plan.number, during, until: plan.until });
            continue;
        };
        let end = End { id: old.id, at: until, until: plan.until };
        let later = old.during.until.is_some_and(|old| until.is_none_or(|new| new > old));
        if later && old.during.until.is_some_and(too_late) {
            return Err(Refusal::TakingEffect);
        }
        if later {
            steps.extend.push(end);
        } else if (until, plan.until) != (old.during.until, old.until) {
            steps.shorten.push(end);
        }
    }
    Ok(steps)
}

#[cfg(test)]
mod tests;
