//! Writes the prepared tree as Markdown: `htmd` walks it, the handlers here say what each element becomes. Text keeps
//! its stand-ins until `finish`.

use htmd::element_handler::{HandlerResult, Handlers};
use htmd::{Element, HtmlToMarkdown};

use super::dom::{self, Handle};
use super::finish::finish;
use super::lines::{blocks, running_text};
use super::markdown_list::list;
use super::shield::{BREAK, Mark, expand, is_space, shield};

/// Elements that are their content, on lines of their own.
const BLOCKS: [&str; 33] = [
    "address", "article", "aside", "body", "center", "dd", "details", "dialog", "dir", "div", "dl",
    "fieldset", "figure", "footer", "form", "frameset", "header", "html", "li", "main", "menu", "nav",
    "optgroup", "option", "p", "search", "section", "tbody", "textarea", "tfoot", "thead", "title", "tr",
];

/// The writer; made once for an import.
pub(super) struct Writer {
    converter: HtmlToMarkdown,
}

impl Writer {
    pub(super) fn new() -> Self {
        let converter = HtmlToMarkdown::builder()
            .add_handler(BLOCKS.to_vec(), |h: &dyn Handlers, e: Element| done(block(&content(h, e.node))))
            .add_handler(vec!["em", "i", "cite", "var", "dfn"], |h: &dyn Handlers, e: Element| {
                marked(h, &e, Mark::Emphasis)
            })
            .add_handler(vec!["strong", "b"], |h: &dyn Handlers, e: Element| marked(h, &e, Mark::Strong))
            .add_handler(vec!["del", "s", "strike"], |h: &dyn Handlers, e: Element| {
                marked(h, &e, Mark::Deleted)
            })
            .add_handler(vec!["figcaption", "caption"], |h: &dyn Handlers, e: Element| {
                titled(h, &e, Mark::Emphasis)
            })
            .add_handler(vec!["dt", "summary", "legend"], |h: &dyn Handlers, e: Element| {
                titled(h, &e, Mark::Strong)
            })
            .add_handler(vec!["h1", "h2", "h3", "h4", "h5", "h6"], |h: &dyn Handlers, e: Element| {
                heading(h, &e)
            })
            .add_handler(vec!["blockquote"], |h: &dyn Handlers, e: Element| quote(h, &e))
            .add_handler(vec!["ul", "ol"], |h: &dyn Handlers, e: Element| list(h, &e))
            .add_handler(vec!["pre"], |_: &dyn Handlers, e: Element| done(code_block(e.node)))
            .add_handler(vec!["code"], |_: &dyn Handlers, e: Element| done(code_span(&dom::raw_text(e.node))))
            .add_handler(vec!["a"], |h: &dyn Handlers, e: Element| link(h, &e))
            .add_handler(vec!["img"], |_: &dyn Handlers, e: Element| done(image(e.node)))
            .add_handler(vec!["br"], |_: &dyn Handlers, _: Element| done(BREAK.to_string()))
            .add_handler(vec!["hr"], |_: &dyn Handlers, _: Element| done("\n\n---\n\n".to_owned()))
            .add_handler(vec!["table"], |h: &dyn Handlers, e: Element| table(h, &e))
            .build();
        Self { converter }
    }

    /// Markdown of a prepared tree.
    pub(super) fn write(&self, root: &Handle) -> String {
        finish(&self.converter.tree_to_markdown(root))
    }
}

// The library's handlers may also answer "nothing"; ours always have an answer.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a handler")]
pub(super) fn done(text: String) -> Option<HandlerResult> {
    Some(text.into())
}

/// The written content of an element, its breaks made lines.
pub(super) fn content(handlers: &dyn Handlers, node: &Handle) -> String {
    expand(&handlers.walk_children(node).content)
}

/// A block on lines of its own.
fn block(content: &str) -> String {
    let content = content.trim_matches(is_space);
    if content.is_empty() { "\n\n".to_owned() } else { format!("\n\n{content}\n\n") }
}

/// Wraps running text, paragraph by paragraph; lists, code and the like stay as they are. What was inline at the edges
/// stays inline.
fn wrap(content: &str, wrapped: impl Fn(&str) -> String) -> String {
    let core = content.trim_matches(is_space);
    if core.is_empty() {
        return content.to_owned();
    }
    let start = content.len() - content.trim_start_matches(is_space).len();
    let (before, after) = (&content[..start], &content[start + core.len()..]);
    let parts: Vec<String> = blocks(core)
        .iter()
        .map(|part| match running_text(part) {
            Some((marks, text)) => format!("{marks}{}", wrapped(text.trim_matches(is_space))),
            None => part.clone(),
        })
        .collect();
    format!("{}{}{}", edge(before), parts.join("\n\n"), edge(after))
}

/// The white space at the edge of a text: what ended a block before still does.
fn edge(space: &str) -> &str {
    if space.starts_with("\n\n") || space.ends_with("\n\n") { "\n\n" } else { space }
}

fn marked(handlers: &dyn Handlers, element: &Element, mark: Mark) -> Option<HandlerResult> {
    done(emphasise(&content(handlers, element.node), mark))
}

fn titled(handlers: &dyn Handlers, element: &Element, mark: Mark) -> Option<HandlerResult> {
    done(block(&emphasise(content(handlers, element.node).trim_matches(is_space), mark)))
}

fn emphasise(content: &str, mark: Mark) -> String {
    // Emphasis inside emphasis of the same kind says nothing more.
    let inner = content.replace([mark.open(), mark.close()], "");
    wrap(&inner, |text| format!("{}{text}{}", mark.open(), mark.close()))
}

fn heading(handlers: &dyn Handlers, element: &Element) -> Option<HandlerResult> {
    let marks = "#".repeat(element.tag[1..].parse().unwrap_or(1));
    let inner = content(handlers, element.node);
    let mut out = String::from("\n\n");
    for part in blocks(inner.trim_matches(is_space)) {
        match running_text(&part) {
            Some((_, text)) => {
                out.push_str(&marks);
                out.push(' ');
                out.push_str(&one_line(text));
            }
            None => out.push_str(&part),
        }
        out.push_str("\n\n");
    }
    done(out)
}

/// A text on one line.
fn one_line(text: &str) -> String {
    let flat = text.replace(BREAK, " ");
    flat.split(['\n', ' ']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

fn quote(handlers: &dyn Handlers, element: &Element) -> Option<HandlerResult> {
    let inner = content(handlers, element.node);
    let lines = inner
        .trim_matches(is_space)
        .lines()
        .map(|line| if line.is_empty() { ">".to_owned() } else { format!("> {line}") });
    let quoted = lines.collect::<Vec<_>>().join("\n");
    done(block(&quoted))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn code_block(node: &Handle) -> String {
    let text = dom::raw_text(node);
    let text = text.trim_start_matches(['\n', '\r']).trim_end();
    if text.trim().is_empty() {
        return "\n\n".to_owned();
    }
    let fence = "`".repeat(3.max(longest_run(text) + 1));
    let language = dom::attr(node, "language").unwrap_or_default();
    format!("\n\n{fence}{language}\n{text}\n{fence}\n\n")
}

fn code_span(text: &str) -> String {
    let core = text.trim();
    if core.is_empty() {
        return if text.is_empty() { String::new() } else { " ".to_owned() };
    }
    let ticks = "`".repeat(longest_run(core) + 1);
    let pad = if core.starts_with('`') || core.ends_with('`') { " " } else { "" };
    let before = if text.starts_with(char::is_whitespace) { " " } else { "" };
    let after = if text.ends_with(char::is_whitespace) { " " } else { "" };
    format!("{before}{ticks}{pad}{core}{pad}{ticks}{after}")
}

fn link(handlers: &dyn Handlers, element: &Element) -> Option<HandlerResult> {
    let inner = content(handlers, element.node);
    let address = destination(&dom::attr(element.node, "href").unwrap_or_default());
    let title = title(element.node);
    done(wrap(&inner, |text| format!("[{text}]({address}{title})")))
}

fn image(node: &Handle) -> String {
    let address = destination(&dom::attr(node, "src").unwrap_or_default());
    let description = shield(&dom::attr(node, "alt").unwrap_or_default());
    format!("![{}]({address}{})", description.trim(), title(node))
}

/// The title of a link or picture, as Markdown has it behind the address.
fn title(node: &Handle) -> String {
    let title = dom::attr(node, "title").unwrap_or_default();
    let title = shield(&title);
    let title = title.trim();
    if title.is_empty() { String::new() } else { format!(" \"{}\"", title.replace('"', "\\\"")) }
}

/// An address as Markdown can hold it: what would end it or be read as something else is percent-encoded.
fn destination(address: &str) -> String {
    let mut depth = 0_i64;
    let balanced = address.chars().all(|c| {
        depth += i64::from(c == '(') - i64::from(c == ')');
        (0..8).contains(&depth)
    }) && depth == 0;
    let mut out = String::with_capacity(address.len());
    for (at, c) in address.char_indices() {
        match c {
            '\n' | '\r' | '\t' => {}
            '(' | ')' if balanced => out.push(c),
            ' ' | '<' | '>' | '\\' | '`' | '|' | '"' | '(' | ')' | '[' | ']' | '*' => {
                percent(c, &mut out);
            }
            '&' if is_entity(&address[at + 1..]) => out.push_str("&amp;"),
            c if c.is_whitespace() || c.is_control() || super::shield::is_reserved(c) => {
                percent(c, &mut out);
            }
            c => out.push(c),
        }
    }
    out
}

/// Percent-encodes a character.
fn percent(c: char, out: &mut String) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        out.push('%');
        let digits = [byte >> 4, byte & 15].into_iter();
        out.extend(digits.filter_map(|d| char::from_digit(u32::from(d), 16)).map(|d| d.to_ascii_uppercase()));
    }
}

/// Whether the text behind an ampersand would make it an entity.
fn is_entity(after: &str) -> bool {
    let after = after.strip_prefix('#').unwrap_or(after);
    let name = after.len() - after.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).len();
    name > 0 && after[name..].starts_with(';')
}

fn table(handlers: &dyn Handlers, element: &Element) -> Option<HandlerResult> {
    let mut out = String::from("\n\n");
    for (index, row) in dom::children(element.node).iter().enumerate() {
        let cells: Vec<String> =
            dom::children(row).iter().map(|cell| cell_text(&content(handlers, cell))).collect();
        out.extend(["| ", &cells.join(" | "), " |\n"]);
        if index == 0 {
            out.extend(["|", &" --- |".repeat(cells.len()), "\n"]);
        }
    }
    out.push('\n');
    done(out)
}

/// The content of a cell on one line; a bar inside code would end the cell even there.
fn cell_text(content: &str) -> String {
    let parts = blocks(content.trim_matches(is_space));
    let texts = parts.iter().map(|part| one_line(running_text(part).map_or(part.as_str(), |(_, text)| text)));
    texts.collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
