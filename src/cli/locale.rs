//! `masthead locale`.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::database::with_app;
use super::{Context, Failure, result};
use crate::documents::{add_locale, locales};
use crate::platform::access::Permit;

#[derive(Debug, Args)]
pub(super) struct Locale {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a language to the site. It stays for good, because history names it.
    Add {
        /// A BCP 47 tag such as `de`, `pt-BR` or `zh-Hant`.
        tag: String,
        /// The locale that readers get instead of what is missing in this one; it must be there before.
        #[arg(long, value_name = "TAG")]
        fallback: Option<String>,
    },
    /// List the languages of the site.
    List {
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
}

impl Locale {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        match self.command {
            Command::Add { tag, fallback } => {
                let permit = Permit::system("masthead locale add");
                with_app(
                    context,
                    async |app| Ok(add_locale(app, &permit, &tag, fallback.as_deref()).await?),
                )?;
                result(&tag)?;
            }
            Command::List { json } => {
                let locales = with_app(context, async |app| Ok(locales(app).await?))?;
                if json {
                    result(&serde_json::json!({ "locales": locales }).to_string())?;
                } else {
                    for locale in locales {
                        let default = if locale.default { " (default)" } else { "" };
                        let fallback = locale.fallback.map(|tag| format!(", else {tag}")).unwrap_or_default();
                        result(&format!("{}{default}{fallback}", locale.tag))?;
                    }
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
