//! The elements that rich text can have, in one table: the writer writes no others and the sanitiser lets no others
//! through.

/// Every element that may come out.
pub(super) const ELEMENTS: [&str; 28] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "strong",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Every attribute that may come out, by element.
pub(super) const ATTRIBUTES: [(&str, &[&str]); 9] = [
    ("a", &["href", "title", "id", "class"]),
    ("code", &["class"]),
    ("img", &["src", "alt", "title"]),
    ("li", &["id"]),
    ("ol", &["start"]),
    ("section", &["class"]),
    ("sup", &["class"]),
    ("td", &["align"]),
    ("th", &["align"]),
];

/// Every scheme that a URL may have.
pub(super) const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// The classes that the writer gives.
pub(super) const CLASSES: [&str; 3] = ["footnotes", "footnote-ref", "footnote-backref"];
/// How ids of footnotes and of references to them start.
pub(super) const NOTE_ID: &str = "fn-";
/// How ids of references to footnotes start.
pub(super) const NOTE_REFERENCE_ID: &str = "fnref-";
/// How the class of code in a language starts.
pub(super) const LANGUAGE_CLASS: &str = "language-";
