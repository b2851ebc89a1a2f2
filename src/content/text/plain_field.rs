//! The limits of fields that hold plain text: how long, one line or several, and no characters that only disturb.

use crate::{
    documents::body::{Problems, Stage},
    platform::problem::field::{FieldCode, Pointer},
};

/// Checks a field of one line: at most `max` characters, none of them a control character.
pub fn check_line(problems: &mut Problems, at: &Pointer, text: &str, max: usize) {
    check_length(problems, at, text, max);
    check_characters(problems, at, text, |c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
}

/// Checks a field of several lines: at most `max` characters, and no control characters but line feeds and tabs.
pub fn check_lines(problems: &mut Problems, at: &Pointer, text: &str, max: usize) {
    check_length(problems, at, text, max);
    check_characters(problems, at, text, |c| c.is_control() && !matches!(c, '\n' | '\t'));
}

/// Checks, at a publication, that a field is not blank. `what` names it, such as "a title".
pub fn check_given(problems: &mut Problems, stage: Stage, at: &Pointer, text: &str, what: &str) {
    if stage == Stage::Publish && text.trim().is_empty() {
        problems.add(at, FieldCode::Required, format!("To be published, it needs {what}."));
    }
}

fn check_length(problems: &mut Problems, at: &Pointer, text: &str, max: usize) {
    // Characters are never more than bytes, so most texts need no counting.
    let length = if text.len() <= max { text.len() } else { text.chars().count() };
    if length > max {
        problems.add(at, FieldCode::TooLong, format!("The text has {length} characters; it may have {max}."));
    }
}

fn check_characters(problems: &mut Problems, at: &Pointer, text: &str, bad: impl Fn(char) -> bool) {
    if let Some(c) = text.chars().find(|c| bad(*c)) {
        problems.add(
            at,
            FieldCode::Invalid,
            format!("The text contains the character U+{:04X}; remove it.", u32::from(c)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(check: impl Fn(&mut Problems, &Pointer)) -> Vec<FieldCode> {
        let mut problems = Problems::default();
        check(&mut problems, &Pointer::root().field("x"));
        problems.iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn length_counts_characters() {
        assert!(codes(|p, at| check_line(p, at, &"\u{e9}".repeat(10), 10)).is_empty());
        assert_eq!(codes(|p, at| check_line(p, at, &"\u{e9}".repeat(11), 10)), [FieldCode::TooLong]);
    }

    #[test]
    fn control_characters_are_refused() {
        for bad in ["a\nb", "a\0", "a\u{7f}", "a\u{85}", "a\u{2028}b"] {
            assert_eq!(codes(|p, at| check_line(p, at, bad, 10)), [FieldCode::Invalid], "{bad:?}");
        }
        assert!(codes(|p, at| check_lines(p, at, "a\n\tb", 10)).is_empty());
        assert_eq!(codes(|p, at| check_lines(p, at, "a\r", 10)), [FieldCode::Invalid]);
    }

    #[test]
    fn only_a_publication_needs_it() {
        assert!(codes(|p, at| check_given(p, Stage::Save, at, " ", "a title")).is_empty());
        assert!(codes(|p, at| check_given(p, Stage::Publish, at, "x", "a title")).is_empty());
        assert_eq!(codes(|p, at| check_given(p, Stage::Publish, at, " ", "a title")), [FieldCode::Required]);
    }
}
