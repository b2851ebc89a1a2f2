//! Markdown to events, the one place that parses it. What a source can cost is bounded here: text nested deeper than
//! anybody writes is taken literally, because the parser's time grows with depth times lines.

use std::borrow::Cow;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};
use uuid::Uuid;

use super::address::Destination;

/// How deep lists and quotes may nest in a source before it is taken literally.
const MAX_NESTING: usize = 250;

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES
}

/// `CommonMark` with tables, strikethrough and footnotes. Raw HTML comes as text, line breaks written as `<br>` as such.
pub(super) fn document(source: &str) -> Box<dyn Iterator<Item = Event<'_>> + '_> {
    if nesting(source) > MAX_NESTING {
        return Box::new(literally(source));
    }
    Box::new(Parser::new_ext(source, options()).map(without_html))
}

/// One line of Markdown in which only inline markup counts: emphasis, code, links, images, strikethrough.
pub(super) fn inline(source: &str) -> Vec<Event<'static>> {
    // A mark at the start keeps the line a paragraph, whatever it looks like; quotation marks do not change what
    // emphasis means beside them.
    let marked = format!("\"{}", source.trim());
    let mut events: Vec<Event<'static>> = Parser::new_ext(&marked, options())
        .filter(|event| !matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph)))
        .map(|event| without_html(event).into_static())
        .collect();
    if let Some(Event::Text(first)) = events.first_mut() {
        *first = first.strip_prefix('"').unwrap_or(first).to_owned().into();
    }
    events
}

/// The parser itself, for those who need to know where in the source something stands. None when the source is taken
/// literally, so that there are no links in it.
pub(super) fn parser(source: &str) -> Option<Parser<'_>> {
    (nesting(source) <= MAX_NESTING).then(|| Parser::new_ext(source, options()))
}

/// Gives `<entry:...>`, whose only text is the id, the title of what it leads to; without one the id is left out, since
/// it is no word, and nobody may learn of an entry that they cannot see.
pub(super) fn named<'a>(
    events: impl Iterator<Item = Event<'a>>,
    title: impl Fn(Uuid) -> Option<String>,
) -> impl Iterator<Item = Event<'a>> {
    let mut entry = None;
    events.map(move |event| match (&event, entry.take()) {
        (Event::Start(Tag::Link { link_type: LinkType::Autolink, dest_url, .. }), _) => {
            if let Destination::Entry(id, _) = Destination::of(dest_url) {
                entry = Some(id);
            }
            event
        }
        (Event::Text(_), Some(id)) => Event::Text(title(id).unwrap_or_default().into()),
        _ => event,
    })
}

fn without_html(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::InlineHtml(html) if is_line_break(&html) => Event::HardBreak,
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        other => other,
    }
}

fn is_line_break(html: &str) -> bool {
    let inner = html.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
    inner.trim().eq_ignore_ascii_case("br")
}

fn literally(source: &str) -> impl Iterator<Item = Event<'_>> {
    let lines = source.split('\n').flat_map(|line| [Event::Text(line.into()), Event::HardBreak]);
    std::iter::once(Event::Start(Tag::Paragraph))
        .chain(lines)
        .chain(std::iter::once(Event::End(TagEnd::Paragraph)))
}

/// An upper bound of how deep containers nest: a quote takes a character, a list item two columns, of the line on which
/// it opens or continues.
fn nesting(source: &str) -> usize {
    source.split('\n').map(line_nesting).max().unwrap_or(0)
}

fn line_nesting(line: &str) -> usize {
    let (mut depth, mut columns) = (0, 0);
    let mut rest = line.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = match first {
            b' ' => {
                columns += 1;
                tail
            }
            b'\t' => {
                columns += 4;
                tail
            }
            b'>' => {
                depth += 1;
                tail
            }
            _ => match after_item_mark(rest) {
                Some(tail) => {
                    depth += 1;
                    tail
                }
                None => break,
            },
        };
    }
    depth + columns / 2
}

/// What follows the mark of a list item (`-`, `+`, `*`, `1.`, `1)`), if there is one.
fn after_item_mark(line: &[u8]) -> Option<&[u8]> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (mark, tail) = line.get(digits..)?.split_first()?;
    let is_mark = if digits == 0 { b"-+*".contains(mark) } else { digits < 10 && b".)".contains(mark) };
    (is_mark && matches!(tail.first(), None | Some(b' ' | b'\t'))).then_some(tail)
}

/// The text with line feeds alone between lines.
pub(super) fn with_line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}
