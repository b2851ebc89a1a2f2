//! Providers of video and audio, and what each calls its media. Known providers are checked closely, because a site
//! builds the address of a player from the name.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::embed::MediaKind;
use crate::content::text::address::Address;

/// The most bytes that the name of something at an unknown provider may have.
const MAX_NAME_BYTES: usize = 255;

/// Who serves a video or a recording: `youtube`, `vimeo`, `dailymotion`, `soundcloud`, `spotify`, `ted`; `audio` or
/// `video` for a file at an address; or another name of 1 to 40 of `a-z`, `0-9`, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 40, pattern = "^[a-z][a-z0-9_-]{0,39}$", examples("youtube"))]
pub struct Provider(String);

/// The text is not the name of a provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a provider is 1 to 40 of a-z, 0-9, _ and -, starting with a letter, such as `youtube`")]
pub struct ProviderError;

impl Provider {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn sample() -> Self {
        Self("youtube".to_owned())
    }

    /// The address of the file, for the providers whose media are files at an address.
    pub(super) fn address(&self, media_id: &str) -> Option<Address> {
        if !matches!(self.as_str(), "audio" | "video") {
            return None;
        }
        Address::try_from(media_id.to_owned()).ok().filter(Address::is_page)
    }

    /// Whether what it serves is to be seen or only heard; none when that is not known of it.
    pub(super) fn kind(&self) -> Option<MediaKind> {
        match self.as_str() {
            "youtube" | "vimeo" | "dailymotion" | "ted" | "video" => Some(MediaKind::Video),
            "soundcloud" | "spotify" | "audio" => Some(MediaKind::Audio),
            _ => None,
        }
    }

    /// The page of the provider that has this, where it is known how it is made.
    pub(super) fn page(&self, media_id: &str) -> Option<String> {
        let start = match self.as_str() {
            "youtube" => "https://www.youtube.com/watch?v=",
            "vimeo" => "https://vimeo.com/",
            "dailymotion" => "https://www.dailymotion.com/video/",
            // A number alone is good for the player only.
            "soundcloud" if media_id.contains('/') => "https://soundcloud.com/",
            "spotify" => "https://open.spotify.com/",
            "ted" => "https://www.ted.com/talks/",
            _ => return None,
        };
        self.check(media_id).is_ok().then(|| format!("{start}{media_id}"))
    }

    /// Whether the provider could call something by this name.
    ///
    /// # Errors
    /// What its names look like, when it could not.
    pub(super) fn check(&self, media_id: &str) -> Result<(), &'static str> {
        let (good, form) = match self.as_str() {
            "youtube" => (
                in_length(media_id, 6..=64) && all(media_id, b"_-"),
                "A YouTube id is 6 to 64 letters, digits, _ and -, such as `a1B2c3D4e5F`.",
            ),
            "vimeo" => (
                is_vimeo(media_id),
                "A Vimeo id is digits, for a private video followed by / and its hash, such as `123456789/ab12cd34ef`.",
            ),
            "dailymotion" => (
                in_length(media_id, 1..=20) && all(media_id, b""),
                "A Dailymotion id is 1 to 20 letters and digits, such as `x1y2z3`.",
            ),
            "soundcloud" => (
                in_length(media_id, 1..=255) && segments(media_id, 1..=4, b"_-"),
                "A SoundCloud id is digits, or its path such as `artist/track`.",
            ),
            "spotify" => (
                is_spotify(media_id),
                "A Spotify id is the type, / and 22 letters and digits, such as `episode/0a1B2c3D4e5F6g7H8i9J0k`.",
            ),
            "ted" => (
                in_length(media_id, 1..=255) && all(media_id, b"_-"),
                "A TED id is the last part of the talk's address: letters, digits, _ and -.",
            ),
            "audio" | "video" => (
                self.address(media_id).is_some(),
                "For audio and video, give the address of the file: https://, /path or entry:<id>.",
            ),
            _ => (
                in_length(media_id, 1..=MAX_NAME_BYTES) && all(media_id, b"_-.~/=+"),
                "The id is 1 to 255 letters, digits and any of _ - . ~ / = +.",
            ),
        };
        if good { Ok(()) } else { Err(form) }
    }
}

fn in_length(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len())
}

fn all(text: &str, more: &[u8]) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
}

fn segments(text: &str, count: std::ops::RangeInclusive<usize>, more: &[u8]) -> bool {
    count.contains(&text.split('/').count())
        && text.split('/').all(|part| !part.is_empty() && all(part, more))
}

fn is_vimeo(text: &str) -> bool {
    let (number, hash) = text.split_once('/').unwrap_or((text, "0"));
    let is_number = in_length(number, 1..=20) && number.bytes().all(|b| b.is_ascii_digit());
    is_number && in_length(hash, 1..=64) && all(hash, b"")
}

fn is_spotify(text: &str) -> bool {
    const TYPES: [&str; 6] = ["album", "artist", "episode", "playlist", "show", "track"];
    text.split_once('/').is_some_and(|(kind, id)| TYPES.contains(&kind) && id.len() == 22 && all(id, b""))
}

impl TryFrom<String> for Provider {
    type Error = ProviderError;

    fn try_from(text: String) -> Result<Self, ProviderError> {
        let good = (1..=40).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b));
        if good { Ok(Self(text)) } else { Err(ProviderError) }
    }
}

impl From<Provider> for String {
    fn from(provider: Provider) -> Self {
        provider.0
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(provider: &str, media_id: &str) -> bool {
        Provider::try_from(provider.to_owned()).unwrap().check(media_id).is_ok()
    }

    #[test]
    fn providers_are_lower_case_names() {
        for bad in ["", "YouTube", "9gag", "a b", "<a>", &"a".repeat(41)] {
            assert_eq!(Provider::try_from(bad.to_owned()), Err(ProviderError), "{bad:?}");
        }
    }

    #[test]
    fn pages_are_those_of_the_provider() {
        let page = |provider: &str, id: &str| Provider::try_from(provider.to_owned()).unwrap().page(id);
        for (provider, id, expected) in [
            ("youtube", "a1B2c3D4e5F", "https://www.youtube.com/watch?v=a1B2c3D4e5F"),
            ("vimeo", "123456789/ab12", "https://vimeo.com/123456789/ab12"),
            ("dailymotion", "x1y2z3", "https://www.dailymotion.com/video/x1y2z3"),
            ("soundcloud", "artist/track", "https://soundcloud.com/artist/track"),
            (
                "spotify",
                "track/0a1B2c3D4e5F6g7H8i9J0k",
                "https://open.spotify.com/track/0a1B2c3D4e5F6g7H8i9J0k",
            ),
            ("ted", "a_talk", "https://www.ted.com/talks/a_talk"),
        ] {
            assert_eq!(page(provider, id).as_deref(), Some(expected));
        }
        for (provider, id) in
            [("soundcloud", "12345"), ("video", "/a.mp4"), ("peertube", "w/a"), ("vimeo", "?x")]
        {
            assert_eq!(page(provider, id), None, "{provider} {id}");
        }
    }

    #[test]
    fn names_are_checked_as_the_provider_makes_them() {
        for (provider, media_id) in [
            ("youtube", "a1B2_3D-e5F"),
            ("vimeo", "123456789"),
            ("vimeo", "123456789/ab12cd34ef"),
            ("dailymotion", "x1y2z3"),
            ("soundcloud", "artist/sets/a-set"),
            ("spotify", "episode/0a1B2c3D4e5F6g7H8i9J0k"),
            ("ted", "a_speaker_a_talk"),
            ("audio", "https://example.org/a.mp3?x=1"),
            ("video", "entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41"),
            ("video", "/files/a.mp4"),
            ("peertube", "w/a.B~c=+"),
        ] {
            assert!(accepts(provider, media_id), "{provider} {media_id}");
        }
        for (provider, media_id) in [
            ("youtube", "a1B2\" onload=\"x"),
            ("youtube", "short"),
            ("vimeo", "123456789/"),
            ("vimeo", "x"),
            ("dailymotion", ""),
            ("soundcloud", "artist//track"),
            ("spotify", "0a1B2c3D4e5F6g7H8i9J0k"),
            ("ted", "a/b"),
            ("audio", "javascript:alert(1)"),
            ("audio", "mailto:a@example.org"),
            ("video", "a.mp4"),
            ("peertube", "javascript:x"),
            ("peertube", "<script>"),
            ("peertube", ""),
        ] {
            assert!(!accepts(provider, media_id), "{provider} {media_id}");
        }
    }
}
