//! Whether every stored body is what was written, and whether what is kept beside it follows from it. Reads the
//! revisions in small batches, so that their number does not matter.

mod store;

use uuid::Uuid;

use self::store::{Key, Written};
use super::kind::Kinds;
use super::write::digest;
use crate::platform::db::Store;
use crate::platform::problem::Problem;

/// So many faults of one sort are noted.
const NOTED: usize = 6;

/// What is wrong with the bodies; a list is empty when its promise is kept, and holds at most six.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Soundness {
    /// Revisions whose body is not what their digest says, or cannot be read.
    pub bodies: Vec<String>,
    /// Revisions whose noted references are not those of their body.
    pub references: Vec<String>,
    /// Documents whose parent or position is not that of their newest revision.
    pub places: Vec<String>,
    /// How many revisions were read.
    pub revisions: u64,
}

/// Reads every revision that was not erased. `progress` hears how many were read so far.
///
/// # Errors
/// When the database does not answer. What is wrong with a body is no error.
pub async fn examine(
    store: &Store,
    kinds: &Kinds,
    progress: &mut dyn FnMut(u64),
) -> Result<Soundness, Problem> {
    let mut found = Soundness::default();
    let mut after = Key::default();
    loop {
        let batch = store.read(async |read| store::batch(read, &after).await).await?;
        let Some(last) = batch.last() else { return Ok(found) };
        after = last.key.clone();
        for written in batch {
            found.revisions += 1;
            found.look_at(kinds, written);
        }
        progress(found.revisions);
    }
}

impl Soundness {
    fn look_at(&mut self, kinds: &Kinds, written: Written) {
        let what = format!("revision {} of {} {}", written.key.number, written.key.entry, written.key.locale);
        match digest(&written.body) {
            Ok(digest) if digest.as_slice() == written.sha256 => {}
            _ => tell(&mut self.bodies, || format!("{what} is not what was written")),
        }
        if let Err(why) = self.compare(kinds, written, &what) {
            tell(&mut self.bodies, || format!("{what}: {why}"));
        }
    }

    /// Compares what follows from a body with what is kept beside it; the error says why the body cannot be read.
    fn compare(&mut self, kinds: &Kinds, written: Written, what: &str) -> Result<(), String> {
        let spec = kinds.get(&written.kind).map_err(|_| format!("the kind {} is unknown", written.kind))?;
        let body = spec.lift(written.schema_version, written.body).map_err(|error| error.to_string())?;
        let references = (spec.references)(&body).map_err(|problem| problem.to_string())?;
        let mut found: Vec<Uuid> = references.iter().map(|reference| reference.target).collect();
        let mut noted = written.targets;
        found.sort_unstable();
        noted.sort_unstable();
        if found != noted {
            tell(&mut self.references, || what.to_owned());
        }
        if let Some(place) = written.place {
            let derived = (spec.derive)(&body).map_err(|problem| problem.to_string())?;
            if (derived.parent, derived.position) != place {
                tell(&mut self.places, || what.to_owned());
            }
        }
        Ok(())
    }
}

/// Adds a line while there are few.
fn tell(lines: &mut Vec<String>, line: impl FnOnce() -> String) {
    if lines.len() < NOTED {
        lines.push(line());
    }
}
