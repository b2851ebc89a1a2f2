//! Markdown for readers: the source as it is, with `entry:` destinations replaced by the paths that they lead to now.

use std::{collections::BTreeMap, ops::Range};

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

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
        edits.destination(&definition.dest, "]:", definition.span.clone());
    }
    // Links that are open, the innermost last: where their text ends so far, and their destination if it stands there.
    let mut open: Vec<(usize, Option<CowStr<'_>>)> = Vec::new();
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) => {
                if link_type == LinkType::Autolink {
                    edits.autolink(&dest_url, range.clone());
                }
                // Links by reference lead where their definition says, which is done.
                open.push((range.start, Some(dest_url).filter(|_| link_type == LinkType::Inline)));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if let Some((text_end, Some(destination))) = open.pop() {
                    edits.destination(&destination, "](", text_end..range.end);
                }
                lengthen(&mut open, range.end);
            }
            _ => lengthen(&mut open, range.end),
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

    /// Replaces a destination that stands after `opener` within `range`, however it is written there.
    fn destination(&mut self, destination: &str, opener: &str, range: Range<usize>) {
        let Some(url) = self.url(destination) else { return };
        let found = self.source.get(range.clone()).and_then(|text| destination_after(text, opener));
        let Some((place, bracketed)) = found else { return };
        let written = if url.is_empty() && !bracketed { "<>".to_owned() } else { url };
        self.found.insert(range.start + place.start, (range.start + place.end, written));
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

fn lengthen(open: &mut [(usize, Option<CowStr<'_>>)], end: usize) {
    if let Some((text_end, _)) = open.last_mut() {
        *text_end = end.max(*text_end);
    }
}

/// Where a destination stands after `opener`, and whether in angle brackets, as `CommonMark` 0.31.2 defines a link
/// destination: escapes and entities may make it look unlike the address that it means.
fn destination_after(text: &str, opener: &str) -> Option<(Range<usize>, bool)> {
    let (at, _) = text.match_indices(opener).find(|(at, _)| !text[..*at].ends_with('\\'))?;
    let after = text.get(at + opener.len()..)?;
    let start = text.len() - after.trim_start().len();
    let rest = text.get(start..)?;
    let bracketed = rest.starts_with('<');
    let start = start + usize::from(bracketed);
    let (mut depth, mut escaped) = (0_usize, false);
    for (offset, c) in text.get(start..)?.char_indices() {
        let ends = match c {
            _ if escaped => false,
            '>' => bracketed,
            '(' if !bracketed => {
                depth += 1;
                false
            }
            ')' if !bracketed && depth > 0 => {
                depth -= 1;
                false
            }
            ')' => !bracketed,
            c => !bracketed && c.is_ascii_whitespace(),
        };
        if ends {
            return Some((start..start + offset, bracketed));
        }
        escaped = c == '\\' && !escaped;
    }
    (!bracketed).then_some((start..text.len(), false))
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
