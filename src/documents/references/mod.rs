//! References between entries: where an entry is used, what is used by it, and how a use is removed or replaced.

pub mod http;
pub mod rewrite;
pub(super) mod store;
pub mod view;

use super::frame::Which;
use super::publishing::store::Key;
use super::reach;
use crate::app::App;
use crate::platform::access::{KindName, Permit, Read, Subject};
use crate::platform::id::UserId;
use crate::platform::problem::Problem;

/// One use of an entry by a document, in its newest revision or in one that is public or planned.
#[derive(Debug, Clone)]
pub struct Use {
    /// The document that uses it.
    pub by: uuid::Uuid,
    /// The locale of that document.
    pub locale: String,
    /// The kind of that document.
    pub kind: String,
    /// Who created its entry.
    pub created_by: Option<UserId>,
    /// The title of its newest revision.
    pub title: String,
    /// The entry that is used.
    pub target: uuid::Uuid,
    /// Where in the body.
    pub pointer: String,
    /// Whether the newest revision uses it.
    pub in_head: bool,
    /// Whether a revision that is public or planned uses it.
    pub in_public: bool,
}

/// What a document points at.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where in the body.
    pub pointer: String,
    /// The entry.
    pub entry: uuid::Uuid,
    /// Its kind.
    pub kind: String,
    /// Who created it.
    pub created_by: Option<UserId>,
    /// The title of its newest revision in the same locale.
    pub title: Option<String>,
    /// Whether it is public now in the same locale.
    pub public: bool,
}

impl Use {
    /// The document that uses it, for grants to be checked against.
    fn document(&self) -> (Key, Subject<'_>) {
        let subject = Subject { kind: &self.kind, created_by: self.created_by, locale: &self.locale };
        ((self.by, self.locale.clone()), subject)
    }
}

impl Target {
    /// Its document in this locale, for grants to be checked against.
    fn document<'a>(&'a self, locale: &'a str) -> (Key, Subject<'a>) {
        let subject = Subject { kind: &self.kind, created_by: self.created_by, locale };
        ((self.entry, locale.to_owned()), subject)
    }
}

/// Where an entry is used, and what its newest revision points at; at most 1,000 of each. Uses by what the permit does
/// not reach are left out, and what it points at has no title then.
///
/// # Errors
/// 403 without a grant, 404.
pub async fn references<K: KindName>(
    app: &App,
    permit: &Permit<Read<K>>,
    which: Which<'_>,
) -> Result<(Vec<Use>, Vec<Target>), Problem> {
    app.store
        .read(async |read| {
            let locale = which.locale.map_or_else(|| read.locale.clone(), str::to_owned);
            let at = read.at.instant;
            let header = super::store::header(read.conn(), which.entry, &locale).await?;
            let header = header.ok_or_else(super::not_found)?;
            reach::over(read.conn(), permit, &header).await?;
            let mut uses = store::uses(read.conn(), &[header.entry.uuid()], at).await?;
            let survey = reach::survey(read.conn(), permit, uses.iter().map(Use::document)).await?;
            uses.retain(|found| survey.over(permit, found.document()).is_ok());
            let mut targets = store::targets(read.conn(), &header, at).await?;
            let documents = targets.iter().map(|target| target.document(&locale));
            let survey = reach::survey(read.conn(), permit, documents).await?;
            for target in &mut targets {
                if survey.over(permit, target.document(&locale)).is_err() {
                    target.title = None;
                }
            }
            Ok((uses, targets))
        })
        .await
}
