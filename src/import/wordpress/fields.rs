//! What one item says about itself: its title, slug, date and state, each with the notes it takes to get there.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::plan::PlannedState;
use super::report::NoteCode;
use super::slug;
use super::title::{MAX_TITLE, one_line, shorten, title_text};
use super::words::html_text;
use super::wxr::{Item, ItemKind};

/// A note about an item before it has a place in the report.
pub(super) type Remark = (NoteCode, String);

/// Longest summary, in characters.
const MAX_SUMMARY: usize = 100_000;

/// The title: as written, else from the slug, else from the first words, else from the number.
pub(super) fn title(item: &Item, remarks: &mut Vec<Remark>) -> String {
    let (text, marked) = title_text(&item.title);
    if marked {
        remarks.push((NoteCode::TitleMarkupRemoved, item.title.trim().to_owned()));
    }
    if !text.is_empty() {
        let short = shorten(&text, MAX_TITLE);
        if short != text {
            remarks.push((NoteCode::TitleShortened, text));
        }
        return short;
    }
    let from_slug = one_line(&slug::from_name(&item.name).replace(['-', '_'], " "));
    let (made, how) = if from_slug.chars().any(char::is_alphabetic) {
        (capitalised(&from_slug), "made from the slug")
    } else {
        let words = one_line(&html_text(&item.content));
        let words = words.split(' ').take(8).collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            (untitled(item), "made from the number")
        } else {
            (shorten(&words, 80), "made from the first words")
        }
    };
    remarks.push((NoteCode::TitleMade, format!("{how}: {made}")));
    shorten(&made, MAX_TITLE)
}

fn untitled(item: &Item) -> String {
    let kind = kind_name(item.kind);
    if item.id == 0 { format!("Untitled ({kind})") } else { format!("Untitled ({kind} {})", item.id) }
}

/// The first letter as a capital.
pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The name of a type in keys and messages.
pub(super) fn kind_name(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Page => "page",
        ItemKind::Post => "post",
    }
}

/// The slug: as written, else from the title, else from the number.
pub(super) fn slug_of(item: &Item, title: &str, remarks: &mut Vec<Remark>) -> String {
    let slug = slug::from_name(&item.name);
    if !slug.is_empty() {
        let decoded = slug::percent_decode(&item.name);
        let same = decoded.is_some_and(|d| d.to_lowercase() == slug) || item.name.to_lowercase() == slug;
        if !same {
            remarks.push((NoteCode::SlugChanged, format!("{} became {slug}", item.name)));
        }
        return slug;
    }
    let mut made = slug::from_title(title);
    if made.is_empty() {
        made = if item.id == 0 {
            kind_name(item.kind).to_owned()
        } else {
            format!("{}-{}", kind_name(item.kind), item.id)
        };
    }
    remarks.push((NoteCode::SlugMade, made.clone()));
    made
}

/// The date: in UTC if the export has it, else local, else that of the feed.
pub(super) fn date(item: &Item, remarks: &mut Vec<Remark>) -> Option<DateTime<Utc>> {
    let feed = || DateTime::parse_from_rfc2822(item.pub_date.trim()).ok().map(|d| d.to_utc());
    let found = stamp(&item.date_gmt)
        .or_else(|| stamp(&item.date))
        .or_else(feed)
        .filter(|d| d.timestamp() > -62_000_000_000);
    let written = [&item.date_gmt, &item.date]
        .into_iter()
        .find(|d| !d.trim().is_empty() && !d.starts_with("0000-00-00"));
    if let (None, Some(written)) = (found, written) {
        remarks.push((NoteCode::DateUnreadable, written.clone()));
    }
    found
}

fn stamp(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok().map(|d| d.and_utc())
}

/// The state, or nothing for an automatic draft, which is not imported.
pub(super) fn state(
    item: &Item,
    date: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    remarks: &mut Vec<Remark>,
) -> Option<PlannedState> {
    if item.has_password {
        remarks.push((NoteCode::PasswordToDraft, format!("was {}", item.status)));
        return Some(PlannedState::Draft);
    }
    let code = match item.status.as_str() {
        "publish" => return Some(PlannedState::Published),
        "draft" => return Some(PlannedState::Draft),
        "future" => match date {
            Some(at) if at > now => return Some(PlannedState::Scheduled(at)),
            _ => NoteCode::FutureInPast,
        },
        "auto-draft" => {
            remarks.push((NoteCode::AutoDraftSkipped, "not imported".to_owned()));
            return None;
        }
        "pending" => NoteCode::PendingToDraft,
        "private" => NoteCode::PrivateToDraft,
        "trash" => NoteCode::TrashedToDraft,
        _ => NoteCode::StatusUnknown,
    };
    let detail = match (code, date) {
        (NoteCode::FutureInPast, Some(at)) => {
            format!("was planned for {}", at.format("%Y-%m-%d %H:%M UTC"))
        }
        (NoteCode::StatusUnknown, _) => format!("status {:?}", item.status),
        _ => "now a draft".to_owned(),
    };
    remarks.push((code, detail));
    Some(PlannedState::Draft)
}

/// The excerpt as plain text.
pub(super) fn summary(item: &Item, remarks: &mut Vec<Remark>) -> Option<String> {
    let text = one_line(&html_text(&item.excerpt));
    let short = shorten(&text, MAX_SUMMARY);
    if short != text {
        remarks.push((NoteCode::SummaryShortened, format!("{} characters", text.chars().count())));
    }
    Some(short).filter(|s| !s.is_empty())
}

/// Names of categories and tags as plain text, each once.
pub(super) fn tags(item: &Item) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for term in &item.terms {
        let name = title_text(term).0;
        if !name.is_empty() && seen.insert(name.to_lowercase()) {
            out.push(name);
        }
    }
    out
}
