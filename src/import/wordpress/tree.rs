//! The tree of planned pages: who hangs under whom, and on which path. Published pages keep the path WordPress gave
//! them wherever a tree can; every departure is noted. Ties are always broken by the order of the file.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::fields::{Remark, capitalised};
use super::findings::Finding;
use super::plan::{PlannedState, SourceKey};
use super::report::NoteCode;
use super::slug;

/// Most levels of a path.
pub(super) const MAX_LEVELS: usize = 32;
/// Longest path in bytes.
pub(super) const MAX_PATH: usize = 1024;

/// A page on its way to the plan.
pub(super) struct Node {
    pub(super) key: SourceKey,
    /// Index of the item in the export; none for a page made to hold posts.
    pub(super) item: Option<usize>,
    pub(super) is_page: bool,
    pub(super) number: u64,
    pub(super) parent_number: u64,
    pub(super) title: String,
    pub(super) slug: String,
    pub(super) state: PlannedState,
    pub(super) date: Option<DateTime<Utc>>,
    pub(super) position: i64,
    /// The path of the old site, for pages that are public.
    pub(super) wanted: Option<Vec<String>>,
    pub(super) parent: Option<usize>,
    /// The path it has, or would have if it were public.
    pub(super) path: Vec<String>,
    pub(super) remarks: Vec<Remark>,
    pub(super) findings: Vec<Finding>,
}

impl Node {
    pub(super) fn new(key: SourceKey, title: String, slug: String, state: PlannedState) -> Self {
        Self {
            key,
            item: None,
            is_page: true,
            number: 0,
            parent_number: 0,
            title,
            slug,
            state,
            date: None,
            position: 0,
            wanted: None,
            parent: None,
            path: Vec::new(),
            remarks: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Whether it is public now or will be.
    pub(super) fn is_public(&self) -> bool {
        self.state != PlannedState::Draft
    }

    /// Whether `parent` is public for as long as this is.
    fn can_hang_under(&self, parent: &Self) -> bool {
        match (self.state, parent.state) {
            (PlannedState::Draft, _) | (_, PlannedState::Published) => true,
            (PlannedState::Scheduled(at), PlannedState::Scheduled(earlier)) => earlier <= at,
            _ => false,
        }
    }

    fn remark(&mut self, code: NoteCode, detail: String) {
        self.remarks.push((code, detail));
    }
}

/// Gives every node its parent, slug and path, and adds the pages that hold the posts.
pub(super) fn arrange(nodes: &mut Vec<Node>, posts_under: &[String]) {
    hierarchy(nodes);
    parents_from_paths(nodes);
    cut_cycles(nodes);
    public_parents(nodes);
    hang_posts(nodes, posts_under);
    settle_paths(nodes);
    compare_paths(nodes);
}

/// The parents that the items name.
fn hierarchy(nodes: &mut [Node]) {
    let mut by_number: HashMap<u64, usize> = HashMap::new();
    for (index, node) in nodes.iter().enumerate().filter(|(_, n)| n.is_page && n.number != 0) {
        by_number.entry(node.number).or_insert(index);
    }
    for node in nodes.iter_mut().filter(|n| n.is_page) {
        node.parent = by_number.get(&node.parent_number).copied();
        if node.parent.is_none() && node.parent_number != 0 {
            node.remark(
                NoteCode::ParentMissing,
                format!("parent {} is not in the export", node.parent_number),
            );
        }
        if let Some(last) = node.wanted.as_ref().and_then(|path| path.last()) {
            node.slug.clone_from(last);
        }
    }
}

/// A public page hangs where its old path says, when a page is there to hang under.
fn parents_from_paths(nodes: &mut [Node]) {
    let mut by_path: HashMap<Vec<String>, usize> = HashMap::new();
    for (index, node) in nodes.iter().enumerate() {
        if let Some(path) = &node.wanted {
            by_path.entry(path.clone()).or_insert(index);
        }
    }
    for index in 0..nodes.len() {
        let Some((_, above)) = nodes[index].wanted.as_ref().and_then(|path| path.split_last()) else {
            continue;
        };
        let found = by_path.get(above).copied();
        if (found.is_none() && !above.is_empty()) || found == nodes[index].parent || found == Some(index) {
            continue;
        }
        let detail = match found {
            Some(parent) => format!("under {:?}, as its path says", nodes[parent].title),
            None => "at the root, as its path says".to_owned(),
        };
        nodes[index].parent = found;
        nodes[index].remark(NoteCode::ParentFromPath, detail);
    }
}

/// Cuts every circle of parents at its first member in the file.
fn cut_cycles(nodes: &mut [Node]) {
    let mut settled = vec![false; nodes.len()];
    for start in 0..nodes.len() {
        let mut chain = Vec::new();
        let mut on_chain = HashSet::new();
        let mut at = Some(start);
        while let Some(index) = at.filter(|i| !settled[*i]) {
            if !on_chain.insert(index) {
                let from = chain.iter().position(|i| *i == index).unwrap_or(0);
                let first = chain[from..].iter().copied().min().unwrap_or(index);
                nodes[first].parent = None;
                nodes[first].remark(
                    NoteCode::ParentCycle,
                    "its parents lead back to it; it is at the root now".to_owned(),
                );
                break;
            }
            chain.push(index);
            at = nodes[index].parent;
        }
        for index in chain {
            settled[index] = true;
        }
    }
}

/// A public page hangs under the nearest page that is public as long as it is.
fn public_parents(nodes: &mut [Node]) {
    for index in 0..nodes.len() {
        let named = nodes[index].parent;
        let mut parent = named;
        while let Some(p) = parent
            && !nodes[index].can_hang_under(&nodes[p])
        {
            parent = nodes[p].parent;
        }
        if let Some(named) = named
            && parent != Some(named)
        {
            let above =
                parent.map_or_else(|| "at the root".to_owned(), |p| format!("under {:?}", nodes[p].title));
            let detail = format!("its parent {:?} is not public; it is {above} now", nodes[named].title);
            nodes[index].parent = parent;
            nodes[index].remark(NoteCode::ParentNotPublic, detail);
        }
    }
}

/// The path that the slugs of the parents make, before any number is added.
fn slug_path(nodes: &[Node], index: usize) -> Vec<String> {
    let mut path = Vec::new();
    let mut at = Some(index);
    while let Some(index) = at {
        path.push(nodes[index].slug.clone());
        at = nodes[index].parent;
    }
    path.reverse();
    path
}

/// Finds or makes the page that holds the posts, and hangs them there.
fn hang_posts(nodes: &mut Vec<Node>, posts_under: &[String]) {
    if !nodes.iter().any(|n| !n.is_page) {
        return;
    }
    let mut parent = None;
    for level in 0..posts_under.len() {
        let path = &posts_under[..=level];
        let found = (0..nodes.len()).find(|i| {
            let node = &nodes[*i];
            node.is_page
                && node.state == PlannedState::Published
                && node.parent == parent
                && slug_path(nodes, *i) == path
        });
        parent = Some(found.unwrap_or_else(|| {
            let slug = posts_under[level].clone();
            let title = capitalised(&slug.replace(['-', '_'], " "));
            let address = slug::join(path);
            let mut node =
                Node::new(SourceKey(format!("section:{address}")), title, slug, PlannedState::Published);
            let siblings = nodes.iter().filter(|n| n.is_page && n.parent == parent);
            node.position = siblings.map(|n| n.position).max().unwrap_or(0).saturating_add(1);
            node.parent = parent;
            node.remark(NoteCode::SectionMade, format!("{address} holds the posts"));
            nodes.push(node);
            nodes.len() - 1
        }));
    }
    for node in nodes.iter_mut().filter(|n| !n.is_page) {
        node.parent = parent;
    }
}

/// Which of two siblings keeps a slug that both have: what is public, then pages, then the order of the file.
fn rank(node: &Node) -> (u8, bool) {
    let state = match node.state {
        PlannedState::Published => 0,
        PlannedState::Scheduled(_) => 1,
        PlannedState::Draft => 2,
    };
    (state, !node.is_page)
}

/// Paths from the root down: unique among siblings, short and shallow enough.
fn settle_paths(nodes: &mut [Node]) {
    let mut children: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        children.entry(node.parent).or_default().push(index);
    }
    let mut taken: HashMap<Option<usize>, HashSet<String>> = HashMap::new();
    let mut queue = vec![None];
    let mut next = 0;
    while let Some(&parent) = queue.get(next) {
        next += 1;
        let mut siblings = children.remove(&parent).unwrap_or_default();
        siblings.sort_by_key(|i| rank(&nodes[*i]));
        for index in siblings {
            let parent = fitting_parent(nodes, index, parent);
            let used = taken.entry(parent).or_default();
            let slug = free_slug(&nodes[index].slug, used);
            used.insert(slug.clone());
            if slug != nodes[index].slug {
                let detail = format!("{} was taken, it is {slug} now", nodes[index].slug);
                nodes[index].remark(NoteCode::PathCollision, detail);
            }
            let mut path = parent.map(|p| nodes[p].path.clone()).unwrap_or_default();
            path.push(slug.clone());
            nodes[index].path = path;
            nodes[index].slug = slug;
            queue.push(Some(index));
        }
    }
}

/// The parent, or the nearest one further up whose path leaves room.
fn fitting_parent(nodes: &mut [Node], index: usize, parent: Option<usize>) -> Option<usize> {
    // Room for the slash and a number behind the slug.
    let own = nodes[index].slug.len() + 12;
    let fits =
        |p: usize| nodes[p].path.len() < MAX_LEVELS && slug::join(&nodes[p].path).len() + own <= MAX_PATH;
    let mut found = parent;
    while let Some(p) = found
        && !fits(p)
    {
        found = nodes[p].parent;
    }
    if found != parent {
        nodes[index].parent = found;
        nodes[index].remark(NoteCode::PathTooLong, "hangs further up".to_owned());
    }
    found
}

fn free_slug(slug: &str, used: &HashSet<String>) -> String {
    if !used.contains(slug) {
        return slug.to_owned();
    }
    (2..=used.len() + 2)
        .map(|number| slug::numbered(slug, number))
        .find(|s| !used.contains(s))
        .unwrap_or_default()
}

fn compare_paths(nodes: &mut [Node]) {
    for node in nodes.iter_mut().filter(|n| n.is_public()) {
        if let Some(wanted) = &node.wanted
            && *wanted != node.path
        {
            let detail = format!("{} is {} now", slug::join(wanted), slug::join(&node.path));
            node.remark(NoteCode::PathDiffers, detail);
        }
    }
}

/// All nodes, parents before children, siblings as WordPress lists them: by number, then title, posts by date.
pub(super) fn order(nodes: &[Node]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by(|a, b| {
        let of = |i: &usize| {
            let node = &nodes[*i];
            let date = if node.is_page { None } else { node.date };
            (node.path.len(), !node.is_page, node.position, std::cmp::Reverse(date))
        };
        of(a).cmp(&of(b)).then_with(|| nodes[*a].title.cmp(&nodes[*b].title)).then(a.cmp(b))
    });
    order
}
