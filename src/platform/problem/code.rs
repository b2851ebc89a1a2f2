//! The registry of problem codes. One row gives slug, status, title and what to do; the addresses that Masthead serves
//! for `type`, the documents and the answers are all made from it. A slug is never renamed or reused.

use std::fmt;

/// What went wrong, as a closed list. Each code has one status and one page at [`Code::type_url`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the table below says what each one means")]
pub enum Code {
    MalformedRequest,
    InvalidParameter,
    UnknownParameter,
    RepeatedParameter,
    MalformedJson,
    DuplicateKey,
    TooDeep,
    InvalidUtf8,
    InvalidCursor,
    InvalidPrecondition,
    Unauthenticated,
    InvalidToken,
    WrongCredentials,
    Forbidden,
    WrongPassword,
    CrossOrigin,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    Timeout,
    Conflict,
    PathTaken,
    ParentNotPublic,
    HasPublicDescendants,
    NotLive,
    AlreadyTakingEffect,
    EditConflict,
    InUse,
    Trashed,
    Erased,
    Stale,
    TooLarge,
    UriTooLong,
    UnsupportedMediaType,
    RangeNotSatisfiable,
    Invalid,
    ReferenceNotFound,
    PreconditionRequired,
    RateLimited,
    Internal,
    FileMissing,
    Unavailable,
    SchemaNewer,
    OutOfSpace,
}

/// One row of the registry.
#[derive(Debug)]
pub struct CodeRow {
    /// The code that this row describes.
    pub code: Code,
    /// The HTTP status of every answer with this code.
    pub status: u16,
    /// The stable name, as in `code` and at the end of `type`.
    pub slug: &'static str,
    /// The same short sentence for every occurrence.
    pub title: &'static str,
    /// What it means and what to do, for the page that `type` leads to.
    pub explanation: &'static str,
}

const fn row(
    code: Code,
    status: u16,
    slug: &'static str,
    title: &'static str,
    explanation: &'static str,
) -> CodeRow {
    CodeRow { code, status, slug, title, explanation }
}

/// Every code, in the order of [`Code`].
#[rustfmt::skip]
pub const CODES: &[CodeRow] = &[
    row(Code::MalformedRequest, 400, "malformed_request", "The request is malformed",
        "The request line, a header or an escape in the address cannot be read. Correct what the detail names and send it again."),
    row(Code::InvalidParameter, 400, "invalid_parameter", "A parameter has a wrong value",
        "A parameter of the path or the query has a value that it cannot have. The detail names the parameter, the value and what is allowed."),
    row(Code::UnknownParameter, 400, "unknown_parameter", "A query parameter is unknown",
        "The operation does not take this query parameter. Unknown parameters are refused, so that a typing error is not silently ignored. The detail lists the ones that are allowed."),
    row(Code::RepeatedParameter, 400, "repeated_parameter", "A query parameter is repeated",
        "A query parameter may be given once. Where several values are allowed they are separated by commas in one parameter."),
    row(Code::MalformedJson, 400, "malformed_json", "The body is not JSON",
        "The body cannot be read as one JSON value (RFC 8259). The detail gives line and column of the first fault."),
    row(Code::DuplicateKey, 400, "duplicate_key", "A JSON object has a member twice",
        "Two members of one object have the same name, so it is not clear which one is meant. Remove one of them."),
    row(Code::TooDeep, 400, "too_deep", "The JSON is nested too deeply",
        "Arrays and objects of the body lie inside each other more often than is allowed. Make the structure flatter."),
    row(Code::InvalidUtf8, 400, "invalid_utf8", "The text is not UTF-8",
        "The body, the path or the query has bytes that are not valid UTF-8. Encode all text as UTF-8."),
    row(Code::InvalidCursor, 400, "invalid_cursor", "The cursor is not valid",
        "A cursor is an opaque value that belongs to one list with its filters and its order. It was changed, comes from another list, or was made with other filters. Start again without a cursor, or follow the links of an answer."),
    row(Code::InvalidPrecondition, 400, "invalid_precondition", "The precondition cannot be read",
        "The header If-Match must be exactly one strong tag as an earlier answer gave it in ETag, for example \"v3\". Lists, weak tags and * are refused, because they would not say which state the change is based on."),
    row(Code::Unauthenticated, 401, "unauthenticated", "Credentials are needed",
        "The operation needs to know who is asking. Send an API token in the header Authorization: Bearer, or log in."),
    row(Code::InvalidToken, 401, "invalid_token", "The credentials are not valid",
        "The token or session is unknown, expired or revoked. A request with a bad credential is never treated as anonymous. Use a valid one, or send none where that is allowed."),
    row(Code::WrongCredentials, 401, "wrong_credentials", "The address or the password is wrong",
        "Nobody can sign in with this e-mail address and this password. Which of them is wrong is not told, so that nobody can find out who has an account. Try again, or ask for a password reset."),
    row(Code::Forbidden, 403, "forbidden", "This is not allowed",
        "Masthead knows who is asking, and the grants of that account do not allow this. Ask an administrator for the grant."),
    row(Code::WrongPassword, 403, "wrong_password", "The present password is wrong",
        "A change of the password needs the present one, so that nobody who finds a browser signed in can take the account over. Type it again, or ask for a password reset."),
    row(Code::CrossOrigin, 403, "cross_origin", "The request comes from another site",
        "What changes something in a session must be sent by a page of this very server. Browsers say where a request comes from in Sec-Fetch-Site and Origin. Programs use an API token, which no browser sends by itself."),
    row(Code::NotFound, 404, "not_found", "Nothing is here",
        "There is nothing at this address, or nothing that the caller may know of. Addresses are exact: no trailing slash and no doubled slash."),
    row(Code::MethodNotAllowed, 405, "method_not_allowed", "The method is not allowed here",
        "The address exists and does not take this method. The header Allow lists those that it takes."),
    row(Code::NotAcceptable, 406, "not_acceptable", "No acceptable form exists",
        "The header Accept excludes every form in which this answer exists. Send Accept: application/json, or leave it out."),
    row(Code::Timeout, 408, "timeout", "The body came too slowly",
        "The body of the request did not arrive in time. Send it again over a faster connection, or in smaller parts."),
    row(Code::Conflict, 409, "conflict", "The state does not allow this",
        "What was asked does not fit the present state of the thing. Read it again and decide anew."),
    row(Code::PathTaken, 409, "path_taken", "The path is taken",
        "Another entry has this path, now or in a scheduled future. Choose another slug or parent."),
    row(Code::ParentNotPublic, 409, "parent_not_public", "The parent is not public",
        "A page can be public only under a parent that is public for the whole of that time. Publish the parent first."),
    row(Code::HasPublicDescendants, 409, "has_public_descendants", "Public pages lie below",
        "Taking this page away would leave public pages below it without a parent. Unpublish or move those first."),
    row(Code::NotLive, 409, "not_live", "It is not live",
        "Only what is public now can be unpublished. Read the document again: somebody may have been faster."),
    row(Code::AlreadyTakingEffect, 409, "already_taking_effect", "It takes effect already",
        "A planned beginning or end can be taken back or moved while it lies more than 2 seconds ahead. Later some readers may see it already. Wait until it has happened, then publish or unpublish."),
    row(Code::EditConflict, 409, "edit_conflict", "Two edits contradict each other",
        "Somebody else changed the same places since the revision that the save is based on. The member conflicts lists every such place with the text of the base, of the newest revision (theirs) and of the request (mine). Settle them, then save again with base set to the newest revision."),
    row(Code::InUse, 409, "in_use", "It is in use",
        "Other content refers to it; the member entries names it. Decide what happens to these references, or change that content first."),
    row(Code::Trashed, 409, "trashed", "It is in the trash",
        "What lies in the trash cannot be changed or published. Restore it first."),
    row(Code::Erased, 410, "erased", "It was erased",
        "The content was erased for good on request. Remove links that lead here."),
    row(Code::Stale, 412, "stale", "It has changed since",
        "The version in If-Match is not the present one: somebody has changed the thing since it was read. Read it again, apply the change to the new state and send that."),
    row(Code::TooLarge, 413, "too_large", "The body is too large",
        "The body has more bytes than this operation takes. The detail names the limit."),
    row(Code::UriTooLong, 414, "uri_too_long", "The address is too long",
        "The path and query together are longer than is allowed. Use fewer or shorter parameters."),
    row(Code::UnsupportedMediaType, 415, "unsupported_media_type", "The body has the wrong type",
        "The operation does not take a body of this Content-Type or Content-Encoding. Send Content-Type: application/json, uncompressed."),
    row(Code::RangeNotSatisfiable, 416, "range_not_satisfiable", "The range lies outside of the file",
        "The header Range asks for bytes behind the end of the file. The header Content-Range gives its length."),
    row(Code::Invalid, 422, "invalid", "The content is not valid",
        "The request can be read, and its content breaks a rule. Each entry of errors points at one place and says what is allowed there."),
    row(Code::ReferenceNotFound, 422, "reference_not_found", "A reference leads nowhere",
        "The content refers to an entry that does not exist or is not of the right kind. Each entry of errors points at one such reference."),
    row(Code::PreconditionRequired, 428, "precondition_required", "A precondition is needed",
        "A change must say what it is based on, so that nobody's edit is overwritten. Read the thing, then send the value of its ETag in the header If-Match."),
    row(Code::RateLimited, 429, "rate_limited", "Too many requests",
        "The caller has sent too many requests in a short time. Wait for the seconds in Retry-After."),
    row(Code::Internal, 500, "internal", "Something went wrong inside",
        "An error in Masthead itself. Give the request id of instance to the operator, who finds the cause in the log."),
    row(Code::FileMissing, 500, "file_missing", "A stored file is missing",
        "The database knows the file and the storage of uploads does not have it. Trying again does not help. The operator finds what is missing with masthead doctor, and restores it from a backup; uploading the same file again helps too."),
    row(Code::Unavailable, 503, "unavailable", "Not available for a moment",
        "A part that Masthead needs does not answer just now. Try the same request again after the seconds in Retry-After."),
    row(Code::SchemaNewer, 503, "schema_newer", "The database is newer than this program",
        "The database was migrated by a newer version of Masthead. The operator must start that version or a later one."),
    row(Code::OutOfSpace, 507, "out_of_space", "There is no space left",
        "The disk of the database or of the uploads is full. Nothing was changed. The operator must make space; reading still works."),
];

// `Code::row` indexes the table by the code, so a row out of order must not compile.
const _: () = {
    let mut at = 0;
    while at < CODES.len() {
        assert!(CODES[at].code as usize == at);
        at += 1;
    }
    assert!(CODES.len() == Code::OutOfSpace as usize + 1);
};

impl Code {
    /// The row of the registry.
    #[must_use]
    pub fn row(self) -> &'static CodeRow {
        &CODES[self as usize]
    }

    /// The stable name, for example `not_found`.
    #[must_use]
    pub fn slug(self) -> &'static str {
        self.row().slug
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        self.row().status
    }

    /// The title that every problem with this code has.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.row().title
    }

    /// The address of the page about this code, relative to the server: the `type` of a problem.
    #[must_use]
    pub fn type_url(self) -> String {
        problem_type_url(self)
    }

    /// The code with this slug.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        CODES.iter().find(|row| row.slug == slug).map(|row| row.code)
    }

    /// The most general code with this status; other client errors are `malformed_request`, all else is `internal`.
    #[must_use]
    pub fn from_status(status: u16) -> Self {
        match CODES.iter().find(|row| row.status == status) {
            Some(row) => row.code,
            None if (400..500).contains(&status) => Self::MalformedRequest,
            None => Self::Internal,
        }
    }
}

/// The stable address of a code's page, which Masthead itself serves.
#[must_use]
pub fn problem_type_url(code: Code) -> String {
    format!("/problems/{}", code.slug())
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn slugs_are_unique_snake_case_and_lead_back() {
        let slugs: HashSet<_> = CODES.iter().map(|row| row.slug).collect();
        assert_eq!(slugs.len(), CODES.len());
        for row in CODES {
            assert!(row.slug.bytes().all(|b| b == b'_' || b.is_ascii_lowercase() || b == b'8'));
            assert_eq!(Code::from_slug(row.slug), Some(row.code));
            assert_eq!(row.code.row().slug, row.slug);
            assert!(row.explanation.ends_with('.') && !row.title.ends_with('.'), "{}", row.slug);
        }
        assert_eq!(Code::from_slug("no_such_code"), None);
    }

    #[test]
    fn a_status_gives_its_most_general_code() {
        assert_eq!(Code::from_status(400), Code::MalformedRequest);
        assert_eq!(Code::from_status(409), Code::Conflict);
        assert_eq!(Code::from_status(422), Code::Invalid);
        assert_eq!(Code::from_status(503), Code::Unavailable);
        assert_eq!(Code::from_status(418), Code::MalformedRequest);
        assert_eq!(Code::from_status(502), Code::Internal);
    }
}
