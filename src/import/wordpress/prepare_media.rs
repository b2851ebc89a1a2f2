//! Pictures, players and links in an item's content: which address they have, and what stands in their place.

use super::dom::{self, Handle};
use super::prepare::{Around, Prepare};
use super::report::NoteCode;
use super::shield::shield;
use super::words::words;

/// Whether a line is an address and nothing else; WordPress shows what is there in its place.
pub(super) fn is_lone_address(line: &str) -> bool {
    let line = line.trim();
    let rest = line.strip_prefix("https://").or_else(|| line.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.contains('.') && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}

/// Whether a link can lead anywhere from a page of the new site: an address of the web, of a mailbox or a telephone,
/// or one relative to the page.
pub(super) fn can_be_followed(address: &str) -> bool {
    let address: String = address.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let scheme = address.split(['/', '?', '#']).next().unwrap_or_default();
    match scheme.split_once(':') {
        Some((scheme, _)) => {
            matches!(
                scheme.to_ascii_lowercase().as_str(),
                "http" | "https" | "mailto" | "tel" | "ftp" | "sms" | "xmpp" | "geo"
            )
        }
        None => !address.is_empty(),
    }
}

/// A player or frame becomes a link to what it shows.
pub(super) fn player(pass: &mut Prepare, node: &Handle, around: Around, out: &mut Vec<Handle>) {
    let code = match dom::tag(node) {
        "video" | "audio" => NoteCode::MediaLinked,
        _ => NoteCode::EmbedLinked,
    };
    let Some(address) = address_of(node) else {
        pass.findings.note(code, "without an address");
        return;
    };
    let title = dom::attr(node, "title").or_else(|| dom::attr(node, "aria-label")).unwrap_or_default();
    let title = if title.is_empty() { address.clone() } else { title };
    pass.findings.change(code, &address, words(&title), Vec::new());
    let text = dom::text_node(&shield(&title));
    if around.link || around.flat {
        out.extend([dom::text_node(" "), text, dom::text_node(" ")]);
    } else {
        let link = dom::element("a", &[("href", &address)], vec![text]);
        out.push(dom::element("p", &[], vec![link]));
    }
}

/// The address of a player, its own or that of its first source.
fn address_of(node: &Handle) -> Option<String> {
    let mut found = None;
    dom::walk(node, &mut |n| {
        if found.is_none() {
            let names: &[&str] = match dom::tag(n) {
                "object" => &["data"],
                "iframe" | "embed" | "video" | "audio" | "source" => &["src", "data-src", "data-lazy-src"],
                "param" if matches!(dom::attr(n, "name").as_deref(), Some("movie" | "src")) => &["value"],
                _ => &[],
            };
            found = names.iter().filter_map(|name| dom::attr(n, name)).find(|a| is_web_address(a));
        }
    });
    found
}

fn is_web_address(address: &str) -> bool {
    !address.is_empty()
        && address != "about:blank"
        && !address.starts_with("data:")
        && can_be_followed(address)
}

/// A picture keeps its address and description. Scripts that load pictures late put the address elsewhere.
pub(super) fn image(pass: &mut Prepare, node: &Handle, out: &mut Vec<Handle>) {
    let names = ["src", "data-src", "data-lazy-src", "data-original"];
    let address = names.iter().filter_map(|name| dom::attr(node, name)).find(|a| is_web_address(a));
    let description = dom::attr(node, "alt").unwrap_or_default();
    let Some(address) = address else {
        pass.findings.note(NoteCode::ImageWithoutAddress, &description);
        out.push(dom::text_node(&shield(&description)));
        return;
    };
    pass.images += 1;
    let title = dom::attr(node, "title").unwrap_or_default();
    out.push(dom::element("img", &[("src", &address), ("alt", &description), ("title", &title)], Vec::new()));
}
