//! Files that are no whole export: refused with a message that says why, and nothing changes.

use std::fs;

use super::harness::*;
use super::import::{export, import};

#[test]
fn what_is_no_whole_export_is_refused_and_nothing_changes() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    serving.address();
    import(&place, &export("middle.xml"), &[]).ended(0);
    let before = fingerprint(&place);
    let whole = fs::read_to_string(export("lantern.xml")).unwrap();
    let file = |name: &str, content: &[u8]| {
        let file = place.0.join(name);
        fs::write(&file, content).unwrap();
        file
    };
    let before_last = whole.rfind("<item>").unwrap();
    let refused: [(_, &[&str]); 8] = [
        (file("cut.xml", &whole.as_bytes()[..whole.len() / 2]), &["cut.xml", "breaks off"]),
        (file("between.xml", &whole.as_bytes()[..before_last]), &["between.xml", "breaks off"]),
        (file("end.xml", whole.trim_end().trim_end_matches("</rss>").as_bytes()), &["end.xml", "breaks off"]),
        (file("page.html", b"<!DOCTYPE html><html><body>Log in</body></html>"), &["page.html", "HTML page"]),
        (
            file("feed.xml", b"<rss version=\"2.0\"><channel><title>A feed</title></channel></rss>"),
            &["feed.xml"],
        ),
        (file("data.json", b"{\"pages\": []}"), &["data.json", "JSON"]),
        (file("empty.xml", b""), &["empty.xml", "empty"]),
        (place.0.join("missing.xml"), &["missing.xml", "No such file"]),
    ];
    for (file, parts) in &refused {
        for more in [&[][..], &["--json"], &["--dry-run"]] {
            let ran = import(&place, file, more).ended(1).says(&["error: "]).says(parts);
            assert_eq!(ran.out, "", "{}", file.display());
            assert!(!ran.err.contains("panicked"), "{ran:#?}");
        }
    }
    import(&place, &export("lantern.xml"), &["--posts-under", "/Ne ws?"])
        .ended(1)
        .says(&["/Ne ws?", "such as /news"]);
    import(&place, &place.0, &[]).ended(1).says(&["error: "]);
    assert_eq!(fingerprint(&place), before);
    serving.stop();
}
