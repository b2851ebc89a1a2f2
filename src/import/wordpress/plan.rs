//! From an export to the pages Masthead will have: what, where, in which state, with which words, and which redirects.
//! Pure and deterministic, so a second run plans the same and changes nothing.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::content::{Converted, Converter, few};
use super::fields::{self, Remark};
use super::findings::Finding;
use super::redirects;
use super::report::{Counts, Note, NoteCode, Report};
use super::slug::{self, Place, Site};
use super::tree::{self, Node};
use super::wxr::{Export, Item, ItemKind};

/// What an entry was made from; the same in every run, so a repeated import finds what it made before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SourceKey(pub String);

impl fmt::Display for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the caller decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanOptions {
    /// Path of the page that holds the posts, such as `/news`; `/` for none.
    pub posts_under: String,
    /// The present, against which planned dates are judged.
    pub now: DateTime<Utc>,
}

/// Why nothing can be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The path for the posts is not one.
    #[error(
        "{given:?} cannot hold the posts: give a path such as /news, in lower case, without ?, #, % or spaces"
    )]
    PostsUnder {
        /// What was given.
        given: String,
    },
}

/// Everything an import will do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The pages, parents before children.
    pub pages: Vec<PlannedPage>,
    /// The redirects.
    pub redirects: Vec<PlannedRedirect>,
    /// What is worth knowing.
    pub report: Report,
}

/// When a page is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlannedState {
    /// Not at all.
    Draft,
    /// At once.
    Published,
    /// From this instant on.
    Scheduled(DateTime<Utc>),
}

/// A page to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPage {
    /// What it is made from.
    pub key: SourceKey,
    /// Title, 1 to 300 characters.
    pub title: String,
    /// Slug, unique among its siblings.
    pub slug: String,
    /// The page it hangs under; none at the root.
    pub parent: Option<SourceKey>,
    /// WordPress's order among siblings; equal numbers are in the order of the plan.
    pub position: i64,
    /// The date readers see.
    pub date: Option<DateTime<Utc>>,
    /// Display name of the author.
    pub author: Option<String>,
    /// The excerpt as plain text.
    pub summary: Option<String>,
    /// Names of categories and tags.
    pub tags: Vec<String>,
    /// The content.
    pub markdown: String,
    /// When it is public.
    pub state: PlannedState,
    /// The path it will be public on; none for drafts.
    pub path: Option<String>,
    /// How many words and marks its source has.
    pub source_words: usize,
}

/// A redirect to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedRedirect {
    /// The old path.
    pub from: String,
    /// The page that is there now.
    pub to: SourceKey,
}

/// Plans an import.
///
/// # Errors
/// When `posts_under` is not a path.
pub fn plan(export: &Export, options: &PlanOptions) -> Result<Plan, PlanError> {
    let under = posts_under(&options.posts_under)?;
    let addresses = [&export.base_blog_url, &export.link, &export.base_site_url];
    let site = Site::new(addresses.into_iter().flatten().map(String::as_str));
    let mut skipped = Vec::new();
    let mut nodes = gather(export, &site, options.now, &mut skipped);
    tree::arrange(&mut nodes, &under);
    let order = tree::order(&nodes);
    let mut plan =
        Plan { redirects: redirects::redirects(&mut nodes, &order, export, &site), ..Plan::default() };
    let converter = Converter::new();
    let mut counts = Counts {
        not_imported: export.other_types.clone(),
        comments: export.comments,
        redirects: plan.redirects.len(),
        ..Counts::default()
    };
    for &index in &order {
        let parent = nodes[index].parent.map(|p| nodes[p].key.clone());
        let node = &mut nodes[index];
        let page = page(node, parent, export, &converter, &mut counts);
        plan.report.items.extend(notes(node));
        plan.pages.push(page);
    }
    for node in &mut skipped {
        *counts.not_imported.entry("auto-draft".to_owned()).or_default() += 1;
        plan.report.items.extend(notes(node));
    }
    plan.report.counts = counts;
    Ok(plan)
}

fn posts_under(given: &str) -> Result<Vec<String>, PlanError> {
    let segments: Vec<String> =
        given.trim().split('/').filter(|s| !s.is_empty()).map(str::to_owned).collect();
    let fine = segments.iter().all(|s| slug::from_name(s) == *s)
        && segments.len() < tree::MAX_LEVELS
        && slug::join(&segments).len() < 800;
    if fine { Ok(segments) } else { Err(PlanError::PostsUnder { given: given.to_owned() }) }
}

/// A node for each item that becomes a page; automatic drafts go to `skipped`.
fn gather(export: &Export, site: &Site, now: DateTime<Utc>, skipped: &mut Vec<Node>) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut taken: BTreeMap<SourceKey, usize> = BTreeMap::new();
    for (index, item) in export.items.iter().enumerate() {
        let mut remarks = Vec::new();
        let title = fields::title(item, &mut remarks);
        let date = fields::date(item, &mut remarks);
        let state = fields::state(item, date, now, &mut remarks);
        let slug = fields::slug_of(item, &title, &mut remarks);
        let key = key(item, &slug, &mut taken, &mut remarks);
        let mut node = Node::new(key, title, slug, state.unwrap_or(PlannedState::Draft));
        node.item = Some(index);
        node.date = date;
        node.is_page = item.kind == ItemKind::Page;
        node.number = item.id;
        node.parent_number = item.parent;
        node.position = item.menu_order;
        if state.is_none() {
            node.remarks = remarks;
            skipped.push(node);
            continue;
        }
        if node.is_page && node.is_public() {
            node.wanted = wanted(item, site, &mut remarks);
        }
        node.remarks = remarks;
        nodes.push(node);
    }
    nodes
}

/// The path WordPress gave a page, if it can be kept.
fn wanted(item: &Item, site: &Site, remarks: &mut Vec<Remark>) -> Option<Vec<String>> {
    match site.place(&item.link) {
        Place::Path(path) if path.is_empty() => {
            remarks.push((NoteCode::FrontPage, "mark it as home if the new site begins here".to_owned()));
            None
        }
        Place::Path(path) => Some(path),
        Place::Elsewhere => {
            remarks.push((NoteCode::LinkElsewhere, item.link.clone()));
            None
        }
        Place::Unusable => {
            remarks.push((NoteCode::PermalinkUnusable, item.link.clone()));
            None
        }
        Place::Query => {
            remarks.push((NoteCode::PermalinkQuery, item.link.clone()));
            None
        }
        Place::None => None,
    }
}

fn key(
    item: &Item,
    slug: &str,
    taken: &mut BTreeMap<SourceKey, usize>,
    remarks: &mut Vec<Remark>,
) -> SourceKey {
    let kind = fields::kind_name(item.kind);
    let base = if item.id == 0 { format!("{kind}:slug:{slug}") } else { format!("{kind}:{}", item.id) };
    let count = taken.entry(SourceKey(base.clone())).or_default();
    *count += 1;
    if *count == 1 {
        return SourceKey(base);
    }
    remarks.push((NoteCode::DuplicateItem, format!("{base} is there {count} times")));
    SourceKey(format!("{base}:{count}"))
}

fn page(
    node: &mut Node,
    parent: Option<SourceKey>,
    export: &Export,
    contents: &Converter,
    counts: &mut Counts,
) -> PlannedPage {
    let item = node.item.and_then(|index| export.items.get(index));
    let converted = item.map(|item| contents.convert(&item.content)).unwrap_or_default();
    match (item.map(|i| i.kind), node.state) {
        (Some(ItemKind::Page), _) => counts.pages += 1,
        (Some(ItemKind::Post), _) => counts.posts += 1,
        (None, _) => counts.sections += 1,
    }
    match node.state {
        PlannedState::Draft => counts.drafts += 1,
        PlannedState::Published => counts.published += 1,
        PlannedState::Scheduled(_) => counts.scheduled += 1,
    }
    counts.images += converted.images;
    counts.words_compared += converted.source_words;
    counts.unexplained += usize::from(!converted.unexplained.is_empty());
    let summary = item.and_then(|item| fields::summary(item, &mut node.remarks));
    if let Some(item) = item {
        item_remarks(item, &mut node.remarks);
    }
    content_remarks(&converted, node);
    PlannedPage {
        key: node.key.clone(),
        title: node.title.clone(),
        slug: node.slug.clone(),
        parent,
        position: node.position,
        date: node.date,
        author: item.and_then(|item| author(item, export)),
        summary,
        tags: item.map(fields::tags).unwrap_or_default(),
        markdown: converted.markdown,
        state: node.state,
        path: node.is_public().then(|| slug::join(&node.path)),
        source_words: converted.source_words,
    }
}

/// The display name of the author. Some exports have a stray character before the login name.
fn author(item: &Item, export: &Export) -> Option<String> {
    let login = item.creator.trim();
    let bare = login.trim_matches(|c: char| !c.is_alphanumeric());
    let known = export.authors.get(login).or_else(|| export.authors.get(bare));
    let name = known.map_or(bare, String::as_str);
    Some(super::title::title_text(name).0).filter(|n| !n.is_empty())
}

fn item_remarks(item: &Item, remarks: &mut Vec<Remark>) {
    if item.sticky {
        remarks.push((NoteCode::Sticky, "was kept at the top of the list".to_owned()));
    }
    if item.comments > 0 {
        remarks.push((NoteCode::CommentsNotImported, counted(item.comments, "comment")));
    }
    if item.builder_data {
        remarks.push((NoteCode::PageBuilderData, "compare the page with the old one".to_owned()));
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn content_remarks(converted: &Converted, node: &mut Node) {
    if converted.images > 0 {
        node.remarks.push((NoteCode::ImagesKept, counted(converted.images, "image")));
    }
    let difference = &converted.unexplained;
    if !difference.lost.is_empty() {
        node.remarks.push((NoteCode::WordsLost, few(&difference.lost)));
    }
    if !difference.added.is_empty() {
        node.remarks.push((NoteCode::WordsAdded, few(&difference.added)));
    }
    node.findings.clone_from(&converted.findings);
}

/// The notes of a node, ready for the report.
fn notes(node: &mut Node) -> Vec<Note> {
    let make = |code, detail, added, removed| Note {
        source: node.key.clone(),
        title: node.title.clone(),
        code,
        detail,
        added,
        removed,
    };
    let remarks = std::mem::take(&mut node.remarks);
    let findings = std::mem::take(&mut node.findings);
    let mut out: Vec<Note> =
        remarks.into_iter().map(|(code, detail)| make(code, detail, Vec::new(), Vec::new())).collect();
    out.extend(findings.into_iter().map(|finding| {
        let detail = finding.detail();
        let Finding { code, added, removed, .. } = finding;
        make(code, detail, added, removed)
    }));
    out
}
