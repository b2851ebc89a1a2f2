//! Names of files, as clients send them and as they are given back. They are text for people and never a path.

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization;

/// Longest name in characters.
const MOST: usize = 255;

/// Longest ending in characters that is kept when a name is cut.
const MOST_ENDING: usize = 16;

/// A name without a path, control characters, characters that change the direction of writing or are not to be seen, and
/// needless space; at most 255 characters. A name of which nothing is left is `file`.
#[must_use]
pub fn clean_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String =
        last.nfc().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| is_shown(*c)).collect();
    let words: Vec<&str> = shown.split(' ').filter(|word| !word.is_empty()).collect();
    let name = words.join(" ");
    // What is nothing but dots is a path.
    if name.chars().all(|c| c == '.') { "file".to_owned() } else { cut(&name) }
}

fn is_shown(c: char) -> bool {
    let hidden = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{fdd0}'..='\u{fdef}' | '\u{fffe}' | '\u{ffff}');
    !c.is_control() && !hidden
}

/// Cuts the stem of a name that is too long, so that its ending stays.
fn cut(name: &str) -> String {
    let length = name.chars().count();
    if length <= MOST {
        return name.to_owned();
    }
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending)
        .filter(|ending| !ending.is_empty() && ending.chars().count() <= MOST_ENDING);
    let ending = ending.map(|ending| format!(".{ending}")).unwrap_or_default();
    let stem: String = name.chars().take(MOST - ending.chars().count()).collect();
    format!("{}{ending}", stem.trim_end())
}

/// The value of `Content-Disposition` that has a file saved under this name: in ASCII for old clients, and whole as RFC 6266
/// and RFC 8187 say.
pub(super) fn attachment(name: &str) -> String {
    let name = clean_name(name);
    let plain = |c: char| c == ' ' || (c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%'));
    let ascii: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let mut value = format!("attachment; filename=\"{ascii}\"");
    if ascii != name {
        value.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            // attr-char of RFC 8187.
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                value.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(value, "%{byte:02X}");
            }
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_names_are_only_text() {
        for (given, clean) in [
            ("reading-room.jpg", "reading-room.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\Ilse\\photo.png", "photo.png"),
            ("/", "file"),
            ("..", "file"),
            ("", "file"),
            (" . ", "file"),
            ("a\0b\r\nSet-Cookie: x.jpg", "ab Set-Cookie: x.jpg"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("\u{feff}\u{200b}x.png", "x.png"),
            ("Z\u{fc}rich  am\tSee.jpg", "Z\u{fc}rich am See.jpg"),
            ("Zu\u{308}rich.jpg", "Z\u{fc}rich.jpg"),
            (".htaccess", ".htaccess"),
            ("<script>alert(1)</script>.png", "script>.png"),
        ] {
            assert_eq!(clean_name(given), clean, "{given:?}");
        }
        let long = clean_name(&format!("{}.jpeg", "\u{e4}".repeat(400)));
        assert_eq!(long.chars().count(), 255);
        assert!(long.ends_with("\u{e4}.jpeg"));
        assert_eq!(clean_name(&"a.".repeat(200)).chars().count(), 255);
    }

    #[test]
    fn an_attachment_has_its_name_in_both_forms() {
        assert_eq!(attachment("report 1.pdf"), "attachment; filename=\"report 1.pdf\"");
        assert_eq!(
            attachment("Z\u{fc}rich \"A\" 100%.pdf"),
            "attachment; filename=\"Z_rich _A_ 100_.pdf\"; filename*=UTF-8''Z%C3%BCrich%20%22A%22%20100%25.pdf"
        );
    }

    proptest! {
        #[test]
        fn any_name_is_a_header_and_no_path(given in any::<String>()) {
            let name = clean_name(&given);
            prop_assert!((1..=255).contains(&name.chars().count()));
            prop_assert!(!name.contains(['/', '\\', '\0', '\r', '\n']) && name != "." && name != "..");
            prop_assert_eq!(clean_name(&name), name.clone());
            let value = attachment(&given);
            prop_assert!(value.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{}", value);
            prop_assert_eq!(value.matches('"').count(), 2);
        }
    }
}
