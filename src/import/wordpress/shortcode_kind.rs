//! Which shortcodes there are in the world: those of WordPress itself, of page builders and of common themes.

/// What becomes of a shortcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Caption,
    Link,
    Code,
    Wrapper,
    Unknown,
}

/// Prefixes of page builders whose shortcodes are layout around text.
const BUILDERS: [&str; 8] = ["vc_", "et_pb_", "fusion_", "su_", "av_", "mk_", "cs_", "ult_"];
/// Layout shortcodes that many themes share.
const WRAPPERS: [&str; 33] = [
    "row",
    "row_inner",
    "column",
    "column_inner",
    "columns",
    "col",
    "section",
    "container",
    "one_half",
    "one_half_last",
    "one_third",
    "one_third_last",
    "two_third",
    "two_third_last",
    "one_fourth",
    "one_fourth_last",
    "three_fourth",
    "three_fourth_last",
    "one_fifth",
    "half",
    "third",
    "tabs",
    "tab",
    "tabgroup",
    "accordion",
    "accordions",
    "toggle",
    "toggles",
    "box",
    "center",
    "raw",
    "spoiler",
    "notice",
];
/// Players and embeds that name an address.
const LINKS: [&str; 16] = [
    "embed",
    "audio",
    "video",
    "youtube",
    "vimeo",
    "soundcloud",
    "dailymotion",
    "googlemaps",
    "slideshare",
    "ted",
    "tweet",
    "twitter",
    "instagram",
    "gist",
    "wpvideo",
    "facebook",
];
/// Shortcodes without a counterpart that need no attribute to be known.
pub(super) const KNOWN: [&str; 10] = [
    "gallery",
    "playlist",
    "archives",
    "contact-form",
    "contact-form-7",
    "gravityform",
    "sitemap",
    "recent-posts",
    "products",
    "subscribe",
];

impl Kind {
    /// What becomes of a shortcode with this name.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "caption" | "wp_caption" => Self::Caption,
            "code" | "sourcecode" => Self::Code,
            name if LINKS.contains(&name) => Self::Link,
            name if WRAPPERS.contains(&name) || BUILDERS.iter().any(|b| name.starts_with(b)) => Self::Wrapper,
            _ => Self::Unknown,
        }
    }
}

/// Attributes of layout shortcodes that hold words for readers.
pub(super) const WORDED: [&str; 12] = [
    "title",
    "heading",
    "subtitle",
    "subheading",
    "text",
    "label",
    "content",
    "button_text",
    "description",
    "caption",
    "quote",
    "author",
];
