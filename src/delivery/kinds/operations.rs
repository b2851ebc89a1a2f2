//! How the operations of a kind that readers get are described: alike for all kinds, in the words of each.

use utoipa::ToSchema as _;

use super::Delivered;
use crate::delivery::http::Forms;
use crate::delivery::listing::params::{Reading, Walking};
use crate::platform::http::{Described, Page, Sparse};
use crate::platform::problem::{Erased, Forbidden, NotFound};

pub(super) fn list<D: Delivered>() -> Described {
    let words = D::WORDS;
    let card = D::Card::name();
    let description = format!(
        "{} Walk the list by the cursors of the answer, or by its `Link` header. Filters go together: what is listed meets all \
         of them.",
        D::LIST
    );
    Described::new(format!("list_{}", words.many), words.many, format!("List {}", words.many), description)
        .query::<Walking>()
        .query::<D::Wanted>()
        .query::<Forms>()
        .query::<Reading>()
        .answer::<Page<Sparse<D::Card>>>(200, (format!("Page_Sparse_{card}"), "One page of the list."), &[])
        .with::<Sparse<D::Card>>(format!("Sparse_{card}"))
        .with::<D::Card>(card)
        .refused::<Forbidden>()
}

pub(super) fn get<D: Delivered>() -> Described {
    let words = D::WORDS;
    let view = D::View::name();
    Described::new(
        format!("get_{}", words.one),
        words.many,
        format!("Get {}", words.a),
        format!("One public {} with everything that is needed to show it.", words.one),
    )
    .id()
    .query::<Forms>()
    .query::<Reading>()
    .answer::<Sparse<D::View>>(200, (format!("Sparse_{view}"), format!("The {}.", words.one)), &[])
    .with::<D::View>(view)
    .refused::<Forbidden>()
    .refused::<NotFound>()
    .refused::<Erased>()
}
