//! Words as search takes them. A text is brought into a form with one character for each of its own, in which words stand in
//! lower case and all else is a space: so Postgres finds in it the words that we find, and where they stand is known.

use std::borrow::Cow;

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::body::{SearchText, Weight};

/// How many bytes of a document are searched at most. The vectors of Postgres end at 1 MiB.
const MOST_BYTES: usize = 200 * 1024;

/// Words that are shorter, or longer, are no words to mend typing errors by.
const WORTH: std::ops::RangeInclusive<usize> = 3..=40;

/// A word within a text; its ends are counted in characters (Unicode code points).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// As it stands.
    pub text: &'a str,
    /// The first character.
    pub start: usize,
    /// After the last character.
    pub end: usize,
}

impl Token<'_> {
    /// The word in the form in which it is compared.
    #[must_use]
    pub fn word(&self) -> String {
        normal(self.text)
    }
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// The text with its words in lower case and spaces for all else, character for character.
#[must_use]
pub fn normal(text: &str) -> String {
    let plain = |c: char| {
        let mut lower = c.to_lowercase();
        match (is_part(c), lower.next(), lower.next()) {
            (false, ..) => ' ',
            (true, Some(one), None) => one,
            // What has no lower case of one character stays.
            (true, ..) => c,
        }
    };
    text.chars().map(plain).collect()
}

/// The words of a text.
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    let mut at = 0;
    std::iter::from_fn(move || {
        let begin = rest.find(is_part)?;
        let (before, from) = rest.split_at(begin);
        let length = from.find(|c: char| !is_part(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(length);
        let start = at + before.chars().count();
        at = start + word.chars().count();
        rest = after;
        Some(Token { text: word, start, end: at })
    })
}

/// Composed as it is compared: NFC, with one space between words and no control characters.
#[must_use]
pub fn composed(text: &str) -> String {
    let text: String = text.nfc().collect();
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// What search keeps of a document: words by weight, and the text that excerpts are cut from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    title: String,
    summary: String,
    headings: String,
    body: String,
    /// Headings and body, a line for each piece, as they are shown.
    pub text: String,
}

impl Wording {
    /// The wording of a body with this title. The title among the pieces is passed over: it counts for itself.
    #[must_use]
    pub fn of(title: &str, pieces: &SearchText) -> Self {
        let mut own = true;
        let mut wording = Self { title: composed(title), ..Self::default() };
        for (weight, piece) in pieces.iter() {
            let is_title = weight == Weight::Title && piece == title.trim();
            if std::mem::take(&mut own) && is_title {
                continue;
            }
            let piece = composed(piece);
            let into = match weight {
                Weight::Title => &mut wording.headings,
                Weight::Summary => &mut wording.summary,
                Weight::Body => &mut wording.body,
            };
            add(into, &piece);
            if weight != Weight::Summary {
                add(&mut wording.text, &piece);
            }
        }
        wording
    }

    /// The same with words that only editors search by.
    #[must_use]
    pub fn with(mut self, more: &str) -> Self {
        add(&mut self.body, &composed(more));
        self
    }

    /// The words as the function `mh.search_vector` takes them.
    #[must_use]
    pub fn words(&self) -> Value {
        json!({
            "a": normal(&self.title), "b": normal(&self.summary), "c": normal(&self.headings), "d": normal(&self.body),
        })
    }
}

/// Adds a line as long as there is room.
fn add(to: &mut String, piece: &str) {
    let room = MOST_BYTES.saturating_sub(to.len() + 1);
    let end = (0..=room.min(piece.len())).rev().find(|end| piece.is_char_boundary(*end));
    let piece = &piece[..end.unwrap_or_default()];
    if piece.is_empty() {
        return;
    }
    if !to.is_empty() {
        to.push('\n');
    }
    to.push_str(piece);
}

/// The words of these texts that typing errors are mended by, each once, in order.
#[must_use]
pub fn vocabulary(texts: &[Cow<'_, str>]) -> Vec<String> {
    let mut words: Vec<String> =
        texts.iter().flat_map(|text| tokens(text)).filter_map(|token| worth(&token.word())).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The word, if it is one that typing errors can be found in.
#[must_use]
pub fn worth(word: &str) -> Option<String> {
    let long = WORTH.contains(&word.chars().count());
    (long && word.chars().all(|c| !c.is_numeric())).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_stand_where_they_stand() {
        let found: Vec<_> = tokens("Öl, don't <b>x</b>").map(|t| (t.word(), t.start, t.end)).collect();
        let expected =
            [("öl", 0, 2), ("don", 4, 7), ("t", 8, 9), ("b", 11, 12), ("x", 13, 14), ("b", 16, 17)];
        assert_eq!(found, expected.map(|(word, start, end)| (word.to_owned(), start, end)));
        assert_eq!(normal("Full-Text\u{0}"), "full text ");
    }

    #[test]
    fn what_is_decomposed_is_composed_and_space_is_one() {
        assert_eq!(composed("  cafe\u{301}\n\tand\u{2} more "), "café and more");
    }

    #[test]
    fn the_title_counts_once_and_headings_for_themselves() {
        let mut pieces = SearchText::default();
        for (weight, text) in [
            (Weight::Title, "A Title"),
            (Weight::Summary, "sum"),
            (Weight::Title, "Heading"),
            (Weight::Body, "some\ntext"),
        ] {
            pieces.add(weight, text);
        }
        let wording = Wording::of("A Title", &pieces);
        assert_eq!(wording.words(), json!({ "a": "a title", "b": "sum", "c": "heading", "d": "some text" }));
        assert_eq!(wording.text, "Heading\nsome text");
    }

    #[test]
    fn a_vocabulary_has_each_word_once_and_no_numbers() {
        let words = vocabulary(&["Lanterns, lanterns 2026 of b2b".into(), "the Öfen".into()]);
        assert_eq!(words, ["lanterns", "the", "öfen"]);
    }

    proptest! {
        #[test]
        fn the_normal_form_has_as_many_characters(text in "\\PC{0,60}") {
            prop_assert_eq!(normal(&text).chars().count(), text.chars().count());
            let all: Vec<char> = text.chars().collect();
            for token in tokens(&text) {
                prop_assert_eq!(all[token.start..token.end].iter().collect::<String>(), token.text);
            }
        }

        #[test]
        fn however_long_it_is_bounded(n in 0_usize..30_000) {
            let mut pieces = SearchText::default();
            pieces.add(Weight::Body, &"größe ".repeat(n));
            prop_assert!(Wording::of("x", &pieces).text.len() <= MOST_BYTES);
        }
    }
}
