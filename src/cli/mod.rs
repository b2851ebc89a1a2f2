//! The command line. Results go to standard output, progress and logs to standard error; the exit status is 0 when done,
//! 1 when refused or failed, 2 for wrong usage.

mod database;
mod doctor;
mod erase;
mod import;
mod locale;
mod migrate;
mod openapi;
mod reindex;
mod serve;
mod token;
mod user;
mod worker;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand};

use crate::config::{DatabaseConfig, LogConfig, LogFormat, StorageConfig};
use crate::platform::causes::causes;
use crate::platform::db::cluster::{SUBCOMMAND, ServerChild, run_server_child};
use crate::platform::storage::{Storage, StorageSettings};
use crate::platform::telemetry;

/// A headless CMS and content API: one binary, one database, every change kept, every response described.
#[derive(Parser)]
#[command(name = "masthead", version, propagate_version = true, max_term_width = 110)]
struct Cli {
    #[command(flatten)]
    database: DatabaseConfig,
    #[command(flatten)]
    storage: StorageConfig,
    #[command(flatten)]
    log: LogConfig,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the read API and the admin API.
    Serve(Box<serve::Serve>),
    /// Bring the database to the schema of this binary, or say how it stands.
    Migrate(migrate::Migrate),
    /// Manage the people who sign in.
    User(user::User),
    /// Manage API tokens.
    Token(token::Token),
    /// Manage the languages of the site.
    Locale(locale::Locale),
    /// Print an OpenAPI document.
    Openapi(openapi::Openapi),
    /// Bring content in from elsewhere.
    Import(import::Import),
    /// Check the installation and all that it holds; exits with 1 when a promise is broken.
    Doctor(doctor::Doctor),
    /// Derive anew what lists and search know of content, after an update of the program.
    ///
    /// What lists and search know of content is kept beside it, as the program that published it derived it. A newer program
    /// may derive more. This brings what is public or planned, and the newest revision of every document, up to date: in
    /// small steps, while the server runs, by the role that owns the tables. Cut off, it goes on where it stopped. Content,
    /// history and versions stay as they are.
    Reindex(reindex::Reindex),
    /// Erase what was written, for good, as privacy law demands.
    Erase(erase::Erase),
    /// Run the private Postgres alone and print its address, for psql and `pg_dump`.
    Database(database::Run),
}

/// Why a command ended without doing what it was asked to.
#[derive(Debug)]
pub struct Failure(String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(causes(&error))
    }
}

impl Failure {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// What every command gets: the settings that all share.
struct Context {
    database: DatabaseConfig,
    storage: StorageSettings,
}

impl Context {
    /// The storage of uploads; nothing is touched before it is used.
    fn storage(&self) -> Result<Storage, Failure> {
        Ok(Storage::new(&self.storage)?)
    }
}

/// Runs the command of this process. Must be called on the main thread: the private Postgres ends with it.
#[must_use]
pub fn run() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == SUBCOMMAND) {
        return finish(become_server(arguments));
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    let json = match cli.log.log_format {
        LogFormat::Auto => None,
        LogFormat::Text => Some(false),
        LogFormat::Json => Some(true),
    };
    telemetry::start(&cli.log.log, json);
    let context = Context { storage: cli.storage.settings(&cli.database), database: cli.database };
    finish(match cli.command {
        Command::Serve(command) => command.run(&context),
        Command::Migrate(command) => command.run(&context),
        Command::User(command) => command.run(&context),
        Command::Token(command) => command.run(&context),
        Command::Locale(command) => command.run(&context),
        Command::Openapi(command) => command.run(),
        Command::Import(command) => command.run(&context),
        Command::Doctor(command) => command.run(&context),
        Command::Reindex(command) => command.run(&context),
        Command::Erase(command) => command.run(&context),
        Command::Database(command) => command.run(&context),
    })
}

/// Help and version, or what is wrong with the arguments. clap names the flag of a wrong value; the value may as well
/// come from the environment, so the variable is named too.
fn refuse(error: &clap::Error) -> ExitCode {
    // A closed terminal is no reason to fail otherwise.
    let _ = error.print();
    let mut command = Cli::command();
    // Arguments show themselves only when they are built.
    command.build();
    let flags = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(flag)) => std::slice::from_ref(flag),
        Some(ContextValue::Strings(flags)) => flags,
        _ => &[],
    };
    for flag in flags {
        if let Some(variable) = variable(&command, flag) {
            say(&format!("The value of {flag} may also come from the environment variable {variable}."));
        }
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// The environment variable of the flag that clap shows so.
fn variable(command: &clap::Command, flag: &str) -> Option<String> {
    let own = command.get_arguments().find(|argument| argument.to_string() == flag);
    own.and_then(|argument| Some(argument.get_env()?.to_string_lossy().into_owned()))
        .or_else(|| command.get_subcommands().find_map(|below| variable(below, flag)))
}

/// The hidden subcommand: this process becomes a Postgres program, so it returns only when it fails.
fn become_server(arguments: impl Iterator<Item = OsString>) -> Result<ExitCode, Failure> {
    match run_server_child(&ServerChild::parse(arguments)?)? {}
}

fn finish(outcome: Result<ExitCode, Failure>) -> ExitCode {
    outcome.unwrap_or_else(|failure| {
        say(&format!("error: {}", failure.0));
        ExitCode::FAILURE
    })
}

/// One line for people, on standard error. A closed terminal is no reason to fail.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// One line of result, on standard output.
fn result(line: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout().lock(), "{line}").map_err(Failure::from)
}

/// Runs asynchronous work on the main thread, where the private Postgres is looked after.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(work)
}
