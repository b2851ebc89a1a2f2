//! Renditions that are made no more: cut around a point that no entry has any more, or by a recipe that no process of the
//! installation has had for a while. The first are made again when somebody asks for them; the second never are, so that their
//! addresses, which pages elsewhere may still show, work for a time. When a recipe was used last is told by a file of its name,
//! which every process that has it renews: nobody else knows what the others are configured with.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;

use super::gallery::address::{Cut, Recipe};
use super::model::{RECIPES, renditions};
use super::store;
use crate::app::App;
use crate::platform::digest::Digest;
use crate::platform::problem::Problem;
use crate::platform::storage::{Key, Listed};

/// How long the addresses of an old recipe work, from when the last process had it.
const KEPT: TimeDelta = TimeDelta::days(30);

/// How often a process says again which recipes it has.
const RENEWED: TimeDelta = TimeDelta::hours(12);

/// The recipes of this installation, and when they were used last.
pub(super) struct Recipes {
    now: DateTime<Utc>,
    own: BTreeSet<Recipe>,
    seen: BTreeMap<Recipe, DateTime<Utc>>,
}

impl Recipes {
    /// Says which recipes this process has, and finds out which ones others have.
    ///
    /// # Errors
    /// When the storage is away.
    pub async fn learn(app: &App, now: DateTime<Utc>) -> Result<Self, Problem> {
        let files: Vec<Listed> = app.storage.list(&Key::top(RECIPES)).try_collect().await?;
        let named = |file: &Listed| Some((Recipe::named(file.key.segments().next_back()?)?, file.written_at));
        let seen = files.iter().filter_map(named).collect();
        let mut recipes = Self { now, own: app.gallery.recipes().iter().copied().collect(), seen };
        for recipe in recipes.own.clone() {
            if recipes.seen.get(&recipe).is_none_or(|at| *at < now - RENEWED) {
                recipes.note(app, recipe).await;
            }
        }
        // By then nothing of theirs is left.
        let long_over = recipes.seen.iter().filter(|(_, at)| **at < now - KEPT * 2);
        for (recipe, _) in long_over.filter(|(recipe, _)| !recipes.own.contains(recipe)) {
            if let Some(key) = Key::top(RECIPES).join(&recipe.name()) {
                app.storage.delete(&key).await?;
            }
        }
        Ok(recipes)
    }

    /// Notes that a recipe is used, or was found for the first time. A disk that is full is no reason not to make room on it.
    async fn note(&mut self, app: &App, recipe: Recipe) {
        self.seen.insert(recipe, self.now);
        let Some(key) = Key::top(RECIPES).join(&recipe.name()) else { return };
        if let Err(error) = app.storage.put_bytes(&key, Bytes::from_static(b"in use\n")).await {
            tracing::warn!(%error, %key, "it could not be noted which sizes of pictures are in use");
        }
    }

    async fn is_over(&mut self, app: &App, recipe: Recipe) -> bool {
        if self.own.contains(&recipe) {
            return false;
        }
        let Some(last) = self.seen.get(&recipe) else {
            self.note(app, recipe).await;
            return false;
        };
        *last < self.now - KEPT
    }

    /// Removes what is outdated of these renditions, and gives how many that were.
    ///
    /// # Errors
    /// When the database or the storage is away.
    pub async fn remove_outdated(
        &mut self,
        app: &App,
        files: &BTreeMap<Digest, Vec<Key>>,
    ) -> Result<usize, Problem> {
        let asked: Vec<Digest> = files.keys().copied().collect();
        let now = self.now;
        let points = app.store.read(async |read| store::points(read.conn(), &asked, now).await).await?;
        let mut removed = 0;
        for (sha256, keys) in files {
            let cuts: BTreeSet<Cut> = keys.iter().filter_map(cut).collect();
            for cut in cuts {
                let around = |(of, point): &(Digest, _)| of == sha256 && cut.is_around(*point);
                let used = cut.is_whole() || points.iter().any(around);
                if (!used || self.is_over(app, cut.recipe).await)
                    && let Some(folder) = renditions(*sha256).join(&cut.folder())
                {
                    removed += app.storage.delete_below(&folder).await?;
                }
            }
        }
        Ok(removed)
    }
}

/// What the place of a rendition says; nothing when it is not one of ours.
fn cut(key: &Key) -> Option<Cut> {
    key.segments().nth(2)?.parse().ok()
}
