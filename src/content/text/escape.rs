//! Text inside HTML. What has a meaning in HTML is written as noncharacters of Unicode, passes the sanitiser as letters
//! do, and becomes character references at the very end: so text cannot be taken for markup at any step, and the
//! serialiser, whose time grows with the square of the number of references in a text, never meets one.

/// What stands for what: the character, its mark (U+FDD0 and following never occur in text that people exchange), and
/// the character reference that is written for it.
const MARKS: [(char, char, &str); 5] = [
    ('&', '\u{fdd0}', "&amp;"),
    ('<', '\u{fdd1}', "&lt;"),
    ('>', '\u{fdd2}', "&gt;"),
    ('"', '\u{fdd3}', "&quot;"),
    ('\u{a0}', '\u{fdd4}', "&nbsp;"),
];

/// Adds text between tags.
pub(super) fn push_text(out: &mut String, text: &str) {
    push(out, text, |c| c == '"');
}

/// Adds the value of an attribute, to stand between double quotes.
pub(super) fn push_attribute(out: &mut String, value: &str) {
    push(out, value, |_| false);
}

/// The HTML with character references in the place of marks.
pub(super) fn with_references(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for c in html.chars() {
        match MARKS.iter().find(|(_, mark, _)| *mark == c) {
            Some((_, _, reference)) => out.push_str(reference),
            None => out.push(c),
        }
    }
    out
}

fn push(out: &mut String, text: &str, stays: impl Fn(char) -> bool) {
    for c in text.chars() {
        match MARKS.iter().find(|(plain, _, _)| *plain == c) {
            Some(_) if stays(c) => out.push(c),
            Some((_, mark, _)) => out.push(*mark),
            None if matches!(c, '\u{fdd0}'..='\u{fdef}') => out.push(char::REPLACEMENT_CHARACTER),
            None => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_references() {
        let mut out = String::new();
        push_text(&mut out, "<a & \"b\">\u{a0}");
        assert!(!out.contains(['<', '>', '&', '\u{a0}']), "{out:?}");
        assert_eq!(with_references(&out), "&lt;a &amp; \"b\"&gt;&nbsp;");
        out.clear();
        push_attribute(&mut out, "\"x\"");
        assert_eq!(with_references(&out), "&quot;x&quot;");
    }

    #[test]
    fn marks_in_the_source_are_replaced() {
        let mut out = String::new();
        push_text(&mut out, "\u{fdd1}script\u{fdef}");
        assert_eq!(with_references(&out), "\u{fffd}script\u{fffd}");
    }
}
