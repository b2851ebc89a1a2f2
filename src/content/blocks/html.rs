//! Blocks as one piece of HTML, for feeds: what a reader of feeds shows without knowing the types of blocks.

use std::fmt::Write as _;

use super::embed::EmbedView;
use super::hero::HeroView;
use super::table::TableView;
use super::view::{BlockView, ContentView};
use crate::content::media::public::ImageView;
use crate::content::text::forms::Text;

/// The blocks in order. Text must have been asked for as `html`; other text is escaped here.
#[must_use]
pub fn html(blocks: &[BlockView]) -> String {
    let mut out = String::new();
    for block in blocks {
        match &block.content {
            ContentView::RichText(text) => out.push_str(rich(&text.text)),
            ContentView::Hero(hero) => push_hero(&mut out, hero),
            ContentView::Embed(embed) => push_embed(&mut out, embed),
            ContentView::Code(code) => {
                push(&mut out, format_args!("<pre><code>{}</code></pre>\n", escape(&code.code)));
                if let Some(caption) = &code.caption {
                    push(&mut out, format_args!("<p>{}</p>\n", escape(caption)));
                }
            }
            ContentView::Table(table) => push_table(&mut out, table),
            ContentView::Divider(_) => out.push_str("<hr>\n"),
            ContentView::Unknown(_) => {}
        }
    }
    out
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(text);
}

fn rich(text: &Text) -> &str {
    text.html.as_deref().unwrap_or_default()
}

fn push_hero(out: &mut String, hero: &HeroView) {
    if let Some(image) = &hero.image {
        push_image(out, image);
    }
    push(out, format_args!("<h2>{}</h2>\n", escape(&hero.heading)));
    out.push_str(hero.text.as_ref().map(rich).unwrap_or_default());
    for action in &hero.actions {
        if let Some(link) = &action.link {
            let (url, label) = (escape(&link.url), escape(&action.label));
            push(out, format_args!("<p><a href=\"{url}\">{label}</a></p>\n"));
        }
    }
}

fn push_image(out: &mut String, image: &ImageView) {
    push(
        out,
        format_args!(
            "<figure><img src=\"{}\" alt=\"{}\" width=\"{}\" height=\"{}\">",
            escape(&image.renditions.src),
            escape(&image.alt),
            image.width,
            image.height
        ),
    );
    let said: Vec<&str> = [&image.caption, &image.credit].into_iter().flatten().map(String::as_str).collect();
    if !said.is_empty() {
        push(out, format_args!("<figcaption>{}</figcaption>", escape(&said.join(" "))));
    }
    out.push_str("</figure>\n");
}

fn push_embed(out: &mut String, embed: &EmbedView) {
    let title = escape(&embed.title);
    match &embed.url {
        Some(url) => push(out, format_args!("<p><a href=\"{}\">{title}</a></p>\n", escape(url))),
        None => push(out, format_args!("<p>{title}</p>\n")),
    }
    out.push_str(embed.description.as_ref().map(rich).unwrap_or_default());
    out.push_str(embed.transcript.as_ref().map(rich).unwrap_or_default());
}

fn push_table(out: &mut String, table: &TableView) {
    out.push_str("<table>");
    if let Some(caption) = &table.caption {
        push(out, format_args!("<caption>{}</caption>", escape(caption)));
    }
    out.push_str("<thead><tr>");
    for column in &table.columns {
        push(out, format_args!("<th>{}</th>", rich(&column.header)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::blocks::code::CodeView;
    use crate::content::blocks::schema::Variant as _;

    fn html_of(content: ContentView) -> String {
        let id = serde_json::from_value(serde_json::json!("b1")).unwrap();
        html(&[BlockView { id, content }])
    }

    #[test]
    fn plain_text_is_escaped_and_rich_text_is_not() {
        let code = CodeView { language: None, code: "a < b && \"c\"".into(), caption: Some("<x>".into()) };
        assert_eq!(
            html_of(ContentView::Code(code)),
            "<pre><code>a &lt; b &amp;&amp; &quot;c&quot;</code></pre>\n<p>&lt;x&gt;</p>\n"
        );
        let hero = HeroView::samples().remove(0);
        assert_eq!(
            html_of(ContentView::Hero(hero)),
            "<h2>Fair chances in every school</h2>\n<p>We began in <strong>1998</strong>.</p>\n\
             <p><a href=\"tel:+1-202-555-0100\">Call us</a></p>\n"
        );
        let table = TableView::samples().remove(0);
        assert_eq!(
            html_of(ContentView::Table(table)),
            "<table><caption>Members by region</caption><thead><tr><th>Region</th></tr></thead>\
             <tbody><tr><td><strong>North</strong></td></tr></tbody></table>\n"
        );
        assert_eq!(html_of(ContentView::Unknown("later".into())), "");
    }
}
