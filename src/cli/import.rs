//! `masthead import`.

use std::fs::File;
use std::io::{BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::database::with_app;
use super::{Context, Failure, result, say};
use crate::import::wordpress::{Export, Plan, PlanOptions, Progress, parse, plan};
use crate::import::{self, Applied, Options, Outcome};
use crate::platform::access::Permit;

#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring in a WordPress export (the WXR file of Tools > Export). Safe to repeat: what did not change stays as it is.
    Wordpress(Wordpress),
}

#[derive(Debug, Args)]
struct Wordpress {
    /// The export file.
    file: PathBuf,
    /// Path of the page under which posts are put.
    #[arg(long, value_name = "PATH", default_value = "/news")]
    posts_under: String,
    /// Do everything, report, and take it all back.
    #[arg(long)]
    dry_run: bool,
    /// Give the report as one JSON object.
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        let Command::Wordpress(command) = self.command;
        let export = read(&command.file)?;
        let source = source(&export);
        let (plan, outcome) = with_app(context, async |app| {
            let now = app.store.now().await?;
            let mut plan = plan(&export, &PlanOptions { posts_under: command.posts_under.clone(), now })?;
            let (items, redirects) = import::items(&plan)?;
            let options = Options { source: &source, dry_run: command.dry_run };
            let mut progress = Ticker::new("pages", Some(items.len()));
            let permit = Permit::system("masthead import wordpress");
            let outcome =
                import::apply(app, &permit, options, &items, &redirects, &mut |done| progress.show(done))
                    .await?;
            progress.end();
            plan.report.items.extend(import::kept_as_text(&plan));
            Ok((plan, outcome))
        })?;
        report(&command, &plan, &outcome)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn read(file: &Path) -> Result<Export, Failure> {
    let opened = File::open(file).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    let mut ticker = Ticker::new("items read", None);
    let export = parse(BufReader::new(opened), &mut |progress: Progress| ticker.show(progress.items));
    ticker.end();
    export.map_err(|error| Failure::new(format!("{}: {error}", file.display())))
}

/// Names the site, so that a newer export of the same one is known again.
fn source(export: &Export) -> String {
    let address = [&export.base_blog_url, &export.link, &export.base_site_url].into_iter().flatten().next();
    // Without any address the title has to tell two sites apart.
    format!("wordpress:{}", address.map_or(export.title.as_str(), |address| address.trim_end_matches('/')))
}

fn report(command: &Wordpress, plan: &Plan, outcome: &Outcome) -> Result<(), Failure> {
    if command.json {
        let answer = json!({ "dry_run": command.dry_run, "outcome": outcome, "report": plan.report });
        return result(&answer.to_string());
    }
    result(&plan.report.to_string())?;
    for item in outcome.items.iter().filter_map(|item| Some((&item.key, item.renamed_to.as_ref()?))) {
        result(&format!("path taken here: {} got the slug {}", item.0, item.1))?;
    }
    for path in &outcome.redirects_left {
        result(&format!("left alone: {path} leads elsewhere here already"))?;
    }
    let count = |applied| outcome.count(applied);
    result(&format!(
        "{}{} created, {} updated, {} unchanged, {} saved as drafts because they were \
         unpublished here, {} kept because they were edited here, {} in the trash; {} redirects made",
        if command.dry_run { "dry run, nothing was changed: " } else { "" },
        count(Applied::Created),
        count(Applied::Updated),
        count(Applied::Unchanged),
        count(Applied::LeftUnpublished),
        count(Applied::KeptEdits),
        count(Applied::InTrash),
        outcome.redirects,
    ))
}

/// Progress on one line of a terminal; silent elsewhere.
struct Ticker {
    what: &'static str,
    total: Option<usize>,
    shown: bool,
}

impl Ticker {
    fn new(what: &'static str, total: Option<usize>) -> Self {
        Self { what, total, shown: false }
    }

    fn show(&mut self, done: usize) {
        let mut out = std::io::stderr().lock();
        if !out.is_terminal() || (!done.is_multiple_of(10) && Some(done) != self.total) {
            return;
        }
        self.shown = true;
        let total = self.total.map(|total| format!(" of {total}")).unwrap_or_default();
        let _ = write!(out, "\r{done}{total} {}", self.what);
        let _ = out.flush();
    }

    fn end(&mut self) {
        if self.shown {
            say("");
        }
    }
}
