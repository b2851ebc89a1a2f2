//! Markdown for readers: the source as it is, with `entry:` destinations replaced by the paths that they lead to now.

use std::{collections::BTreeMap, ops::Range};

use pulldown_cmark::{Event, LinkType, Tag};

use super::{
    address::Destination,
    events,
    links::{ENTRY_SCHEME, Links, Target, url_of},
};

/// The source with resolved destinations; only the bytes of destinations differ.
pub(super) fn resolved(source: &str, links: &dyn Links) -> String {
    let Some(parser) = events::parser(source) else {
        return source.to_owned();
    };
    let mut edits = Edits::new(source, links);
    for (_, definition) in parser.reference_definitions().iter() {
        edits.destination(&definition.dest, definition.span.clone());
    }
    for (event, range) in parser.into_offset_iter() {
        if let Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) =
            event
        {
            match link_type {
                LinkType::Inline => edits.destination(&dest_url, range),
                LinkType::Autolink => edits.autolink(&dest_url, range),
                // Links by reference lead where their definition says, which is done.
                _ => {}
            }
        }
    }
    edits.apply()
}

/// The same for one line, in which only inline markup counts.
pub(super) fn resolved_line(source: &str, links: &dyn Links) -> String {
    // The same mark as in `events::inline`, and for the same reason.
    let marked = resolved(&format!("\"{source}"), links);
    marked.strip_prefix('"').unwrap_or(&marked).to_owned()
}

struct Edits<'s, 'l> {
    source: &'s str,
    links: &'l dyn Links,
    found: BTreeMap<usize, (usize, String)>,
}

impl<'s, 'l> Edits<'s, 'l> {
    fn new(source: &'s str, links: &'l dyn Links) -> Self {
        Self { source, links, found: BTreeMap::new() }
    }

    /// Replaces the destination of a link that stands at `range`, as written there.
    fn destination(&mut self, destination: &str, range: Range<usize>) {
        let Some(url) = self.url(destination) else { return };
        let Some(link) = self.source.get(range.clone()) else {
            return;
        };
        // A link's text comes before its destination, and an image in the text may lead to the same entry.
        let Some(at) = link.rfind(destination) else { return };
        let start = range.start + at;
        let bracketed = link[..at].ends_with('<');
        let written = if url.is_empty() && !bracketed { "<>".to_owned() } else { url };
        self.found.insert(start, (start + destination.len(), written));
    }

    /// Replaces `<entry:...>`, which has no text of its own, by a link with the target's title.
    fn autolink(&mut self, destination: &str, range: Range<usize>) {
        let Destination::Entry(id, fragment) = Destination::of(destination) else {
            return;
        };
        let written = self.links.target(id).map(|target| {
            format!("[{}]({})", escape(&target.title), destination_of(&target, fragment.as_deref()))
        });
        self.found.insert(range.start, (range.end, written.unwrap_or_default()));
    }

    /// The URL of an `entry:` destination, empty when it cannot be seen; none for other destinations.
    fn url(&self, destination: &str) -> Option<String> {
        if !destination.get(..ENTRY_SCHEME.len())?.eq_ignore_ascii_case(ENTRY_SCHEME) {
            return None;
        }
        let Destination::Entry(id, fragment) = Destination::of(destination) else {
            return None;
        };
        let target = self.links.target(id);
        Some(target.map(|target| destination_of(&target, fragment.as_deref())).unwrap_or_default())
    }

    fn apply(self) -> String {
        let mut out = String::with_capacity(self.source.len());
        let mut done = 0;
        for (start, (end, written)) in self.found {
            // Edits of one place in another cannot happen; if they did, the outer one would stand.
            if let Some(between) = self.source.get(done..start) {
                out.push_str(between);
                out.push_str(&written);
                done = end;
            }
        }
        out.push_str(self.source.get(done..).unwrap_or_default());
        out
    }
}

/// A URL that can stand between the parentheses of a link.
fn destination_of(target: &Target, fragment: Option<&str>) -> String {
    url_of(target, fragment).replace('(', "%28").replace(')', "%29")
}

fn escape(title: &str) -> String {
    let mut out = String::with_capacity(title.len());
    for c in title.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}
