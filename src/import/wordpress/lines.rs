//! Lines of Markdown while it is written: what of a line is structure, and where one block ends and the next begins.
//! Text is still behind its stand-ins here (see `shield`), so structure is recognised without guessing.

use super::shield::{BREAK, is_space};

/// The structure at the beginning of a line (quote marks, list markers, indentation), and the rest.
pub(super) fn split_prefix(line: &str) -> (&str, &str) {
    let bytes = line.as_bytes();
    let mut at = 0;
    loop {
        let rest = &bytes[at..];
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        at += match rest {
            [b' ' | b'>', ..] => 1,
            [b'-' | b'*', b' ', ..] => 2,
            _ if digits > 0 && matches!(rest.get(digits..digits + 2), Some([b'.' | b')', b' '])) => {
                digits + 2
            }
            _ => return line.split_at(at),
        };
    }
}

/// The blocks of a text, split at empty lines (or lines with nothing but breaks) that are not inside a code block.
pub(super) fn blocks(content: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut fence: Option<usize> = None;
    let mut open = false;
    for line in content.lines() {
        let text = split_prefix(line).1.trim_end();
        let ticks = text.bytes().take_while(|b| *b == b'`').count();
        match fence {
            Some(length) if ticks >= length && ticks == text.len() => fence = None,
            None if ticks >= 3 && !text[ticks..].contains('`') => fence = Some(ticks),
            None if line.trim_matches(is_space).is_empty() => {
                open = false;
                continue;
            }
            _ => {}
        }
        match out.last_mut() {
            Some(block) if open => {
                block.push('\n');
                block.push_str(line);
            }
            _ => out.push(line.to_owned()),
        }
        open = true;
    }
    out
}

/// Splits a block of running text, or a heading, into its heading marks and its text; `None` for lists, quotes, code,
/// tables and rules, which are not running text.
pub(super) fn running_text(block: &str) -> Option<(&str, &str)> {
    let marks = block.len() - block.trim_start_matches('#').len();
    let (marks, text) =
        if marks > 0 && block[marks..].starts_with(' ') { block.split_at(marks + 1) } else { ("", block) };
    // Indented text belongs to a list item.
    let structured = !matches!(split_prefix(text).0, "" | " ")
        || text.starts_with("```")
        || text.starts_with('|')
        || text.starts_with("---")
        || text.starts_with("    ");
    let one_paragraph = text.split('\n').rev().skip(1).all(|line| line.ends_with(BREAK));
    (!structured && one_paragraph).then_some((marks, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_structure_only() {
        assert_eq!(split_prefix("> - 12. text - 1. x"), ("> - 12. ", "text - 1. x"));
        assert_eq!(split_prefix("-text"), ("", "-text"));
        assert_eq!(split_prefix("12.5"), ("", "12.5"));
    }

    #[test]
    fn code_blocks_are_not_split() {
        assert_eq!(blocks("a\n\n\nb\nc\n\n```\nd\n\ne\n```\n\nf"), ["a", "b\nc", "```\nd\n\ne\n```", "f"]);
        assert!(running_text("```\nd\n```").is_none());
        assert!(running_text("- a").is_none());
        assert_eq!(running_text("## a"), Some(("## ", "a")));
    }
}
