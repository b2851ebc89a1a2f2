//! What holds for every input: no panic, no lost word, no raw HTML, the same answer twice.

use proptest::prelude::*;
use pulldown_cmark::{Event, Parser};

use super::super::words::markdown_options;
use super::super::{Converter, NoteCode, PlanOptions, parse, plan};
use super::{Entry, PAGE, POST, export, export_text, now};

/// Text with a good share of what Markdown, HTML and shortcodes are made of.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,6}",
        2 => Just(" ".to_owned()),
        2 => "[\\\\`*_\\[\\]<>&#+=~|!:.)(1-9\"'-]{1,4}",
        1 => Just("\n".to_owned()),
        1 => "\\PC{0,3}",
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// Elements that contents have, and some that they should not have.
const TAGS: &str = "p;b;i;a href=\"/x\";h2;ul;ol;li;blockquote;pre;code;table;tr;td;th;div;span;figure;figcaption;\
     img src=\"/p.png\" alt=\"pic\";br;hr;dl;dt;dd;del;sup;q;iframe src=\"https://v.example/\";script;details;form;\
     textarea;select;option;svg";

/// What else contents have.
const SPECIAL: &str = "[caption]<img src=\"/p.png\">words[/caption];[gallery ids=\"1\"];[row];[/row];<!-- wp:paragraph -->;\
     <!-- /wp:paragraph -->;<!--more-->;\n\n;</ul>;</td></tr>;</b>;</a>;&nbsp;<x>";

/// HTML as editors and plugins leave it, closed or not.
fn html() -> impl Strategy<Value = String> {
    let tag = proptest::sample::select(TAGS.split(';').collect::<Vec<_>>());
    let closed = (tag, text(), any::<bool>()).prop_map(|(tag, text, close)| {
        let name = tag.split(' ').next().unwrap_or(tag).to_owned();
        if close { format!("<{tag}>{text}</{name}>") } else { format!("<{tag}>{text}") }
    });
    let special = proptest::sample::select(SPECIAL.split(';').collect::<Vec<_>>());
    let piece = prop_oneof![5 => closed, 2 => text(), 2 => special.prop_map(str::to_owned)];
    proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

fn has_raw_html(markdown: &str) -> bool {
    Parser::new_ext(markdown, markdown_options()).any(|e| matches!(e, Event::Html(_) | Event::InlineHtml(_)))
}

fn check(source: &str, structured: bool) -> Result<(), TestCaseError> {
    let converted = Converter::new().convert(source);
    prop_assert!(converted.unexplained.is_empty(), "{:?} in {}", converted.unexplained, converted.markdown);
    prop_assert!(!has_raw_html(&converted.markdown), "{}", converted.markdown);
    if structured {
        let plainly = converted.findings.iter().find(|f| f.code == NoteCode::ConvertedPlainly);
        prop_assert_eq!(plainly, None);
    }
    Ok(())
}

proptest! {
    #[test]
    fn escaped_text_never_loses_a_word(text in text()) {
        check(&text.replace('&', "&amp;").replace('<', "&lt;"), true)?;
    }

    #[test]
    fn html_never_loses_a_word(html in html()) {
        check(&html, false)?;
    }

    #[test]
    fn any_characters_never_lose_a_word(text in any::<String>()) {
        check(&text, false)?;
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(bytes.as_slice(), &mut |_| {});
    }

    #[test]
    fn a_damaged_export_is_read_or_refused(at in 0..2000_usize, byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = export_text(&[Entry { content: "<p>words</p>", ..PAGE }]).into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if cut {
            bytes.truncate(at);
        }
        if let Ok(export) = parse(bytes.as_slice(), &mut |_| {}) {
            let options = PlanOptions { posts_under: "/news".to_owned(), now: now() };
            prop_assert!(plan(&export, &options).is_ok());
        }
    }

    #[test]
    fn every_tree_becomes_unique_public_paths(
        items in proptest::collection::vec((0..6_u64, 0..6_u64, "[aAb]|%c3|", 0..4_usize, any::<bool>(), "|/a/|/a/b/|/b/|/\\?p=1"), 0..12)
    ) {
        let statuses = ["publish", "draft", "future", "private"];
        let entries: Vec<Entry> = items
            .iter()
            .map(|(id, parent, name, status, post, link)| Entry {
                id: *id,
                parent: *parent,
                name,
                link,
                status: statuses[*status],
                date: "2030-01-01 00:00:00",
                ..if *post { POST } else { PAGE }
            })
            .collect();
        let export = export(&entries);
        let options = PlanOptions { posts_under: "/a".to_owned(), now: now() };
        let first = plan(&export, &options).unwrap();
        prop_assert_eq!(&first, &plan(&export, &options).unwrap());
        let mut keys = std::collections::HashSet::new();
        let mut paths = std::collections::HashSet::new();
        for page in &first.pages {
            prop_assert!(page.parent.as_ref().is_none_or(|p| keys.contains(p)));
            prop_assert!(keys.insert(page.key.clone()));
            prop_assert!(page.path.as_ref().is_none_or(|p| paths.insert(p.clone())));
            prop_assert!(!page.slug.is_empty() && !page.title.is_empty());
            if let (Some(path), Some(parent)) = (&page.path, &page.parent) {
                let parent = first.pages.iter().find(|p| p.key == *parent).unwrap();
                prop_assert_eq!(path, &format!("{}/{}", parent.path.as_deref().unwrap_or("hidden"), page.slug));
            }
        }
        for redirect in &first.redirects {
            prop_assert!(paths.insert(redirect.from.clone()));
            prop_assert!(keys.contains(&redirect.to));
        }
    }
}
