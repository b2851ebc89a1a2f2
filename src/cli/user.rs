//! `masthead user add`.

use std::io::{IsTerminal, Read};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::database::with_app;
use super::{Context, Failure, result, say};
use crate::identity::users::{self, Email, NewAccount, Password, PersonName};
use crate::platform::access::Permit;
use crate::platform::secret::{Prefix, Secret};

#[derive(Debug, Args)]
pub(super) struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a user. The password is read from standard input; on a terminal, one is made and printed once.
    Add(Add),
}

#[derive(Debug, Args)]
struct Add {
    /// What the person signs in with.
    #[arg(long, value_parser = Email::parse)]
    email: Email,
    /// What the person is called.
    #[arg(long, value_parser = PersonName::parse)]
    name: PersonName,
    /// A role: admin, editor or author.
    #[arg(long)]
    role: String,
}

impl User {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        let Command::Add(add) = self.command;
        let (password, made) = password()?;
        let account = NewAccount { email: add.email, name: add.name, role: add.role, password };
        let email = account.email.as_str().to_owned();
        with_app(context, async |app| {
            users::add(app, &Permit::system("masthead user add"), account).await?;
            Ok(())
        })?;
        say(&format!("Added {email}."));
        if let Some(made) = made {
            say("The password, shown this once:");
            result(made.reveal())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The password from standard input, or on a terminal a random one.
fn password() -> Result<(Password, Option<Secret>), Failure> {
    let mut input = std::io::stdin();
    if input.is_terminal() {
        let made = Secret::generate(Prefix::Token)?;
        let password = Password::parse(made.reveal()).map_err(Failure::new)?;
        return Ok((password, Some(made)));
    }
    let mut text = String::new();
    input.by_ref().take(4096).read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or_default();
    Ok((Password::parse(line).map_err(|error| Failure::new(format!("standard input: {error}")))?, None))
}
