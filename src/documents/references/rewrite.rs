//! Removing or replacing what points at an entry, in a body of any kind. The places are those that the kind itself names
//! as references, so nothing else is touched. Pure.

use serde_json::Value;
use uuid::Uuid;

use crate::platform::problem::field::Pointer;

/// The body in which none of these places points at `target` any more: it points at `to`, or, without one, the link is
/// taken away and its words stay. A place that holds nothing but the link goes. Where the body does not `fit` its kind then,
/// the item of the list goes that was nothing without the link.
#[must_use]
pub fn retarget(
    body: &Value,
    places: &[Pointer],
    target: Uuid,
    to: Option<Uuid>,
    fits: impl Fn(&Value) -> bool,
) -> Value {
    let mut body = body.clone();
    // From the last to the first, so that an item that goes does not shift the places before it.
    for place in places.iter().rev() {
        let Some(Value::String(text)) = body.pointer(place.as_str()).cloned() else { continue };
        match rewritten(&text, target, to) {
            Some(text) => {
                if let Some(value) = body.pointer_mut(place.as_str()) {
                    *value = Value::String(text);
                }
            }
            None => remove(&mut body, place.as_str(), &fits),
        }
    }
    body
}

/// The text with its links rewritten; nothing when it was a link and no more.
fn rewritten(text: &str, target: Uuid, to: Option<Uuid>) -> Option<String> {
    let own = target.to_string();
    let link = format!("entry:{own}");
    if text.eq_ignore_ascii_case(&own) {
        return to.map(|to| to.to_string());
    }
    if text.len() >= link.len() && text.is_char_boundary(link.len()) {
        let (start, rest) = text.split_at(link.len());
        let address = start.eq_ignore_ascii_case(&link) && !text.contains(char::is_whitespace);
        if address {
            return to.map(|to| format!("entry:{to}{rest}"));
        }
    }
    Some(match to {
        Some(to) => replace_ignoring_case(text, &link, &format!("entry:{to}")),
        None => without_links(text, &link),
    })
}

fn replace_ignoring_case(text: &str, from: &str, to: &str) -> String {
    // The address is ASCII, so lowering ASCII keeps every position.
    let lowered = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = lowered.get(at..).and_then(|rest| rest.find(from)) {
        out.push_str(text.get(at..at + found).unwrap_or_default());
        out.push_str(to);
        at += found + from.len();
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The Markdown without its inline links and autolinks to `link`: the words of a link stay, an autolink goes.
fn without_links(text: &str, link: &str) -> String {
    let mut text = text.to_owned();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.to_ascii_lowercase().find(link)) {
        let at = from + at;
        match cut(&text, at, at + link.len()) {
            Some((shorter, next)) => (text, from) = (shorter, next),
            None => from = at + link.len(),
        }
    }
    text
}

/// Takes away the link whose address stands at `start..end`; gives the text and where to go on.
fn cut(text: &str, start: usize, end: usize) -> Option<(String, usize)> {
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    if let Some(opened) = before.strip_suffix('<') {
        if let Some(head) = opened.strip_suffix("](") {
            let close = after.find('>')?;
            return unwrap(head, after.get(close + 1..)?);
        }
        let close = after.find('>')?;
        return Some((format!("{opened}{}", after.get(close + 1..)?), opened.len()));
    }
    unwrap(before.strip_suffix("](")?, after)
}

/// Keeps the words between the bracket that opens the link and the end of `head`; drops what is left up to `)`.
fn unwrap(head: &str, after: &str) -> Option<(String, usize)> {
    let mut depth = 0_usize;
    let open = head.char_indices().rev().find_map(|(at, c)| {
        let escaped = head.get(..at).is_some_and(|before| before.ends_with('\\'));
        match c {
            ']' if !escaped => depth += 1,
            '[' if !escaped && depth == 0 => return Some(at),
            '[' if !escaped => depth -= 1,
            _ => {}
        }
        None
    })?;
    let close = after.find(')')?;
    let words = head.get(open + 1..)?;
    let kept = format!("{}{words}", head.get(..open)?);
    let next = kept.len();
    Some((format!("{kept}{}", after.get(close + 1..)?), next))
}

fn remove(body: &mut Value, pointer: &str, fits: impl Fn(&Value) -> bool) {
    take(body, pointer);
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    if body.pointer(parent).is_some_and(is_for_its_link) {
        take(body, parent);
    }
    if fits(body) {
        return;
    }
    // The innermost item around the place.
    let is_item = |place: &str| place.rsplit('/').next().is_some_and(|last| last.parse::<usize>().is_ok());
    let mut above = pointer.rmatch_indices('/').filter_map(|(at, _)| pointer.get(..at));
    if let Some(item) = above.find(|place| is_item(place)) {
        take(body, item);
    }
}

/// Takes away a member of an object or an item of a list.
fn take(body: &mut Value, pointer: &str) {
    let Some((parent, last)) = pointer.rsplit_once('/') else { return };
    match body.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.remove(&last.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            if let Ok(at) = last.parse::<usize>()
                && at < items.len()
            {
                items.remove(at);
            }
        }
        _ => {}
    }
}

/// Whether an item is nothing without its link, although its shape is sound without it: one that says that it is an entry,
/// unless others stand below it.
fn is_for_its_link(item: &Value) -> bool {
    let holds_others = item.get("items").and_then(Value::as_array).is_some_and(|items| !items.is_empty());
    item.get("type").is_some_and(|kind| kind == "entry") && !holds_others
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const A: &str = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";
    const B: &str = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a42";

    fn uuid(text: &str) -> Uuid {
        text.parse().unwrap()
    }

    fn unlinked(text: &str) -> String {
        rewritten(text, uuid(A), None).unwrap()
    }

    #[test]
    fn links_in_markdown_leave_their_words() {
        let cases = [
            (format!("See [our *history*](entry:{A}) now."), "See our *history* now."),
            (format!("[a [nested] b](entry:{A} \"Title\"), end"), "a [nested] b, end"),
            (format!("x <entry:{A}> y"), "x  y"),
            (format!("[w](<entry:{A}>)!"), "w!"),
            (format!("[one](entry:{A}) and [two](entry:{A})"), "one and two"),
            (format!("![pic](entry:{B}) [t](entry:{A})"), &format!("![pic](entry:{B}) t")),
            ("caf\u{e9} ohne Verweis".to_owned(), "caf\u{e9} ohne Verweis"),
        ];
        for (text, expected) in cases {
            assert_eq!(unlinked(&text), expected, "{text}");
        }
    }

    #[test]
    fn a_replacement_keeps_everything_but_the_target() {
        let text = format!("See [x](entry:{A}#part) and <ENTRY:{A}> and [y](entry:{B})");
        let expected = format!("See [x](entry:{B}#part) and <entry:{B}> and [y](entry:{B})");
        assert_eq!(rewritten(&text, uuid(A), Some(uuid(B))).unwrap(), expected);
        assert_eq!(rewritten(A, uuid(A), Some(uuid(B))).unwrap(), B);
        assert_eq!(
            rewritten(&format!("entry:{A}#x"), uuid(A), Some(uuid(B))).unwrap(),
            format!("entry:{B}#x")
        );
    }

    #[test]
    fn a_place_that_is_the_link_goes_and_so_does_an_item_that_is_nothing_without() {
        let body = json!({
            "image": A,
            "blocks": [
                {"id": "h", "type": "hero", "image": A, "actions": [
                    {"label": "Go", "link": format!("entry:{A}")}, {"label": "Stay", "link": "/stay"}]},
                {"id": "t", "type": "rich_text", "markdown": format!("[x](entry:{A})")},
                {"id": "c", "type": "cards", "cards": [{"heading": "Words", "image": A}]},
                {"id": "p", "type": "people", "people": [A, B]},
                {"id": "e", "type": "embed", "media_id": format!("entry:{A}")},
            ],
        });
        let places: Vec<Pointer> = [
            "/image",
            "/blocks/0/image",
            "/blocks/0/actions/0/link",
            "/blocks/1/markdown",
            "/blocks/2/cards/0/image",
            "/blocks/3/people/0",
            "/blocks/4/media_id",
        ]
        .into_iter()
        .map(Pointer::from)
        .collect();
        // An action without a link and a player without a name do not fit.
        let fits = |body: &Value| {
            body["blocks"].as_array().unwrap().iter().all(|block| {
                let actions = block["actions"].as_array();
                actions.into_iter().flatten().all(|action| action.get("link").is_some())
                    && (block["type"] != "embed" || block.get("media_id").is_some())
            })
        };
        let expected = json!({
            "blocks": [
                {"id": "h", "type": "hero", "actions": [{"label": "Stay", "link": "/stay"}]},
                {"id": "t", "type": "rich_text", "markdown": "x"},
                {"id": "c", "type": "cards", "cards": [{"heading": "Words"}]},
                {"id": "p", "type": "people", "people": [B]},
            ],
        });
        assert_eq!(retarget(&body, &places, uuid(A), None, fits), expected);
    }
}
