//! Redirects from the addresses of the old site: of posts, which all move, and of pages whose path could not stay.

use std::collections::HashSet;

use super::plan::{PlannedRedirect, PlannedState};
use super::report::NoteCode;
use super::slug::{self, Place, Site};
use super::tree::{MAX_LEVELS, MAX_PATH, Node};
use super::wxr::Export;

/// The redirects, in the order of the plan. What cannot be redirected is noted on its node.
pub(super) fn redirects(
    nodes: &mut [Node],
    order: &[usize],
    export: &Export,
    site: &Site,
) -> Vec<PlannedRedirect> {
    let mut taken: HashSet<String> =
        nodes.iter().filter(|n| n.is_public()).map(|n| slug::join(&n.path)).collect();
    let mut out = Vec::new();
    for &index in order {
        let node = &mut nodes[index];
        let Some(from) = old_path(node, export, site) else {
            continue;
        };
        let now = slug::join(&node.path);
        let old = slug::join(&from);
        if old == now {
            continue;
        }
        if old.len() > MAX_PATH || from.len() > MAX_LEVELS {
            node.remarks.push((NoteCode::PermalinkUnusable, old));
        } else if taken.insert(old.clone()) {
            out.push(PlannedRedirect { from: old, to: node.key.clone() });
        } else {
            node.remarks.push((NoteCode::RedirectConflict, old));
        }
    }
    out
}

/// The path a node had on the old site.
fn old_path(node: &mut Node, export: &Export, site: &Site) -> Option<Vec<String>> {
    if node.is_page {
        return node.wanted.clone().filter(|_| node.is_public());
    }
    if node.state != PlannedState::Published {
        return None;
    }
    let link = &export.items.get(node.item?)?.link;
    let code = match site.place(link) {
        Place::Path(path) => return Some(path).filter(|p| !p.is_empty()),
        Place::Query => NoteCode::PermalinkQuery,
        Place::Elsewhere => NoteCode::LinkElsewhere,
        Place::Unusable => NoteCode::PermalinkUnusable,
        Place::None => return None,
    };
    node.remarks.push((code, link.clone()));
    None
}
