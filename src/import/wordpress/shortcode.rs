//! Shortcodes, before the HTML is read: captions become figures, players become links, layout wrappers fall away and
//! their words stay; every other shortcode stays as it is written and is reported. Text in brackets that is not a
//! shortcode (`[sic]`) is left alone.

use std::collections::HashMap;

use super::findings::Findings;
use super::report::NoteCode;
use super::shortcode_kind::{KNOWN, Kind, WORDED};
use super::shortcode_tag::{MAX_TAG, Tag, close_of, parse_tag};
use super::slug::cut;
use super::words::html_words;

/// Replaces the shortcodes of a content, as far as they have a counterpart.
#[must_use]
pub(super) fn replace(source: &str, findings: &mut Findings) -> String {
    let mut scan =
        Scan { source, at: 0, out: String::with_capacity(source.len()), closings: HashMap::new(), findings };
    while let Some(step) = source[scan.at..].find(['[', '<']) {
        scan.copy(step);
        let rest = &source[scan.at..];
        if rest.starts_with('<') {
            scan.copy(verbatim(rest));
        } else if rest.starts_with("[[") {
            // Doubled brackets are how WordPress writes a shortcode that is only shown.
            let window = cut(rest, MAX_TAG);
            scan.copy(window.find("]]").map_or(2, |end| end + 2));
        } else {
            scan.bracket(rest);
        }
    }
    scan.copy(source.len() - scan.at);
    scan.out
}

struct Scan<'a> {
    source: &'a str,
    at: usize,
    out: String,
    /// Where the last closing tag of each name is, so that names without one are not searched for again and again.
    closings: HashMap<String, Option<usize>>,
    findings: &'a mut Findings,
}

impl Scan<'_> {
    fn copy(&mut self, len: usize) {
        self.out.push_str(&self.source[self.at..self.at + len]);
        self.at += len;
    }

    fn close_of(&mut self, rest: &str, tag: &Tag) -> Option<(usize, usize)> {
        let source = self.source;
        let last =
            self.closings.entry(tag.name.clone()).or_insert_with(|| source.rfind(&format!("[/{}", tag.name)));
        if last.is_none_or(|last| last < self.at) { None } else { close_of(rest, tag) }
    }

    /// Handles a text that begins with `[`.
    fn bracket(&mut self, rest: &str) {
        let Some(tag) = parse_tag(rest) else {
            return self.copy(1);
        };
        let done = match Kind::of(&tag.name) {
            Kind::Caption => self.caption(rest, &tag),
            Kind::Link => self.link(rest, &tag),
            Kind::Code => self.code(rest, &tag),
            Kind::Wrapper => Some(self.wrapper(rest, &tag)),
            Kind::Unknown => None,
        };
        if let Some(len) = done {
            self.at += len;
            return;
        }
        if !tag.closing && self.is_shortcode(rest, &tag) {
            self.findings.note(NoteCode::ShortcodeKept, &format!("[{}]", tag.name));
        }
        self.copy(tag.len);
    }
}

/// How much of a text that begins with `<` holds no shortcodes: a tag, a comment, or an element that is shown as it is.
fn verbatim(rest: &str) -> usize {
    if rest.starts_with("<!--") {
        return rest.find("-->").map_or(rest.len(), |end| end + 3);
    }
    for name in ["pre", "code", "script", "style", "textarea", "iframe"] {
        let open = rest.get(1..=name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name));
        if open && !rest[1 + name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '-') {
            return find_close(rest, name).unwrap_or(rest.len());
        }
    }
    if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
        return tag_end(rest);
    }
    1
}

/// Where a tag ends; a `>` inside a quoted value does not end it.
fn tag_end(rest: &str) -> usize {
    let mut quote = None;
    let mut after_equals = false;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') if after_equals => quote = Some(byte),
            _ => {}
        }
        after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
    }
    rest.len()
}

fn find_close(rest: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = rest[from..].find("</") {
        let start = from + at + 2;
        if rest.get(start..start + name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name)) {
            return Some(start + name.len());
        }
        from = start;
    }
    None
}

impl Scan<'_> {
    /// Whether a bracket that stays as it is was meant as a shortcode: it is known, has `name=value`, has a closing tag,
    /// has a name that no prose has, or is one word alone on its line.
    fn is_shortcode(&mut self, rest: &str, tag: &Tag) -> bool {
        let alone = ends_line(&self.out) && begins_line(&rest[tag.len..]);
        KNOWN.contains(&tag.name.as_str())
            || tag.attributes.iter().any(|(name, _)| !name.is_empty())
            || tag.name.contains(['_', '-'])
            || (alone && tag.attributes.is_empty())
            || self.close_of(rest, tag).is_some()
            || Kind::of(&tag.name) != Kind::Unknown
    }

    /// Notes a replacement: the words of `old` went, those of `new` came.
    fn replaced(&mut self, code: NoteCode, tag: &Tag, old: &str, new: &str) {
        self.findings.change(code, &format!("[{}]", tag.name), html_words(new), html_words(old));
    }

    fn caption(&mut self, rest: &str, tag: &Tag) -> Option<usize> {
        if tag.closing {
            return None;
        }
        let (inner_end, end) = self.close_of(rest, tag)?;
        let inner = &rest[tag.len..inner_end];
        let media = media_end(inner);
        let attribute = tag.attribute("caption").unwrap_or_default();
        self.replaced(
            NoteCode::ShortcodeReplaced,
            tag,
            &format!("{} {}", &rest[..tag.len], &rest[inner_end..end]),
            attribute,
        );
        let (media, text) = inner.split_at(media);
        self.out.push_str("\n\n<figure>");
        self.out.push_str(media.trim());
        for text in [text.trim(), attribute].into_iter().filter(|t| !t.is_empty()) {
            self.out.push_str("<figcaption>");
            self.out.push_str(text);
            self.out.push_str("</figcaption>");
        }
        self.out.push_str("</figure>\n\n");
        Some(end)
    }

    fn link(&mut self, rest: &str, tag: &Tag) -> Option<usize> {
        if tag.closing {
            return None;
        }
        let close =
            self.close_of(rest, tag).filter(|(inner_end, _)| !rest[tag.len..*inner_end].contains('['));
        let end = close.map_or(tag.len, |(_, end)| end);
        let inner = close.map_or("", |(inner_end, _)| rest[tag.len..inner_end].trim());
        let in_attributes = tag.attributes.iter().map(|(_, value)| value.as_str());
        let address = in_attributes.chain([inner]).find(|v| is_address(v))?;
        let new = format!("\n\n<p><a href=\"{address}\">{address}</a></p>\n\n");
        self.replaced(NoteCode::EmbedLinked, tag, &rest[..end], &new);
        self.out.push_str(&new);
        Some(end)
    }

    fn code(&mut self, rest: &str, tag: &Tag) -> Option<usize> {
        if tag.closing {
            return None;
        }
        let (inner_end, end) = self.close_of(rest, tag)?;
        let inner = rest[tag.len..inner_end].trim_matches(['\n', '\r']);
        let language = tag.attribute("language").or_else(|| tag.attribute("lang")).unwrap_or_default();
        let language: String = language.chars().filter(char::is_ascii_alphanumeric).collect();
        let escaped = inner.replace('<', "&lt;").replace('>', "&gt;");
        let new = format!("\n\n<pre class=\"language-{language}\">\n{escaped}</pre>\n\n");
        self.replaced(NoteCode::ShortcodeReplaced, tag, &rest[..end], &new);
        self.out.push_str(&new);
        Some(end)
    }

    fn wrapper(&mut self, rest: &str, tag: &Tag) -> usize {
        let mut new = String::new();
        let target = tag.attributes.iter().find(|(name, v)| {
            matches!(name.as_str(), "href" | "url" | "link" | "button_url") && is_address(v)
        });
        for (name, value) in &tag.attributes {
            if !WORDED.contains(&name.as_str()) || value.trim().is_empty() {
                continue;
            }
            let text = match (&target, name.as_str()) {
                (Some((_, address)), "title" | "text" | "label" | "button_text") => {
                    format!("<a href=\"{address}\">{value}</a>")
                }
                (_, "title" | "heading") => format!("<strong>{value}</strong>"),
                _ => value.clone(),
            };
            new.push_str("<p>");
            new.push_str(&text);
            new.push_str("</p>");
        }
        self.replaced(NoteCode::ShortcodeReplaced, tag, &rest[..tag.len], &new);
        self.out.push_str("\n\n");
        self.out.push_str(&new);
        if !new.is_empty() {
            self.out.push_str("\n\n");
        }
        tag.len
    }
}

/// Where the picture of a caption ends, with the link around it.
fn media_end(inner: &str) -> usize {
    let Some(image) = inner.find("<img") else {
        return 0;
    };
    let Some(end) = inner[image..].find('>') else {
        return 0;
    };
    let end = image + end + 1;
    let after = inner[end..].trim_start();
    if inner[..image].contains("<a") && after.starts_with("</a>") {
        inner.len() - after.len() + "</a>".len()
    } else {
        end
    }
}

fn is_address(value: &str) -> bool {
    (value.starts_with("http://") || value.starts_with("https://"))
        && !value.contains(['"', '<', '>', ' ', '\n'])
}

/// Whether what follows begins a new line (or element).
fn begins_line(after: &str) -> bool {
    let after = after.trim_start_matches([' ', '\t']);
    after.is_empty() || after.starts_with(['\n', '\r', '<'])
}

/// Whether what is written so far ends a line (or element).
fn ends_line(out: &str) -> bool {
    let out = out.trim_end_matches([' ', '\t']);
    out.is_empty() || out.ends_with(['\n', '>'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(source: &str) -> (String, Vec<(NoteCode, String)>) {
        let mut findings = Findings::default();
        let out = replace(source, &mut findings);
        (out, findings.0.iter().map(|f| (f.code, f.detail())).collect())
    }

    #[test]
    fn captions_become_figures() {
        let source = "a [caption id=\"x\" width=\"3\"]<a href=\"/l\"><img src=\"/b.png\" /></a> A <em>boat</em>[/caption] b";
        let (out, notes) = run(source);
        assert!(out.contains("<figure><a href=\"/l\"><img src=\"/b.png\" /></a><figcaption>A <em>boat</em></figcaption></figure>"));
        assert_eq!(notes, [(NoteCode::ShortcodeReplaced, "[caption]".to_owned())]);
        let (out, _) = run("[caption caption=\"Old way\"]<img src=\"/b.png\" />[/caption]");
        assert!(out.contains("<figcaption>Old way</figcaption>"));
    }

    #[test]
    fn an_unclosed_caption_stays_text() {
        let (out, notes) = run("[caption id=\"x\"]<img src=\"/b.png\">");
        assert_eq!(out, "[caption id=\"x\"]<img src=\"/b.png\">");
        assert_eq!(notes, [(NoteCode::ShortcodeKept, "[caption]".to_owned())]);
    }

    #[test]
    fn unknown_shortcodes_stay_and_are_counted() {
        let (out, notes) = run("[gallery]\n[gallery ids=\"1\"]\n[my_form]\n[stage x=1]y[/stage]");
        assert_eq!(out, "[gallery]\n[gallery ids=\"1\"]\n[my_form]\n[stage x=1]y[/stage]");
        let details: Vec<_> = notes.iter().map(|n| n.1.as_str()).collect();
        assert_eq!(details, ["[gallery] (2 times)", "[my_form]", "[stage]"]);
    }

    #[test]
    fn prose_in_brackets_is_not_reported() {
        for text in [
            "He went their [sic] often",
            "see [1] and [a, b]",
            "[[gallery]]",
            "<pre>[gallery]</pre>",
            "<a title=\"[gallery]\">x</a>",
        ] {
            assert_eq!(run(text), (text.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn players_become_links_and_wrappers_fall_away() {
        let (out, _) = run("[embed]https://v.example/1[/embed]");
        assert_eq!(out.trim(), "<p><a href=\"https://v.example/1\">https://v.example/1</a></p>");
        let (out, notes) = run("[vc_row][tab title=\"Prices\"]Ten[/tab][/vc_row]");
        assert_eq!(out.split_whitespace().collect::<String>(), "<p><strong>Prices</strong></p>Ten");
        assert_eq!(notes.len(), 2);
    }

    #[test]
    fn code_keeps_its_tags_as_text() {
        let (out, _) = run("[code language=\"html\"]<b>[gallery]</b>[/code]");
        assert!(out.contains("<pre class=\"language-html\">\n&lt;b&gt;[gallery]&lt;/b&gt;</pre>"));
    }
}
