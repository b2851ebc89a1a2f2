//! Blocks as one piece of HTML, for feeds: what a reader of feeds shows without knowing the types of blocks. Headings of
//! blocks are `h2`, those of their items one level below.

mod items;
mod media;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::action::ActionView;
use super::callout::CalloutView;
use super::quote::QuoteView;
use super::table::TableView;
use super::view::{BlockView, ContentView};
use crate::content::text::forms::Text;
use crate::content::text::links::LinkView;

/// The blocks in order. Text must have been asked for as `html`; other text is escaped here.
#[must_use]
pub fn html(blocks: &[BlockView]) -> String {
    let mut out = String::new();
    for block in blocks {
        push_block(&mut out, &block.content);
    }
    out
}

fn push_block(out: &mut String, content: &ContentView) {
    match content {
        ContentView::RichText(text) => out.push_str(rich(&text.text)),
        ContentView::Hero(hero) => {
            if let Some(image) = &hero.image {
                media::push_picture(out, image);
            }
            push_intro(out, Some(&hero.heading), hero.text.as_ref());
            push_actions(out, &hero.actions);
        }
        ContentView::Embed(embed) => media::push_embed(out, embed),
        ContentView::Code(code) => {
            push(out, format_args!("<pre><code>{}</code></pre>\n", escape(&code.code)));
            if let Some(caption) = &code.caption {
                push(out, format_args!("<p>{}</p>\n", escape(caption)));
            }
        }
        ContentView::Table(table) => push_table(out, table),
        ContentView::Divider(_) => out.push_str("<hr>\n"),
        ContentView::Image(image) => media::push_image(out, image),
        ContentView::Gallery(gallery) => media::push_gallery(out, gallery),
        ContentView::Quote(quote) => push_quote(out, quote),
        ContentView::Callout(callout) => push_callout(out, callout),
        ContentView::CallToAction(call) => {
            push_intro(out, Some(&call.heading), call.text.as_ref());
            push_actions(out, &call.actions);
        }
        ContentView::Cards(cards) => items::push_cards(out, cards),
        ContentView::Accordion(accordion) => items::push_accordion(out, accordion),
        ContentView::Principles(principles) => items::push_principles(out, principles),
        ContentView::Children(children) => items::push_children(out, children),
        ContentView::People(people) => items::push_people(out, people),
        ContentView::Download(download) => media::push_download(out, download),
        ContentView::Unknown(_) => {}
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(text);
}

fn rich(text: &Text) -> &str {
    text.html.as_deref().unwrap_or_default()
}

fn push_rich(out: &mut String, text: Option<&Text>) {
    out.push_str(text.map(rich).unwrap_or_default());
}

/// The heading of a block and the text below it; gives the level of the headings that come next.
fn push_intro(out: &mut String, heading: Option<&str>, text: Option<&Text>) -> u8 {
    if let Some(heading) = heading {
        push(out, format_args!("<h2>{}</h2>\n", escape(heading)));
    }
    push_rich(out, text);
    if heading.is_some() { 3 } else { 2 }
}

/// Words as a link; as they are when it leads nowhere.
fn linked(link: Option<&LinkView>, words: &str) -> String {
    let words = escape(words);
    match link {
        Some(link) => format!("<a href=\"{}\">{words}</a>", escape(&link.url)),
        None => words,
    }
}

fn push_actions(out: &mut String, actions: &[ActionView]) {
    for action in actions.iter().filter(|action| action.link.is_some()) {
        push(out, format_args!("<p>{}</p>\n", linked(action.link.as_ref(), &action.label)));
    }
}

fn push_quote(out: &mut String, quote: &QuoteView) {
    push(out, format_args!("<figure><blockquote>\n{}</blockquote>", rich(&quote.text)));
    let said = quote.attribution.as_deref().unwrap_or_default();
    let (who, role) = (linked(quote.source.as_ref(), said), quote.role.as_deref().unwrap_or_default());
    match (said.is_empty(), role.is_empty()) {
        (false, true) => push(out, format_args!("<figcaption><cite>{who}</cite></figcaption>")),
        (false, false) => {
            push(out, format_args!("<figcaption><cite>{who}</cite>, {}</figcaption>", escape(role)));
        }
        (true, false) => {
            push(out, format_args!("<figcaption>{}</figcaption>", linked(quote.source.as_ref(), role)));
        }
        (true, true) => {}
    }
    out.push_str("</figure>\n");
}

fn push_callout(out: &mut String, callout: &CalloutView) {
    out.push_str("<aside>\n");
    push_intro(out, callout.heading.as_deref(), Some(&callout.text));
    out.push_str("</aside>\n");
}

fn push_table(out: &mut String, table: &TableView) {
    out.push_str("<table>");
    if let Some(caption) = &table.caption {
        push(out, format_args!("<caption>{}</caption>", escape(caption)));
    }
    out.push_str("<thead><tr>");
    for column in &table.columns {
        push(out, format_args!("<th scope=\"col\">{}</th>", rich(&column.header)));
    }
    out.push_str("</tr></thead><tbody>");
    for row in &table.rows {
        out.push_str("<tr>");
        for cell in row {
            push(out, format_args!("<td>{}</td>", rich(cell)));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>\n");
}

/// Text as HTML, in elements and in attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
