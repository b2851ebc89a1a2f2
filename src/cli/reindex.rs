//! `masthead reindex`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;

use super::database::Database;
use super::{Context, Failure, block_on, result, say};
use crate::content;
use crate::documents::reindex::{Reindexed, reindex};
use crate::platform::access::Permit;

#[derive(Debug, Args)]
pub(super) struct Reindex {
    /// Give the answer as one JSON object.
    #[arg(long)]
    json: bool,
}

impl Reindex {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        let mut database = Database::open(&context.database)?;
        let done = block_on(async {
            // Before anything is derived, the schema is brought up to date.
            database.app(context.storage()?).await?.store.close();
            let store = database.store(&database.owner)?;
            let kinds = content::kinds();
            let permit = Permit::system("masthead reindex");
            let mut told = Instant::now();
            let mut progress = |done: Reindexed| {
                if told.elapsed() >= Duration::from_secs(1) {
                    say(&format!("derived anew: {}", list(done)));
                    told = Instant::now();
                }
            };
            let work = reindex(&store, &kinds, &permit, &mut progress);
            let done = database.alive_during(work).await;
            store.close();
            done.map_err(Failure::from)
        });
        database.stop()?;
        let done = done?;
        if self.json {
            result(&serde_json::to_string(&done)?)?;
        } else {
            result(&format!("derived anew: {}", list(done)))?;
        }
        if done.unreadable > 0 {
            say(&format!(
                "{} cannot be read and stay as they were; masthead doctor names them",
                done.unreadable
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list(done: Reindexed) -> String {
    format!("{} publications, {} documents", done.publications, done.documents)
}
