//! What an editor finds filled in when a file has come: what the file says about itself, and its name otherwise.

use crate::blobs::image::Fields;
use crate::content::media::{File, Focal, Folder, Media};
use crate::documents::shown::Class;
use crate::platform::digest::Digest;

/// A received file, as far as an entry needs it.
#[derive(Debug, Clone)]
pub(super) struct Arrived {
    pub name: String,
    pub sha256: Digest,
    pub class: Class,
}

impl Arrived {
    /// The bytes as a body names them.
    pub fn file(&self) -> File {
        File { sha256: self.sha256, class: self.class, name: self.name.clone() }
    }
}

/// The first body of an entry.
pub(super) fn body(arrived: &Arrived, fields: &Fields, folder: &Folder) -> Media {
    let line = |text: &Option<String>, most: usize| cut(text.as_deref().unwrap_or_default(), most, false);
    Media {
        title: line(&fields.title, 300)
            .or_else(|| cut(&title_of(&arrived.name), 300, false))
            .unwrap_or_default(),
        file: arrived.file(),
        alt: line(&fields.alt, 1_000).unwrap_or_default(),
        decorative: false,
        caption: cut(fields.description.as_deref().unwrap_or_default(), 2_000, true).unwrap_or_default(),
        credit: line(&fields.credit, 300).or_else(|| line(&fields.creator, 300)).unwrap_or_default(),
        licence: line(&fields.licence, 300).or_else(|| line(&fields.copyright, 300)).unwrap_or_default(),
        tags: Vec::new(),
        folder: folder.clone(),
        focal: Focal::default(),
    }
}

/// A text without what a field cannot have, cut to its length; nothing when nothing is left.
fn cut(text: &str, most: usize, lines: bool) -> Option<String> {
    let kept = |c: char| if lines && matches!(c, '\n' | '\t') { c } else { ' ' };
    let text: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { kept(c) } else { c })
        .collect();
    let text: String = text.trim().chars().take(most).collect();
    Some(text.trim_end().to_owned()).filter(|text| !text.is_empty())
}

/// `reading-room_2026.jpg` is "reading room 2026".
fn title_of(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let spaced: String = stem.chars().map(|c| if matches!(c, '_' | '-') { ' ' } else { c }).collect();
    let title = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() { name.to_owned() } else { title }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrived(name: &str) -> Arrived {
        Arrived { name: name.to_owned(), sha256: Digest::new([1; 32]), class: Class::Image }
    }

    #[test]
    fn a_file_without_words_is_called_by_its_name() {
        let media = body(&arrived("reading-room__2026.jpg"), &Fields::default(), &Folder::default());
        assert_eq!(media.title, "reading room 2026");
        assert_eq!((media.alt.as_str(), media.caption.as_str(), media.credit.as_str()), ("", "", ""));
        assert_eq!(body(&arrived(".jpg"), &Fields::default(), &Folder::default()).title, ".jpg");
    }

    #[test]
    fn what_a_file_says_about_itself_is_offered_within_the_limits() {
        let fields = Fields {
            title: Some("Spring\u{2028}fair".into()),
            description: Some("One\nTwo".into()),
            alt: Some("x".repeat(2_000)),
            creator: Some("Ilse Fictional".into()),
            copyright: Some("CC BY 4.0".into()),
            ..Fields::default()
        };
        let media = body(&arrived("a.jpg"), &fields, &Folder::default());
        assert_eq!(media.title, "Spring fair");
        assert_eq!(media.caption, "One\nTwo");
        assert_eq!(media.alt.len(), 1_000);
        assert_eq!((media.credit.as_str(), media.licence.as_str()), ("Ilse Fictional", "CC BY 4.0"));
    }
}
