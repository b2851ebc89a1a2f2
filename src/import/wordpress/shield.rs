//! Text inside the converter: every character that Markdown could take for structure travels as a stand-in, so that
//! what is structure and what is text stays known until the last step. Stand-ins are code points of the last
//! private plane; a source that has them itself is converted plainly instead (see `content`).

/// First of the stand-ins for ASCII punctuation: stand-in = base + ASCII code.
const BASE: u32 = 0x10_FF00;
/// ASCII characters that get a stand-in.
const SHIELDED: &str = "\\`*_[]<>&#+-=~|!:.)";

/// A line break inside a paragraph.
pub(super) const BREAK: char = '\u{10FE00}';
/// The end of a paragraph inside a text node.
pub(super) const PARAGRAPH: char = '\u{10FE01}';

/// Emphasis that a pair of marks stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// `*`
    Emphasis,
    /// `**`
    Strong,
    /// `~~`
    Deleted,
}

impl Mark {
    /// The stand-in for the opening mark.
    pub(super) fn open(self) -> char {
        match self {
            Self::Emphasis => '\u{10FE10}',
            Self::Strong => '\u{10FE12}',
            Self::Deleted => '\u{10FE14}',
        }
    }

    /// The stand-in for the closing mark.
    pub(super) fn close(self) -> char {
        match self {
            Self::Emphasis => '\u{10FE11}',
            Self::Strong => '\u{10FE13}',
            Self::Deleted => '\u{10FE15}',
        }
    }

    /// What is written for a stand-in, open or close.
    pub(super) fn written(c: char) -> Option<&'static str> {
        match c {
            '\u{10FE10}' | '\u{10FE11}' => Some("*"),
            '\u{10FE12}' | '\u{10FE13}' => Some("**"),
            '\u{10FE14}' | '\u{10FE15}' => Some("~~"),
            _ => None,
        }
    }
}

/// Whether a stand-in is an opening mark.
pub(super) fn is_open(c: char) -> bool {
    matches!(c, '\u{10FE10}' | '\u{10FE12}' | '\u{10FE14}')
}

/// Whether a stand-in is a closing mark.
pub(super) fn is_close(c: char) -> bool {
    matches!(c, '\u{10FE11}' | '\u{10FE13}' | '\u{10FE15}')
}

/// Whether a character belongs to the stand-ins.
pub(super) fn is_reserved(c: char) -> bool {
    matches!(c, '\u{10FE00}'..='\u{10FFFF}')
}

/// The stand-in for a character, or the character itself when it needs none.
pub(super) fn shield_char(c: char) -> char {
    if c.is_ascii() && SHIELDED.contains(c) { char::from_u32(BASE + c as u32).unwrap_or(c) } else { c }
}

/// The character that a stand-in stands for.
pub(super) fn unshield_char(c: char) -> Option<char> {
    let code = (c as u32).checked_sub(BASE)?;
    u8::try_from(code).ok().map(char::from).filter(char::is_ascii)
}

/// A text with stand-ins, its white space collapsed to single spaces.
pub(super) fn shield(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(shield_char(c));
        }
    }
    out
}

/// A text with stand-ins in which line feeds mean what the classic editor means by them: one breaks the line, an
/// empty line ends the paragraph (WordPress does the same at each view, in `wpautop`).
pub(super) fn shield_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut feeds = 0;
    let mut space = false;
    for c in text.chars() {
        match c {
            '\n' => feeds += 1,
            c if c.is_ascii_whitespace() => space = true,
            c => {
                match feeds {
                    0 if space => out.push(' '),
                    0 => {}
                    1 => out.push(BREAK),
                    _ => out.push(PARAGRAPH),
                }
                (feeds, space) = (0, false);
                out.push(shield_char(c));
            }
        }
    }
    match feeds {
        0 if space => out.push(' '),
        0 => {}
        1 => out.push(BREAK),
        _ => out.push(PARAGRAPH),
    }
    out
}

/// Makes lines of the breaks inside a text: what containers indent or prefix must be lines.
pub(super) fn expand(content: &str) -> String {
    if !content.contains([BREAK, PARAGRAPH]) {
        return content.to_owned();
    }
    let mut out = String::with_capacity(content.len() + 16);
    let mut chars = content.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            PARAGRAPH => {
                out.truncate(out.trim_end_matches(' ').len());
                out.push_str("\n\n");
                while chars.next_if_eq(&' ').is_some() {}
            }
            BREAK => {
                out.push(BREAK);
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                    while chars.next_if_eq(&' ').is_some() {}
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// White space and breaks, which are trimmed at the edges of every block.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, BREAK | PARAGRAPH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shielded_character_comes_back() {
        for c in (0..128_u8).map(char::from) {
            let there = shield_char(c);
            assert_eq!(unshield_char(there).unwrap_or(there), c);
        }
    }

    #[test]
    fn line_feeds_mean_breaks_and_paragraphs() {
        let text = shield_lines("one \n two\n\n\nthree  four");
        assert_eq!(text, format!("one{BREAK}two{PARAGRAPH}three four"));
        assert_eq!(expand(&text), format!("one{BREAK}\ntwo\n\nthree four"));
    }
}
