//! Brings the tree of an item's content into a shape that Markdown can hold, before it is written: what has no
//! counterpart becomes text or links, and is noted; text gets its stand-ins (see `shield`). Nothing is lost silently.

use markup5ever_rcdom::NodeData;

use super::dom::{self, Handle};
use super::findings::Findings;
use super::prepare_media as media;
use super::prepare_table as table;
use super::report::NoteCode;
use super::shield::shield;
use super::words::{stands_apart, words};

/// What surrounds a node.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    /// Inside `pre` or `code`: text stays as it is.
    pub(super) code: bool,
    /// Inside something that must stay one line (a heading, a table cell).
    pub(super) flat: bool,
    /// Inside a link: no second link.
    pub(super) link: bool,
}

/// The pass over one tree.
pub(super) struct Prepare<'a> {
    pub(super) findings: &'a mut Findings,
    /// How many images there are.
    pub(super) images: usize,
    /// How deep inside blocks of the block editor the pass is; outside them the classic editor's rules hold.
    pub(super) blocks: usize,
}

impl<'a> Prepare<'a> {
    /// Prepares everything below `root`.
    pub(super) fn run(root: &Handle, findings: &'a mut Findings) -> usize {
        let mut pass = Self { findings, images: 0, blocks: 0 };
        pass.children(root, Around::default());
        pass.images
    }

    /// Prepares the children of a node in place.
    pub(super) fn children(&mut self, node: &Handle, around: Around) {
        let mut out = Vec::new();
        for child in dom::children(node) {
            self.node(&child, node, around, &mut out);
        }
        dom::set_children(node, out);
    }

    fn node(&mut self, node: &Handle, parent: &Handle, around: Around, out: &mut Vec<Handle>) {
        match &node.data {
            NodeData::Text { contents } => {
                let text = contents.borrow().to_string();
                self.text(&text, parent, around, out);
            }
            NodeData::Comment { contents } => self.comment(contents, around, out),
            NodeData::Element { .. } => self.element(node, around, out),
            _ => {}
        }
    }

    fn element(&mut self, node: &Handle, around: Around, out: &mut Vec<Handle>) {
        let tag = dom::tag(node);
        match tag {
            _ if around.code => self.code_child(node, around, out),
            "script" | "noembed" | "noframes" | "template" | "applet" => {
                self.remove(node, NoteCode::ScriptRemoved);
            }
            "style" => self.remove(node, NoteCode::StyleRemoved),
            "link" | "meta" | "base" | "basefont" | "param" | "source" | "track" | "col" | "colgroup"
            | "wbr" | "area" => {}
            "iframe" | "embed" | "object" | "video" | "audio" => {
                media::player(self, node, around, out);
            }
            "img" | "image" => media::image(self, node, out),
            "abbr" | "acronym" => self.abbreviation(node, around, out),
            "q" => self.quote(node, around, out),
            "sup" | "sub" => self.raised(node, around, out),
            "form" | "fieldset" | "select" | "input" | "button" | "datalist" | "textarea" => {
                self.form(node, around, out);
            }
            "table" => table::table(self, node, around, out),
            "ul" | "ol" | "menu" | "dir" => self.list(node, around, out),
            "pre" | "code" | "kbd" | "samp" | "tt" => self.code(node, around, out),
            "a" => self.link(node, around, out),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.children(node, Around { flat: true, ..around });
                out.push(node.clone());
            }
            "svg" | "math" => {
                self.children(node, Around { flat: true, ..around });
                out.extend(dom::take(node));
            }
            _ if is_known(tag) => {
                self.children(node, around);
                out.push(node.clone());
            }
            _ => {
                // An inline element that Markdown has no word for: its children take its place.
                self.children(node, around);
                out.extend(dom::take(node));
            }
        }
    }

    fn code_child(&mut self, node: &Handle, around: Around, out: &mut Vec<Handle>) {
        if dom::tag(node) == "br" {
            out.push(dom::text_node("\n"));
        } else if dom::is_unread(dom::tag(node)) {
            self.remove(node, NoteCode::ScriptRemoved);
        } else {
            let block = dom::is_block(dom::tag(node)) || stands_apart(node);
            let edge = || block.then(|| dom::text_node("\n"));
            self.children(node, around);
            out.extend(edge());
            out.extend(dom::take(node));
            out.extend(edge());
        }
    }

    fn remove(&mut self, node: &Handle, code: NoteCode) {
        if !dom::raw_text(node).trim().is_empty() || dom::attr(node, "src").is_some() {
            self.findings.note(code, "");
        }
    }

    fn abbreviation(&mut self, node: &Handle, around: Around, out: &mut Vec<Handle>) {
        self.children(node, around);
        out.extend(dom::take(node));
        if let Some(title) = dom::attr(node, "title").filter(|t| !t.is_empty()) {
            let text = format!(" ({title})");
            self.findings.change(NoteCode::AbbreviationExpanded, &title, words(&text), Vec::new());
            out.push(dom::text_node(&shield(&text)));
        }
    }

    fn quote(&mut self, node: &Handle, around: Around, out: &mut Vec<Handle>) {
        self.findings.change(NoteCode::QuoteMarksAdded, "", words("\u{201C}\u{201D}"), Vec::new());
        out.push(dom::text_node("\u{201C}"));
        self.children(node, around);
        out.extend(dom::take(node));
        out.push(dom::text_node("\u{201D}"));
    }

    /// Raised and lowered digits have characters of their own; anything else becomes plain and is noted.
    fn raised(&mut self, node: &Handle, around: Around, out: &mut Vec<Handle>) {
        let text = dom::raw_text(node);
        let only_text = dom::children(node).iter().all(|c| matches!(c.data, NodeData::Text { .. }));
        let mapped: Option<String> =
            text.trim().chars().map(|c| raised_char(c, dom::tag(node) == "sup")).collect();
        match mapped {
            Some(mapped) if only_text && !mapped.is_empty() => {
                let code = NoteCode::ScriptTextFlattened;
                self.findings.change(code, text.trim(), words(&mapped), words(&text));
                out.push(dom::text_node(&mapped));
            }
            _ => {
                self.findings.note(NoteCode::ScriptTextFlattened, text.trim());
                self.children(node, around);
                out.extend(dom::take(node));
            }
        }
    }

    fn form(&mut self, node: &Handle, around: Around, out: &mut Vec<Handle>) {
        if dom::tag(node) != "fieldset" {
            self.findings.note(NoteCode::FormFlattened, &format!("<{}>", dom::tag(node)));
        }
        self.children(node, around);
        if matches!(dom::tag(node), "form" | "fieldset" | "textarea") && !around.flat {
            out.push(dom::element("div", &[], dom::take(node)));
        } else {
            out.push(dom::text_node(" "));
            out.extend(dom::take(node));
            out.push(dom::text_node(" "));
        }
    }

    /// Only `li` stands in a list: a list inside a list belongs to the item before it, other content to one of its own.
    fn list(&mut self, node: &Handle, around: Around, out: &mut Vec<Handle>) {
        self.children(node, around);
        let mut items: Vec<Handle> = Vec::new();
        let mut collecting = false;
        for child in dom::take(node) {
            let is_item = dom::tag(&child) == "li";
            let is_list = matches!(dom::tag(&child), "ul" | "ol");
            match items.last() {
                Some(item) if !is_item && (is_list || collecting) => {
                    let mut inside = dom::take(item);
                    inside.push(child);
                    dom::set_children(item, inside);
                }
                _ if is_item => {
                    items.push(child);
                    collecting = false;
                }
                _ => {
                    items.push(dom::element("li", &[], vec![child]));
                    collecting = true;
                }
            }
        }
        let tag = if dom::tag(node) == "ol" { "ol" } else { "ul" };
        let start = dom::attr(node, "start")
            .and_then(|s| s.parse::<u32>().ok())
            .filter(|s| *s < 100_000)
            .unwrap_or(1);
        out.push(dom::element(tag, &[("start", &start.to_string())], items));
    }

    fn code(&mut self, node: &Handle, around: Around, out: &mut Vec<Handle>) {
        if dom::holds_layout(node) {
            // Not code but layout: pictures and tables have no place in code.
            self.children(node, around);
            if dom::tag(node) == "pre" {
                out.push(dom::element("div", &[], dom::take(node)));
            } else {
                out.extend(dom::take(node));
            }
            return;
        }
        let language = language(node).unwrap_or_default();
        self.children(node, Around { code: true, ..around });
        let text = dom::raw_text(node);
        let is_pre = dom::tag(node) == "pre";
        let is_block = !around.flat && (is_pre || text.trim().contains('\n'));
        let tag = if is_block { "pre" } else { "code" };
        let text = if is_block {
            text
        } else {
            // A single space stays at either end: it keeps the words around apart.
            let edge = |at_edge| if at_edge { " " } else { "" };
            let words = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
            let apart = is_pre || text.trim().contains('\n');
            let (first, last) = (text.starts_with(is_white), text.ends_with(is_white));
            format!("{}{words}{}", edge(first || apart), edge(last || apart))
        };
        out.push(dom::element(tag, &[("language", &language)], vec![dom::text_node(&text)]));
    }

    fn link(&mut self, node: &Handle, around: Around, out: &mut Vec<Handle>) {
        self.children(node, Around { link: true, ..around });
        let address = dom::attr(node, "href").unwrap_or_default();
        let follows = media::can_be_followed(&address);
        if !follows && !address.is_empty() {
            self.findings.note(NoteCode::LinkDropped, &address);
        }
        if around.link || !follows {
            out.extend(dom::take(node));
        } else {
            out.push(node.clone());
        }
    }
}

fn is_white(c: char) -> bool {
    c.is_ascii_whitespace()
}

/// The language of a code block, as highlighters name it.
fn language(node: &Handle) -> Option<String> {
    let inner =
        dom::children(node).iter().find(|c| dom::tag(c) == "code").and_then(|c| dom::attr(c, "class"));
    let class = dom::attr(node, "class").unwrap_or_default() + " " + &inner.unwrap_or_default();
    let mut parts = class.split([' ', ';', ':']).filter(|p| !p.is_empty());
    let mut after_brush = false;
    parts.find_map(|part| {
        let name = part.strip_prefix("language-").or_else(|| part.strip_prefix("lang-"));
        let name = name.or_else(|| Some(part).filter(|_| after_brush));
        after_brush = part == "brush";
        name.filter(|n| {
            !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'+')
        })
        .map(str::to_owned)
    })
}

fn raised_char(c: char, up: bool) -> Option<char> {
    let plain = "0123456789+-=()";
    let raised = "\u{2070}\u{b9}\u{b2}\u{b3}\u{2074}\u{2075}\u{2076}\u{2077}\u{2078}\u{2079}\u{207a}\u{207b}\u{207c}\u{207d}\u{207e}";
    let index = plain.chars().position(|p| p == c)?;
    if up { raised.chars().nth(index) } else { char::from_u32(0x2080 + u32::try_from(index).ok()?) }
}

/// Elements that the writer knows, or that simply stand on lines of their own.
fn is_known(tag: &str) -> bool {
    dom::is_block(tag)
        || matches!(
            tag,
            "br" | "hr" | "b" | "strong" | "i" | "em" | "cite" | "var" | "dfn" | "del" | "s" | "strike"
        )
}
