//! Cleaning of texts that come out of files.

/// The longest text that is kept, in characters.
const CHARACTERS: usize = 2_000;

/// Valid text without control characters, in one paragraph per line, trimmed and bounded; nothing when it is empty.
pub(super) fn clean(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .map(|c| if c == '\r' { '\n' } else { c })
        .filter(|c| (!c.is_control() || matches!(c, '\n' | '\t')) && *c != '\u{FEFF}' && !invisible(*c))
        .take(CHARACTERS)
        .collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// Characters that turn the direction of the text around them: they can make one text look like another.
fn invisible(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Bytes of unknown encoding: UTF-8 when they are valid, Latin-1 otherwise. They end at the first zero.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.split(|byte| *byte == 0).next()?;
    match std::str::from_utf8(bytes) {
        Ok(text) => clean(text),
        Err(_) => latin1(bytes),
    }
}

/// Latin-1, with the C1 range dropped as control characters.
pub(super) fn latin1(bytes: &[u8]) -> Option<String> {
    clean(&bytes.iter().map(|byte| char::from(*byte)).collect::<String>())
}

/// UTF-16 little-endian, as Windows writes its `XP` tags.
pub(super) fn utf16(bytes: &[u8]) -> Option<String> {
    let units: Vec<u16> = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_le_bytes(*pair))
        .take_while(|unit| *unit != 0)
        .collect();
    clean(&String::from_utf16_lossy(&units))
}

/// `2024:05:31 13:45:00` or `2024-05-31T13:45:00+02:00` as `2024-05-31T13:45:00`; nothing when it is no such time.
pub(super) fn time(text: &str) -> Option<String> {
    let text = text.get(..19)?;
    let digits = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
    let fits = (1800..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61;
    fits.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}
