//! How the operations of a kind on its drafts are described: alike for all kinds, in the words of each.

use super::http::ListDocuments;
use super::{Create, Save, Saved, TypedDocument, TypedKind};
use crate::documents::params::{InLocale, TrashParams};
use crate::documents::view::DocumentState;
use crate::platform::http::{Described, Page};
use crate::platform::problem::{Conflict, Erased, Forbidden, Invalid, NotFound, PreconditionRequired, Stale};
use utoipa::ToSchema as _;

const ETAG: (&str, &str) = ("ETag", "The version, `\"v<version>\"`.");

fn operation<D: TypedKind>(verb: &str, summary: &str, description: String) -> Described {
    let words = D::WORDS;
    Described::new(format!("{verb}_{}", words.one), words.many, format!("{summary} {}", words.a), description)
}

pub(super) fn list<D: TypedKind>() -> Described {
    let words = D::WORDS;
    Described::new(
        format!("list_{}", words.many),
        words.many,
        format!("List {}", words.many),
        "Drafts and all, those that changed last first, without their content.",
    )
    .query::<ListDocuments>()
    .query::<D::Filters>()
    .answer::<Page<DocumentState>>(
        200,
        (format!("Page_{}", DocumentState::name()), "One page of the list."),
        &[("Link", "The next and the previous page of the list (RFC 8288).")],
    )
    .refused::<Forbidden>()
}

pub(super) fn create<D: TypedKind>() -> Described {
    let description = format!(
        "Makes {} as a draft: nothing becomes public. A draft may be unfinished; what it lacks is asked for when it is \
         published.",
        D::WORDS.a
    );
    operation::<D>("create", "Create", description)
        .query::<InLocale>()
        .body::<Create<D>>("The content.")
        .answer::<TypedDocument<D>>(
            201,
            (TypedDocument::<D>::name(), format!("The {} that was made.", D::WORDS.one)),
            &[ETAG, ("Location", "Its address in this API.")],
        )
        .refused::<Forbidden>()
        .refused::<Invalid>()
}

pub(super) fn get<D: TypedKind>() -> Described {
    let description =
        format!("The newest revision, whether it is public or not, with how the {} stands.", D::WORDS.one);
    operation::<D>("get", "Get", description)
        .id()
        .query::<InLocale>()
        .answer::<TypedDocument<D>>(
            200,
            (TypedDocument::<D>::name(), format!("The {}.", D::WORDS.one)),
            &[ETAG],
        )
        .refused::<Forbidden>()
        .refused::<NotFound>()
        .refused::<Erased>()
}

pub(super) fn save<D: TypedKind>() -> Described {
    let description = "Appends a revision. What is public stays as it is until a revision is published. An identical body \
        makes no revision.\n\nA save says what it is based on: with `If-Match` it is strict, and anything that happened \
        since is a reason to refuse it (412). With `base` in the body, what others have saved since is merged with it, field \
        by field, block by block, and in texts word by word; contradictions are refused (409), each with both sides.";
    operation::<D>("save", "Save", description.to_owned())
        .id()
        .query::<InLocale>()
        .if_match(false)
        .body::<Save<D>>("The whole content.")
        .answer::<Saved<D>>(200, (Saved::<D>::name(), format!("The {} as it is now.", D::WORDS.one)), &[ETAG])
        .refused::<Forbidden>()
        .refused::<NotFound>()
        .refused::<Conflict>()
        .refused::<Stale>()
        .refused::<Invalid>()
        .refused::<PreconditionRequired>()
}

pub(super) fn trash<D: TypedKind>() -> Described {
    let description = format!(
        "Puts the {} into the trash, in all its locales. What is public of it ends now and what is scheduled is taken back, \
         for which the right to publish is needed too. Nothing is deleted: every revision stays. Refused while entries below \
         or links to it remain, unless the request decides what becomes of them.",
        D::WORDS.one
    );
    operation::<D>("trash", "Trash", description)
        .id()
        .query::<TrashParams>()
        .if_match(true)
        .empty(204, format!("The {} lies in the trash.", D::WORDS.one))
        .refused::<Forbidden>()
        .refused::<NotFound>()
        .refused::<Conflict>()
        .refused::<Stale>()
        .refused::<PreconditionRequired>()
}
