//! The elements of an export: which family each belongs to, and which field of an item it fills.

use quick_xml::events::BytesStart;
use quick_xml::name::ResolveResult;

use super::wxr::{Item, ItemKind};

/// The families of elements that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Rss,
    WordPress,
    Content,
    Excerpt,
    DublinCore,
    Other,
}

impl Space {
    /// The family of a resolved namespace.
    pub(super) fn of(namespace: &ResolveResult) -> Self {
        match namespace {
            ResolveResult::Unbound => Self::Rss,
            ResolveResult::Bound(address) => Self::of_address(address.into_inner()),
            // A prefix that the file forgot to declare still says what is meant.
            ResolveResult::Unknown(prefix) => match prefix.as_str() {
                "wp" => Self::WordPress,
                "content" => Self::Content,
                "excerpt" => Self::Excerpt,
                "dc" => Self::DublinCore,
                _ => Self::Other,
            },
        }
    }

    fn of_address(address: &str) -> Self {
        if address.contains("wordpress.org/export/") {
            if address.contains("excerpt") { Self::Excerpt } else { Self::WordPress }
        } else if address.contains("purl.org/rss/1.0/modules/content") {
            Self::Content
        } else if address.contains("purl.org/dc/") {
            Self::DublinCore
        } else {
            Self::Other
        }
    }
}

/// The value of an attribute, or "".
pub(super) fn attribute(start: &BytesStart, name: &str) -> String {
    let mut attributes = start.attributes();
    let attributes = attributes.with_checks(false);
    attributes
        .flatten()
        .find(|a| a.key.into_inner() == name)
        .map(|a| a.value.trim().to_owned())
        .unwrap_or_default()
}

/// Takes one of WordPress's own fields of an item.
pub(super) fn wordpress_field(item: &mut Item, name: &str, text: &str) {
    let text = text.trim();
    match name {
        "post_id" => item.id = text.parse().unwrap_or(0),
        "post_parent" => item.parent = text.parse().unwrap_or(0),
        "menu_order" => item.menu_order = text.parse().unwrap_or(0),
        "post_date" => text.clone_into(&mut item.date),
        "post_date_gmt" => text.clone_into(&mut item.date_gmt),
        "post_name" => text.clone_into(&mut item.name),
        "status" => text.clone_into(&mut item.status),
        "post_password" => item.has_password = !text.is_empty(),
        "is_sticky" => item.sticky = text == "1",
        _ => {}
    }
}

/// An item before anything of it was read.
pub(super) fn blank_item() -> Item {
    Item {
        kind: ItemKind::Page,
        id: 0,
        parent: 0,
        title: String::new(),
        link: String::new(),
        name: String::new(),
        creator: String::new(),
        pub_date: String::new(),
        date: String::new(),
        date_gmt: String::new(),
        status: String::new(),
        has_password: false,
        menu_order: 0,
        sticky: false,
        content: String::new(),
        excerpt: String::new(),
        terms: Vec::new(),
        comments: 0,
        builder_data: false,
    }
}
