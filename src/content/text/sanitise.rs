//! The second wall: whatever the writer of HTML did, only the elements, attributes and schemes of our table come out.

use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};

use super::{
    escape::with_references,
    tags::{ATTRIBUTES, CLASSES, ELEMENTS, LANGUAGE_CLASS, NOTE_ID, NOTE_REFERENCE_ID, SCHEMES},
};

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(ELEMENTS))
        .tag_attributes(
            ATTRIBUTES.iter().map(|(tag, names)| (*tag, names.iter().copied().collect())).collect(),
        )
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(UrlRelative::Custom(Box::new(relative)))
        .attribute_filter(attribute)
        .link_rel(None)
        .strip_comments(true);
    builder
});

/// HTML in which nothing is left that could run, load from an unknown scheme, or change the page around it.
pub(super) fn sanitise(html: &str) -> String {
    with_references(&SANITISER.clean(html).to_string())
}

/// Two slashes lead to another site, browsers read a backslash as a slash, and a colon in the first segment could be
/// taken for the end of a scheme.
fn relative(url: &str) -> Option<Cow<'_, str>> {
    let first = url.split(['/', '?', '#']).next().unwrap_or_default();
    let harmless = !url.starts_with("//") && !url.contains('\\') && !first.contains(':');
    harmless.then_some(Cow::Borrowed(url))
}

fn attribute<'v>(_element: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let good = match name {
        "id" => [NOTE_ID, NOTE_REFERENCE_ID].iter().any(|start| value.starts_with(start)) && is_token(value),
        "class" => CLASSES.contains(&value) || value.strip_prefix(LANGUAGE_CLASS).is_some_and(is_token),
        "align" => matches!(value, "left" | "center" | "right"),
        "start" => value.bytes().all(|b| b.is_ascii_digit()),
        _ => true,
    };
    good.then_some(Cow::Borrowed(value))
}

/// Letters, digits and the few marks that names of programming languages have.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_+#.".contains(&b))
}
