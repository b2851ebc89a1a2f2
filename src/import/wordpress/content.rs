//! One item's content, from what the editor stored to Markdown, with the proof that no word was lost on the way.

use super::dom;
use super::findings::{Finding, Findings};
use super::finish::finish;
use super::markdown::Writer;
use super::prepare::Prepare;
use super::report::NoteCode;
use super::shield::{is_reserved, shield};
use super::shortcode;
use super::words::{Difference, html_words, markdown_words, parse, readable, word_check};

/// Nesting deeper than this is no content but an accident, and is converted plainly.
const MAX_DEPTH: usize = 100;

/// A converted content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Converted {
    /// The Markdown; it has no raw HTML.
    pub markdown: String,
    /// What was changed on the way.
    pub findings: Vec<Finding>,
    /// How many images it has.
    pub images: usize,
    /// Words of the source (see `words::html_words`).
    pub source_words: usize,
    /// Words that differ although no finding explains them; empty unless the importer has a defect.
    pub unexplained: Difference,
}

/// Converts contents; made once for an import.
pub struct Converter {
    writer: Writer,
}

impl Default for Converter {
    fn default() -> Self {
        Self::new()
    }
}

impl Converter {
    /// A converter.
    #[must_use]
    pub fn new() -> Self {
        Self { writer: Writer::new() }
    }

    /// Converts a content: shortcodes, HTML of both editors, to Markdown. Where the conversion would lose or invent
    /// a word, the content becomes plain paragraphs instead, and a finding says so.
    #[must_use]
    pub fn convert(&self, source: &str) -> Converted {
        let source = source.replace("\r\n", "\n").replace('\r', "\n");
        if open_tags(&source) > MAX_OPEN {
            // The parser's time grows with the square of the depth, so such a source never reaches it.
            let source = without_tags(&source);
            let mut converted = plain(&source, "its elements are nested far too deeply");
            converted.unexplained = check(&html_words(&source), &converted);
            return converted;
        }
        let words = html_words(&source);
        let mut converted = match self.structured(&source) {
            Some(converted) => converted,
            None => plain(&source, "its elements are nested too deeply"),
        };
        converted.unexplained = check(&words, &converted);
        if !converted.unexplained.is_empty() {
            let Difference { lost, added } = &converted.unexplained;
            let reason = format!("lost: {}; added: {}", few(lost), few(added));
            converted = plain(&source, &reason);
            converted.unexplained = check(&words, &converted);
        }
        converted.source_words = words.len();
        converted
    }

    fn structured(&self, source: &str) -> Option<Converted> {
        let mut findings = Findings::default();
        let html = shortcode::replace(source, &mut findings);
        let tree = parse(&html)?;
        if dom::depth(&tree) > MAX_DEPTH {
            return None;
        }
        let body = dom::find(&tree, "body")?;
        let images = Prepare::run(&body, &mut findings);
        let markdown = self.writer.write(&body);
        Some(Converted { markdown, findings: findings.0, images, ..Converted::default() })
    }
}

/// How many elements may be open at once in a source that is parsed.
const MAX_OPEN: usize = 1_000;

/// An upper bound of how many elements are open at once: opening tags less closing ones.
fn open_tags(source: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0_usize);
    for after in source.split('<').skip(1) {
        match after.bytes().next() {
            Some(b'/') => open = open.saturating_sub(1),
            Some(letter) if letter.is_ascii_alphabetic() && !is_void(after) => open += 1,
            _ => {}
        }
        most = most.max(open);
    }
    most
}

/// Whether a tag has no end: those of the HTML standard, and paragraphs and items, whose end may be left out.
fn is_void(tag: &str) -> bool {
    const NAMES: [&str; 18] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
        "p", "li", "td", "tr", "option",
    ];
    let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    NAMES.iter().any(|void| name.eq_ignore_ascii_case(void))
}

/// The text between the tags, a line for each piece.
fn without_tags(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    for (nth, piece) in source.split('<').enumerate() {
        let is_tag = nth > 0 && piece.starts_with(|c: char| c == '/' || c == '!' || c.is_ascii_alphabetic());
        match piece.split_once('>') {
            Some((_, after)) if is_tag => text.push_str(after),
            _ if is_tag => {}
            _ => {
                text.push_str(if nth > 0 { "&lt;" } else { "" });
                text.push_str(piece);
            }
        }
        text.push('\n');
    }
    text
}

/// The words of a content as paragraphs, line by line, without any structure.
fn plain(source: &str, reason: &str) -> Converted {
    let text = parse(source).map_or_else(String::new, |tree| readable(&tree));
    let lines: Vec<String> = text
        .lines()
        .map(|line| shield(&line.replace(is_reserved, "\u{FFFD}")).trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    let mut findings = Findings::default();
    findings.note(NoteCode::ConvertedPlainly, reason);
    Converted { markdown: finish(&lines.join("\n\n")), findings: findings.0, ..Converted::default() }
}

fn check(source: &[String], converted: &Converted) -> Difference {
    let removed = converted.findings.iter().flat_map(|f| &f.removed);
    let added = converted.findings.iter().flat_map(|f| &f.added);
    word_check(source, removed, added, &markdown_words(&converted.markdown))
}

/// The first few of a list of words, for people.
pub(super) fn few(words: &[String]) -> String {
    let mut text = words.iter().take(8).cloned().collect::<Vec<_>>().join(" ");
    if words.len() > 8 {
        text.extend([" and ", &(words.len() - 8).to_string(), " more"]);
    }
    if text.is_empty() { "nothing".to_owned() } else { text }
}
