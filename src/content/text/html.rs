//! Events to HTML, for the sanitiser to finish. Only the elements of our table are written, text is always escaped, and
//! nothing nests deeper than [`MAX_DEPTH`]: what lies deeper keeps its words and loses its marks.

use std::{collections::HashMap, fmt::Write as _, mem};

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, LinkType, Tag};

use super::{
    address::Destination,
    escape::{push_attribute, push_text},
    links::{Links, url_of},
    sanitise::is_token,
    tags::{LANGUAGE_CLASS, NOTE_ID, NOTE_REFERENCE_ID},
};

/// How deep elements may nest; the sanitiser's time grows with depth.
const MAX_DEPTH: usize = 100;
const HEADINGS: [(&str, &str); 6] = [
    ("<h1>", "</h1>\n"),
    ("<h2>", "</h2>\n"),
    ("<h3>", "</h3>\n"),
    ("<h4>", "</h4>\n"),
    ("<h5>", "</h5>\n"),
    ("<h6>", "</h6>\n"),
];

/// HTML for the events. `scope` is part of the ids of footnotes, so that several texts fit on one page.
pub(super) fn to_html<'a>(events: impl Iterator<Item = Event<'a>>, scope: &str, links: &dyn Links) -> String {
    let mut writer = Writer::new(scope, links);
    for event in events {
        writer.event(event);
    }
    writer.finish()
}

/// What to do at the end of an element.
enum Close {
    Nothing,
    Write(&'static str),
    Image,
    Note(String),
}

struct Image<'a> {
    destination: CowStr<'a>,
    title: CowStr<'a>,
    alt: String,
}

struct Writer<'a, 'l> {
    out: String,
    outer: Vec<String>,
    open: Vec<Close>,
    images: Vec<Image<'a>>,
    alignments: Vec<Alignment>,
    cell: usize,
    in_head: bool,
    notes: Notes,
    links: &'l dyn Links,
}

impl<'a, 'l> Writer<'a, 'l> {
    fn new(scope: &str, links: &'l dyn Links) -> Self {
        Self {
            out: String::new(),
            outer: Vec::new(),
            open: Vec::new(),
            images: Vec::new(),
            alignments: Vec::new(),
            cell: 0,
            in_head: false,
            notes: Notes::new(scope),
            links,
        }
    }

    fn event(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => {
                let close = self.start(tag);
                self.open.push(close);
            }
            Event::End(_) => self.end(),
            Event::Code(text) => self.code(&text),
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak if self.images.is_empty() => self.out.push_str("<br>\n"),
            Event::HardBreak => self.text(" "),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::FootnoteReference(label) => self.note_reference(&label),
            Event::Text(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text) => self.text(&text),
            // The parser's options do not ask for tasks.
            Event::TaskListMarker(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        match self.images.last_mut() {
            Some(image) => image.alt.push_str(text),
            None => push_text(&mut self.out, text),
        }
    }

    fn code(&mut self, text: &str) {
        if self.images.is_empty() {
            self.out.push_str("<code>");
            push_text(&mut self.out, text);
            self.out.push_str("</code>");
        } else {
            self.text(text);
        }
    }

    fn start(&mut self, tag: Tag<'a>) -> Close {
        match tag {
            Tag::Image { dest_url, title, .. } => {
                self.images.push(Image { destination: dest_url, title, alt: String::new() });
                Close::Image
            }
            Tag::FootnoteDefinition(label) => {
                self.outer.push(mem::take(&mut self.out));
                Close::Note(label.into_string())
            }
            _ if !self.images.is_empty() => Close::Nothing,
            Tag::Table(alignments) => {
                self.alignments = alignments;
                self.element("<table>", "</tbody></table>\n")
            }
            Tag::TableHead => {
                (self.in_head, self.cell) = (true, 0);
                self.element("<thead><tr>", "</tr></thead><tbody>\n")
            }
            Tag::TableRow => {
                (self.in_head, self.cell) = (false, 0);
                self.element("<tr>", "</tr>\n")
            }
            Tag::TableCell => self.cell(),
            Tag::Link { link_type, dest_url, title, .. } => self.link(link_type, &dest_url, &title),
            Tag::CodeBlock(kind) => self.code_block(&kind),
            Tag::List(Some(start)) if start != 1 => {
                self.out.push('\n');
                self.element(&format!("<ol start=\"{start}\">\n"), "</ol>\n")
            }
            other => self.plain_element(&other),
        }
    }

    fn plain_element(&mut self, tag: &Tag<'a>) -> Close {
        let (start, end) = match tag {
            Tag::Paragraph | Tag::HtmlBlock => ("<p>", "</p>\n"),
            Tag::Heading { level, .. } => HEADINGS[(*level as usize).clamp(1, 6) - 1],
            Tag::BlockQuote(_) => ("<blockquote>\n", "</blockquote>\n"),
            Tag::List(Some(_)) => ("\n<ol>\n", "</ol>\n"),
            Tag::List(None) => ("\n<ul>\n", "</ul>\n"),
            Tag::Item => ("<li>", "</li>\n"),
            Tag::Emphasis => ("<em>", "</em>"),
            Tag::Strong => ("<strong>", "</strong>"),
            Tag::Strikethrough => ("<del>", "</del>"),
            _ => return Close::Nothing,
        };
        self.element(start, end)
    }

    /// Opens an element, or nothing when it would nest too deep.
    fn element(&mut self, start: &str, end: &'static str) -> Close {
        if self.open.len() >= MAX_DEPTH {
            // A line keeps the words of neighbouring blocks apart.
            return Close::Write(if end.ends_with('\n') { "\n" } else { "" });
        }
        self.out.push_str(start);
        Close::Write(end)
    }

    fn cell(&mut self) -> Close {
        let align = match self.alignments.get(self.cell) {
            Some(Alignment::Left) => " align=\"left\"",
            Some(Alignment::Center) => " align=\"center\"",
            Some(Alignment::Right) => " align=\"right\"",
            _ => "",
        };
        self.cell += 1;
        if self.in_head {
            self.element(&format!("<th{align}>"), "</th>")
        } else {
            self.element(&format!("<td{align}>"), "</td>")
        }
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'_>) -> Close {
        let language = match kind {
            CodeBlockKind::Fenced(info) => info.split_whitespace().next().filter(|word| is_token(word)),
            CodeBlockKind::Indented => None,
        };
        let class = language.map(|language| format!(" class=\"{LANGUAGE_CLASS}{language}\""));
        let start = format!("<pre><code{}>", class.unwrap_or_default());
        self.element(&start, "</code></pre>\n")
    }

    fn link(&mut self, kind: LinkType, destination: &str, title: &str) -> Close {
        let resolved = match kind {
            LinkType::Email => Destination::of(&format!("mailto:{destination}")),
            _ => Destination::of(destination),
        };
        let url = match resolved {
            Destination::Url(url) => Some(url),
            Destination::Entry(id, fragment) => {
                self.links.target(id).map(|target| url_of(&target, fragment.as_deref()))
            }
            Destination::Refused => None,
        };
        let Some(url) = url else {
            return Close::Nothing;
        };
        let mut start = String::from("<a href=\"");
        push_attribute(&mut start, &url);
        if !title.is_empty() {
            start.push_str("\" title=\"");
            push_attribute(&mut start, title);
        }
        start.push_str("\">");
        self.element(&start, "</a>")
    }

    fn end(&mut self) {
        match self.open.pop() {
            Some(Close::Write(end)) => self.out.push_str(end),
            Some(Close::Image) => self.end_image(),
            Some(Close::Note(label)) => {
                let outer = self.outer.pop().unwrap_or_default();
                let body = mem::replace(&mut self.out, outer);
                self.notes.define(label, &body);
            }
            Some(Close::Nothing) | None => {}
        }
    }

    fn end_image(&mut self) {
        let Some(image) = self.images.pop() else { return };
        let destination = Destination::of(&image.destination);
        let source = destination.image_source().filter(|_| self.images.is_empty());
        let Some(source) = source else {
            // An image inside the description of another, or one that may not be loaded: its words stay.
            self.text(&image.alt);
            return;
        };
        self.out.push_str("<img src=\"");
        push_attribute(&mut self.out, source);
        self.out.push_str("\" alt=\"");
        push_attribute(&mut self.out, &image.alt);
        if !image.title.is_empty() {
            self.out.push_str("\" title=\"");
            push_attribute(&mut self.out, &image.title);
        }
        self.out.push_str("\">");
    }

    fn note_reference(&mut self, label: &str) {
        let html = self.notes.refer(label);
        if self.images.is_empty() {
            self.out.push_str(&html);
        } else {
            self.text(&format!("[{}]", self.notes.number(label)));
        }
    }

    fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        let notes = self.notes.section();
        self.out.push_str(&notes);
        self.out
    }
}

/// Footnotes, numbered in the order in which they are first referred to.
struct Notes {
    scope: String,
    labels: Vec<String>,
    known: HashMap<String, Note>,
}

#[derive(Default)]
struct Note {
    number: usize,
    references: usize,
    body: String,
}

impl Notes {
    fn new(scope: &str) -> Self {
        let scope: String =
            scope.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
        Self {
            scope: if scope.is_empty() { scope } else { format!("{scope}-") },
            labels: Vec::new(),
            known: HashMap::new(),
        }
    }

    fn number(&self, label: &str) -> usize {
        self.known.get(label).map_or(0, |note| note.number)
    }

    /// The note of this label, which gets its number when it is first referred to.
    fn referred(&mut self, label: &str) -> &mut Note {
        let note = self.known.entry(label.to_owned()).or_default();
        if note.number == 0 {
            self.labels.push(label.to_owned());
            note.number = self.labels.len();
        }
        note
    }

    fn refer(&mut self, label: &str) -> String {
        let note = self.referred(label);
        note.references += 1;
        let (number, nth) = (note.number, note.references);
        let scope = &self.scope;
        let repeat = if nth > 1 { format!("-{nth}") } else { String::new() };
        format!(
            "<sup class=\"footnote-ref\"><a href=\"#{NOTE_ID}{scope}{number}\" id=\"{NOTE_REFERENCE_ID}{scope}{number}{repeat}\">{number}</a></sup>"
        )
    }

    fn define(&mut self, label: String, body: &str) {
        self.known.entry(label).or_default().body.push_str(body);
    }

    /// The list of notes; those that nothing refers to stand at its end, so that no word is lost.
    fn section(mut self) -> String {
        let mut unused: Vec<String> =
            self.known.iter().filter(|(_, note)| note.number == 0).map(|(label, _)| label.clone()).collect();
        unused.sort();
        for label in &unused {
            self.referred(label);
        }
        if self.labels.is_empty() {
            return String::new();
        }
        let mut html = String::from("<section class=\"footnotes\">\n<ol>\n");
        for note in self.labels.iter().filter_map(|label| self.known.get(label)) {
            let (scope, number) = (&self.scope, note.number);
            // Writing to a String cannot fail.
            let _ = write!(html, "<li id=\"{NOTE_ID}{scope}{number}\">{}", note.body.trim_end());
            if note.references > 0 {
                let href = format!("#{NOTE_REFERENCE_ID}{scope}{number}");
                let _ = write!(html, " <a href=\"{href}\" class=\"footnote-backref\">\u{21a9}</a>");
            }
            html.push_str("</li>\n");
        }
        html.push_str("</ol>\n</section>\n");
        html
    }
}
