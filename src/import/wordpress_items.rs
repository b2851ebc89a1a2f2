//! From the plan of a WordPress export to items: pages with one block of rich text.

use super::model::{Item, Redirect, Visibility};
use super::wordpress::{Plan, PlannedPage, PlannedState};
use crate::content::pages::draft::PageDraft;
use crate::content::pages::position::Position;
use crate::platform::problem::{Code, Problem};
use serde_json::json;

/// The most characters that a summary has.
const SUMMARY: usize = 1_000;

/// The most tags that a page has, and the most characters of one.
const TAGS: (usize, usize) = (50, 100);

/// The items and redirects of a plan.
///
/// # Errors
/// 422 when an item breaks a rule of pages, with its key.
pub fn items(plan: &Plan) -> Result<(Vec<Item>, Vec<Redirect>), Problem> {
    let items = plan.pages.iter().map(item).collect::<Result<_, _>>()?;
    let redirects = plan
        .redirects
        .iter()
        .map(|redirect| Redirect { path: redirect.from.clone(), to: redirect.to.to_string() })
        .collect();
    Ok((items, redirects))
}

/// Escapes what Markdown would take for markup.
fn plain(text: &str) -> String {
    text.chars().flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c])).collect()
}

fn item(planned: &PlannedPage) -> Result<Item, Problem> {
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
    let blocks = [("excerpt", before), ("content", Some(&planned.markdown)), ("tags", Some(&more))];
    let blocks: Vec<_> = blocks
        .into_iter()
        .filter_map(|(id, text)| Some((id, text.filter(|text| !text.trim().is_empty())?)))
        .map(|(id, text)| json!({ "id": id, "type": "rich_text", "markdown": text }))
        .collect();
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
        holds_others: planned.key.0.starts_with("section:"),
        note: format!("Imported from WordPress ({}){by}", planned.key).chars().take(1_000).collect(),
    })
}
