//! `masthead token create`.

use std::process::ExitCode;

use chrono::Duration;
use clap::{Args, Subcommand};

use super::database::with_app;
use super::{Context, Failure, result};
use crate::identity::tokens::{self, NewToken, TokenScope};
use crate::identity::users::{self, Email};
use crate::platform::access::Permit;

#[derive(Debug, Args)]
pub(super) struct Token {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an API token. Standard output is the token alone; it is shown this once.
    Create(Create),
}

#[derive(Debug, Args)]
struct Create {
    /// E-mail address of the user for whom the token acts.
    #[arg(long, value_parser = Email::parse)]
    user: Email,
    /// What to call the token.
    #[arg(long)]
    name: String,
    /// What the token may at most do, such as page:read or *:publish; may be repeated. Without one: all that the user may.
    #[arg(long, value_parser = TokenScope::parse)]
    scope: Vec<TokenScope>,
    /// How long the token lives, such as 12h, 30d or 52w; for ever when not given.
    #[arg(long, value_parser = life)]
    expires: Option<Duration>,
}

impl Token {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        let Command::Create(create) = self.command;
        let secret = with_app(context, async |app| {
            let found = app.store.read(async |read| users::find_by_email(read, &create.user).await).await?;
            let user = found.ok_or_else(|| {
                Failure::new(format!(
                    "there is no active user {}; `masthead user add` makes one",
                    create.user.as_str()
                ))
            })?;
            let new = NewToken { user, name: create.name, scopes: create.scope, expires_in: create.expires };
            Ok(tokens::create(app, &Permit::system("masthead token create"), new).await?)
        })?;
        result(secret.reveal())?;
        Ok(ExitCode::SUCCESS)
    }
}

fn life(text: &str) -> Result<Duration, String> {
    let wrong = || "write a whole number and h, d or w, such as 12h, 30d or 52w".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let number: i64 = number.parse().ok().filter(|number| (1..=10_000).contains(number)).ok_or_else(wrong)?;
    match unit {
        "h" => Ok(Duration::hours(number)),
        "d" => Ok(Duration::days(number)),
        "w" => Ok(Duration::weeks(number)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_have_a_number_and_a_unit() {
        assert_eq!(life("30d"), Ok(Duration::days(30)));
        assert_eq!(life("12h"), Ok(Duration::hours(12)));
        for bad in ["", "d", "30", "0d", "-1d", "30y", "9999999d", "3\u{e9}"] {
            assert!(life(bad).is_err(), "{bad:?}");
        }
    }
}
