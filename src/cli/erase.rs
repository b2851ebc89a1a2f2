//! `masthead erase`.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use uuid::Uuid;

use super::database::Database;
use super::{Context, Failure, block_on, result, say};
use crate::documents::erasure::{Erasure, Wanted, erase, preview};
use crate::platform::access::Permit;
use crate::platform::db::Store;
use crate::platform::id::EntryId;

/// Content, title and note of the named revisions go, and with them what lists and search show of them, all working copies
/// of the document, and the details of every event about the entry. What stays is that there was something, when, by whom,
/// and the addresses under which it was public. Readers are answered 410. Backups and dumps made before still hold it.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").required(true).args(["revisions", "all"])))]
pub(super) struct Erase {
    /// The entry, by its id.
    #[arg(long, value_name = "ID")]
    entry: Uuid,
    /// The locale of the document; needed when the entry has several.
    #[arg(long, value_name = "TAG")]
    locale: Option<String>,
    /// A revision to erase, by its number; may be given several times.
    #[arg(long = "revision", value_name = "N", value_parser = clap::value_parser!(i32).range(1..))]
    revisions: Vec<i32>,
    /// Erase every revision of the document.
    #[arg(long)]
    all: bool,
    /// Why; it is kept in the record of changes for ever, so it must hold no personal data. A case number is best.
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
    /// Do not ask for confirmation.
    #[arg(long)]
    yes: bool,
    /// Give the answer as one JSON object.
    #[arg(long)]
    json: bool,
}

fn reason(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() { Err("say why, without personal data") } else { Ok(text.to_owned()) }
}

impl Erase {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        if !self.yes && !std::io::stdin().is_terminal() {
            say("error: erasing cannot be undone and nobody can be asked here; add --yes when you mean it");
            return Ok(ExitCode::from(2));
        }
        let wanted = Wanted {
            entry: EntryId::from_uuid(self.entry),
            locale: self.locale.clone(),
            revisions: (!self.all).then(|| self.revisions.clone()),
        };
        let mut database = Database::open(&context.database)?;
        let done = block_on(async {
            // Brings the schema up to date, as every command does that writes.
            database.app(context.storage()?).await?.store.close();
            let store = database.store(&database.owner)?;
            let done = database.alive_during(self.work(&store, &wanted)).await;
            store.close();
            done
        });
        database.stop()?;
        let Some(erased) = done? else {
            say("Nothing was erased.");
            return Ok(ExitCode::FAILURE);
        };
        if self.json {
            result(&serde_json::to_string(&erased)?)?;
        } else if erased.revisions.is_empty() {
            result("nothing to erase: these revisions were erased before")?;
        } else {
            result(&format!("erased: {}", list(&erased)))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Gives what was erased, or nothing when the answer was no.
    async fn work(&self, store: &Store, wanted: &Wanted) -> Result<Option<Erasure>, Failure> {
        if !self.yes && !confirmed(&preview(store, wanted).await?)? {
            return Ok(None);
        }
        Ok(Some(erase(store, &Permit::system(self.reason.as_str()), wanted).await?))
    }
}

fn confirmed(erasure: &Erasure) -> Result<bool, Failure> {
    say(&format!("This erases {}.", list(erasure)));
    say("It cannot be undone. Type \"erase\" to go on:");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "erase")
}

fn list(erasure: &Erasure) -> String {
    let numbers: Vec<String> = erasure.revisions.iter().map(i32::to_string).collect();
    format!(
        "{} {} in {}: revision {}, published {} time(s); working copies of it: {}",
        erasure.kind,
        erasure.entry,
        erasure.locale,
        numbers.join(", "),
        erasure.publications,
        erasure.working_copies
    )
}
