//! How the history of a document looks in the admin API.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Ended, Period};
use crate::documents::diff::Difference;
use crate::documents::model::Revision;
use crate::documents::view::{PublicationInfo, RevisionInfo};

/// A revision in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RevisionEntry {
    #[serde(flatten)]
    info: RevisionInfo,
    /// The title at that time.
    #[schema(example = "Our history")]
    title: String,
}

impl From<Revision> for RevisionEntry {
    fn from(revision: Revision) -> Self {
        Self { title: revision.title.clone(), info: revision.into() }
    }
}

/// A revision with its content.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionView {
    #[serde(flatten)]
    entry: RevisionEntry,
    /// The content, in the current form of its kind whatever version of Masthead wrote it.
    #[schema(value_type = Object, example = json!({ "title": "Our history", "slug": "our-history", "position": "V", "blocks": [] }))]
    body: Value,
}

impl RevisionView {
    /// A revision with its content.
    #[must_use]
    pub fn new(revision: Revision, body: Value) -> Self {
        Self { entry: revision.into(), body }
    }
}

/// What differs between two revisions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comparison {
    /// The number of the one revision.
    #[schema(example = 2, minimum = 1)]
    pub from: i32,
    /// The number of the other revision.
    #[schema(example = 3, minimum = 1)]
    pub to: i32,
    /// Every difference, in the order of the content; empty when both are equal.
    pub changes: Vec<Difference>,
}

/// A time in which a revision was, is or will be public.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineEntry {
    #[serde(flatten)]
    publication: PublicationInfo,
    /// Whether it is over, public now, or planned.
    state: TimelineState,
    /// Why it ended, or will end; `null` while no end is known.
    ended: Option<EndReason>,
    /// The end that was planned; `until` lies before it when another revision took its place.
    planned_until: Option<DateTime<Utc>>,
    /// Whether its content was erased for good.
    erased: bool,
}

/// Whether a publication is over, public or planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimelineState {
    /// It is over.
    Past,
    /// It is public now.
    Live,
    /// It becomes public later.
    Scheduled,
}

/// Why a publication ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Another revision takes its place.
    Replaced,
    /// Its planned end.
    Expired,
    /// It was unpublished.
    Unpublished,
}

impl TimelineEntry {
    /// A publication as seen at an instant.
    #[must_use]
    pub fn new(period: &Period, at: DateTime<Utc>) -> Self {
        let during = period.planned.during;
        let state = if during.contains(at) {
            TimelineState::Live
        } else if during.from > at {
            TimelineState::Scheduled
        } else {
            TimelineState::Past
        };
        let ended = period.ended.map(|ended| match ended {
            Ended::Replaced => EndReason::Replaced,
            Ended::Expired => EndReason::Expired,
            Ended::Unpublished => EndReason::Unpublished,
        });
        Self {
            publication: PublicationInfo::from(&period.planned),
            state,
            ended,
            planned_until: period.until,
            erased: period.erased,
        }
    }
}
