//! The syntax of one shortcode tag: `[name key="value" bare]` and `[/name]`.

use super::slug::cut;

/// The longest tag that is looked at, in bytes; what is longer is prose in brackets.
pub(super) const MAX_TAG: usize = 8192;

/// One tag in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// Name as written; WordPress tells upper from lower case.
    pub(super) name: String,
    /// Whether it is `[/name]`.
    pub(super) closing: bool,
    /// Names and values in order; a bare value has an empty name.
    pub(super) attributes: Vec<(String, String)>,
    /// Length of the tag in bytes, brackets included.
    pub(super) len: usize,
}

impl Tag {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// Reads the tag at the beginning of a text, if there is one.
#[must_use]
pub(super) fn parse_tag(text: &str) -> Option<Tag> {
    let inside = text.strip_prefix('[')?;
    let window = cut(inside, MAX_TAG);
    let end = window.find(']')?;
    let body = &window[..end];
    if body.contains('[') {
        return None;
    }
    let (closing, body) = body.strip_prefix('/').map_or((false, body), |rest| (true, rest));
    let name_len =
        body.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(body.len());
    let (name, rest) = body.split_at(name_len);
    let begins_well = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let ends_well = rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || c == '/' || c == '=');
    if !begins_well || !ends_well {
        return None;
    }
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    Some(Tag {
        name: name.to_owned(),
        closing,
        // `[youtube=https://...]` is an old way to write a bare value.
        attributes: attributes(rest.strip_prefix('=').unwrap_or(rest)),
        len: end + 2,
    })
}

/// Where the inner text and where the closing tag of a shortcode end. A shortcode of the same name inside is skipped.
#[must_use]
pub(super) fn close_of(text: &str, tag: &Tag) -> Option<(usize, usize)> {
    let mut depth = 0_usize;
    let mut at = tag.len;
    while let Some(step) = text[at..].find('[') {
        at += step;
        if let Some(other) = parse_tag(&text[at..]).filter(|other| other.name == tag.name) {
            if !other.closing {
                depth += 1;
            } else if depth == 0 {
                return Some((at, at + other.len));
            } else {
                depth -= 1;
            }
        }
        at += 1;
    }
    None
}

fn attributes(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let name_len =
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_len);
        let spaced = after.trim_start();
        let (name, after) = match spaced.strip_prefix('=') {
            Some(value) if name_len > 0 => (name, value.trim_start()),
            _ => ("", rest),
        };
        let (value, after) = value(after);
        out.push((name.to_ascii_lowercase(), value.to_owned()));
        rest = after.trim_start();
    }
    out
}

/// A value, quoted or up to the next white space, and what follows it.
fn value(text: &str) -> (&str, &str) {
    for (open, close) in
        [("\"", "\""), ("'", "'"), ("&quot;", "&quot;"), ("\u{201D}", "\u{201D}"), ("\u{201C}", "\u{201D}")]
    {
        if let Some((value, after)) = text.strip_prefix(open).and_then(|inner| inner.split_once(close)) {
            return (value, after);
        }
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read() {
        let tag = parse_tag("[gallery ids=\"1,2\" link='file' bare columns=3]").unwrap();
        assert_eq!(tag.name, "gallery");
        let pairs: Vec<_> = tag.attributes.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("ids", "1,2"), ("link", "file"), ("", "bare"), ("columns", "3")]);
        assert_eq!(
            parse_tag("[youtube=https://v.example/1]").unwrap().attributes[0].1,
            "https://v.example/1"
        );
        assert!(parse_tag("[/row]").unwrap().closing);
    }

    #[test]
    fn prose_in_brackets_is_no_tag() {
        for text in ["[1]", "[...]", "[\u{e9}t\u{e9}]", "[a, b]", "[open", "[a [b]"] {
            assert_eq!(parse_tag(text), None, "{text}");
        }
    }

    #[test]
    fn closing_tags_are_found_past_inner_ones() {
        let text = "[a]x[a]y[/a]z[/a]!";
        let tag = parse_tag(text).unwrap();
        assert_eq!(close_of(text, &tag), Some((13, 17)));
        assert_eq!(close_of("[a]x", &tag), None);
    }
}
