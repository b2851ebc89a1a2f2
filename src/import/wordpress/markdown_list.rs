//! Lists: tight where every item is one paragraph, loose otherwise, and never run together with the list before.

use htmd::Element;
use htmd::element_handler::{HandlerResult, Handlers};

use super::dom::{self, Handle};
use super::markdown::{content, done};
use super::shield::is_space;

/// Writes a list.
pub(super) fn list(handlers: &dyn Handlers, element: &Element) -> Option<HandlerResult> {
    let ordered = element.tag == "ol";
    let start: usize = dom::attr(element.node, "start").and_then(|s| s.parse().ok()).unwrap_or(1);
    let items: Vec<String> = dom::children(element.node)
        .iter()
        .map(|item| content(handlers, item).trim_matches(is_space).to_owned())
        .filter(|item| !item.is_empty())
        .collect();
    let second = follows_list(element.node);
    let loose = items.iter().any(|item| item.contains("\n\n"));
    let items: Vec<String> = items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let marker = match (ordered, second) {
                (false, false) => "- ".to_owned(),
                (false, true) => "* ".to_owned(),
                (true, second) => format!("{}{} ", start + index, if second { ')' } else { '.' }),
            };
            indent(item, &marker)
        })
        .collect();
    let text = items.join(if loose { "\n\n" } else { "\n" });
    if text.is_empty() {
        return done("\n\n".to_owned());
    }
    // Directly under the text of an item, except where Markdown would not see a list there.
    let tight =
        dom::parent(element.node).is_some_and(|p| dom::tag(&p) == "li") && (!ordered || start == 1) && !loose;
    done(if tight { format!("\n{text}\n") } else { format!("\n\n{text}\n\n") })
}

fn indent(item: &str, marker: &str) -> String {
    let mut out = String::with_capacity(item.len() + marker.len());
    for (index, line) in item.lines().enumerate() {
        match (index, line) {
            (0, _) => out.push_str(marker),
            (_, "") => out.push('\n'),
            _ => {
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', marker.len()));
            }
        }
        out.push_str(line);
    }
    out
}

/// Whether the element before this list is a list of the same kind with the other marker, in turn.
fn follows_list(node: &Handle) -> bool {
    let Some(parent) = dom::parent(node) else {
        return false;
    };
    let siblings = dom::children(&parent);
    let at = siblings.iter().position(|s| std::rc::Rc::ptr_eq(s, node)).unwrap_or(0);
    let before = siblings[..at].iter().rev().take_while(|s| {
        dom::tag(s) == dom::tag(node)
            || (dom::tag(s).is_empty() && dom::raw_text(s).trim_matches(is_space).is_empty())
    });
    before.filter(|s| !dom::tag(s).is_empty()).count() % 2 == 1
}
