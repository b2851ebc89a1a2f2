//! Stub until the real one is merged.
#![expect(missing_docs, reason = "stub")]
use super::tokens::Secret;
use super::users::Email;
use crate::platform::db::{Change, Housekeeping};
use crate::platform::id::{Ids, UserId};
use crate::platform::problem::{Code, Problem};
use chrono::{DateTime, Utc};
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Setup,
    Invitation(UserId),
    Reset(UserId),
}
impl Purpose {
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::Setup => None,
            Self::Invitation(u) | Self::Reset(u) => Some(u),
        }
    }
}
pub struct Link {
    pub purpose: Purpose,
    pub secret: Secret,
    pub expires_at: DateTime<Utc>,
}
impl Link {
    pub fn address(&self, _: &str, _: Option<&str>) -> String {
        String::new()
    }
}
pub struct Redeemed {
    pub purpose: Purpose,
}
pub enum Letter {
    Invitation(UserId),
    Reset(UserId),
    ResetAsked(Email),
    PasswordChanged(UserId),
}
pub async fn issue(_: &mut Housekeeping<'_>, _: Ids, _: Purpose) -> Result<Link, Problem> {
    Err(Problem::new(Code::InvalidToken))
}
pub async fn revoke(_: &mut Housekeeping<'_>, _: UserId) -> Result<(), Problem> {
    Ok(())
}
pub async fn find(_: &mut crate::platform::db::Read<'_>, _: &str) -> Result<Purpose, Problem> {
    Err(Problem::new(Code::InvalidToken))
}
pub async fn redeem(_: &mut Change<'_>, _: &str) -> Result<Redeemed, Problem> {
    Err(Problem::new(Code::InvalidToken))
}
pub async fn enqueue(_: &mut Housekeeping<'_>, _: Ids, _: &Letter) -> Result<(), Problem> {
    Ok(())
}
