//! `masthead user`.

use std::io::{IsTerminal, Read};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};

use super::database::with_app;
use super::{Context, Failure, result, say};
use crate::identity::users::{self, Email, NewAccount, Password, PersonName};
use crate::platform::access::Permit;
use crate::platform::problem::Problem;
use crate::platform::secret;

#[derive(Debug, Args)]
pub(super) struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a user. The password is read from standard input; on a terminal, one is made and printed once.
    Add(Add),
    /// Give a user another password and end all their sessions: for somebody who is locked out. The password is read
    /// from standard input; on a terminal, one is made and printed once.
    Password(NewPassword),
}

#[derive(Debug, Args)]
struct Add {
    /// What the person signs in with.
    #[arg(long, value_parser = Email::parse)]
    email: Email,
    /// What the person is called.
    #[arg(long, value_parser = PersonName::parse)]
    name: PersonName,
    /// A role: admin, editor, author, reviewer, viewer, or one of the site's own.
    #[arg(long)]
    role: String,
}

#[derive(Debug, Args)]
struct NewPassword {
    /// What the person signs in with.
    #[arg(long, value_parser = Email::parse)]
    email: Email,
}

impl User {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        match self.command {
            Command::Add(add) => add.run(context),
            Command::Password(change) => change.run(context),
        }
    }
}

impl Add {
    fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        let (password, made) = password()?;
        let add = self;
        let account = NewAccount { email: add.email, name: add.name, role: add.role, password };
        let email = account.email.as_str().to_owned();
        with_app(context, async |app| {
            users::add(app, &Permit::system("masthead user add"), account).await.map_err(of_input)?;
            Ok(())
        })?;
        say(&format!("Added {email}."));
        show(made)
    }
}

impl NewPassword {
    fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        let (password, made) = password()?;
        with_app(context, async |app| {
            let found = app.store.read(async |read| users::find_by_email(read, &self.email).await).await?;
            let user = found
                .ok_or_else(|| Failure::new(format!("there is no active user {}", self.email.as_str())))?;
            let permit = Permit::system("masthead user password");
            users::reset_password(app, &permit, user, password).await.map_err(of_input)
        })?;
        say(&format!("Changed the password of {}; all sessions have ended.", self.email.as_str()));
        show(made)
    }
}

/// Says where a password that is refused came from.
fn of_input(problem: Problem) -> Failure {
    match problem.errors() {
        [error] if error.pointer.as_str() == "/password" => {
            Failure::new(format!("standard input: {}", error.detail))
        }
        _ => problem.into(),
    }
}

/// Shows a password that was made.
fn show(made: Option<SecretString>) -> Result<ExitCode, Failure> {
    if let Some(made) = made {
        say("The password, shown this once:");
        result(made.expose_secret())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The password from standard input, or on a terminal a random one.
fn password() -> Result<(Password, Option<SecretString>), Failure> {
    let mut input = std::io::stdin();
    if input.is_terminal() {
        let made = secret::password()?;
        let password = Password::parse(made.expose_secret()).map_err(Failure::new)?;
        return Ok((password, Some(made)));
    }
    let mut text = String::new();
    input.by_ref().take(4096).read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or_default();
    Ok((Password::parse(line).map_err(|error| Failure::new(format!("standard input: {error}")))?, None))
}
