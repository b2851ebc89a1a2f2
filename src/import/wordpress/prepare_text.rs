//! Text and comments of an item's content: what line feeds mean in which editor, addresses that stand alone, and the
//! comments in which the block editor keeps its structure.

use markup5ever_rcdom::NodeData;

use super::dom::{self, Handle};
use super::prepare::{Around, Prepare};
use super::prepare_media as media;
use super::report::NoteCode;
use super::shield::{is_reserved, shield, shield_lines};
use super::words::words;

impl Prepare<'_> {
    /// Prepares a text node.
    pub(super) fn text(&mut self, text: &str, parent: &Handle, around: Around, out: &mut Vec<Handle>) {
        let text = self.without_reserved(text);
        // `<br>` and the line feed after it are one break.
        let after_break = !around.code && out.last().is_some_and(|last| dom::tag(last) == "br");
        let text = if after_break { text.trim_start_matches([' ', '\t', '\r']) } else { &text };
        let text = if after_break { text.strip_prefix('\n').unwrap_or(text) } else { text };
        if around.code {
            out.push(dom::text_node(text));
        } else if text.trim_ascii().is_empty() && is_structure(dom::tag(parent)) {
            // White space between rows or list items is layout of the source.
        } else if self.blocks > 0 || around.flat {
            self.line(text, parent, around, out);
        } else {
            self.classic(text, parent, around, out);
        }
    }

    /// The converter's stand-ins cannot be text as well; a source that has such characters (no font shows them) loses
    /// them, visibly.
    fn without_reserved(&mut self, text: &str) -> String {
        if !text.contains(is_reserved) {
            return text.to_owned();
        }
        let clean = text.replace(is_reserved, "\u{FFFD}");
        self.findings.change(NoteCode::CharactersReplaced, "", words(&clean), words(text));
        clean
    }

    /// Text of the block editor: a lone address in a block of its own is an embed.
    fn line(&mut self, text: &str, parent: &Handle, around: Around, out: &mut Vec<Handle>) {
        let alone = dom::children(parent).len() <= 1 && matches!(dom::tag(parent), "p" | "div");
        if alone && !around.link && media::is_lone_address(text) {
            self.embed_line(text, out);
        } else {
            out.push(dom::text_node(&shield(text)));
        }
    }

    /// Text of the classic editor: line feeds count, and an address alone on its line is an embed.
    fn classic(&mut self, text: &str, parent: &Handle, around: Around, out: &mut Vec<Handle>) {
        let may_embed =
            !around.link && matches!(dom::tag(parent), "body" | "p" | "div" | "section" | "article" | "td");
        if !may_embed || !text.contains("://") {
            out.push(dom::text_node(&shield_lines(text)));
            return;
        }
        let lines: Vec<&str> = text.split('\n').collect();
        let mut pending = String::new();
        for (index, line) in lines.iter().enumerate() {
            let first = index == 0 && !out.is_empty();
            let last = index + 1 == lines.len() && !is_last_text(parent, text);
            if !first && !last && media::is_lone_address(line) {
                out.push(dom::text_node(&shield_lines(&pending)));
                pending.clear();
                self.embed_line(line, out);
            } else {
                pending.push_str(line);
            }
            if index + 1 < lines.len() {
                pending.push('\n');
            }
        }
        out.push(dom::text_node(&shield_lines(&pending)));
    }

    fn embed_line(&mut self, address: &str, out: &mut Vec<Handle>) {
        let address = address.trim();
        self.findings.note(NoteCode::EmbedLinked, address);
        out.push(dom::element("a", &[("href", address)], vec![dom::text_node(&shield(address))]));
    }

    /// Comments carry the block editor's structure and two markers; everything else in them is not for readers.
    pub(super) fn comment(&mut self, contents: &str, around: Around, out: &mut Vec<Handle>) {
        let text = contents.trim();
        let marker = match text {
            "nextpage" => Some(NoteCode::PageBreak),
            _ if text == "more" || text.starts_with("more ") => Some(NoteCode::MoreMarker),
            _ => None,
        };
        if let Some(code) = marker {
            self.findings.note(code, "");
            out.push(match around {
                Around { code: true, .. } => dom::text_node("\n"),
                Around { flat: true, .. } => dom::text_node(" "),
                _ => dom::text_node(&shield_lines("\n\n")),
            });
        } else if let Some(name) = text.strip_prefix("/wp:") {
            if !is_classic_block(name) {
                self.blocks = self.blocks.saturating_sub(1);
            }
        } else if let Some(name) = text.strip_prefix("wp:") {
            if text.ends_with('/') {
                let name = name.split([' ', '/', '{']).next().unwrap_or_default();
                if name != "more" && name != "nextpage" {
                    self.findings.note(NoteCode::DynamicBlock, name);
                }
            } else if !is_classic_block(name) {
                self.blocks += 1;
            }
        }
    }
}

/// Elements whose direct children are elements only.
fn is_structure(tag: &str) -> bool {
    matches!(
        tag,
        "ul" | "ol"
            | "menu"
            | "dir"
            | "dl"
            | "table"
            | "tbody"
            | "thead"
            | "tfoot"
            | "tr"
            | "select"
            | "optgroup"
            | "figure"
            | "html"
    )
}

fn is_classic_block(name: &str) -> bool {
    let name = name.trim_start_matches("core/");
    name == "freeform" || name.starts_with("freeform ")
}

/// Whether this text is the last child of its parent.
fn is_last_text(parent: &Handle, text: &str) -> bool {
    parent.children.borrow().last().is_none_or(|last| match &last.data {
        NodeData::Text { contents } => *contents.borrow() == *text,
        _ => false,
    })
}
