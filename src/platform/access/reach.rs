//! How far grants reach: one pure check. It gives as data which grant covers which place of an entry, so that what
//! explains a decision cannot differ from what decides.

use chrono::{DateTime, Utc};

use super::actor::{Grant, Identity, Scope, Verb};
use super::permission::names;
use crate::platform::id::{EntryId, UserId};

/// What a scope is checked against: the facts about an entry that decide whether a grant reaches it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The kind of the entry.
    pub kind: &'a str,
    /// Who created it.
    pub created_by: Option<UserId>,
    /// The locale of the document.
    pub locale: &'a str,
}

/// Which of the places of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// Nobody has looked up where it lies. No subtree contains such a place.
    Unknown,
    /// Where its newest revision puts it.
    Newest,
    /// Where it is public, from this instant on.
    Public(DateTime<Utc>),
    /// Where it is to lie after what is asked for.
    Target,
}

/// A place of an entry in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which of its places.
    pub whereabouts: Whereabouts,
    /// The entry and all above it, from below to the top; without the entry itself for a place where it is to lie.
    pub chain: Vec<EntryId>,
}

/// What covers one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The place.
    pub whereabouts: Whereabouts,
    /// The first of the grants that covers it, counted from 0; none when it is refused.
    pub grant: Option<usize>,
}

/// What covers each place of an entry. Always at least one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// In the order of the places.
    pub places: Vec<Judged>,
}

impl Verdict {
    /// Whether every place is covered.
    #[must_use]
    pub fn allows(&self) -> bool {
        !self.places.is_empty() && self.refused().is_none()
    }

    /// The first place that no grant covers.
    #[must_use]
    pub fn refused(&self) -> Option<Whereabouts> {
        self.places.iter().find(|judged| judged.grant.is_none()).map(|judged| judged.whereabouts)
    }
}

/// Which of the grants cover an entry: each of its places must be covered by some grant of that verb and kind, and not all
/// need the same one. An entry whose places are not given is in no subtree.
#[must_use]
pub fn judge(identity: &Identity, verb: Verb, subject: Subject<'_>, places: &[Place]) -> Verdict {
    let covering = |chain: &[EntryId]| {
        identity.grants.iter().position(|grant| {
            grant.verb == verb
                && names(grant, subject.kind)
                && match &grant.scope {
                    Scope::Everything => true,
                    Scope::Own => subject.created_by == Some(identity.user),
                    Scope::Locale(locale) => locale == subject.locale,
                    Scope::Subtree(root) => chain.contains(root),
                }
        })
    };
    if places.is_empty() {
        return Verdict { places: vec![Judged { whereabouts: Whereabouts::Unknown, grant: covering(&[]) }] };
    }
    let judged = |place: &Place| Judged { whereabouts: place.whereabouts, grant: covering(&place.chain) };
    Verdict { places: places.iter().map(judged).collect() }
}

/// How far the grants of a verb reach among the entries of a kind in one locale; what a list is cut down to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All of them.
    Everything,
    /// No more than these.
    Within(Bounds),
}

/// What an entry must be to be reached; one of these suffices for its newest place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Created by this user.
    pub created_by: Option<UserId>,
    /// One of these entries, or below one.
    pub below: Vec<EntryId>,
}

impl Bounds {
    /// Whether nothing can be reached.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.created_by.is_none() && self.below.is_empty()
    }
}

/// How far the grants of an actor reach in a list.
#[must_use]
pub fn reach(identity: &Identity, verb: Verb, kind: &str, locale: &str) -> Reach {
    let mut bounds = Bounds::default();
    for grant in identity.grants_of(verb, kind) {
        match &grant.scope {
            Scope::Everything => return Reach::Everything,
            Scope::Locale(own) if own == locale => return Reach::Everything,
            Scope::Locale(_) => {}
            Scope::Own => bounds.created_by = Some(identity.user),
            Scope::Subtree(root) => bounds.below.push(*root),
        }
    }
    Reach::Within(bounds)
}

/// Whether some grant of the verb and kind is for a subtree.
pub(super) fn holds_subtree(grants: &[Grant], verb: Verb, kind: &str) -> bool {
    grants
        .iter()
        .any(|grant| grant.verb == verb && names(grant, kind) && matches!(grant.scope, Scope::Subtree(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::id::Ids;

    fn identity(scopes: Vec<Scope>) -> Identity {
        let grant = |scope| Grant { kind: "page".into(), verb: Verb::Write, scope };
        Identity {
            user: Ids.id(),
            token: None,
            session: None,
            grants: scopes.into_iter().map(grant).collect(),
            request_id: None,
        }
    }

    fn page(created_by: Option<UserId>) -> Subject<'static> {
        Subject { kind: "page", created_by, locale: "en" }
    }

    fn place(whereabouts: Whereabouts, chain: &[EntryId]) -> Place {
        Place { whereabouts, chain: chain.to_vec() }
    }

    fn covered(identity: &Identity, subject: Subject<'_>, places: &[Place]) -> Vec<Option<usize>> {
        let verdict = judge(identity, Verb::Write, subject, places);
        assert_eq!(verdict.allows(), verdict.refused().is_none());
        verdict.places.iter().map(|judged| judged.grant).collect()
    }

    #[test]
    fn a_subtree_contains_its_root_and_what_lies_below_and_no_unknown_place() {
        let [root, child, other]: [EntryId; 3] = [Ids.id(), Ids.id(), Ids.id()];
        let actor = identity(vec![Scope::Subtree(root)]);
        let newest = |chain: &[EntryId]| place(Whereabouts::Newest, chain);
        assert_eq!(covered(&actor, page(None), &[newest(&[root])]), [Some(0)]);
        assert_eq!(covered(&actor, page(None), &[newest(&[child, root, other])]), [Some(0)]);
        assert_eq!(covered(&actor, page(None), &[newest(&[child, other])]), [None]);
        // Forgotten places, and a place at the top of the tree.
        assert_eq!(judge(&actor, Verb::Write, page(None), &[]).refused(), Some(Whereabouts::Unknown));
        assert_eq!(covered(&actor, page(None), &[place(Whereabouts::Target, &[])]), [None]);
    }

    #[test]
    fn every_place_is_covered_by_some_grant_of_the_verb_and_kind() {
        let [a, b, c]: [EntryId; 3] = [Ids.id(), Ids.id(), Ids.id()];
        let actor = identity(vec![Scope::Subtree(a), Scope::Subtree(b)]);
        let places = [place(Whereabouts::Newest, &[c, a]), place(Whereabouts::Target, &[b])];
        assert_eq!(covered(&actor, page(None), &places), [Some(0), Some(1)]);
        let outside = [places[0].clone(), place(Whereabouts::Target, &[c])];
        let verdict = judge(&actor, Verb::Write, page(None), &outside);
        assert!(!verdict.allows());
        assert_eq!(verdict.refused(), Some(Whereabouts::Target));
        assert!(!judge(&actor, Verb::Publish, page(None), &places).allows(), "another verb");
        let user = Subject { kind: "user", ..page(None) };
        assert!(!judge(&actor, Verb::Write, user, &places).allows(), "another kind");
    }

    #[test]
    fn own_everything_and_locale_cover_every_place() {
        let somewhere = [place(Whereabouts::Newest, &[Ids.id()]), place(Whereabouts::Target, &[])];
        let all = identity(vec![Scope::Everything]);
        assert_eq!(covered(&all, page(None), &somewhere), [Some(0), Some(0)]);
        let author = identity(vec![Scope::Own]);
        assert_eq!(covered(&author, page(Some(author.user)), &somewhere), [Some(0), Some(0)]);
        assert_eq!(covered(&author, page(Some(Ids.id())), &somewhere), [None, None]);
        let german = identity(vec![Scope::Locale("de".into())]);
        assert_eq!(covered(&german, page(None), &somewhere), [None, None]);
        assert_eq!(covered(&german, Subject { locale: "de", ..page(None) }, &[]), [Some(0)]);
    }

    #[test]
    fn a_list_is_cut_down_to_what_the_grants_name() {
        let root: EntryId = Ids.id();
        let actor = identity(vec![Scope::Subtree(root), Scope::Own, Scope::Locale("de".into())]);
        let bounds = Bounds { created_by: Some(actor.user), below: vec![root] };
        assert_eq!(reach(&actor, Verb::Write, "page", "en"), Reach::Within(bounds));
        assert_eq!(reach(&actor, Verb::Write, "page", "de"), Reach::Everything);
        assert_eq!(reach(&actor, Verb::Read, "page", "en"), Reach::Within(Bounds::default()));
        let all = identity(vec![Scope::Own, Scope::Everything]);
        assert_eq!(reach(&all, Verb::Write, "page", "en"), Reach::Everything);
    }
}
