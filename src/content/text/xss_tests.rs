//! Nothing that comes out of rich text can run. The output is taken apart tag by tag and compared with the table of
//! what is allowed, so the test does not depend on knowing every trick.

use proptest::prelude::*;

use super::{
    rich_text::{InlineMarkdown, Markdown},
    sanitise::sanitise,
    tags::{ATTRIBUTES, ELEMENTS, SCHEMES},
};

const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "<ScRiPt src=//example.org/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"x\" OnErRoR = 'alert(1)'>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&#40;1)</script></svg>",
    "<math><mtext></table><mglyph><style><img src=x onerror=alert(1)></style>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<details open ontoggle=alert(1)>",
    "<style>@import 'javascript:x'</style>",
    "<base href=//example.org>",
    "<form action=javascript:alert(1)><button>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml <img src=x onerror=alert(1)>?>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](&#106;avascript&colon;alert(1))",
    "[x](&#x6A;&#x61;vascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](< javascript:alert(1)>)",
    "[x](&#1;javascript:alert(1))",
    "[x](\u{feff}javascript:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](data&colon;text/html,<script>alert(1)</script>)",
    "[x](//example.org\\@y)",
    "[x](\\\\example.org)",
    "[x](/\\example.org)",
    "[x](feed:javascript:alert(1))",
    "[x](view-source:javascript:alert(1))",
    "<javascript:alert(1)>",
    "<JAVASCRIPT:alert(1)>",
    "<data:text/html,x>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![x\" onerror=\"alert(1)](/a.png)",
    "![x](/a.png\" onerror=\"alert(1))",
    "![x](</a.png\" onerror=\"alert(1)>)",
    "![x](/a.png 'a\" onerror=\"alert(1)')",
    "[x](/a \"b\\\" onclick=\\\"alert(1)\")",
    "[x](/a 'b\" onclick=\"alert(1)')",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x]: <java\tscript:alert(1)>\n\n[x][x]",
    "```\"><script>alert(1)</script>\nx\n```",
    "```x\" onload=\"alert(1)\ny\n```",
    "~~~<svg/onload=alert(1)>\nx\n~~~",
    "`<script>alert(1)</script>`",
    "[^\"><script>]: x\n\na[^\"><script>]",
    "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "# <img src=x onerror=alert(1)> {#x onclick=alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&amp;lt;script&amp;gt;",
    "<a@example.org\"onclick=alert(1)>",
    "[a](mailto:x\"onclick=\"alert(1))",
    "[a](entry:javascript:alert(1))",
    "<br onclick=alert(1)>",
    "<br/onclick=alert(1)/>",
    "<BR ><scr<script>ipt>alert(1)</scr</script>ipt>",
    "<sc\u{200b}ript>alert(1)</script>",
    "\u{ff1c}script\u{ff1e}alert(1)",
    "<x contenteditable onblur=alert(1)>lose focus!",
    "<p style=\"background:url(javascript:alert(1))\">",
    "</p></div><script>alert(1)</script>",
];

/// A tag as a browser reads it: name, attributes.
type TagParts = (String, Vec<(String, String)>);

/// Every tag of HTML that the sanitiser wrote: lower-case names, attributes in double quotes, text escaped.
fn tags(html: &str) -> Vec<TagParts> {
    let mut found = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("every < opens a tag that ends");
        let tag = tag.trim_start_matches('/');
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while let Some((attribute, tail)) = rest.trim_start().split_once("=\"") {
            let (value, tail) = tail.split_once('"').expect("every value ends");
            attributes.push((attribute.to_owned(), value.to_owned()));
            rest = tail;
        }
        assert!(rest.trim().is_empty(), "{rest:?} in {tag:?}");
        found.push((name.to_owned(), attributes));
    }
    found
}

fn assert_harmless(html: &str, source: &str) {
    for (name, attributes) in tags(html) {
        assert!(ELEMENTS.contains(&name.as_str()), "<{name}> from {source:?}: {html}");
        let allowed = ATTRIBUTES.iter().find(|(tag, _)| *tag == name).map_or(&[][..], |(_, names)| *names);
        for (attribute, value) in attributes {
            assert!(allowed.contains(&attribute.as_str()), "{name} {attribute} from {source:?}: {html}");
            if attribute == "href" || attribute == "src" {
                assert_url_is_harmless(&value, source);
            }
        }
    }
}

/// Reads the URL as a browser does: entities decoded, control characters and leading space dropped.
fn assert_url_is_harmless(value: &str, source: &str) {
    let decoded =
        value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let seen: String =
        decoded.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_ascii_lowercase();
    let is_absolute = seen.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':'));
    if is_absolute {
        assert!(
            SCHEMES.iter().any(|scheme| seen.starts_with(&format!("{scheme}:"))),
            "{value:?} from {source:?}"
        );
    } else {
        assert!(!seen.starts_with("//") && !seen.contains('\\'), "{value:?} from {source:?}");
    }
}

fn check(source: &str) {
    let no_links = |_| None;
    let markdown = Markdown::try_from(source.to_owned()).unwrap();
    assert_harmless(&markdown.to_html("x", &no_links), source);
    if let Ok(line) = InlineMarkdown::try_from(source.to_owned()) {
        assert_harmless(&line.to_html(&no_links), source);
    }
    // The sanitiser alone holds too, as if the writer had let the source through.
    assert_harmless(&sanitise(source), source);
}

#[test]
fn known_attacks_come_to_nothing() {
    for attack in ATTACKS {
        check(attack);
        check(&format!("a {attack} b"));
        check(&format!("> - {attack}"));
        check(&format!("*{attack}*"));
    }
}

#[test]
fn what_is_shown_of_an_attack_is_its_text() {
    let html = Markdown::try_from("<script>alert(1)</script>".to_owned()).unwrap().to_html("x", &|_| None);
    assert_eq!(html, "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n");
    let html =
        Markdown::try_from("[x](java&#10;script:alert(1))".to_owned()).unwrap().to_html("x", &|_| None);
    assert_eq!(html, "<p>x</p>\n");
}

#[test]
#[should_panic(expected = "onerror")]
fn the_check_itself_sees_an_event_handler() {
    assert_harmless("<img src=\"x\" onerror=\"y\">", "");
}

proptest! {
    #[test]
    fn pieces_of_attacks_in_any_order_come_to_nothing(pieces in prop::collection::vec(prop::sample::select(vec![
        "<", ">", "\"", "'", "/", "\\", "(", ")", "[", "]", "!", "`", "\n", " ", "&", ";", ":", "#", "=", "javascript:", "script", "onload=",
        "img src=x ", "svg", "a href=", "&#10;", "&colon;", "data:", "entry:", "^", "|", "-", "style", "<!--", "-->", "x", "\u{a0}", "\t",
    ]), 0..40)) {
        check(&pieces.concat());
    }
}
