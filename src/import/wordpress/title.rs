//! Titles: WordPress stores them as HTML, Masthead as plain text of 1 to 300 characters.

use super::words::html_text;

/// Longest title, in characters.
pub(super) const MAX_TITLE: usize = 300;

/// Tags that WordPress shows as formatting in a title. Any other angle bracket is text.
const TAGS: [&str; 26] = [
    "a", "abbr", "acronym", "b", "big", "br", "cite", "code", "del", "em", "font", "h1", "h2", "h3", "i",
    "ins", "mark", "p", "q", "s", "small", "span", "strike", "strong", "sub", "sup",
];

/// The words of a title, and whether markup had to go.
#[must_use]
pub(super) fn title_text(html: &str) -> (String, bool) {
    let mut source = String::with_capacity(html.len());
    let mut marked = false;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        source.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].trim_start_matches('/');
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        let known = TAGS.contains(&name.to_ascii_lowercase().as_str())
            || rest[1..].starts_with("u>")
            || rest[1..].starts_with("/u>");
        match rest.find('>') {
            Some(end) if known => {
                marked = true;
                source.push_str(if name.eq_ignore_ascii_case("br") { " " } else { "" });
                rest = &rest[end + 1..];
            }
            _ => {
                source.push_str("&lt;");
                rest = &rest[1..];
            }
        }
    }
    source.push_str(rest);
    (one_line(&html_text(&source)), marked)
}

/// A text on one line, its white space single spaces.
#[must_use]
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text, cut between words where there is one, with an ellipsis if something was cut.
#[must_use]
pub(super) fn shorten(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    let cut: String = text.chars().take(characters - 1).collect();
    let cut = cut
        .rsplit_once(' ')
        .filter(|(head, _)| head.len() > cut.len() / 2)
        .map_or(cut.as_str(), |(head, _)| head);
    format!("{cut}\u{2026}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatting_goes_and_text_stays() {
        assert_eq!(title_text("A <em>new</em> boat<br />here"), ("A new boat here".to_owned(), true));
        assert_eq!(
            title_text("Ada &amp; Bob &#8211; 1 < 2 <3 #include <stdio.h>"),
            ("Ada & Bob \u{2013} 1 < 2 <3 #include <stdio.h>".to_owned(), false)
        );
        assert_eq!(title_text(" \n "), (String::new(), false));
    }

    #[test]
    fn long_titles_are_cut_between_words() {
        assert_eq!(shorten("one two three", 13), "one two three");
        assert_eq!(shorten("one two three", 10), "one two\u{2026}");
        assert_eq!(shorten(&"x".repeat(20), 10).chars().count(), 10);
    }
}
