//! What is searched for and what is found. Pure: marking words in texts, cutting excerpts, finding the nearest word.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::delivery::model::Card;
use crate::documents::query::Query;
use crate::documents::wording::{Token, tokens};

/// About how many characters an excerpt has.
const EXCERPT: usize = 240;

/// How many of them stand before the first word that was found.
const BEFORE: usize = 60;

/// How far into a text an excerpt is looked for, in bytes.
const LOOKED_THROUGH: usize = 32 * 1024;

/// The place of a hit in the order: its score in millionths, then its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rank(pub(super) i64, pub(super) Uuid);

/// What is searched for.
#[derive(Debug, Clone)]
pub(super) struct Search {
    pub(super) query: Query,
    pub(super) kind: Option<String>,
    pub(super) tag: Option<String>,
    pub(super) edge: Option<Rank>,
    pub(super) backwards: bool,
    pub(super) limit: i64,
}

/// What was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) hits: Vec<Hit>,
    /// The query that found it, when it is another one than was asked.
    pub(super) mended: Option<Query>,
    /// Whether more was found than is ranked.
    pub(super) limited: bool,
}

/// A document that was found.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) card: Card,
    pub(super) score: i64,
    /// What excerpts are cut from, beside the summary.
    pub(super) text: String,
    /// Its words that were searched for, in the form in which they are compared.
    pub(super) words: HashSet<String>,
}

impl Hit {
    pub(super) fn rank(&self) -> Rank {
        Rank(self.score, self.card.entry)
    }

    /// Everything of it that is shown, in which words are marked.
    pub(super) fn shown(&self) -> [&str; 3] {
        [&self.card.title, self.summary(), start_of(&self.text)]
    }

    fn summary(&self) -> &str {
        self.card.summary.as_deref().unwrap_or_default()
    }

    pub(super) fn title(&self) -> Marked {
        Marked::whole(&self.card.title, &self.words)
    }

    /// The part of the text, or else of the summary, with the most of the words.
    pub(super) fn excerpt(&self) -> Marked {
        let [text, summary] =
            [start_of(&self.text), self.summary()].map(|text| Marked::excerpt(text, &self.words));
        if text.highlights.is_empty() && (!summary.highlights.is_empty() || text.text.is_empty()) {
            summary
        } else {
            text
        }
    }
}

fn start_of(text: &str) -> &str {
    let end = (0..=LOOKED_THROUGH.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

/// A text with places in it; their ends are counted in characters (Unicode code points).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) text: String,
    pub(super) highlights: Vec<(usize, usize)>,
}

impl Marked {
    /// All of a text.
    fn whole(text: &str, words: &HashSet<String>) -> Self {
        let highlights =
            matches(text, words).into_iter().map(|(token, _)| (token.start, token.end)).collect();
        Self { text: text.to_owned(), highlights }
    }

    /// The part of a text where the most different words stand, from word to word.
    fn excerpt(text: &str, words: &HashSet<String>) -> Self {
        let found = matches(text, words);
        let all: Vec<char> = text.chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
        let first = densest(&found).map_or(0, |token| token.start.saturating_sub(BEFORE));
        let last = (first + EXCERPT).min(all.len());
        let first = if last == all.len() { all.len().saturating_sub(EXCERPT).min(first) } else { first };
        let edge = |at: usize| at == 0 || at >= all.len() || all[at] == ' ' || all[at - 1] == ' ';
        let start = (first..last).find(|at| edge(*at)).unwrap_or(first);
        let start = (start..last).find(|at| all[*at] != ' ').unwrap_or(start);
        let end = (start + 1..=last).rev().find(|at| edge(*at)).unwrap_or(last);
        let lead = if start > 0 { "… " } else { "" };
        let trail = if end < all.len() { " …" } else { "" };
        let middle: String = all[start..end.max(start)].iter().collect();
        let shift = lead.chars().count();
        let inside = found.iter().filter(|(token, _)| token.start >= start && token.end <= end);
        let highlights =
            inside.map(|(token, _)| (token.start - start + shift, token.end - start + shift)).collect();
        Self { text: format!("{lead}{}{trail}", middle.trim_end()), highlights }
    }

    /// As HTML: everything escaped, and `<mark>` around what was found.
    pub(super) fn html(&self) -> String {
        let mut html = String::with_capacity(self.text.len() + 16);
        let mut marks = self.highlights.iter().peekable();
        let mut open = None;
        for (at, c) in self.text.chars().enumerate() {
            if open == Some(at) {
                html.push_str("</mark>");
                open = None;
            }
            if let Some((_, end)) = marks.next_if(|(start, _)| *start == at) {
                html.push_str("<mark>");
                open = Some(*end);
            }
            match c {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                c => html.push(c),
            }
        }
        if open.is_some() {
            html.push_str("</mark>");
        }
        html
    }
}

/// The words of a text that are among these.
fn matches<'t>(text: &'t str, words: &HashSet<String>) -> Vec<(Token<'t>, String)> {
    let found = tokens(text).map(|token| (token, token.word()));
    found.filter(|(_, word)| words.contains(word)).collect()
}

/// Where the most different words follow within an excerpt; the first such place.
fn densest<'t>(found: &[(Token<'t>, String)]) -> Option<Token<'t>> {
    let mut best: Option<(usize, Token<'t>)> = None;
    for (nth, (first, _)) in found.iter().enumerate() {
        let near = found[nth..].iter().take_while(|(token, _)| token.end <= first.start + EXCERPT - BEFORE);
        let different: HashSet<&str> = near.map(|(_, word)| word.as_str()).collect();
        if best.is_none_or(|(most, _)| different.len() > most) {
            best = Some((different.len(), *first));
        }
    }
    best.map(|(_, token)| token)
}

/// A word of the dictionary that resembles another one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Near {
    pub(super) word: String,
    pub(super) documents: i64,
    pub(super) similarity: f32,
}

/// The word that was most likely meant: with the fewest typing errors, and of those one whose letters are the same but for the
/// order of two, then the most alike and the most common.
pub(super) fn nearest(asked: &str, near: &[Near]) -> Option<String> {
    let allowed = match asked.chars().count() {
        ..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let swapped = swaps(asked);
    let far = |one: &Near| (distance(asked, &one.word), !swapped.contains(&one.word));
    let close = near.iter().map(|one| (far(one), one)).filter(|((errors, _), _)| *errors <= allowed);
    let best = close.min_by(|(a, one), (b, other)| {
        let alike = other.similarity.total_cmp(&one.similarity);
        a.cmp(b).then(alike).then(other.documents.cmp(&one.documents)).then(one.word.cmp(&other.word))
    });
    best.map(|(_, one)| one.word.clone())
}

/// What a word may have been before two letters that follow each other changed places.
pub(super) fn swaps(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let swapped = |at: usize| {
        let mut other = letters.clone();
        other.swap(at - 1, at);
        other.into_iter().collect::<String>()
    };
    (1..letters.len()).filter(|at| letters[at - 1] != letters[*at]).map(swapped).collect()
}

/// How many characters were left out, added, mistaken or swapped with the next (the distance of Damerau and Levenshtein, in
/// the restricted form: nothing is edited twice).
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows: [Vec<usize>; 3] = [Vec::new(), Vec::new(), (0..=to.len()).collect()];
    for (i, a) in from.iter().enumerate() {
        rows.rotate_left(1);
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let mut least = (rows[1][j] + usize::from(a != b)).min(rows[1][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && *b == from[i - 1] {
                least = least.min(rows[0][j - 1] + 1);
            }
            row.push(least);
        }
        rows[2] = row;
    }
    rows[2].last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(words: &[&str]) -> HashSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_title_is_marked_and_nothing_of_it_is_html() {
        let marked = Marked::whole("Öl & <script>lamp</script>", &words(&["öl", "lamp"]));
        assert_eq!(marked.highlights, [(0, 2), (13, 17)]);
        assert_eq!(marked.html(), "<mark>Öl</mark> &amp; &lt;script&gt;<mark>lamp</mark>&lt;/script&gt;");
    }

    #[test]
    fn an_excerpt_is_cut_where_most_words_stand() {
        let text = format!(
            "{}lamp {}lamp and oil\nin one {}",
            "so ".repeat(100),
            "on ".repeat(100),
            "at ".repeat(100)
        );
        let marked = Marked::excerpt(text.trim(), &words(&["lamp", "oil"]));
        assert!(marked.text.starts_with("… on on"), "{}", marked.text);
        assert!(marked.text.contains("on lamp and oil in one at"), "{}", marked.text);
        assert!(marked.text.ends_with("at …"), "{}", marked.text);
        assert_eq!(marked.highlights.len(), 2);
        assert!(marked.text.chars().count() <= EXCERPT + 4);
    }

    #[test]
    fn a_short_text_is_its_own_excerpt_and_a_missing_one_is_empty() {
        assert_eq!(Marked::excerpt("the lamp", &words(&["lamp"])).html(), "the <mark>lamp</mark>");
        assert_eq!(Marked::excerpt("", &words(&["lamp"])).html(), "");
        assert_eq!(Marked::excerpt("no\nword", &words(&[])).text, "no word");
    }

    #[test]
    fn errors_are_counted_as_people_make_them() {
        for (from, to, expected) in [
            ("lantren", "lantern", 1),
            ("festivl", "festival", 1),
            ("harbor", "harbour", 1),
            ("", "ab", 2),
            ("öl", "ol", 1),
            ("same", "same", 0),
            ("abcd", "badc", 2),
        ] {
            assert_eq!(distance(from, to), expected, "{from} {to}");
            assert_eq!(distance(to, from), expected, "{to} {from}");
        }
    }

    #[test]
    fn the_nearest_has_the_fewest_errors_and_is_the_most_alike() {
        let near = |word: &str, documents, similarity| Near { word: word.to_owned(), documents, similarity };
        let all = [near("lanterns", 9, 0.5), near("lantern", 1, 0.4), near("lateral", 50, 0.3)];
        assert_eq!(nearest("lantren", &all), Some("lantern".to_owned()));
        assert_eq!(nearest("cat", &[near("dog", 1, 0.3)]), None);
        let all = [near("teo", 9, 0.33), near("the", 1, 0.14)];
        assert_eq!(nearest("teh", &all), Some("the".to_owned()), "two letters have changed places");
        assert_eq!(swaps("öss"), ["sös"]);
        assert_eq!(swaps("a"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn marks_lie_on_the_words(text in "[a-cö<& \n]{0,400}") {
            let wanted = words(&["a", "ab", "öa"]);
            for marked in [Marked::whole(&text, &wanted), Marked::excerpt(&text, &wanted)] {
                let chars: Vec<char> = marked.text.chars().collect();
                for (start, end) in &marked.highlights {
                    prop_assert!(wanted.contains(&chars[*start..*end].iter().collect::<String>()));
                }
                let html = marked.html();
                prop_assert_eq!(html.matches("<mark>").count(), marked.highlights.len());
                let bare = html.replace("<mark>", "").replace("</mark>", "");
                prop_assert!(!bare.contains('<'));
            }
        }
    }
}
