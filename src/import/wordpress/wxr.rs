//! What a WordPress export (WXR 1.0 to 1.2) holds, as far as the import needs it, and why one cannot be read.
//! Values are as written in the file; judging them is the plan's work.

use std::collections::BTreeMap;

/// An export, read completely.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// Version of the format, when the file says it.
    pub version: Option<String>,
    /// Title of the site.
    pub title: String,
    /// Address of the site as readers know it (`link` of the channel).
    pub link: Option<String>,
    /// Address of the whole installation.
    pub base_site_url: Option<String>,
    /// Address of this blog; paths are relative to it.
    pub base_blog_url: Option<String>,
    /// Display names by login name.
    pub authors: BTreeMap<String, String>,
    /// Posts and pages in file order.
    pub items: Vec<Item>,
    /// How many items of every other type there are.
    pub other_types: BTreeMap<String, usize>,
    /// How many comments the file has, of all items.
    pub comments: usize,
}

/// Which of the two imported types an item has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// A page: has a place in the tree.
    Page,
    /// A post: has a date and tags.
    Post,
}

/// One post or page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Post or page.
    pub kind: ItemKind,
    /// Number of the item in WordPress; 0 when the file has none.
    pub id: u64,
    /// Number of the parent; 0 for none.
    pub parent: u64,
    /// Title, as HTML.
    pub title: String,
    /// Public address.
    pub link: String,
    /// `wp:post_name`, often percent-encoded.
    pub name: String,
    /// Login name of the author.
    pub creator: String,
    /// Date in the feed's form (RFC 2822).
    pub pub_date: String,
    /// Local date.
    pub date: String,
    /// Date in UTC; all zeros for drafts that never had one.
    pub date_gmt: String,
    /// `publish`, `draft`, `future`, ...
    pub status: String,
    /// Whether a password protects it. The password itself is not kept.
    pub has_password: bool,
    /// Order among siblings.
    pub menu_order: i64,
    /// Whether the post is sticky.
    pub sticky: bool,
    /// Content, as the editor stored it.
    pub content: String,
    /// Excerpt, as the editor stored it.
    pub excerpt: String,
    /// Names of categories and tags in file order, as HTML.
    pub terms: Vec<String>,
    /// How many comments it has.
    pub comments: usize,
    /// Whether a page builder keeps its own layout beside the content.
    pub builder_data: bool,
}

/// How far the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file read.
    pub bytes: u64,
    /// Items of any type found.
    pub items: usize,
}

/// Why a file cannot be imported. Every message says where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum WxrError {
    /// The file could not be read.
    #[error("cannot read the export at line {line}: {source}")]
    Io {
        /// Line reached.
        line: u64,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The file is something else.
    #[error(
        "this is not a WordPress export: {found} (line {line}). Export with Tools > Export in WordPress and give the .xml file"
    )]
    NotWxr {
        /// What it seems to be.
        found: String,
        /// Line where that was seen.
        line: u64,
    },
    /// The file breaks off.
    #[error(
        "the export breaks off at line {line}, inside {inside}: the file is incomplete. Export or download it again"
    )]
    Truncated {
        /// Last line.
        line: u64,
        /// The element that is still open, with the item.
        inside: String,
    },
    /// The XML is broken.
    #[error("the export is broken at line {line}, byte {byte}, inside {inside}: {detail}")]
    Broken {
        /// Line, counting from 1.
        line: u64,
        /// Byte in the cleaned stream.
        byte: u64,
        /// The element, with the item.
        inside: String,
        /// What the XML reader says.
        detail: String,
    },
}
