//! `masthead openapi`.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{Failure, result};
use crate::routes;

#[derive(Debug, Args)]
pub(super) struct Openapi {
    /// Which document.
    which: Which,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Which {
    /// The public, cacheable read API (/v1).
    Read,
    /// The admin API (/admin/v1).
    Admin,
}

impl Openapi {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let documents = routes::documents();
        let document = match self.which {
            Which::Read => documents.read,
            Which::Admin => documents.admin,
        };
        result(&document.to_pretty_json()?)?;
        Ok(ExitCode::SUCCESS)
    }
}
