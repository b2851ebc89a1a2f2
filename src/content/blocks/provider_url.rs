//! The addresses under which people find videos and recordings, read as a provider and what it calls them. An address says
//! more than that, such as who shared it; nothing of it is kept but where to begin.

use url::Url;

use super::{embed::MediaKind, provider::Provider};
use crate::content::text::address::Address;

/// What an address is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) provider: Provider,
    pub(super) media_id: String,
    /// Where it begins, in seconds.
    pub(super) start: Option<u32>,
}

const VIDEO_FILES: [&str; 5] = ["mp4", "m4v", "mov", "ogv", "webm"];
const AUDIO_FILES: [&str; 8] = ["aac", "flac", "m4a", "mp3", "oga", "ogg", "opus", "wav"];

/// The last second of the hundredth hour.
pub(super) const MAX_START: u32 = 359_999;

/// Reads an address. `kind` says what a file is whose name does not.
///
/// # Errors
/// Which addresses are known, for one that is not.
pub(super) fn read(text: &str, kind: Option<MediaKind>) -> Result<Found, String> {
    at_provider(text.trim()).or_else(|| file(text.trim(), kind)).ok_or_else(|| {
        "this is not the address of a video or recording at YouTube, Vimeo, Dailymotion, TED, SoundCloud or Spotify, nor of \
         a file that ends in .mp4, .webm, .mov, .mp3, .m4a, .ogg or the like; open it at its provider and copy the address \
         from there, or give `provider`, `media_id` and `kind` instead"
            .to_owned()
    })
}

/// The parts of an address in which providers name their media.
struct Parts<'a> {
    url: &'a Url,
    path: Vec<&'a str>,
}

impl Parts<'_> {
    fn query(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    fn start(&self) -> Option<u32> {
        let fragment = self.url.fragment().and_then(|fragment| fragment.strip_prefix("t="));
        let said = self.query("t").or_else(|| self.query("start")).or_else(|| fragment.map(str::to_owned))?;
        seconds(&said)
    }
}

fn at_provider(text: &str) -> Option<Found> {
    if let Some(name) = text.strip_prefix("spotify:") {
        return found("spotify", name.replace(':', "/"), None);
    }
    let rest = text.strip_prefix("//").unwrap_or(text);
    let url = match rest.split_once("://") {
        Some((scheme, _)) if scheme.bytes().all(|b| b.is_ascii_alphabetic()) => Url::parse(rest).ok()?,
        _ => Url::parse(&format!("https://{rest}")).ok()?,
    };
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host).to_owned();
    let path: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    let parts = Parts { url: &url, path };
    match host.as_str() {
        "youtu.be" => found("youtube", (*parts.path.first()?).to_owned(), parts.start()),
        "youtube.com" | "m.youtube.com" | "music.youtube.com" | "youtube-nocookie.com" => youtube(&parts),
        "vimeo.com" | "player.vimeo.com" => vimeo(&parts),
        "dailymotion.com" | "dai.ly" | "geo.dailymotion.com" => dailymotion(&parts),
        "ted.com" | "embed.ted.com" => ted(&parts),
        "soundcloud.com" | "m.soundcloud.com" | "w.soundcloud.com" => soundcloud(&parts),
        "open.spotify.com" => spotify(&parts),
        _ => None,
    }
}

/// What was found, if the provider could call something so.
fn found(provider: &str, media_id: String, start: Option<u32>) -> Option<Found> {
    let provider = Provider::try_from(provider.to_owned()).ok()?;
    provider.check(&media_id).is_ok().then_some(Found { provider, media_id, start })
}

fn youtube(parts: &Parts<'_>) -> Option<Found> {
    let id = match parts.path.as_slice() {
        ["watch"] => parts.query("v")?,
        // A list of several, which has no id of its own.
        ["embed", "videoseries" | "live_stream"] => return None,
        ["watch" | "embed" | "shorts" | "live" | "v" | "e", id, ..] => (*id).to_owned(),
        _ => return None,
    };
    found("youtube", id, parts.start())
}

/// The number, and for a private video its hash, in the path or as `h`.
fn vimeo(parts: &Parts<'_>) -> Option<Found> {
    let is_number = |part: &&str| part.bytes().all(|b| b.is_ascii_digit());
    let is_hash = |part: &&str| part.bytes().all(|b| b.is_ascii_hexdigit());
    let at = parts.path.iter().rposition(|part| is_number(part) && part.len() > 3)?;
    let hash = parts.path.get(at + 1).copied().filter(|part| is_hash(part)).map(str::to_owned);
    let number = parts.path[at];
    let id = match hash.or_else(|| parts.query("h")) {
        Some(hash) => format!("{number}/{hash}"),
        None => number.to_owned(),
    };
    found("vimeo", id, parts.start())
}

fn dailymotion(parts: &Parts<'_>) -> Option<Found> {
    let id = match parts.path.as_slice() {
        ["video", id, ..] | ["embed", "video", id, ..] => (*id).to_owned(),
        ["player.html"] | ["player", _] => parts.query("video")?,
        [id] if parts.url.host_str() == Some("dai.ly") => (*id).to_owned(),
        _ => return None,
    };
    // The title may follow the id.
    let id = id.split('_').next().unwrap_or_default().to_owned();
    found("dailymotion", id, parts.start())
}

fn ted(parts: &Parts<'_>) -> Option<Found> {
    let name = match parts.path.as_slice() {
        ["talks", "lang", _, name, ..] | ["talks", name, ..] => *name,
        _ => return None,
    };
    found("ted", name.strip_suffix(".html").unwrap_or(name).to_owned(), None)
}

fn soundcloud(parts: &Parts<'_>) -> Option<Found> {
    if parts.url.host_str() == Some("w.soundcloud.com") {
        // The player names another address, by which the track has a number or its path.
        let inner = Url::parse(&parts.query("url")?).ok()?;
        let path: Vec<&str> = inner.path_segments()?.filter(|segment| !segment.is_empty()).collect();
        return match (inner.host_str()?, path.as_slice()) {
            ("api.soundcloud.com", ["tracks", number]) if number.bytes().all(|b| b.is_ascii_digit()) => {
                found("soundcloud", (*number).to_owned(), None)
            }
            ("soundcloud.com", [_, _, ..]) => found("soundcloud", path.join("/"), None),
            _ => None,
        };
    }
    // One part alone is an artist.
    if parts.path.len() < 2 {
        return None;
    }
    found("soundcloud", parts.path.join("/"), None)
}

fn spotify(parts: &Parts<'_>) -> Option<Found> {
    let known = parts.path.iter().filter(|part| !part.starts_with("intl-") && **part != "embed");
    let name: Vec<&str> = known.copied().take(2).collect();
    found("spotify", name.join("/"), parts.start())
}

/// A file at an address: by its end, or, for one of this site, by what it is said to be.
fn file(text: &str, kind: Option<MediaKind>) -> Option<Found> {
    let address = Address::try_from(text.to_owned()).ok().filter(Address::is_page)?;
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let end = path.rsplit('/').next()?.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    let by_end = end.and_then(|end| match end.as_str() {
        end if VIDEO_FILES.contains(&end) => Some("video"),
        end if AUDIO_FILES.contains(&end) => Some("audio"),
        _ => None,
    });
    let of_site = address.entry().is_some() || text.starts_with('/');
    let by_kind = kind.filter(|_| of_site).map(|kind| match kind {
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
    });
    found(by_kind.or(by_end)?, address.to_string(), None)
}

/// `90`, `90s`, `1m30s` and `1h2m3s`.
fn seconds(text: &str) -> Option<u32> {
    let (mut total, mut digits) = (0_u32, String::new());
    for c in text.chars() {
        let unit = match c {
            '0'..='9' => {
                digits.push(c);
                continue;
            }
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            // Fractions of a second.
            '.' => break,
            _ => return None,
        };
        total = total.checked_add(std::mem::take(&mut digits).parse::<u32>().ok()?.checked_mul(unit)?)?;
    }
    if !digits.is_empty() {
        total = total.checked_add(digits.parse().ok()?)?;
    }
    Some(total).filter(|total| (1..=MAX_START).contains(total))
}

#[cfg(test)]
#[path = "provider_url_tests.rs"]
mod tests;
