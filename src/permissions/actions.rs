//! Explaining a right. It shows nobody more than the rest of the API does: an entry that the caller may not read answers as
//! it does elsewhere, and the rights of other people are for those who may read users and roles.

use super::model::{Asked, Explanation, Person, Topic};
use crate::app::App;
use crate::documents::{self, Located, Which};
use crate::identity::roles;
use crate::identity::users::{self, User, UserState};
use crate::platform::access::{
    ADMINISTRATION, AnyContent, Grant, Identity, Permit, Read, Roles, Scope, SignedIn, Users, Verb,
};
use crate::platform::id::{RoleId, UserId};
use crate::platform::problem::{Code, FieldCode, Problem};

/// Says which grant allows something, or why none does: to the caller, or to another user.
///
/// # Errors
/// 400 for a kind that there is not, 403 for another user without the rights to read users and roles and for an entry that
/// the caller may not read, 404 when there is no such user or entry.
pub async fn explain(app: &App, permit: &Permit<SignedIn>, asked: &Asked) -> Result<Explanation, Problem> {
    if let Topic::Kind(kind) = &asked.topic {
        expect_kind(app, kind)?;
    }
    let caller = permit.actor().identity().ok_or_else(|| Problem::internal("the system has no role"))?;
    let other = asked.user.filter(|user| *user != caller.user);
    let person = match other {
        Some(user) => somebody(app, permit, user).await?,
        None => oneself(app, permit, caller).await?,
    };
    match &asked.topic {
        Topic::Kind(kind) => Ok(Explanation::of_kind(person, asked.verb, kind)),
        Topic::Entry { entry, locale } => {
            let reader = Permit::<Read<AnyContent>>::issue(permit.actor())?;
            let which = Which { entry: *entry, locale: locale.as_deref() };
            let located = documents::locate(app, &reader, which).await?;
            let everywhere = reads_everything(caller, &located.header.kind);
            if other.is_some() && !everywhere {
                expect_no_secret(&person, asked.verb, &located)?;
            }
            Ok(Explanation::of_entry(person, asked.verb, &located, everywhere))
        }
    }
}

/// The caller with the rights of this very request.
async fn oneself(app: &App, permit: &Permit<SignedIn>, caller: &Identity) -> Result<Person, Problem> {
    let user = users::me(app, permit).await?;
    let role = match caller.token {
        Some(_) => grants(app, user.role_id).await?,
        None => caller.grants.clone(),
    };
    Ok(Person::new(user, caller.clone(), role))
}

/// Somebody else with the rights of their role, or none when they are deactivated.
async fn somebody(app: &App, permit: &Permit<SignedIn>, user: UserId) -> Result<Person, Problem> {
    let reader = Permit::<Read<Users>>::issue(permit.actor())?;
    // The answer tells what their role allows, which is for those alone who may read roles.
    Permit::<Read<Roles>>::issue(permit.actor())?;
    let user: User = users::get(app, &reader, user).await?;
    let role = grants(app, user.role_id).await?;
    let now = if user.state == UserState::Deactivated { Vec::new() } else { role.clone() };
    let identity = Identity { user: user.id, token: None, session: None, grants: now, request_id: None };
    Ok(Person::new(user, identity, role))
}

async fn grants(app: &App, role: RoleId) -> Result<Vec<Grant>, Problem> {
    app.store.read(async |read| roles::grants_of(read.conn(), role).await).await
}

/// Whether nothing of a kind is hidden from the caller, in any locale.
fn reads_everything(caller: &Identity, kind: &str) -> bool {
    let all = Grant { kind: kind.to_owned(), verb: Verb::Read, scope: Scope::Everything };
    caller.lacks(&[all]).is_none()
}

/// Whether a subtree of somebody else contains an entry tells what lies above it, which may be hidden from the caller. So
/// that the refusal tells nothing either, it does not depend on where the entry lies.
fn expect_no_secret(person: &Person, verb: Verb, located: &Located) -> Result<(), Problem> {
    let kind = &located.header.kind;
    let subtree = |grant: &Grant| matches!(grant.scope, Scope::Subtree(_));
    if !person.identity().grants_of(verb, kind).any(subtree) {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden).detail(format!(
        "What this user may {} depends on what lies above the entry, and your role does not show you every {kind}. Ask \
         somebody who may read all of them.",
        verb.as_str()
    )))
}

fn expect_kind(app: &App, kind: &str) -> Result<(), Problem> {
    let known: Vec<&str> = app.kinds.names().into_iter().chain(ADMINISTRATION).collect();
    if known.contains(&kind) {
        return Ok(());
    }
    let detail = format!("There is no such kind. There are {}.", known.join(", "));
    Err(Problem::new(Code::InvalidParameter).detail(detail.clone()).field(
        "/query/kind",
        FieldCode::NotFound,
        detail,
    ))
}
