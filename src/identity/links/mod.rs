//! Stub until the real one is merged.
use super::tokens::Secret;
use super::users::Email;
use crate::app::App;
use crate::platform::db::{Change, Housekeeping, Read};
use crate::platform::id::{Ids, UserId};
use crate::platform::problem::{Code, Problem};
use chrono::{DateTime, Utc};
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Setup,
    Invitation,
    Reset,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailPurpose {
    PasswordChanged,
}
#[derive(Debug)]
pub enum Invited {
    Mailed,
    Link { link: String, expires_at: DateTime<Utc> },
}
pub struct Redeemed {
    pub purpose: Purpose,
    pub user: Option<UserId>,
}
pub async fn send(_: &App, _: &mut Change<'_>, _: Purpose, _: UserId) -> Result<Invited, Problem> {
    Ok(Invited::Mailed)
}
pub async fn revoke_all(_: &mut Change<'_>, _: UserId) -> Result<(), Problem> {
    Ok(())
}
pub async fn notify(_: &mut Change<'_>, _: MailPurpose, _: UserId) -> Result<(), Problem> {
    Ok(())
}
pub async fn owner(_: &mut Read<'_>, _: &Secret) -> Result<Option<UserId>, Problem> {
    Err(not_good())
}
pub async fn redeem(_: &mut Change<'_>, _: &Secret) -> Result<Redeemed, Problem> {
    Err(not_good())
}
pub async fn ask_for_reset(_: &mut Housekeeping<'_>, _: Ids, _: &Email) -> Result<(), Problem> {
    Ok(())
}
pub fn not_good() -> Problem {
    Problem::new(Code::InvalidToken)
}
