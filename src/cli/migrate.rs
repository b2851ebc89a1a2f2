//! `masthead migrate`.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::database::Database;
use super::{Context, Failure, block_on, result};
use crate::platform::db::migrate::{self, Status};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// What to do.
    #[arg(default_value = "status")]
    what: What,
    /// Give the answer as one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Say what is applied and what is missing; exits with 1 when something is.
    Status,
    /// Apply what is missing.
    Run,
}

impl Migrate {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        let database = Database::open(&context.database)?;
        let owner = &database.owner;
        let status = block_on(async {
            match self.what {
                What::Status => migrate::status(owner).await,
                What::Run => migrate::run(owner, &database.roles).await,
            }
        });
        database.stop()?;
        let status = status?;
        if self.json {
            result(&serde_json::to_string(&status)?)?;
        } else {
            report(&status)?;
        }
        let current = status.pending.is_empty() && status.unknown.is_empty() && status.replaceable_current;
        Ok(if current { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn report(status: &Status) -> Result<(), Failure> {
    for (versions, what) in [
        (&status.applied, "applied"),
        (&status.pending, "missing"),
        (&status.unknown, "newer than this binary"),
    ] {
        for version in versions {
            result(&format!("{version}  {what}"))?;
        }
    }
    let replaceable = if status.replaceable_current { "current" } else { "out of date" };
    result(&format!("functions, triggers and views: {replaceable}"))
}
