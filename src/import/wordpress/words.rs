//! The word check: what a visitor of the old page could read must be what a reader of the new one can.
//! A word is a run of letters and digits; every other visible character is a word of its own, so a lost question mark
//! counts like a lost sentence. Both sides are compared in NFKC, as multisets.

use std::collections::BTreeMap;

use htmd::HtmlToMarkdown;
use markup5ever_rcdom::NodeData;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use unicode_normalization::UnicodeNormalization;

use super::dom::{self, Handle};

/// The Markdown that Masthead reads: CommonMark with tables, strikethrough and footnotes.
#[must_use]
pub fn markdown_options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES
}

/// Splits text into words.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut inside = false;
    for c in text.nfkc() {
        if c.is_alphanumeric() {
            match out.last_mut() {
                Some(word) if inside => word.push(c),
                _ => out.push(c.to_string()),
            }
            inside = true;
        } else {
            inside = false;
            if !c.is_whitespace() && !c.is_control() {
                out.push(c.to_string());
            }
        }
    }
    out
}

/// The words a visitor can read in HTML, descriptions of images included.
#[must_use]
pub fn html_words(html: &str) -> Vec<String> {
    words(&html_text(html))
}

/// The words a reader sees in Markdown once it is rendered.
#[must_use]
pub fn markdown_words(markdown: &str) -> Vec<String> {
    words(&markdown_text(markdown))
}

/// The readable text of HTML, blocks on lines of their own.
#[must_use]
pub fn html_text(html: &str) -> String {
    parse(html).map_or_else(String::new, |tree| readable(&tree))
}

/// Parses HTML the way a browser without scripts does.
pub(super) fn parse(html: &str) -> Option<Handle> {
    // Begun as a body, so that a comment at the very beginning is inside it. A parser on a string cannot fail; the
    // signature of the library says otherwise.
    let html = format!("<!DOCTYPE html><body>{html}");
    HtmlToMarkdown::builder().scripting_enabled(false).build().html_to_tree(&html).ok()
}

/// The readable text of a tree.
pub(super) fn readable(tree: &Handle) -> String {
    enum Step {
        Enter(Handle),
        Leave,
    }
    let mut out = String::new();
    let mut stack = vec![Step::Enter(tree.clone())];
    while let Some(step) = stack.pop() {
        let Step::Enter(node) = step else {
            out.push('\n');
            continue;
        };
        match &node.data {
            NodeData::Text { contents } => out.push_str(&contents.borrow()),
            // Page breaks and "read more" are comments that separate what they stand between.
            NodeData::Comment { .. } => out.push_str(comment_gap(&node)),
            NodeData::Element { .. } if dom::is_unread(dom::tag(&node)) => {
                out.push_str(if matches!(dom::tag(&node), "script" | "style" | "template") {
                    ""
                } else {
                    "\n"
                });
                continue;
            }
            NodeData::Element { .. } => {
                let tag = dom::tag(&node);
                if tag == "img" {
                    out.push_str(&dom::attr(&node, "alt").unwrap_or_default());
                } else if dom::is_block(tag) || stands_apart(&node) {
                    out.push('\n');
                    stack.push(Step::Leave);
                } else if tag == "br" {
                    out.push('\n');
                } else if matches!(tag, "abbr" | "acronym")
                    && dom::attr(&node, "title").is_some_and(|t| !t.is_empty())
                {
                    // Its meaning will follow it.
                    stack.push(Step::Leave);
                }
            }
            _ => {}
        }
        stack.extend(node.children.borrow().iter().rev().cloned().map(Step::Enter));
    }
    out
}

/// Inline elements that a visitor sees apart from the text around them: fields of forms, quotations, and code of
/// several lines.
pub(super) fn stands_apart(node: &Handle) -> bool {
    match dom::tag(node) {
        "input" | "button" | "select" | "datalist" | "q" => true,
        "code" | "kbd" | "samp" | "tt" => {
            dom::raw_text(node).trim().contains('\n') && !inside_pre(node) && !dom::holds_layout(node)
        }
        _ => false,
    }
}

fn inside_pre(node: &Handle) -> bool {
    let mut at = dom::parent(node);
    while let Some(parent) = at {
        if dom::tag(&parent) == "pre" {
            return true;
        }
        at = dom::parent(&parent);
    }
    false
}

fn comment_gap(node: &Handle) -> &'static str {
    let NodeData::Comment { contents } = &node.data else {
        return "";
    };
    let text = contents.trim();
    if text == "nextpage" || text == "more" || text.starts_with("more ") { "\n" } else { "" }
}

/// The readable text of Markdown.
#[must_use]
pub fn markdown_text(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, markdown_options()) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak | Event::Rule => out.push('\n'),
            Event::Start(tag) if !is_inline_start(&tag) => out.push('\n'),
            Event::End(tag) if !is_inline_end(tag) => out.push('\n'),
            // Raw HTML is not text: words that end up in it count as lost.
            _ => {}
        }
    }
    out
}

fn is_inline_start(tag: &Tag) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

fn is_inline_end(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

/// What differs between two texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Words of the source that the result lacks, sorted.
    pub lost: Vec<String>,
    /// Words of the result that the source lacks, sorted.
    pub added: Vec<String>,
}

impl Difference {
    /// Whether the two are the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lost.is_empty() && self.added.is_empty()
    }
}

/// Compares a source with its result: `source - removed + added` must be `result`, each word as often.
#[must_use]
pub fn word_check<'a>(
    source: impl IntoIterator<Item = &'a String>,
    removed: impl IntoIterator<Item = &'a String>,
    added: impl IntoIterator<Item = &'a String>,
    result: impl IntoIterator<Item = &'a String>,
) -> Difference {
    let mut tally: BTreeMap<&str, i64> = BTreeMap::new();
    let mut count = |words: &mut dyn Iterator<Item = &'a String>, by: i64| {
        for word in words {
            *tally.entry(word.as_str()).or_default() += by;
        }
    };
    count(&mut source.into_iter(), 1);
    count(&mut added.into_iter(), 1);
    count(&mut removed.into_iter(), -1);
    count(&mut result.into_iter(), -1);
    let mut difference = Difference::default();
    for (word, times) in tally {
        let list = if times > 0 { &mut difference.lost } else { &mut difference.added };
        list.extend((0..times.unsigned_abs()).map(|_| word.to_owned()));
    }
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_and_marks() {
        assert_eq!(words("It's 3\u{a0}cats\u{2026}"), ["It", "'", "s", "3", "cats", ".", ".", "."]);
    }

    #[test]
    fn html_is_read_as_a_visitor_reads_it() {
        let html =
            "<p>H<sub>2</sub>O</p>one<br>two<script>x()</script><!-- y --><img alt='boat' src='b.png'>";
        assert_eq!(html_words(html), ["H2O", "one", "twoboat"]);
        assert_eq!(html_words("a<!--nextpage-->b"), ["a", "b"]);
    }

    #[test]
    fn markdown_is_read_as_rendered() {
        assert_eq!(
            markdown_words("# A **b**c\n\n- [d](e) `f`\n\n| g | h |\n|---|---|\n| i | j |"),
            ["A", "bc", "d", "f", "g", "h", "i", "j"]
        );
        assert_eq!(markdown_words("a <b>c</b>"), ["a", "c"]);
    }

    #[test]
    fn the_check_counts_every_copy() {
        let list = |text: &str| words(text);
        let check = |s: &str, r: &str, a: &str, t: &str| word_check(&list(s), &list(r), &list(a), &list(t));
        assert!(check("a b b", "b", "c", "b a c").is_empty());
        let wrong = check("a b b", "", "", "a b d");
        assert_eq!((wrong.lost, wrong.added), (list("b"), list("d")));
    }
}
