//! One place per constraint name: what Postgres refuses becomes a problem that says what to do.
//! A name that is not listed is a defect of ours, so it answers 500 and is logged with its text.

use diesel::result::{DatabaseErrorKind, Error};

use crate::platform::problem::{Code, Problem};

struct Rule {
    constraint: &'static str,
    code: Code,
    detail: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        constraint: "routes_one_entry_per_path",
        code: Code::PathTaken,
        detail: "Another entry is, or will be, public at that path. Choose another slug or parent, or unpublish the other.",
    },
    Rule {
        constraint: "publications_one_entry_per_key",
        code: Code::PathTaken,
        detail: "Another entry of this kind is, or will be, public by that slug. Choose another slug, or unpublish the other.",
    },
    Rule {
        constraint: "entries_one_settings",
        code: Code::Conflict,
        detail: "There is one entry of settings, and it is there already. Read it, and save it with its ETag.",
    },
    Rule {
        constraint: "routes_path_shape",
        code: Code::Conflict,
        detail: "The path would be longer than 1,024 bytes. Shorten the slug or move the page up the tree.",
    },
    Rule {
        constraint: "redirects_path_unique",
        code: Code::PathTaken,
        detail: "A redirect from that path exists already.",
    },
    Rule {
        constraint: "change_took_too_long",
        code: Code::Unavailable,
        detail: "The change took longer than 20 seconds and was taken back. Nothing was changed; try a smaller one.",
    },
    Rule {
        constraint: "documents_locale",
        code: Code::Invalid,
        detail: "The site does not have that locale. `masthead locale list` names those that it has.",
    },
    Rule {
        constraint: "documents_pkey",
        code: Code::Conflict,
        detail: "The entry has a document in that locale already.",
    },
    Rule {
        constraint: "locales_tag_shape",
        code: Code::Invalid,
        detail: "A locale is a BCP 47 tag such as `de`, `pt-BR` or `zh-Hant`.",
    },
    Rule {
        constraint: "locales_fallback_fkey",
        code: Code::Invalid,
        detail: "The site does not have the fallback locale. Add that one first.",
    },
    Rule {
        constraint: "locales_fallback_is_another",
        code: Code::Invalid,
        detail: "A locale cannot be its own fallback.",
    },
    Rule {
        constraint: "locales_tag_unique",
        code: Code::Conflict,
        detail: "The site has that locale already.",
    },
    Rule {
        constraint: "revision_refs_target_exists",
        code: Code::ReferenceNotFound,
        detail: "The content points at an entry that does not exist.",
    },
    Rule {
        constraint: "revision_blobs_blob",
        code: Code::Invalid,
        detail: "`file` names bytes that were never uploaded here, or says of them what they are not. Send `file` as it was \
                 read, or upload the file again.",
    },
    Rule {
        constraint: "users_email_unique",
        code: Code::Conflict,
        detail: "A user with that e-mail address exists already.",
    },
    Rule {
        constraint: "roles_name_unique",
        code: Code::Conflict,
        detail: "A role with that name exists already.",
    },
    Rule {
        constraint: "last_administrator",
        code: Code::Conflict,
        detail: "The last active administrator cannot be removed. Make another one first.",
    },
];

/// Texts of Postgres that mean "not now": its own limits, a lock, a restart. SQLSTATE does not reach us through diesel.
const TRANSIENT: &[&str] = &[
    "lock timeout",
    "statement timeout",
    "deadlock detected",
    "terminating connection",
    "the database system is",
    "too many clients",
    "remaining connection slots",
    "cannot execute",
];

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match &error {
            Error::NotFound => Self::new(Code::NotFound),
            Error::DatabaseError(kind, info) => {
                if let Some(rule) =
                    info.constraint_name().and_then(|name| RULES.iter().find(|rule| rule.constraint == name))
                {
                    return Self::new(rule.code).detail(rule.detail).caused_by(error);
                }
                let code = classify(*kind, info.message());
                Self::new(code).caused_by(error)
            }
            _ => Self::new(Code::Internal).caused_by(error),
        }
    }
}

fn classify(kind: DatabaseErrorKind, message: &str) -> Code {
    match kind {
        DatabaseErrorKind::UnableToSendCommand
        | DatabaseErrorKind::ClosedConnection
        | DatabaseErrorKind::SerializationFailure
        | DatabaseErrorKind::ReadOnlyTransaction => Code::Unavailable,
        _ if message.contains("No space left on device") => Code::OutOfSpace,
        _ if TRANSIENT.iter().any(|text| message.contains(text)) => Code::Unavailable,
        _ => Code::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_names_a_constraint_of_the_schema() {
        let sql = [
            include_str!("replaceable.sql"),
            include_str!("../../../migrations/2026-11-23-000002_identity/up.sql"),
            include_str!("../../../migrations/2026-11-23-000003_content/up.sql"),
            include_str!("../../../migrations/2026-11-23-000004_public/up.sql"),
            include_str!("../../../migrations/2026-11-23-000005_life/up.sql"),
            include_str!("../../../migrations/2026-11-24-000001_access/up.sql"),
            include_str!("../../../migrations/2026-11-28-000001_media/up.sql"),
            include_str!("../../../migrations/2026-11-28-000002_search/up.sql"),
            include_str!("../../../migrations/2026-11-28-000007_settings/up.sql"),
            include_str!("../../../migrations/2026-11-28-000005_people/up.sql"),
        ]
        .concat();
        for rule in RULES {
            assert!(
                sql.contains(rule.constraint.trim_end_matches("_pkey").trim_end_matches("_fallback_fkey")),
                "{} stands in no migration",
                rule.constraint
            );
        }
    }

    #[test]
    fn a_busy_or_absent_database_is_unavailable_and_a_full_one_says_so() {
        let kind = DatabaseErrorKind::Unknown;
        assert_eq!(classify(kind, "canceling statement due to lock timeout"), Code::Unavailable);
        assert_eq!(classify(kind, "could not extend file: No space left on device"), Code::OutOfSpace);
        assert_eq!(classify(kind, "column \"x\" does not exist"), Code::Internal);
        assert_eq!(classify(DatabaseErrorKind::ClosedConnection, ""), Code::Unavailable);
    }
}
