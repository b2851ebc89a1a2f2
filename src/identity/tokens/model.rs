//! What a token is, and the scopes of one.

use chrono::{DateTime, Utc};

use crate::platform::access::{ADMINISTRATION, Grant, Verb};
use crate::platform::http::IdWindow;
use crate::platform::id::{TokenId, UserId};

/// A token as people see it: without its secret.
#[derive(Debug, Clone)]
pub struct Token {
    /// Its id, which is no secret.
    pub id: TokenId,
    /// For whom it acts.
    pub user: UserId,
    /// What people call it.
    pub name: String,
    /// Its first characters.
    pub hint: String,
    /// What it may at most do, as `kind:verb`; empty for all that its user may.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Which tokens a list shows, the newest first.
#[derive(Debug, Clone, Copy)]
pub struct TokenWindow {
    /// Only those of this user; all when none is named.
    pub user: Option<UserId>,
    /// Where the page lies.
    pub window: IdWindow,
}

/// What a token may at most do: `kind:verb`, with `*` for every kind of content, for instance `page:read` or `*:publish`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenScope {
    kind: String,
    verb: Verb,
}

impl TokenScope {
    /// Parses `kind:verb`.
    ///
    /// # Errors
    /// A sentence that says what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not a scope; write kind:verb, for instance page:read or *:publish \
                 (verbs: read, write, publish, delete, manage)"
            )
        };
        let (kind, verb) = text.split_once(':').ok_or_else(wrong)?;
        let named = kind == "*"
            || (kind.starts_with(|c: char| c.is_ascii_lowercase())
                && kind.len() <= 63
                && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
        match Verb::parse(verb) {
            Some(verb) if named => Ok(Self { kind: kind.to_owned(), verb }),
            _ => Err(wrong()),
        }
    }

    /// As it stands in the database.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}:{}", self.kind, self.verb.as_str())
    }

    /// What is left of a grant within this scope.
    #[must_use]
    pub fn cut(&self, grant: &Grant) -> Option<Grant> {
        if self.verb != grant.verb {
            return None;
        }
        let kind = match (self.kind.as_str(), grant.kind.as_str()) {
            (mine, theirs) if mine == theirs => mine,
            ("*", kind) | (kind, "*") if !ADMINISTRATION.contains(&kind) => kind,
            _ => return None,
        };
        Some(Grant { kind: kind.to_owned(), ..grant.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::access::Scope;

    #[test]
    fn a_scope_only_takes_away() {
        let grant = |kind: &str, verb| Grant { kind: kind.into(), verb, scope: Scope::Own };
        let scope = TokenScope::parse("page:write").unwrap();
        assert_eq!(scope.cut(&grant("*", Verb::Write)), Some(grant("page", Verb::Write)));
        assert_eq!(scope.cut(&grant("page", Verb::Write)), Some(grant("page", Verb::Write)));
        assert_eq!(scope.cut(&grant("person", Verb::Write)), None);
        assert_eq!(scope.cut(&grant("page", Verb::Publish)), None);
        let all = TokenScope::parse("*:write").unwrap();
        assert_eq!(all.cut(&grant("user", Verb::Write)), None, "what administers is named");
        assert_eq!(all.cut(&grant("page", Verb::Write)), Some(grant("page", Verb::Write)));
        for bad in ["page", "page:", ":read", "Page:read", "page:fly", "page:read:own"] {
            assert!(TokenScope::parse(bad).is_err(), "{bad}");
        }
    }
}
