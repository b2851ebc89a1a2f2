//! One edit for many media entries: what is said of all of them alike.

use serde_json::Value;

use crate::app::App;
use crate::content::media::actions::spec;
use crate::content::media::model::MAX_LINE;
use crate::content::media::{Folder, Media};
use crate::content::text::plain_field::check_line;
use crate::content::text::tagging::check_tags;
use crate::documents::body::Problems;
use crate::documents::bulk::Outcome;
use crate::documents::{Seen, revise};
use crate::platform::access::{Permit, Write};
use crate::platform::problem::{FieldProblem, Pointer, Problem};

/// What changes; what is none stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Edit {
    pub folder: Option<Folder>,
    pub credit: Option<String>,
    pub licence: Option<String>,
    pub add_tags: Vec<String>,
    pub remove_tags: Vec<String>,
}

impl Edit {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Everything that is wrong with the edit itself.
    pub fn problems(&self, at: &Pointer) -> Vec<FieldProblem> {
        let mut problems = Problems::default();
        check_tags(&self.add_tags, &at.field("add_tags"), &mut problems);
        for (name, line) in [("credit", &self.credit), ("licence", &self.licence)] {
            check_line(&mut problems, &at.field(name), line.as_deref().unwrap_or_default(), MAX_LINE);
        }
        problems.into_vec()
    }

    /// Changes entries: all or none with `atomic`, otherwise each for itself.
    ///
    /// # Errors
    /// With `atomic`, what is wrong with the first that cannot be changed.
    pub async fn many(
        &self,
        app: &App,
        permit: &Permit<Write<Media>>,
        (items, locale): (&[Seen<'_>], Option<&str>),
        (note, atomic): (Option<&str>, bool),
    ) -> Result<Vec<Outcome>, Problem> {
        let revised = |body| self.apply(body);
        let how: (Option<&str>, revise::Revise<'_>) = (note, &revised);
        let spec = spec(app)?;
        let mut outcomes = Vec::with_capacity(items.len());
        if atomic {
            let done = revise::all(app, permit, spec, (items, locale), how).await?;
            outcomes.extend(
                items.iter().zip(done).map(|(item, after)| Outcome { entry: item.entry, outcome: Ok(after) }),
            );
            return Ok(outcomes);
        }
        for item in items {
            let outcome = revise::single(app, permit, spec, *item, how).await;
            outcomes.push(Outcome { entry: item.entry, outcome });
        }
        Ok(outcomes)
    }

    /// The body after the edit.
    ///
    /// # Errors
    /// 500 when it is no body of a media entry.
    pub fn apply(&self, body: Value) -> Result<Value, Problem> {
        let mut media: Media = serde_json::from_value(body).map_err(Problem::internal)?;
        if let Some(folder) = &self.folder {
            media.folder = folder.clone();
        }
        if let Some(credit) = &self.credit {
            media.credit.clone_from(credit);
        }
        if let Some(licence) = &self.licence {
            media.licence.clone_from(licence);
        }
        media.tags.retain(|tag| !self.remove_tags.contains(tag));
        for tag in &self.add_tags {
            if !media.tags.contains(tag) {
                media.tags.push(tag.clone());
            }
        }
        serde_json::to_value(media).map_err(Problem::internal)
    }
}
