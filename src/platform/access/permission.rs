//! Permissions as types, and the permits that prove them.

use std::fmt;
use std::marker::PhantomData;

use super::actor::{Actor, Grant, Verb};
use super::reach::{self, Bounds, Place, Reach, Subject, Whereabouts, holds_subtree, judge};
use crate::platform::problem::{Code, Problem};

/// A kind of thing that grants speak of. Content kinds implement it in their own folders.
pub trait KindName: 'static {
    /// The name in grants; `None` means any kind, to be checked when the kind is known.
    const NAME: Option<&'static str>;
}

/// Content of a kind that is known only once the entry is loaded.
pub enum AnyContent {}
impl KindName for AnyContent {
    const NAME: Option<&'static str> = None;
}

/// The people who sign in.
pub enum Users {}
impl KindName for Users {
    const NAME: Option<&'static str> = Some("user");
}

/// The site itself: its locales.
pub enum Site {}
impl KindName for Site {
    const NAME: Option<&'static str> = Some("site");
}

/// Roles and their grants.
pub enum Roles {}
impl KindName for Roles {
    const NAME: Option<&'static str> = Some("role");
}

/// API tokens of other people.
pub enum Tokens {}
impl KindName for Tokens {
    const NAME: Option<&'static str> = Some("token");
}

/// The record of what was done and who was refused.
pub enum Audit {}
impl KindName for Audit {
    const NAME: Option<&'static str> = Some("audit");
}

/// What administers the installation. The star of a grant or a scope does not name these: they are granted by name.
pub const ADMINISTRATION: [&str; 6] = ["audit", "history", "role", "site", "token", "user"];

/// What a handler demands before anything else happens.
pub trait Permission: 'static {
    /// The verb, or `None` when no grant is needed.
    const VERB: Option<Verb>;
    /// The kind that the verb applies to.
    const KIND: Option<&'static str>;
    /// Who may hold it when no grant is needed.
    const WHO: Who = Who::SignedIn;
}

/// Who may hold a permission that no grant gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    Anyone,
    /// Whoever has proved who they are, by a session or a token.
    SignedIn,
    /// Whoever has signed in with a password: what a token must not do for its user.
    InSession,
}

/// The permission to use a verb on a kind.
pub struct May<V, K>(PhantomData<(V, K)>);

/// A verb as a type.
pub trait VerbName: 'static {
    /// The verb.
    const VERB: Verb;
}

impl<V: VerbName, K: KindName> Permission for May<V, K> {
    const VERB: Option<Verb> = Some(V::VERB);
    const KIND: Option<&'static str> = K::NAME;
}

/// To see drafts and history of a kind.
pub type Read<K> = May<verb::Read, K>;
/// To create and change a kind.
pub type Write<K> = May<verb::Write, K>;
/// To change what is public of a kind.
pub type Publish<K> = May<verb::Publish, K>;
/// To put entries of a kind into the trash.
pub type Delete<K> = May<verb::Delete, K>;
/// To administer a kind.
pub type Manage<K> = May<verb::Manage, K>;

mod verb {
    use super::{Verb, VerbName};

    pub enum Read {}
    pub enum Write {}
    pub enum Publish {}
    pub enum Delete {}
    pub enum Manage {}

    impl VerbName for Read {
        const VERB: Verb = Verb::Read;
    }
    impl VerbName for Write {
        const VERB: Verb = Verb::Write;
    }
    impl VerbName for Publish {
        const VERB: Verb = Verb::Publish;
    }
    impl VerbName for Delete {
        const VERB: Verb = Verb::Delete;
    }
    impl VerbName for Manage {
        const VERB: Verb = Verb::Manage;
    }
}

/// Anyone may: what is public.
pub enum Public {}
impl Permission for Public {
    const VERB: Option<Verb> = None;
    const KIND: Option<&'static str> = None;
    const WHO: Who = Who::Anyone;
}

/// Whoever is signed in may: what concerns themselves.
pub enum SignedIn {}
impl Permission for SignedIn {
    const VERB: Option<Verb> = None;
    const KIND: Option<&'static str> = None;
}

/// Whoever signed in with a password may, and no token: credentials of one's own.
pub enum InSession {}
impl Permission for InSession {
    const VERB: Option<Verb> = None;
    const KIND: Option<&'static str> = None;
    const WHO: Who = Who::InSession;
}

/// Proof that an actor may do `P`, at least to something. [`Permit::over_places`] says to what.
pub struct Permit<P> {
    actor: Actor,
    permission: PhantomData<fn() -> P>,
}

impl<P> fmt::Debug for Permit<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("actor", &self.actor).finish()
    }
}

impl<P> Clone for Permit<P> {
    fn clone(&self) -> Self {
        Self { actor: self.actor.clone(), permission: PhantomData }
    }
}

impl<P: Permission> Permit<P> {
    /// Issues a permit to an actor who has some grant for it.
    ///
    /// # Errors
    /// 401 when nobody is signed in, 403 when no grant allows it or when a token may not do it.
    pub fn issue(actor: &Actor) -> Result<Self, Problem> {
        let permit = Self { actor: actor.clone(), permission: PhantomData };
        if P::VERB.is_none() && P::WHO == Who::Anyone {
            return Ok(permit);
        }
        match actor {
            Actor::Anonymous | Actor::Guest(_) => Err(unauthenticated()),
            Actor::SignedOut => Err(signed_out()),
            Actor::System { .. } => Ok(permit),
            Actor::Identified(identity) => match P::VERB {
                None if P::WHO == Who::InSession && identity.session.is_none() => Err(needs_session()),
                None => Ok(permit),
                Some(verb) if identity.may(verb, P::KIND) => Ok(permit),
                Some(verb) => Err(forbidden(verb, P::KIND.unwrap_or("content"), Whereabouts::Unknown)),
            },
        }
    }

    /// A permit for the command line and the worker; the reason is written into every event.
    pub fn system(reason: impl Into<String>) -> Self {
        Self { actor: Actor::system(reason), permission: PhantomData }
    }

    /// The actor who holds the permit.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Checks that the permit reaches an entry whose places in the tree are not known: no grant for a subtree does.
    ///
    /// # Errors
    /// 403 when no grant does.
    pub fn over(&self, subject: Subject<'_>) -> Result<(), Problem> {
        self.over_places(subject, &[])
    }

    /// Checks that the permit reaches an entry at each of these places; without any, none is known.
    ///
    /// # Errors
    /// 403 when no grant covers one of them.
    pub fn over_places(&self, subject: Subject<'_>, places: &[Place]) -> Result<(), Problem> {
        let Some(verb) = P::VERB else { return Ok(()) };
        let refused = match &self.actor {
            Actor::System { .. } => None,
            Actor::Anonymous | Actor::SignedOut | Actor::Guest(_) => Some(Whereabouts::Unknown),
            Actor::Identified(identity) => judge(identity, verb, subject, places).refused(),
        };
        refused.map_or(Ok(()), |place| Err(forbidden(verb, subject.kind, place)))
    }

    /// Whether it depends on the places of this entry that the permit reaches it: only then need they be looked up.
    #[must_use]
    pub fn asks_places(&self, subject: Subject<'_>) -> bool {
        match (P::VERB, &self.actor) {
            (Some(verb), Actor::Identified(identity)) => {
                holds_subtree(&identity.grants, verb, subject.kind) && self.over(subject).is_err()
            }
            _ => false,
        }
    }

    /// How far the permit reaches among the entries of a kind in one locale.
    #[must_use]
    pub fn reach(&self, kind: &str, locale: &str) -> Reach {
        match (P::VERB, &self.actor) {
            (None, _) | (Some(_), Actor::System { .. }) => Reach::Everything,
            (Some(_), Actor::Anonymous | Actor::SignedOut | Actor::Guest(_)) => {
                Reach::Within(Bounds::default())
            }
            (Some(verb), Actor::Identified(identity)) => reach::reach(identity, verb, kind, locale),
        }
    }
}

/// Whether a grant speaks of a kind.
pub(super) fn names(grant: &Grant, kind: &str) -> bool {
    grant.kind == kind || (grant.kind == "*" && !ADMINISTRATION.contains(&kind))
}

fn unauthenticated() -> Problem {
    Problem::new(Code::Unauthenticated).detail(
        "Log in with `POST /admin/v1/session`, or send an API token: `Authorization: Bearer mh_...`. \
         `masthead token create` makes one.",
    )
}

fn signed_out() -> Problem {
    Problem::new(Code::InvalidToken)
        .detail("The session has ended or is not known. Log in again with `POST /admin/v1/session`.")
}

fn needs_session() -> Problem {
    Problem::new(Code::Forbidden)
        .detail("An API token cannot do this for its user. Log in with `POST /admin/v1/session` first.")
}

fn forbidden(verb: Verb, kind: &str, place: Whereabouts) -> Problem {
    let place = match place {
        Whereabouts::Unknown => "",
        Whereabouts::Newest => " where it is drafted",
        Whereabouts::Public(_) => " where it is or will be public",
        Whereabouts::Target => " where it would then lie",
    };
    let verb = verb.as_str();
    Problem::new(Code::Forbidden)
        .detail(format!("Your role has no grant to {verb} this {kind}{place}. Ask an administrator for one."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::access::{Identity, Scope};
    use crate::platform::id::{Ids, UserId};

    enum Page {}
    impl KindName for Page {
        const NAME: Option<&'static str> = Some("page");
    }

    fn author(user: UserId) -> Actor {
        Actor::Identified(Identity {
            user,
            token: None,
            session: None,
            grants: vec![Grant { kind: "page".into(), verb: Verb::Write, scope: Scope::Own }],
            request_id: None,
        })
    }

    #[test]
    fn nobody_is_asked_to_sign_in_and_a_stranger_to_the_grant_is_refused() {
        assert_eq!(
            Permit::<Write<Page>>::issue(&Actor::Anonymous).unwrap_err().code(),
            Code::Unauthenticated
        );
        let author = author(Ids.id());
        assert_eq!(Permit::<Publish<Page>>::issue(&author).unwrap_err().code(), Code::Forbidden);
        assert_eq!(Permit::<Write<Users>>::issue(&author).unwrap_err().code(), Code::Forbidden);
        assert!(Permit::<Write<AnyContent>>::issue(&author).is_ok());
        assert!(Permit::<Public>::issue(&Actor::Anonymous).is_ok());
    }

    #[test]
    fn own_reaches_what_the_actor_created_and_nothing_else() {
        let (me, other) = (Ids.id(), Ids.id());
        let permit = Permit::<Write<Page>>::issue(&author(me)).unwrap();
        let of = |created_by| Subject { kind: "page", created_by, locale: "en" };
        assert!(permit.over(of(Some(me))).is_ok());
        assert_eq!(permit.over(of(Some(other))).unwrap_err().code(), Code::Forbidden);
        assert_eq!(permit.over(of(None)).unwrap_err().code(), Code::Forbidden);
        assert!(permit.over(Subject { kind: "user", created_by: Some(me), locale: "en" }).is_err());
    }

    #[test]
    fn only_a_grant_for_a_subtree_asks_for_places_and_without_them_reaches_nothing() {
        let Actor::Identified(mut identity) = author(Ids.id()) else { panic!("an author is somebody") };
        let (me, root) = (identity.user, Ids.id());
        let of = |created_by| Subject { kind: "page", created_by, locale: "en" };
        let permit = Permit::<Write<Page>>::issue(&Actor::Identified(identity.clone())).unwrap();
        assert!(!permit.asks_places(of(None)), "refused wherever it lies");
        identity.grants.push(Grant { kind: "*".into(), verb: Verb::Write, scope: Scope::Subtree(root) });
        let permit = Permit::<Write<Page>>::issue(&Actor::Identified(identity)).unwrap();
        assert!(!permit.asks_places(of(Some(me))), "covered wherever it lies");
        assert!(permit.asks_places(of(None)));
        assert_eq!(permit.over(of(None)).unwrap_err().code(), Code::Forbidden);
        let place = Place { whereabouts: Whereabouts::Newest, chain: vec![root] };
        assert!(permit.over_places(of(None), std::slice::from_ref(&place)).is_ok());
        assert!(permit.over_places(Subject { kind: "user", ..of(None) }, &[place]).is_err());
    }
}
