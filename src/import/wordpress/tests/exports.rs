//! Reading exports: every version and namespace, and a clear answer for files that are none.

use super::super::{ItemKind, WxrError, parse};
use super::{Entry, PAGE, POST, export, export_text};

fn failure(bytes: &[u8]) -> WxrError {
    parse(bytes, &mut |_| {}).unwrap_err()
}

#[test]
fn items_types_and_comments_are_read() {
    let comment = "<wp:comment><wp:comment_content>Hi</wp:comment_content></wp:comment>";
    let items = [
        Entry { content: "a ]]]]><![CDATA[> b", extra: comment, ..PAGE },
        Entry { kind: "attachment", ..PAGE },
        Entry {
            id: 3,
            extra: "<category domain=\"category\" nicename=\"x\">Boats &amp; <![CDATA[Tides]]></category><category domain=\"post_format\">aside</category>",
            ..POST
        },
    ];
    let read = export(&items);
    assert_eq!(read.items.len(), 2);
    assert_eq!(read.items[0].content, "a ]]> b");
    assert_eq!((read.items[0].comments, read.comments), (1, 1));
    assert_eq!(read.other_types.get("attachment"), Some(&1));
    assert_eq!(
        (read.items[1].kind, read.items[1].terms.clone()),
        (ItemKind::Post, vec!["Boats & Tides".to_owned()])
    );
    assert_eq!(read.authors.get("mara").map(String::as_str), Some("Mara Quill"));
}

#[test]
fn prefixes_and_versions_do_not_matter() {
    let text = export_text(&[Entry { content: "words", ..PAGE }]);
    let renamed = text.replace("xmlns:wp=", "xmlns:old=").replace("<wp:", "<old:").replace("</wp:", "</old:");
    let older = renamed.replace("http://wordpress.org/export/1.2/", "https://wordpress.org/export/1.0/");
    let undeclared = text.replace("xmlns:wp=\"http://wordpress.org/export/1.2/\"", "");
    let expected = parse(text.as_bytes(), &mut |_| {}).unwrap().items;
    for variant in [renamed, older, undeclared] {
        assert_eq!(parse(variant.as_bytes(), &mut |_| {}).unwrap().items, expected);
    }
}

#[test]
fn odd_bytes_are_cleaned_on_the_way() {
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(
        export_text(&[Entry { title: "Caf\u{e9} QQ", content: "a\u{8}b &nbsp; c\u{93}d\u{94}", ..PAGE }])
            .into_bytes(),
    );
    let at = bytes.windows(2).position(|w| w == b"QQ").unwrap();
    bytes[at] = 0x85;
    bytes[at + 1] = 0;
    let item = parse(bytes.as_slice(), &mut |_| {}).unwrap().items.remove(0);
    assert_eq!(item.title, "Caf\u{e9} \u{2026}");
    assert_eq!(item.content, "ab &nbsp; c\u{201C}d\u{201D}");
}

#[test]
fn entities_that_xml_does_not_know_are_left_to_html() {
    let text = export_text(&[PAGE]).replace("<![CDATA[Harbour]]>", "Tea&nbsp;& Cake &#8211; 3 &lt; 4");
    assert_eq!(parse(text.as_bytes(), &mut |_| {}).unwrap().items[0].title, "Tea&nbsp;& Cake \u{2013} 3 < 4");
}

#[test]
fn other_files_are_named() {
    for (bytes, said) in [
        (&b"{\"a\": 1}"[..], "JSON"),
        (b"<!DOCTYPE html><html></html>", "HTML page"),
        (b"<html><body></body></html>", "HTML page"),
        (b"PK\x03\x04rest", "does not begin with XML"),
        (b"", "empty"),
        (b"<feed></feed>", "<feed>"),
        (b"<rss><channel><title>x</title></channel></rss>", "plain feed"),
    ] {
        let error = failure(bytes);
        assert!(matches!(error, WxrError::NotWxr { .. }), "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn truncated_and_broken_files_say_where() {
    let text = export_text(&[Entry { title: "Tide table", content: "line\nline", ..PAGE }]);
    let cut = text.find("</content:encoded>").unwrap();
    for end in [cut, cut - 5, text.len() - 8] {
        let error = failure(&text.as_bytes()[..end]);
        assert!(matches!(error, WxrError::Truncated { .. }), "{error}");
        assert!(error.to_string().contains("line 3") || error.to_string().contains("line 4"), "{error}");
    }
    let error = failure(text.replace("</wp:status>", "</wp:state>").as_bytes());
    assert!(matches!(error, WxrError::Broken { line: 3, .. }), "{error}");
    assert!(error.to_string().contains("Tide table"), "{error}");
}

#[test]
fn progress_counts_items_and_bytes() {
    let text = export_text(&[PAGE, Entry { id: 2, kind: "attachment", ..PAGE }]);
    let mut seen = Vec::new();
    parse(text.as_bytes(), &mut |p| seen.push(p)).unwrap();
    assert_eq!(seen.iter().map(|p| p.items).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(seen[1].bytes, text.len() as u64);
}
