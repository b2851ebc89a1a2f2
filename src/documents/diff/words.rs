//! Texts as words. A string is prose when it has white space, or letters of other scripts; any other is an id, an
//! address, a date or a name, which is one thing and not made of words.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::sequence::{Hunk, Numbers, hunks};

/// Below this stand the scripts that part words with spaces.
const FIRST_UNSPACED: char = '\u{e00}';

/// Whether a string is running text. A slug of other letters, `\u{fc}ber-uns`, is not.
#[must_use]
pub fn is_prose(text: &str) -> bool {
    if text.contains(char::is_whitespace) {
        return true;
    }
    let foreign = |c: char| !c.is_ascii() && c.is_alphabetic();
    let mark = |c: char| !c.is_ascii() && !c.is_alphanumeric();
    text.contains(foreign) && (!text.contains(['-', '/', '_', ':']) || text.contains(mark))
}

/// The pieces that edits of a text are made of. Put together they are the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Words, white space and punctuation. An address, a date or a compound is one piece, since half of one address
    /// and half of another lead nowhere.
    Words,
    /// Lines with what ends them.
    Lines,
}

/// The pieces of a text.
#[must_use]
pub fn pieces(text: &str, grain: Grain) -> Vec<&str> {
    match grain {
        Grain::Lines => text.split_inclusive('\n').collect(),
        Grain::Words => {
            let mut found = Vec::new();
            let mut done = 0;
            for run in runs(text).filter(|run| is_joined(&text[run.clone()])) {
                found.extend(text[done..run.start].split_word_bounds());
                found.push(&text[run.clone()]);
                done = run.end;
            }
            found.extend(text[done..].split_word_bounds());
            found
        }
    }
}

/// The hunks from `old` to each of `new`, all of the same grain: words, or lines when that is too much.
#[must_use]
pub fn compare<'a, const N: usize>(old: &'a str, new: [&'a str; N]) -> Option<Compared<'a, N>> {
    [Grain::Words, Grain::Lines].into_iter().find_map(|grain| {
        let mut numbers = Numbers::default();
        let old = pieces(old, grain);
        let old_numbers = numbers.of(old.iter().copied());
        let sides = new.map(|text| {
            let new = pieces(text, grain);
            let hunks = hunks(&old_numbers, &numbers.of(new.iter().copied()))?;
            Some((new, hunks))
        });
        if sides.iter().any(Option::is_none) {
            return None;
        }
        Some(Compared { old, sides: sides.map(Option::unwrap_or_default) })
    })
}

/// A text and how others differ from it.
#[derive(Debug)]
pub struct Compared<'a, const N: usize> {
    /// The pieces of the text.
    pub old: Vec<&'a str>,
    /// The pieces of each other text, and its hunks.
    pub sides: [(Vec<&'a str>, Vec<Hunk>); N],
}

/// Stretches of letters, digits and what stands in addresses, without punctuation at their ends.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let inside = |c: char| {
        if c.is_ascii() {
            c.is_ascii_graphic() && !"()[]<>{}\"`|\\^".contains(c)
        } else {
            c < FIRST_UNSPACED && c.is_alphanumeric()
        }
    };
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text.get(from..)?.find(inside)?;
        let end = text[start..].find(|c| !inside(c)).map_or(text.len(), |length| start + length);
        from = end;
        let run = &text[start..end];
        let trimmed = run.trim_start_matches(|c: char| !c.is_alphanumeric());
        let start = end - trimmed.len();
        Some(start..start + trimmed.trim_end_matches(|c: char| !c.is_alphanumeric()).len())
    })
}

fn is_joined(run: &str) -> bool {
    run.contains([':', '/', '@', '-', '_', '.', '=', '%', '#', '~', '?', '&', '+'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_addresses_and_other_scripts() {
        let cases: [(&str, &[&str]); 6] = [
            ("a big, cat", &["a", " ", "big", ",", " ", "cat"]),
            (
                "see [us](https://example.org/a-b/?c=1).",
                &["see", " ", "[", "us", "]", "(", "https://example.org/a-b/?c=1", ")", "."],
            ),
            ("**since** 1998-03", &["*", "*", "since", "*", "*", " ", "1998-03"]),
            ("\u{6211}\u{4eec}\u{3002}", &["\u{6211}", "\u{4eec}", "\u{3002}"]),
            ("entry:019a-7c", &["entry:019a-7c"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(pieces(text, Grain::Words), expected, "{text}");
        }
        assert_eq!(pieces("a\nb", Grain::Lines), ["a\n", "b"]);
    }

    #[test]
    fn prose_and_names() {
        for prose in ["two words", "a\n", "\u{6211}\u{4eec}", "\u{6211}\u{3002}[a](https://example.org)"] {
            assert!(is_prose(prose), "{prose}");
        }
        let names =
            ["", "our-history", "\u{fc}ber-uns", "2026-03-01T09:00:00Z", "https://example.org/\u{fc}", "V"];
        for name in names {
            assert!(!is_prose(name), "{name}");
        }
    }
}
