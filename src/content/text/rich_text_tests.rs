//! What becomes of Markdown: HTML, text, resolved source, references; and what it costs at worst.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::content::text::links::Target;

const ID: &str = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";
const HIDDEN: &str = "019a3e5c-7d1f-7c3a-9b52-000000000000";

fn markdown(source: &str) -> Markdown {
    Markdown::try_from(source.to_owned()).unwrap()
}

fn inline(source: &str) -> InlineMarkdown {
    InlineMarkdown::try_from(source.to_owned()).unwrap()
}

fn links(id: Uuid) -> Option<Target> {
    (id.to_string() == ID).then(|| Target { path: "/about us".into(), title: "About *us*".into() })
}

fn html(source: &str) -> String {
    markdown(source).to_html("b1", &links)
}

#[test]
fn sources_are_kept_but_for_line_ends() {
    assert_eq!(markdown("a\r\n b \rc\n").as_str(), "a\n b \nc\n");
    assert_eq!(Markdown::try_from("a\0".to_owned()), Err(MarkdownError::Nul));
    assert_eq!(Markdown::try_from("a".repeat(500_001)), Err(MarkdownError::TooLong(500_001, 500_000)));
    assert_eq!(InlineMarkdown::try_from("a\nb".to_owned()), Err(MarkdownError::Control('\n')));
    assert!(InlineMarkdown::try_from("a".repeat(10_001)).is_err());
}

#[test]
fn commonmark_becomes_html() {
    let cases = [
        (
            "# A & B\n\nc *d* **e** ~~f~~ `g<h>`",
            "<h1>A &amp; B</h1>\n<p>c <em>d</em> <strong>e</strong> <del>f</del> <code>g&lt;h&gt;</code></p>\n",
        ),
        ("a  \nb\nc", "<p>a<br>\nb\nc</p>\n"),
        ("> q\n\n---", "<blockquote>\n<p>q</p>\n</blockquote>\n<hr>\n"),
        ("3. a\n4. b", "\n<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"),
        ("1. a\n   - b", "\n<ol>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ol>\n"),
        ("```rust ignore\nlet a;\n```", "<pre><code class=\"language-rust\">let a;\n</code></pre>\n"),
        ("```a\"b\nx\n```", "<pre><code>x\n</code></pre>\n"),
        (
            "|a|b|\n|:-|-:|\n|1|2|",
            "<table><thead><tr><th align=\"left\">a</th><th align=\"right\">b</th></tr></thead><tbody>\n<tr><td align=\"left\">1</td><td align=\"right\">2</td></tr>\n</tbody></table>\n",
        ),
        (
            "<https://example.org> <a@example.org>",
            "<p><a href=\"https://example.org\">https://example.org</a> <a href=\"mailto:a@example.org\">a@example.org</a></p>\n",
        ),
        ("![A *b*](/c.png \"d\")", "<p><img src=\"/c.png\" alt=\"A b\" title=\"d\"></p>\n"),
    ];
    for (source, expected) in cases {
        assert_eq!(html(source), expected, "{source}");
    }
}

#[test]
fn raw_html_is_shown_and_line_breaks_work() {
    assert_eq!(html("a <b onclick=x>c</b><br/>d"), "<p>a &lt;b onclick=x&gt;c&lt;/b&gt;<br>\nd</p>\n");
    assert_eq!(html("<div>\nx\n</div>"), "<p>&lt;div&gt;\nx\n&lt;/div&gt;</p>\n");
    assert_eq!(markdown("<div>x</div>").to_text(), "<div>x</div>");
}

#[test]
fn links_to_entries_follow_their_targets() {
    assert_eq!(
        html(&format!("[x](entry:{ID}#a \"t\")")),
        "<p><a href=\"/about%20us#a\" title=\"t\">x</a></p>\n"
    );
    assert_eq!(html(&format!("[x *y*](entry:{HIDDEN})")), "<p>x <em>y</em></p>\n");
    assert_eq!(html(&format!("![alt](entry:{ID})")), "<p>alt</p>\n");
    assert_eq!(html("[x](page.html) [y]()"), "<p><a href=\"page.html\">x</a> y</p>\n");
}

#[test]
fn footnotes_are_numbered_and_scoped() {
    let out = html("[^b]: Second *note*\n[^c]: never used\n\na[^a] b[^b] a[^a]\n\n[^a]: First");
    let expected = "<p>a<sup class=\"footnote-ref\"><a href=\"#fn-b1-1\" id=\"fnref-b1-1\">1</a></sup>";
    assert!(out.starts_with(expected), "{out}");
    assert!(out.contains("id=\"fnref-b1-1-2\""), "{out}");
    assert!(
        out.contains("<li id=\"fn-b1-1\"><p>First</p> <a href=\"#fnref-b1-1\" class=\"footnote-backref\">"),
        "{out}"
    );
    assert!(out.contains("<li id=\"fn-b1-2\"><p>Second <em>note</em></p>"), "{out}");
    assert!(out.contains("<li id=\"fn-b1-3\"><p>never used</p></li>"), "{out}");
    assert_eq!(markdown("a[^x]\n\n[^x]: note").to_text(), "a[1]\n[1] note");
    let evil = markdown("a[^x]\n\n[^x]: n").to_html("\"><script>", &links);
    assert!(evil.contains("id=\"fn-script-1\""), "{evil}");
}

#[test]
fn text_has_every_word() {
    let source = "# Head\n\nOne [two](/x) ![three](/y.png)\nfour `five`\n\n- six\n  1. seven\n- eight\n\n> nine\n\n|ten|eleven|\n|-|-|\n|12||\n||13|\n\n    code\n    more\n\n~~14~~";
    let expected =
        "Head\nOne two three\nfour five\nsix\nseven\neight\nnine\nten\televen\n12\n\t13\ncode\nmore\n14";
    assert_eq!(markdown(source).to_text(), expected);
}

#[test]
fn a_line_is_inline_whatever_it_looks_like() {
    let cases = [
        ("# 1", "# 1"),
        ("- 5", "- 5"),
        ("1. First", "1. First"),
        ("> a", "&gt; a"),
        ("    code", "code"),
        ("---", "---"),
        ("*a* **b** _c_ `d`", "<em>a</em> <strong>b</strong> <em>c</em> <code>d</code>"),
        ("**\"a\"**", "<strong>\"a\"</strong>"),
        ("a<br>b", "a<br>\nb"),
        ("<script>x", "&lt;script&gt;x"),
        ("|a|", "|a|"),
        ("[^1]: x", "[^1]: x"),
        ("\"q\"", "\"q\""),
        ("", ""),
    ];
    for (source, expected) in cases {
        assert_eq!(inline(source).to_html(&links), expected, "{source}");
    }
    assert_eq!(inline("1. *a* <br> b").to_text(), "1. a\nb");
    let link = inline(&format!("see [x](entry:{ID})"));
    assert_eq!(link.to_html(&links), "see <a href=\"/about%20us\">x</a>");
    assert_eq!(link.resolved(&links), "see [x](/about%20us)");
    assert_eq!(link.references(), [Uuid::try_parse(ID).unwrap()]);
}

#[test]
fn readers_get_markdown_with_paths() {
    let source = format!(
        "[a](entry:{ID}#s \"t\") [b](<entry:{ID}>) [c](entry:{HIDDEN}) [d][r] <entry:{ID}> `entry:{ID}` [![i](entry:{ID})](entry:{ID})\n\n[r]: entry:{ID}\n"
    );
    let expected = format!(
        "[a](/about%20us#s \"t\") [b](</about%20us>) [c](<>) [d][r] [About \\*us\\*](/about%20us) `entry:{ID}` [![i](/about%20us)](/about%20us)\n\n[r]: /about%20us\n"
    );
    let source = markdown(&source);
    assert_eq!(source.resolved(&links), expected);
    assert!(!markdown(&expected).to_html("x", &links).contains("href=\"entry"));
    assert_eq!(markdown("plain [x](/y)").resolved(&links), "plain [x](/y)");
    let odd = |_| Some(Target { path: "/a)b".into(), title: String::new() });
    assert_eq!(markdown(&format!("[x](entry:{ID})")).resolved(&odd), "[x](/a%29b)");
}

#[test]
fn references_are_found_with_their_place() {
    let source = markdown(&format!(
        "a [x](entry:{ID}) ![y](ENTRY:{HIDDEN})\n\n```\n[z](entry:{ID})\n```\n[w](https://example.org)"
    ));
    let found = source.references();
    let seen: Vec<_> = found.iter().map(|link| (link.target.to_string(), link.is_image)).collect();
    assert_eq!(seen, [(ID.to_owned(), false), (HIDDEN.to_owned(), true)]);
    assert!(source.as_str()[found[0].range.clone()].starts_with("[x](entry:"));
}

/// Sources of half a megabyte that are slow in many Markdown processors.
fn bombs() -> Vec<(&'static str, String)> {
    let fill = |unit: &str| unit.repeat(500_000 / unit.len());
    let halves = |a: &str, b: &str| a.repeat(240_000 / a.len()) + &b.repeat(240_000 / b.len());
    let staircase: String = (0..700).map(|depth| format!("{}- a\n", "  ".repeat(depth))).take(690).collect();
    vec![
        ("quotes", fill(">")),
        ("brackets", fill("[")),
        ("stars", fill("*")),
        ("emphasis", fill("*a **b ")),
        ("links", fill("[a](")),
        ("images", fill("![")),
        ("lists on a line", fill("- ")),
        ("lists with lazy lines", halves("- ", "a\n")),
        ("numbered lists with lazy lines", halves("1. ", "a\n")),
        ("quotes with lazy lines", halves("> ", "a\n")),
        (
            "tabs with lazy lines",
            format!(
                "{}{}",
                (0..300).flat_map(|i| ["\t".repeat(i), "- a\n".to_owned()]).collect::<String>(),
                "a\n".repeat(100_000)
            ),
        ),
        ("staircase", staircase.chars().take(480_000).collect()),
        ("wide table", halves("|a", "\n|")),
        ("table", format!("{}\n{}\n{}", "|a".repeat(40_000), "|-".repeat(40_000), "|\n".repeat(100_000))),
        ("footnotes", fill("[^a]: b\n\n[^a] ")),
        ("comments", fill("<!--")),
        ("entities", fill("&#x")),
        ("ampersands", fill("& ")),
        ("non-breaking spaces", fill("\u{a0}")),
        ("definitions", format!("[a]: /{}\n\n{}", "x".repeat(200_000), "[a]".repeat(80_000))),
        ("entries", fill(&format!("[x](entry:{ID})"))),
    ]
}

#[test]
fn no_source_takes_long() {
    for (name, source) in bombs() {
        assert!(source.len() <= MAX_BYTES, "{name} {}", source.len());
        let source = markdown(&source);
        let start = Instant::now();
        let html = source.to_html("b", &links);
        let rest = source.to_text().len() + source.references().len() + source.resolved(&links).len();
        let took = start.elapsed();
        assert!(rest > 0 && html.len() < 100 * MAX_BYTES, "{name}");
        // Quadratic time would be minutes; the bound leaves room for a slow machine and a build without optimisation.
        assert!(took < Duration::from_secs(20), "{name} took {took:?}");
    }
}

#[test]
fn text_that_nests_beyond_reason_keeps_its_words() {
    let deep = format!("{}word\nnext", "> ".repeat(300));
    assert!(html(&deep).ends_with("word<br>\nnext<br>\n</p>\n"), "{}", html(&deep));
    assert!(markdown(&deep).to_text().ends_with("word\nnext"));
    let long_numbers = "3.14 ".repeat(2_000);
    assert!(html(&format!("*a* {long_numbers}")).starts_with("<p><em>a</em>"));
    let emphasis = format!("{}word{}", "*a **b ".repeat(200), "** *".repeat(200));
    assert!(html(&emphasis).contains("word"));
}

proptest! {
    #[test]
    fn every_letter_survives(words in prop::collection::vec("[a-z]{1,8}", 1..20), marks in prop::collection::vec("[ \n*_#>`\\[\\]()!|~<-]{1,4}", 20)) {
        let source: String = words.iter().zip(&marks).flat_map(|(word, mark)| [mark.as_str(), word.as_str()]).collect();
        let text = markdown(&source).to_text();
        let html = markdown(&source).to_html("x", &links);
        // Destinations of links, names of languages and definitions are not words that readers see.
        if !source.contains(['[', '`', '(']) && !source.contains("~~~") {
            for word in &words {
                prop_assert!(text.contains(word.as_str()), "{:?} lost {}: {:?}", source, word, text);
                prop_assert!(html.contains(word.as_str()), "{:?} lost {}: {:?}", source, word, html);
            }
        }
    }
}
