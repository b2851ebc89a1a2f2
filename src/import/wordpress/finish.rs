//! The last step of the conversion: stand-ins become characters again, escaped exactly where Markdown would
//! otherwise take them for structure (CommonMark 0.31, and tables, strikethrough and footnotes), and emphasis is
//! written only where it would be read as emphasis.

use pulldown_cmark::{Event, Parser};

use super::lines::split_prefix;
use super::shield::{BREAK, Mark, expand, is_close, is_open, is_space, shield_char, unshield_char};
use super::words::markdown_options;

/// Markdown out of the converter's text.
#[must_use]
pub(super) fn finish(content: &str) -> String {
    let content = expand(content);
    let lines: Vec<&str> = content.lines().map(str::trim_end).collect();
    let mut out = String::with_capacity(content.len() + content.len() / 16);
    let mut unit: Vec<String> = Vec::new();
    let mut fence: Option<usize> = None;
    for (index, line) in lines.iter().enumerate() {
        let (_, text) = split_prefix(line);
        let ticks = text.chars().take_while(|c| *c == '`').count();
        if let Some(open) = fence {
            if ticks >= open && text.chars().all(|c| c == '`') {
                fence = None;
            }
            push_line(&mut out, line, true);
            continue;
        }
        if ticks >= 3 && !text[ticks..].contains('`') {
            fence = Some(ticks);
            push_line(&mut out, line, true);
            continue;
        }
        unit.push(settle_breaks(line, lines.get(index + 1).copied()));
        if is_balanced(&unit) || lines.get(index + 1).is_none_or(|next| next.is_empty()) {
            for line in write_unit(&unit.join("\n")).lines() {
                push_line(&mut out, line, false);
            }
            if unit.len() == 1 && unit[0].is_empty() {
                push_line(&mut out, "", false);
            }
            unit.clear();
        }
    }
    out.trim_matches('\n').to_owned()
}

/// Appends a line; outside code, one empty line is enough, in a quotation too.
fn push_line(out: &mut String, line: &str, code: bool) {
    let line = line.trim_end();
    let is_empty = line.bytes().all(|b| matches!(b, b'>' | b' '));
    let last = out.strip_suffix('\n').map(|text| text.rsplit('\n').next().unwrap_or(text));
    if is_empty && !code && last.is_none_or(|last| last == line) {
        return;
    }
    out.push_str(line);
    out.push('\n');
}

/// Keeps the break at the end of a line only where the paragraph goes on.
fn settle_breaks(line: &str, next: Option<&str>) -> String {
    let (prefix, text) = split_prefix(line);
    let ends = text.ends_with(BREAK);
    let text = text.trim_matches(is_space);
    let goes_on = next.is_some_and(|next| {
        let (prefix, text) = split_prefix(next);
        let marked = prefix.contains(['-', '*']) || prefix.contains(|c: char| c.is_ascii_digit());
        let text = text.trim_matches(is_space);
        !text.is_empty()
            && !marked
            && !text.starts_with("```")
            && !text.starts_with('|')
            && !text.starts_with('#')
    });
    let inner = text.replace(BREAK, " ");
    if text.is_empty() {
        prefix.trim_end().to_owned()
    } else if ends && goes_on {
        format!("{prefix}{inner}{BREAK}")
    } else {
        format!("{prefix}{inner}")
    }
}

fn is_balanced(lines: &[String]) -> bool {
    let mut open = 0_i64;
    for c in lines.iter().flat_map(|l| l.chars()) {
        open += i64::from(is_open(c)) - i64::from(is_close(c));
    }
    open <= 0
}

/// Writes lines whose marks belong together; the marks go when they would not be read as marks.
fn write_unit(unit: &str) -> String {
    let mut chars: Vec<char> = unit.chars().collect();
    if !chars.iter().any(|c| Mark::written(*c).is_some()) {
        return render(&chars);
    }
    move_marks(&mut chars);
    let with = render(&chars);
    let plain: Vec<char> = chars.into_iter().filter(|c| Mark::written(*c).is_none()).collect();
    let without = render(&plain);
    if visible(&with) == visible(&without) { with } else { without }
}

/// What a reader sees of a few lines, without white space and without the lines' containers.
fn visible(markdown: &str) -> String {
    let inner: Vec<&str> =
        markdown.lines().map(|line| split_prefix(line).1.trim_start_matches(['#', ' '])).collect();
    let inner = inner.join("\n");
    let mut out = String::with_capacity(inner.len());
    for event in Parser::new_ext(&inner, markdown_options()) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                out.extend(text.chars().filter(|c| !c.is_whitespace()));
            }
            _ => {}
        }
    }
    out
}

/// Moves marks past punctuation that would keep them from being read (`**Note:**now` becomes `**Note**:now`), and
/// takes out pairs that meet or hold nothing.
fn move_marks(chars: &mut Vec<char>) {
    let mut i = 0;
    while i + 1 < chars.len() {
        let (this, next) = (chars[i], chars[i + 1]);
        let same = Mark::written(this).is_some() && Mark::written(this) == Mark::written(next);
        if same && is_close(this) != is_close(next) {
            chars.drain(i..i + 2);
            i = i.saturating_sub(1);
        } else {
            i += 1;
        }
    }
    for i in 1..chars.len() {
        let mut at = i;
        if is_close(chars[at]) && chars.get(at + 1).is_some_and(|c| c.is_alphanumeric()) {
            while at > 0 && is_text_punctuation(chars[at - 1]) {
                chars.swap(at, at - 1);
                at -= 1;
            }
        }
    }
    for i in (0..chars.len().saturating_sub(1)).rev() {
        let mut at = i;
        if at > 0 && is_open(chars[at]) && chars[at - 1].is_alphanumeric() {
            while at + 1 < chars.len() && is_text_punctuation(chars[at + 1]) {
                chars.swap(at, at + 1);
                at += 1;
            }
        }
    }
}

/// Punctuation of the text itself, not of the Markdown around it (which is never a stand-in).
fn is_text_punctuation(c: char) -> bool {
    let raw_structure = Mark::written(c).is_some() || c == BREAK || shield_char(c) != c;
    !raw_structure && !c.is_alphanumeric() && !c.is_whitespace()
}

/// The next character of the text, past marks.
fn peek(chars: &[char], from: usize) -> Option<char> {
    chars[from..].iter().find(|c| Mark::written(**c).is_none()).map(|c| unshield_char(*c).unwrap_or(*c))
}

/// Where in its line a character stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Digits(u8),
    Inside,
}

fn render(chars: &[char]) -> String {
    let mut out = String::with_capacity(chars.len() + chars.len() / 8);
    let mut at = At::Start;
    let mut heading = false;
    let mut table = false;
    let mut previous = '\n';
    for (i, &c) in chars.iter().enumerate() {
        if let Some(mark) = Mark::written(c) {
            out.push_str(mark);
            at = At::Inside;
            continue;
        }
        if c == BREAK {
            out.push('\\');
            continue;
        }
        if c == '\n' {
            (at, heading, table, previous) = (At::Start, false, false, c);
            out.push(c);
            continue;
        }
        if let Some(text) = unshield_char(c) {
            let next = chars.get(i + 1..).and_then(|rest| peek(rest, 0));
            let next_raw = chars.get(i + 1).copied();
            if needs_escape(text, previous, next, next_raw, at)
                || (text == '&' && begins_entity(&chars[i + 1..]))
                || (heading && text == '#')
                || (table && text == '|')
            {
                out.push('\\');
            }
            out.push(text);
            at = At::Inside;
            previous = text;
            continue;
        }
        if at == At::Start {
            heading |= c == '#';
            table |= c == '|';
        }
        out.push(c);
        at = next_place(at, c);
        previous = c;
    }
    out
}

fn next_place(at: At, c: char) -> At {
    match (at, c) {
        (At::Start, '0'..='9') => At::Digits(1),
        (At::Digits(n), '0'..='9') => At::Digits(n.saturating_add(1)),
        // A marker of a list that we wrote ourselves: what follows is again the start of a line.
        (At::Digits(_), '.' | ')') | (At::Start, ' ' | '>' | '-' | '*' | '#' | '|') => At::Start,
        _ => At::Inside,
    }
}

/// Whether an ampersand before this text would make an entity of it.
fn begins_entity(rest: &[char]) -> bool {
    let mut letters = 0;
    for (index, c) in rest
        .iter()
        .filter(|c| Mark::written(**c).is_none())
        .map(|c| unshield_char(*c).unwrap_or(*c))
        .enumerate()
    {
        match c {
            '#' if index == 0 => {}
            ';' => return letters > 0,
            c if c.is_ascii_alphanumeric() && letters < 40 => letters += 1,
            _ => return false,
        }
    }
    false
}

/// Whether a character of the text would be read as structure where it stands.
fn needs_escape(c: char, previous: char, next: Option<char>, next_raw: Option<char>, at: At) -> bool {
    let ends = next.is_none_or(char::is_whitespace) || next == Some(BREAK);
    match c {
        '\\' | '`' | '*' | '[' | ']' | '~' => true,
        '_' => !(previous.is_alphanumeric() && next.is_some_and(char::is_alphanumeric)),
        '<' => next.is_some_and(|n| n.is_ascii_alphabetic() || matches!(n, '/' | '!' | '?')),
        '#' | '>' | '=' | '|' => at == At::Start,
        '+' | '-' | ':' => at == At::Start && !next.is_some_and(char::is_alphanumeric),
        '.' | ')' => matches!(at, At::Digits(1..=9)) && ends,
        '!' => next_raw == Some('['),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::shield::shield;
    use super::*;

    fn round(text: &str) -> String {
        finish(&shield(text))
    }

    #[test]
    fn text_that_looks_like_markdown_is_escaped() {
        assert_eq!(round("# no heading"), "\\# no heading");
        assert_eq!(round("1. no list"), "1\\. no list");
        assert_eq!(round("- no list"), "\\- no list");
        assert_eq!(round("> no quote"), "\\> no quote");
        assert_eq!(round("*no* _emphasis_ but snake_case"), "\\*no\\* \\_emphasis\\_ but snake_case");
        assert_eq!(round("<b>no tag</b> &copy; a < b"), "\\<b>no tag\\</b> \\&copy; a < b");
        assert_eq!(round("[no](link)"), "\\[no\\](link)");
    }

    #[test]
    fn plain_text_stays_plain() {
        for text in [
            "Version 1.2 of 3. May (2020)",
            "a - b + c = d > e",
            "Fish & Chips",
            "Fish &Chips",
            "Wow! Yes: no.",
            "5 < 6",
        ] {
            assert_eq!(round(text), text);
        }
    }

    #[test]
    fn emphasis_that_would_not_be_read_is_moved_or_dropped() {
        let strong = |t: &str| format!("{}{}{}", Mark::Strong.open(), shield(t), Mark::Strong.close());
        assert_eq!(finish(&format!("{}now", strong("Note:"))), "**Note**:now");
        assert_eq!(finish(&format!("{} now", strong("Note:"))), "**Note:** now");
        assert_eq!(finish(&format!("a{}", strong("(b)"))), "a(**b)**");
        assert_eq!(finish(&format!("{}{}", strong("a"), strong("b"))), "**ab**");
    }

    #[test]
    fn breaks_stay_only_inside_paragraphs() {
        assert_eq!(finish(&format!("a{BREAK}b{BREAK}{BREAK}c{BREAK}\n\nd")), "a\\\nb\n\nc\n\nd");
    }
}
