//! Reads an export as a stream, once, with whatever namespace prefixes and addresses it has.
//! Elements are known by local name and by what their namespace address contains, because exports vary in both.

use std::io::BufRead;

use quick_xml::errors::Error as XmlError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::clean::{CleanReader, Position, clean_char};
use super::parse_fields::{Space, attribute, blank_item, wordpress_field};
use super::wxr::{Export, Item, ItemKind, Progress, WxrError};

/// Reads an export.
///
/// `progress` is called after each item.
///
/// # Errors
/// When the file cannot be read, is not an export of WordPress, breaks off or is not well-formed; see [`WxrError`].
pub fn parse(reader: impl BufRead, progress: &mut dyn FnMut(Progress)) -> Result<Export, WxrError> {
    let position = Position::default();
    let mut xml = NsReader::from_reader(CleanReader::new(reader, position.clone()));
    let config = xml.config_mut();
    config.allow_dangling_amp = true;
    config.expand_empty_elements = true;
    let mut parser = Parser::new(position);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let step = match xml.read_resolved_event_into(&mut buffer) {
            Ok((namespace, event)) => parser.event(&namespace, event, progress)?,
            Err(error) => {
                let byte = xml.error_position();
                return Err(parser.failure(error, byte));
            }
        };
        if !step {
            return parser.finish();
        }
    }
}

/// An item of any type while it is read.
#[derive(Default)]
struct RawItem {
    item: Option<Box<Item>>,
    kind: String,
}

struct Parser {
    export: Export,
    path: Vec<(Space, String)>,
    text: String,
    raw: RawItem,
    login: String,
    display: String,
    /// What the `category` element being read belongs to.
    domain: String,
    seen: usize,
    is_wordpress: bool,
    position: Position,
}

impl Parser {
    fn new(position: Position) -> Self {
        Self {
            export: Export::default(),
            path: Vec::new(),
            text: String::new(),
            raw: RawItem::default(),
            login: String::new(),
            display: String::new(),
            domain: String::new(),
            seen: 0,
            is_wordpress: false,
            position,
        }
    }

    /// Takes one event; false at the end of the file.
    fn event(
        &mut self,
        namespace: &ResolveResult,
        event: Event,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<bool, WxrError> {
        match event {
            Event::Start(start) => self.start(Space::of(namespace), &start)?,
            Event::End(_) => self.end(progress),
            Event::Text(text) => self.push(&text.xml10_content())?,
            Event::CData(data) => self.push(&data.xml10_content())?,
            Event::GeneralRef(reference) => self.reference(&reference)?,
            Event::DocType(doctype) if doctype.trim_start().to_ascii_lowercase().starts_with("html") => {
                return Err(self.not_wxr("it is an HTML page".to_owned()));
            }
            Event::Eof => return Ok(false),
            _ => {}
        }
        Ok(true)
    }

    fn push(&mut self, text: &str) -> Result<(), WxrError> {
        if self.path.is_empty() {
            let Some(first) = text.trim_start().chars().next() else {
                return Ok(());
            };
            if self.export == Export::default() {
                let found = match first {
                    '{' | '[' => "it looks like JSON".to_owned(),
                    _ => format!(
                        "it does not begin with XML but with {:?}",
                        text.trim_start().chars().take(20).collect::<String>()
                    ),
                };
                return Err(self.not_wxr(found));
            }
            return Ok(());
        }
        self.text.push_str(text);
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef) -> Result<(), WxrError> {
        if let Ok(Some(c)) = reference.resolve_char_ref() {
            let text: String = clean_char(c).into_iter().collect();
            return self.push(&text);
        }
        let known = match &**reference {
            "lt" => "<",
            "gt" => ">",
            "amp" => "&",
            "quot" => "\"",
            "apos" => "'",
            // An HTML entity that XML does not know; titles and contents are HTML, where it is resolved.
            other => return self.push(&format!("&{other};")),
        };
        self.push(known)
    }

    fn start(&mut self, space: Space, start: &BytesStart) -> Result<(), WxrError> {
        let name = start.local_name().into_inner().to_owned();
        if self.path.is_empty() && name != "rss" {
            let what = if name.eq_ignore_ascii_case("html") {
                "it is an HTML page".to_owned()
            } else {
                format!("its first element is <{name}>, not <rss>")
            };
            return Err(self.not_wxr(what));
        }
        self.is_wordpress |= space == Space::WordPress;
        self.text.clear();
        if space == Space::Rss && name == "item" {
            self.raw = RawItem { item: Some(Box::new(blank_item())), kind: String::new() };
        }
        if space == Space::Rss && name == "category" {
            self.domain = attribute(start, "domain");
        }
        if space == Space::WordPress
            && name == "comment"
            && let Some(item) = &mut self.raw.item
        {
            item.comments += 1;
        }
        self.path.push((space, name));
        Ok(())
    }

    fn end(&mut self, progress: &mut dyn FnMut(Progress)) {
        let Some((space, name)) = self.path.pop() else {
            return;
        };
        let text = std::mem::take(&mut self.text);
        let parent = self.path.last().map_or("", |(_, name)| name.as_str()).to_owned();
        match parent.as_str() {
            "channel" if space == Space::Rss && name == "item" => {
                self.finish_item();
                progress(Progress { bytes: self.position.bytes(), items: self.seen });
            }
            "channel" => self.channel_field(space, &name, text),
            "author" if space == Space::WordPress => match name.as_str() {
                "author_login" => text.trim().clone_into(&mut self.login),
                "author_display_name" => text.trim().clone_into(&mut self.display),
                _ => {}
            },
            "item" => self.item_field(space, &name, text),
            "postmeta" if name == "meta_key" => {
                let builder = matches!(
                    text.trim(),
                    "_elementor_data" | "_fl_builder_data" | "panels_data" | "ct_builder_shortcodes"
                );
                if let Some(item) = &mut self.raw.item {
                    item.builder_data |= builder;
                }
            }
            _ => {}
        }
    }

    fn channel_field(&mut self, space: Space, name: &str, text: String) {
        let value = Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        match (space, name) {
            (Space::Rss, "title") => self.export.title = text,
            (Space::Rss, "link") => self.export.link = value,
            (Space::WordPress, "wxr_version") => self.export.version = value,
            (Space::WordPress, "base_site_url") => self.export.base_site_url = value,
            (Space::WordPress, "base_blog_url") => self.export.base_blog_url = value,
            (Space::WordPress, "author") => {
                let login = std::mem::take(&mut self.login);
                let display = std::mem::take(&mut self.display);
                if !login.is_empty() && !display.is_empty() {
                    self.export.authors.insert(login, display);
                }
            }
            _ => {}
        }
    }

    fn item_field(&mut self, space: Space, name: &str, text: String) {
        let Some(item) = &mut self.raw.item else {
            return;
        };
        match (space, name) {
            (Space::Rss, "title") => item.title = text,
            (Space::Rss, "link") => text.trim().clone_into(&mut item.link),
            (Space::Rss, "pubDate") => item.pub_date = text,
            (Space::Rss, "category") => {
                let is_term = matches!(self.domain.as_str(), "" | "category" | "post_tag" | "tag");
                item.terms.extend(Some(text).filter(|t| is_term && !t.trim().is_empty()));
            }
            (Space::DublinCore, "creator") => item.creator = text,
            (Space::Content, "encoded") => item.content = text,
            (Space::Excerpt, "encoded") => item.excerpt = text,
            (Space::WordPress, _) => {
                if name == "post_type" {
                    text.trim().clone_into(&mut self.raw.kind);
                } else {
                    wordpress_field(item, name, &text);
                }
            }
            _ => {}
        }
    }

    fn finish_item(&mut self) {
        self.seen += 1;
        let RawItem { item, kind } = std::mem::take(&mut self.raw);
        let Some(mut item) = item else { return };
        self.export.comments += item.comments;
        item.kind = match kind.as_str() {
            "page" => ItemKind::Page,
            "post" => ItemKind::Post,
            other => {
                let other = if other.is_empty() { "unknown" } else { other };
                *self.export.other_types.entry(other.to_owned()).or_default() += 1;
                return;
            }
        };
        self.export.items.push(*item);
    }

    fn finish(self) -> Result<Export, WxrError> {
        if !self.path.is_empty() {
            return Err(WxrError::Truncated { line: self.position.line(), inside: self.inside() });
        }
        if self.position.bytes() == 0 {
            return Err(self.not_wxr("the file is empty".to_owned()));
        }
        if !self.is_wordpress {
            return Err(self.not_wxr("it has no element of WordPress (a plain feed?)".to_owned()));
        }
        Ok(self.export)
    }

    fn failure(&self, error: XmlError, byte: u64) -> WxrError {
        let line = self.position.line();
        match error {
            XmlError::Io(source) => {
                let source = std::io::Error::new(source.kind(), source.to_string());
                WxrError::Io { line, source }
            }
            XmlError::Syntax(_) if self.path.is_empty() => self.not_wxr("it is not XML".to_owned()),
            XmlError::Syntax(quick_xml::errors::SyntaxError::InvalidBangMarkup) => {
                self.broken(line, byte, &error)
            }
            // Every other syntax error of the reader means that the file ended inside markup.
            XmlError::Syntax(_) => WxrError::Truncated { line, inside: self.inside() },
            error => self.broken(line, byte, &error),
        }
    }

    fn broken(&self, line: u64, byte: u64, error: &XmlError) -> WxrError {
        WxrError::Broken { line, byte, inside: self.inside(), detail: error.to_string() }
    }

    fn not_wxr(&self, found: String) -> WxrError {
        WxrError::NotWxr { found, line: self.position.line() }
    }

    /// Where the reader is, for people.
    fn inside(&self) -> String {
        let element = self.path.last().map_or_else(|| "the file".to_owned(), |(_, name)| format!("<{name}>"));
        match &self.raw.item {
            Some(item) => format!("{element} of item {} {:?}", self.seen + 1, item.title.trim()),
            None => element,
        }
    }
}
