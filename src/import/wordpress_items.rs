//! From the plan of a WordPress export to items: pages with one block of rich text.

use std::collections::HashSet;

use super::model::{Item, Redirect, Visibility};
use super::wordpress::{Note, NoteCode, Plan, PlannedPage, PlannedState, SourceKey};
use crate::content::pages::draft::PageDraft;
use crate::content::pages::position::Position;
use crate::platform::problem::{Code, Problem};
use serde_json::{Value, json};

/// The most characters that a summary has.
const SUMMARY: usize = 1_000;

/// The most tags that a page has, and the most characters of one.
const TAGS: (usize, usize) = (50, 100);

/// The items and redirects of a plan.
///
/// # Errors
/// 422 when an item breaks a rule of pages, with its key.
pub fn items(plan: &Plan) -> Result<(Vec<Item>, Vec<Redirect>), Problem> {
    // What was planned and is due since is public at the source, whatever the file still calls it.
    let due: HashSet<&SourceKey> = plan
        .report
        .items
        .iter()
        .filter(|note| note.code == NoteCode::FutureInPast)
        .map(|note| &note.source)
        .collect();
    let items =
        plan.pages.iter().map(|page| item(page, due.contains(&page.key))).collect::<Result<_, _>>()?;
    let redirects = plan
        .redirects
        .iter()
        .map(|redirect| Redirect { path: redirect.from.clone(), to: redirect.to.to_string() })
        .collect();
    Ok((items, redirects))
}

/// The most bytes of one block, with room to spare below the limit of rich text.
const BLOCK: usize = 400_000;

/// A text as one block; one that is too long for that as several.
fn blocks(id: &str, text: &str) -> Vec<Value> {
    let name = |nth: usize| if nth == 0 { id.to_owned() } else { format!("{id}-{}", nth + 1) };
    let parts = parts(text, BLOCK).into_iter().enumerate();
    parts.map(|(nth, part)| json!({ "id": name(nth), "type": "rich_text", "markdown": part })).collect()
}

/// Cuts Markdown into parts of at most `most` bytes: between top-level blocks where it can, never within fenced code
/// that fits, at a line or a character where it must.
fn parts(text: &str, most: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut fenced, mut after_blank) = (false, false);
    let mut safe = 0;
    for line in text.split_inclusive('\n') {
        let part = parts.last_mut().map_or(0, |part: &mut String| part.len());
        let top = after_blank && !fenced && !line.starts_with([' ', '\t', '\n']);
        if top {
            safe = part;
        }
        if part + line.len() > most && part > 0 {
            let at = if safe > 0 { safe } else { part };
            let rest = parts.last_mut().map_or_else(String::new, |part| part.split_off(at));
            parts.push(rest);
            safe = 0;
        }
        for piece in pieces(line, most) {
            match parts.last_mut() {
                Some(part) if part.len() + piece.len() <= most => part.push_str(piece),
                _ => parts.push(piece.to_owned()),
            }
        }
        let mark = line.trim_start();
        fenced ^= mark.starts_with("```") || mark.starts_with("~~~");
        after_blank = line.trim().is_empty();
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// A line in pieces of at most `most` bytes.
fn pieces(line: &str, most: usize) -> Vec<&str> {
    let (mut rest, mut pieces) = (line, Vec::new());
    while rest.len() > most {
        let mut end = most;
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// Escapes what Markdown would take for markup.
fn plain(text: &str) -> String {
    text.chars().flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c])).collect()
}

/// What went into the text because its own field could not hold it, for the report.
#[must_use]
pub fn kept_as_text(plan: &Plan) -> Vec<Note> {
    let long = |planned: &PlannedPage| planned.summary.clone().filter(|text| text.chars().count() > SUMMARY);
    let details = plan.pages.iter().flat_map(|planned| {
        let tags = overflowing(&planned.tags).into_iter().cloned();
        long(planned).into_iter().chain(tags).map(move |detail| (planned, detail))
    });
    details
        .map(|(planned, detail)| Note {
            source: planned.key.clone(),
            title: planned.title.clone(),
            code: NoteCode::KeptAsText,
            detail,
            added: Vec::new(),
            removed: Vec::new(),
        })
        .collect()
}

/// The tags that a page cannot hold.
fn overflowing(tags: &[String]) -> Vec<&String> {
    let short = |tag: &&String| tag.chars().count() <= TAGS.1;
    let kept: Vec<&String> = tags.iter().filter(short).take(TAGS.0).collect();
    tags.iter().filter(|tag| !kept.contains(tag)).collect()
}

fn item(planned: &PlannedPage, due: bool) -> Result<Item, Problem> {
    // An excerpt too long for a summary goes before the content, so that no word is lost.
    let (summary, before) = match &planned.summary {
        Some(text) if text.chars().count() > SUMMARY => (String::new(), Some(text)),
        summary => (summary.clone().unwrap_or_default(), None),
    };
    let (tags, more): (Vec<&String>, Vec<&String>) = {
        let short = |tag: &&String| tag.chars().count() <= TAGS.1;
        let kept: Vec<&String> = planned.tags.iter().filter(short).take(TAGS.0).collect();
        let rest = planned.tags.iter().filter(|tag| !kept.contains(tag)).collect();
        (kept, rest)
    };
    // Tags beyond the limits become text, for the same reason.
    let more = more.iter().map(|tag| format!("- {}", plain(tag))).collect::<Vec<_>>().join("\n");
    let texts = [("excerpt", before), ("content", Some(&planned.markdown)), ("tags", Some(&more))];
    let texts =
        texts.into_iter().filter_map(|(id, text)| Some((id, text.filter(|text| !text.trim().is_empty())?)));
    let blocks: Vec<_> = texts.flat_map(|(id, text)| blocks(id, text)).collect();
    let order =
        i32::try_from(planned.position).unwrap_or(if planned.position < 0 { i32::MIN } else { i32::MAX });
    let draft = json!({
        "title": planned.title,
        "slug": planned.slug,
        "position": Position::numbered(order).as_str(),
        "date": planned.date.map(|date| date.to_rfc3339()),
        "summary": summary,
        "tags": tags,
        "blocks": blocks,
    });
    let draft: PageDraft = serde_json::from_value(draft).map_err(Problem::internal)?;
    let page = draft.into_page(&mut uuid::Uuid::nil).map_err(|problems| {
        Problem::new(Code::Invalid).detail("An item of the export breaks a rule of pages.").fields(problems)
    });
    let by = planned.author.as_ref().map(|author| format!(", written by {author}")).unwrap_or_default();
    Ok(Item {
        key: planned.key.to_string(),
        parent: planned.parent.as_ref().map(ToString::to_string),
        page: page.map_err(|problem| problem.about(&planned.key.to_string()))?,
        visibility: match planned.state {
            PlannedState::Draft => Visibility::Draft,
            PlannedState::Published => Visibility::Public,
            PlannedState::Scheduled(at) => Visibility::From(at),
        },
        public_at_source: due || planned.state != PlannedState::Draft,
        holds_others: planned.key.0.starts_with("section:"),
        note: format!("Imported from WordPress ({}){by}", planned.key).chars().take(1_000).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_its_blocks_and_loses_nothing() {
        let text = "para one\n\n- item\n\n  more of it\n\npara two\n\n```\na\n\nb\n```\n\npara three\n";
        for most in [20, 30, 45, 1000] {
            let parts = parts(text, most);
            assert_eq!(parts.concat(), text, "{most}");
            assert!(parts.iter().all(|part| part.len() <= most), "{most}: {parts:?}");
        }
        assert!(parts(text, 45).iter().all(|part| part.matches("```").count() % 2 == 0), "code stays whole");
        assert!(parts(text, 1000).len() == 1);
    }

    #[test]
    fn a_line_without_end_is_cut_between_characters() {
        let text = "\u{e9}".repeat(100);
        let parts = parts(&text, 31);
        assert_eq!(parts.concat(), text);
        assert!(parts.iter().all(|part| part.len() <= 31));
    }
}
