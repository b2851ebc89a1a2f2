//! What somebody searches for, as search engines of the web understand it: words, "phrases", `or`, and `-` before what must
//! not be there. Everything else is taken for a space.

use super::wording::{self, tokens};

/// How many characters a query may have.
pub const MOST_CHARS: usize = 200;

/// How many words of it count.
const MOST_WORDS: usize = 32;

/// A query that can find something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query(Vec<Vec<Term>>);

/// A word, or several that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    words: Vec<String>,
    wanted: bool,
    quoted: bool,
}

/// Why a text is no query. Each says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It is too long, or empty.
    #[error("it must have 1 to 200 characters")]
    Length,
    /// It has neither letters nor digits.
    #[error("it has no words; write at least one letter or digit")]
    Empty,
    /// It says only what must not be there.
    #[error(
        "it says only what is not to be found; write beside each `-` a word that is, on its side of an `or`"
    )]
    OnlyUnwanted,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        if !(1..=MOST_CHARS).contains(&text.chars().count()) {
            return Err(QueryError::Length);
        }
        let text = wording::composed(text);
        let mut query = Self(split(&text));
        if query.0.is_empty() {
            // A query of nothing but `or` means the word.
            let words: Vec<Term> = tokens(&text).map(|token| Term::plain(vec![token.word()])).collect();
            query.0.extend((!words.is_empty()).then_some(words));
        }
        query.bound();
        match query.0.as_slice() {
            [] => Err(QueryError::Empty),
            groups if groups.iter().any(|group| group.iter().all(|term| !term.wanted)) => {
                Err(QueryError::OnlyUnwanted)
            }
            _ => Ok(query),
        }
    }

    fn bound(&mut self) {
        let mut room = MOST_WORDS;
        for term in self.0.iter_mut().flatten() {
            term.words.truncate(room);
            room -= term.words.len();
        }
        for group in &mut self.0 {
            group.retain(|term| !term.words.is_empty());
        }
        self.0.retain(|group| !group.is_empty());
    }

    /// Whether it is a single word.
    #[must_use]
    pub fn is_one_word(&self) -> bool {
        matches!(self.0.as_slice(), [group] if matches!(group.as_slice(), [term] if term.words.len() == 1))
    }

    /// As `websearch_to_tsquery` takes it; no character of it has another meaning there than it has here.
    #[must_use]
    pub fn websearch(&self) -> String {
        let term =
            |term: &Term| format!("{}\"{}\"", if term.wanted { "" } else { "-" }, term.words.join(" "));
        self.groups(term)
    }

    /// As people write it.
    #[must_use]
    pub fn plain(&self) -> String {
        self.groups(|term| {
            let words = term.words.join(" ");
            let sign = if term.wanted { "" } else { "-" };
            if term.quoted || term.words.len() > 1 {
                format!("{sign}\"{words}\"")
            } else {
                format!("{sign}{words}")
            }
        })
    }

    fn groups(&self, form: impl Fn(&Term) -> String) -> String {
        let group = |group: &Vec<Term>| group.iter().map(&form).collect::<Vec<_>>().join(" ");
        self.0.iter().map(group).collect::<Vec<_>>().join(" or ")
    }

    /// As `to_tsquery` takes it, with every word a beginning.
    #[must_use]
    pub fn beginnings(&self) -> String {
        let term = |term: &Term| {
            let words: Vec<String> = term.words.iter().map(|word| format!("'{word}':*")).collect();
            format!("{}({})", if term.wanted { "" } else { "!" }, words.join(" <-> "))
        };
        let group = |group: &Vec<Term>| group.iter().map(term).collect::<Vec<_>>().join(" & ");
        self.0.iter().map(group).collect::<Vec<_>>().join(" | ")
    }

    /// Any of the words that are to be found, as `to_tsquery` takes it.
    #[must_use]
    pub fn any(&self) -> String {
        let wanted = self.0.iter().flatten().filter(|term| term.wanted).flat_map(|term| &term.words);
        let words: Vec<String> = wanted.map(|word| format!("'{word}'")).collect();
        words.join(" | ")
    }

    /// The words in which typing errors are mended: those that are to be found and do not stand in quotes.
    pub fn mendable(&self) -> impl Iterator<Item = &str> {
        let terms = self.0.iter().flatten().filter(|term| term.wanted && !term.quoted);
        terms.flat_map(|term| &term.words).map(String::as_str).filter(|word| wording::worth(word).is_some())
    }

    /// The same query with other words in place of some; nothing when there is none.
    #[must_use]
    pub fn mended(&self, better: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let mut mended = self.clone();
        let terms = mended.0.iter_mut().flatten().filter(|term| term.wanted && !term.quoted);
        for word in terms.flat_map(|term| &mut term.words) {
            if let Some(better) = better(word) {
                *word = better;
            }
        }
        (mended != *self).then_some(mended)
    }
}

impl Term {
    fn plain(words: Vec<String>) -> Self {
        Self { words, wanted: true, quoted: false }
    }
}

/// The terms of each side of an `or`; sides without any are left out.
fn split(text: &str) -> Vec<Vec<Term>> {
    let mut groups = vec![Vec::new()];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == ' ' {
            rest = &rest[1..];
            continue;
        }
        let bare = rest.strip_prefix('-');
        let wanted = bare.is_none();
        let from = bare.unwrap_or(rest);
        let (piece, quoted, after) = if let Some(inner) = from.strip_prefix('"') {
            let end = inner.find('"').unwrap_or(inner.len());
            (&inner[..end], true, inner[end..].strip_prefix('"').unwrap_or_default())
        } else {
            // A quote in the middle of a word begins a phrase of its own.
            let end = from.find([' ', '"']).unwrap_or(from.len());
            (&from[..end], false, &from[end..])
        };
        rest = after;
        if wanted && !quoted && piece.eq_ignore_ascii_case("or") {
            groups.push(Vec::new());
            continue;
        }
        let words: Vec<String> = tokens(piece).map(|token| token.word()).collect();
        if let (Some(group), false) = (groups.last_mut(), words.is_empty()) {
            group.push(Term { words, wanted, quoted });
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> String {
        Query::parse(text).unwrap().websearch()
    }

    #[test]
    fn queries_are_read_as_search_engines_read_them() {
        for (text, expected) in [
            ("Lantern harbour", r#""lantern" "harbour""#),
            (r#""two words" -not"#, r#""two words" -"not""#),
            ("a or B OR c", r#""a" or "b" or "c""#),
            ("full-text", r#""full text""#),
            ("-full-text x", r#"-"full text" "x""#),
            (r#"open "without end"#, r#""open" "without end""#),
            ("or", r#""or""#),
            ("or a or", r#""a""#),
            ("a'b & !c | (d):*", r#""a b" "c" "d""#),
            ("o\"x\"", r#""o" "x""#),
            ("Öl \u{0}", r#""öl""#),
            ("cafe\u{301}", r#""café""#),
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
    }

    #[test]
    fn one_word_is_told_from_several() {
        for (text, one) in [
            ("Lantern", true),
            ("\"lantern\"", true),
            ("lantern or", true),
            ("full-text", false),
            ("\"two words\"", false),
            ("a b", false),
            ("a or b", false),
            ("a -b", false),
        ] {
            assert_eq!(Query::parse(text).unwrap().is_one_word(), one, "{text}");
        }
    }

    #[test]
    fn what_cannot_find_anything_is_refused() {
        for (text, error) in [
            ("", QueryError::Length),
            (&"a".repeat(201), QueryError::Length),
            ("?! -", QueryError::Empty),
            ("\"\"", QueryError::Empty),
            ("-a", QueryError::OnlyUnwanted),
            ("a or -b", QueryError::OnlyUnwanted),
        ] {
            assert_eq!(Query::parse(text), Err(error), "{text}");
        }
        assert!(Query::parse(&"a".repeat(200)).is_ok());
    }

    #[test]
    fn only_bare_words_are_mended() {
        let query = Query::parse(r#"lantren "lantren" -lantren ab 1998"#).unwrap();
        assert_eq!(query.mendable().collect::<Vec<_>>(), ["lantren"]);
        let mended = query.mended(|word| (word == "lantren").then(|| "lantern".to_owned())).unwrap();
        assert_eq!(mended.plain(), r#"lantern "lantren" -lantren ab 1998"#);
        assert_eq!(query.mended(|_| None), None);
        assert_eq!(query.any(), "'lantren' | 'lantren' | 'ab' | '1998'");
        assert_eq!(
            query.beginnings(),
            "('lantren':*) & ('lantren':*) & !('lantren':*) & ('ab':*) & ('1998':*)"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_its_form_is_read_the_same(text in "[a-zA-Z\"\\- .ö|&']{0,60}") {
            if let Ok(query) = Query::parse(&text) {
                prop_assert_eq!(Query::parse(&query.websearch()).unwrap().websearch(), query.websearch());
            }
        }
    }
}
