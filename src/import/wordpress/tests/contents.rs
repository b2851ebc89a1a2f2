//! Contents of both editors, as Markdown.

use super::super::{Converted, Converter, NoteCode};

fn convert(source: &str) -> Converted {
    let converted = Converter::new().convert(source);
    assert!(
        converted.unexplained.is_empty(),
        "{:?} of {source:?} in {}",
        converted.unexplained,
        converted.markdown
    );
    let plainly = converted.findings.iter().find(|f| f.code == NoteCode::ConvertedPlainly);
    assert_eq!(plainly, None, "{source:?}");
    converted
}

/// Each source with the Markdown it must give.
fn table(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(convert(source).markdown, *expected, "{source:?}");
    }
}

fn codes(source: &str) -> Vec<NoteCode> {
    convert(source).findings.iter().map(|f| f.code).collect()
}

#[test]
fn the_classic_editor_means_its_line_feeds() {
    table(&[
        ("one\ntwo\n\nthree", "one\\\ntwo\n\nthree"),
        ("one\r\ntwo", "one\\\ntwo"),
        (
            "<h2>Head</h2>\ntext\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nmore",
            "## Head\n\ntext\n\n- a\n- b\n\nmore",
        ),
        ("one<br />\ntwo<br><br>three", "one\\\ntwo\n\nthree"),
        ("<blockquote>one\n\ntwo</blockquote>", "> one\n>\n> two"),
        ("<blockquote>one<p></p>\n<p>&nbsp;</p>two</blockquote>", "> one\n>\n> two"),
        ("<strong>one\n\ntwo</strong>", "**one**\n\n**two**"),
        ("<div>\n\n&nbsp;\n\ntext</div>", "text"),
    ]);
}

#[test]
fn the_block_editor_does_not() {
    let source = "<!-- wp:paragraph -->\n<p>one\ntwo</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:freeform -->\nthree\nfour\n<!-- /wp:freeform -->";
    table(&[(source, "one two\n\nthree\\\nfour")]);
    assert_eq!(codes("<!-- wp:latest-posts {\"n\":3} /-->"), [NoteCode::DynamicBlock]);
    assert_eq!(codes("a<!--more Go on-->b<!--nextpage-->c"), [NoteCode::MoreMarker, NoteCode::PageBreak]);
}

#[test]
fn text_stays_text() {
    table(&[
        (
            "# one * two_three_ [x](y) `z` &lt;b&gt; &amp;copy; ~a~",
            "\\# one \\* two_three\\_ \\[x\\](y) \\`z\\` \\<b> \\&copy; \\~a\\~",
        ),
        (
            "1. one\n2) two\n- three\n+ four\n> five",
            "1\\. one\\\n2\\) two\\\n\\- three\\\n\\+ four\\\n\\> five",
        ),
        ("a | b\n--- | ---\nc | d", "a | b\\\n\\--- | ---\\\nc | d"),
        ("Title\n===\nOther\n---", "Title\\\n\\===\\\nOther\\\n\\---"),
        ("Wow!<a href=\"/x\">link</a>", "Wow\\![link](/x)"),
        ("<h2>C# #</h2>", "## C\\# \\#"),
    ]);
}

#[test]
fn emphasis_is_written_where_it_is_read() {
    table(&[
        ("<b>Note:</b>now <i> spaced </i>end", "**Note**:now *spaced* end"),
        ("<b>a</b><b>b</b> <b><i>c</i></b>", "**ab** ***c***"),
        ("<em></em>x<strong> </strong>y", "x y"),
        ("one\n<b>&nbsp;</b>", "one"),
        ("<b>one<b>two</b></b>", "**onetwo**"),
        ("<h2><b>one</b><br>two</h2>", "## **one** two"),
    ]);
}

#[test]
fn lists_nest_and_keep_their_numbers() {
    table(&[
        ("<ol start=\"8\"><li>a<ol><li>b</li></ol></li><li>c</li></ol>", "8. a\n   1. b\n9. c"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b"),
        ("<ul><li><p>a</p><p>b</p></li><li></li></ul>", "- a\n\n  b"),
        ("<ul><li>a<ol start=\"3\"><li>b</li></ol></li></ul>", "- a\n\n  3. b"),
        ("<ul>loose<li>a</li></ul>", "- loose\n- a"),
    ]);
}

#[test]
fn tables_are_rows() {
    table(&[
        (
            "<table><tr><th>A</th><th>B</th></tr><tr><td>1|2</td><td><code>x|y</code></td></tr></table>",
            "| A | B |\n| --- | --- |\n| 1\\|2 | `x\\|y` |",
        ),
        (
            "<table><caption>Tides</caption><tr><td>1</td><td>2<br>3</td></tr></table>",
            "*Tides*\n\n|  |  |\n| --- | --- |\n| 1 | 2 3 |",
        ),
        (
            "<table><tr><td colspan=2>1</td></tr><tr><td rowspan=2>2</td><td>3</td></tr><tr><td>4</td></tr></table>",
            "|  |  |\n| --- | --- |\n| 1 |  |\n| 2 | 3 |\n|  | 4 |",
        ),
    ]);
}

#[test]
fn tables_that_markdown_cannot_hold_are_reported() {
    let spans = "<table><tr><td rowspan=2>1</td><td>2</td></tr><tr><td>3</td></tr></table>";
    assert_eq!(convert(spans).markdown, "|  |  |\n| --- | --- |\n| 1 | 2 |\n|  | 3 |");
    assert_eq!(codes(spans), [NoteCode::TableSpans]);
    let lists = "<table><tr><td><ul><li>1</li></ul></td><td>2</td></tr></table>";
    assert_eq!(convert(lists).markdown, "- 1\n\n2");
    assert_eq!(codes(lists), [NoteCode::TableLinearised]);
}

#[test]
fn code_is_kept_as_it_is() {
    table(&[
        (
            "<pre><code class=\"language-rust\">fn a() {\n\n    `b`\n}</code></pre>",
            "```rust\nfn a() {\n\n    `b`\n}\n```",
        ),
        ("<pre>```\n&lt;b&gt;</pre>", "````\n```\n<b>\n````"),
        ("use <code>`x` [gallery] *y*</code>", "use `` `x` [gallery] *y* ``"),
        ("<ul><li>a<pre>b\n\nc</pre></li></ul>", "- a\n\n  ```\n  b\n\n  c\n  ```"),
        ("<pre class=\"brush: php; notranslate\">x</pre>", "```php\nx\n```"),
    ]);
}

#[test]
fn links_and_pictures_keep_their_addresses() {
    table(&[
        ("<a href=\"/a b(c\" title='say \"x\"'>t</a>", "[t](/a%20b%28c \"say \\\"x\\\"\")"),
        (
            "<a href=\"/x?a=1&amp;copy=2\"><img src=\"/b_1.png\" alt=\"a [b]\"></a>",
            "[![a \\[b\\]](/b_1.png)](/x?a=1&copy=2)",
        ),
        ("<a href=\"/x\"><h3>Head</h3><p>text</p></a>", "### [Head](/x)\n\n[text](/x)"),
        ("<a href=\"/x\">one<br><br>two</a>", "[one](/x)\n\n[two](/x)"),
        ("<a name=\"top\"></a>text", "text"),
        ("<img src=\"data:image/gif;base64,x\" data-src=\"/real.png\">", "![](/real.png)"),
        (
            "<figure><img src=\"/a.png\"><figcaption>An <em>old</em> lamp</figcaption></figure>",
            "![](/a.png)\n\n*An old lamp*",
        ),
    ]);
    assert_eq!(codes("<a href=\"javascript:x()\">t</a>"), [NoteCode::LinkDropped]);
    assert_eq!(codes("<img alt=\"lost\">"), [NoteCode::ImageWithoutAddress]);
}

#[test]
fn what_has_no_place_is_readable_and_reported() {
    table(&[
        ("[contact-form-7 id=\"1\"]", "\\[contact-form-7 id=\"1\"\\]"),
        ("<iframe src=\"https://v.example/1\" title=\"Film\"></iframe>", "[Film](https://v.example/1)"),
        ("<video><source src=\"/a.mp4\">no player</video>", "[/a.mp4](/a.mp4)"),
        ("H<sub>2</sub>O, 10<sup>-3</sup>, 1<sup>st</sup>", "H\u{2082}O, 10\u{207b}\u{b3}, 1st"),
        ("<abbr title=\"Lantern Society\">LS</abbr> <q>x</q>", "LS (Lantern Society) \u{201C}x\u{201D}"),
        ("<dl><dt>Term</dt><dd>Meaning</dd></dl>", "**Term**\n\nMeaning"),
        ("<form><label>Name</label><input name=n><button>Send</button></form>", "Name Send"),
        ("<style>p{}</style><script>x()</script>text", "text"),
        (
            "before\n\nhttps://v.example/watch?v=a_b\n\nafter",
            "before\n\n[https://v.example/watch?v=a_b](https://v.example/watch?v=a_b)\n\nafter",
        ),
        ("<details><summary>More</summary>Inside</details>", "**More**\n\nInside"),
    ]);
    assert_eq!(
        codes("<style>p{}</style><script>x()</script>"),
        [NoteCode::StyleRemoved, NoteCode::ScriptRemoved]
    );
    assert_eq!(codes("[contact-form-7 id=\"1\"] [sic]"), [NoteCode::ShortcodeKept]);
}

#[test]
fn broken_html_keeps_its_words() {
    for source in [
        "<p>a<div>b</p>c</div>",
        "a < b > c <",
        "<td>x</td>y",
        "<b>a<p>b</b>c",
        "<ul><p>a<li>b</ul>c",
        "</p></div>a<!-- b",
        "<a href=x>a<a href=y>b",
    ] {
        convert(source);
    }
}

#[test]
fn nesting_without_end_becomes_paragraphs() {
    let source = format!("{}deep{}", "<div>".repeat(2_000), "</div>".repeat(2_000));
    let converted = Converter::new().convert(&source);
    assert_eq!(converted.markdown, "deep");
    assert_eq!(converted.findings[0].code, NoteCode::ConvertedPlainly);
    assert!(converted.unexplained.is_empty());
}

#[test]
fn the_converters_own_stand_ins_are_replaced_visibly() {
    let converted = convert("a\u{10FF2A}b");
    assert_eq!(converted.markdown, "a\u{FFFD}b");
    assert_eq!(converted.findings[0].code, NoteCode::CharactersReplaced);
}
