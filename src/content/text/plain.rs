//! Rich text as plain text: every word, with a line for each block and a tab between the cells of a table.

use std::{collections::HashMap, fmt::Write as _};

use pulldown_cmark::{Event, Tag, TagEnd};

/// The words that the events carry. Marks of lists, of emphasis and of tables are left out; footnotes are numbered in
/// the order in which they are first met.
pub(super) fn to_text<'a>(events: impl Iterator<Item = Event<'a>>) -> String {
    let mut text = Lines::default();
    let mut notes = HashMap::new();
    for event in events {
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                text.end_line();
                text.is_code = true;
            }
            Event::Start(Tag::FootnoteDefinition(label)) => {
                text.end_line();
                text.label = Some(number(&mut notes, &label));
            }
            Event::End(TagEnd::CodeBlock) => {
                text.is_code = false;
                text.end_line();
            }
            Event::End(TagEnd::TableCell) => text.out.push('\t'),
            Event::Start(tag) if !is_inside_a_line(tag.to_end()) => text.end_line(),
            Event::End(tag) if !is_inside_a_line(tag) => text.end_line(),
            Event::Text(piece) | Event::Code(piece) => text.add(&piece),
            Event::SoftBreak | Event::HardBreak => text.end_line(),
            Event::FootnoteReference(label) => text.add(&format!("[{}]", number(&mut notes, &label))),
            _ => {}
        }
    }
    text.end_line();
    text.out.truncate(text.out.trim_end().len());
    text.out
}

#[derive(Default)]
struct Lines {
    out: String,
    is_code: bool,
    /// The number of the footnote whose first words come next.
    label: Option<usize>,
}

impl Lines {
    fn add(&mut self, piece: &str) {
        if let Some(label) = self.label.take() {
            // Writing to a String cannot fail.
            let _ = write!(self.out, "[{label}] ");
        }
        // Space at the start of a line is what an element of HTML or a line break left; in code it has a meaning.
        let starts_line = self.out.is_empty() || self.out.ends_with('\n');
        self.out.push_str(if starts_line && !self.is_code { piece.trim_start_matches(' ') } else { piece });
    }

    /// Ends the line without a space or tab before its end and without making an empty line.
    fn end_line(&mut self) {
        self.out.truncate(self.out.trim_end_matches([' ', '\t']).len());
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }
}

fn number(notes: &mut HashMap<String, usize>, label: &str) -> usize {
    let next = notes.len() + 1;
    *notes.entry(label.to_owned()).or_insert(next)
}

fn is_inside_a_line(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::Image
            | TagEnd::TableCell
    )
}
