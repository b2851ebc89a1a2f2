//! Planning: states, dates, titles, posts and the report.

use super::super::{PlanError, PlanOptions, PlannedRedirect, PlannedState, SourceKey, plan};
use super::{Entry, PAGE, POST, codes, export, now, page, path, planned, planned_under};

fn redirect(from: &str, to: &str) -> PlannedRedirect {
    PlannedRedirect { from: from.to_owned(), to: SourceKey(to.to_owned()) }
}

#[test]
fn posts_go_under_a_section_and_old_addresses_lead_there() {
    let plan = planned(&[
        Entry { id: 7, name: "first", link: "https://lantern.example/2020/03/first/", ..POST },
        Entry { id: 8, name: "second", link: "https://lantern.example/?p=8", ..POST },
        Entry { id: 9, name: "third", link: "https://lantern.example/news/third/", ..POST },
    ]);
    assert_eq!(path(&plan, "section:/news"), Some("/news"));
    assert_eq!(page(&plan, "post:7").parent, Some(SourceKey("section:/news".to_owned())));
    assert_eq!(plan.redirects, [redirect("/2020/03/first", "post:7")]);
    assert_eq!(codes(&plan, "post:8"), ["permalink_query"]);
    assert_eq!(path(&plan, "post:9"), Some("/news/third"));
    assert_eq!(page(&plan, "post:7").author.as_deref(), Some("Mara Quill"));
}

#[test]
fn a_page_of_the_export_can_hold_the_posts() {
    let link = "https://lantern.example/harbour/";
    let plan = planned_under(&[Entry { link, ..PAGE }, Entry { id: 2, name: "a", ..POST }], "/harbour/log");
    assert_eq!(path(&plan, "post:2"), Some("/harbour/log/a"));
    assert_eq!(page(&plan, "section:/harbour/log").parent, Some(SourceKey("page:1".to_owned())));
    let plan = planned_under(&[Entry { link, ..PAGE }, Entry { id: 2, name: "a", ..POST }], "/harbour");
    assert_eq!(path(&plan, "post:2"), Some("/harbour/a"));
    assert_eq!(plan.report.counts.sections, 0);
    let plan = planned_under(&[Entry { id: 2, name: "a", ..POST }], "/");
    assert_eq!(path(&plan, "post:2"), Some("/a"));
}

#[test]
fn a_path_that_cannot_hold_posts_is_refused() {
    for given in ["/News", "/a b", "/a?b", "/50%"] {
        let options = PlanOptions { posts_under: given.to_owned(), now: now() };
        assert_eq!(plan(&export(&[PAGE]), &options), Err(PlanError::PostsUnder { given: given.to_owned() }));
    }
}

#[test]
fn states_are_judged_and_reported() {
    let password = "<wp:post_password>tide</wp:post_password>";
    let of = |id, status, date| Entry { id, status, date, name: "s", ..POST };
    let plan = planned(&[
        of(1, "draft", "0000-00-00 00:00:00"),
        of(2, "pending", ""),
        of(3, "private", ""),
        of(4, "trash", ""),
        of(5, "future", "2026-07-01 08:00:00"),
        of(6, "future", "2026-05-01 08:00:00"),
        of(7, "auto-draft", ""),
        of(8, "strange", ""),
        Entry { extra: password, ..of(9, "publish", "2020-01-01 00:00:00") },
    ]);
    let state = |key: &str| page(&plan, key).state;
    assert_eq!(state("post:5"), PlannedState::Scheduled("2026-07-01T08:00:00Z".parse().unwrap()));
    for (id, code) in [
        (2, "pending_to_draft"),
        (3, "private_to_draft"),
        (4, "trashed_to_draft"),
        (6, "future_in_past"),
        (8, "status_unknown"),
        (9, "password_to_draft"),
    ] {
        let key = format!("post:{id}");
        assert_eq!((state(&key), path(&plan, &key)), (PlannedState::Draft, None));
        assert!(codes(&plan, &key).contains(&code.to_owned()), "{key}");
    }
    assert_eq!(state("post:1"), PlannedState::Draft);
    assert!(!codes(&plan, "post:1").iter().any(|c| c.contains("draft")));
    assert!(plan.pages.iter().all(|p| p.key.0 != "post:7"));
    assert_eq!(codes(&plan, "post:7").first().map(String::as_str), Some("auto_draft_skipped"));
    assert_eq!((plan.report.counts.drafts, plan.report.counts.scheduled), (7, 1));
}

#[test]
fn dates_fall_back() {
    let local = "<wp:post_date>2020-05-05 10:00:00</wp:post_date>";
    let feed = "<pubDate>Tue, 05 May 2020 10:00:00 +0200</pubDate>";
    let zero = "0000-00-00 00:00:00";
    let plan = planned(&[
        Entry { id: 1, date: zero, extra: local, ..POST },
        Entry { id: 2, date: zero, extra: feed, name: "b", ..POST },
        Entry { id: 3, date: "soon", name: "c", ..POST },
    ]);
    let date = |key: &str| page(&plan, key).date.map(|d| d.to_rfc3339());
    assert_eq!(date("post:1").as_deref(), Some("2020-05-05T10:00:00+00:00"));
    assert_eq!(date("post:2").as_deref(), Some("2020-05-05T08:00:00+00:00"));
    assert_eq!((date("post:3"), codes(&plan, "post:3")), (None, vec!["date_unreadable".to_owned()]));
}

#[test]
fn titles_are_found_or_made() {
    let plan = planned(&[
        Entry { id: 1, title: "", name: "night-watch", ..PAGE },
        Entry { id: 2, title: " ", name: "2", content: "<p>The lamp is <b>lit</b>.</p>", ..PAGE },
        Entry { id: 3, title: "", name: "", ..POST },
        Entry { id: 4, title: "A &amp; <em>B</em>", name: "ab", ..PAGE },
    ]);
    assert_eq!(page(&plan, "page:1").title, "Night watch");
    assert_eq!(page(&plan, "page:2").title, "The lamp is lit.");
    assert_eq!(page(&plan, "post:3").title, "Untitled (post 3)");
    assert_eq!(page(&plan, "post:3").slug, "untitled-post-3");
    assert_eq!(page(&plan, "page:4").title, "A & B");
    assert_eq!(codes(&plan, "page:4"), ["title_markup_removed"]);
}

#[test]
fn duplicates_have_keys_of_their_own() {
    let plan = planned(&[PAGE, Entry { name: "other", ..PAGE }]);
    assert_eq!(path(&plan, "page:1:2"), Some("/other"));
    assert_eq!(codes(&plan, "page:1:2"), ["duplicate_item"]);
}

#[test]
fn the_report_is_readable_by_both() {
    let plan = planned(&[Entry { content: "[gallery]", extra: "<wp:is_sticky>1</wp:is_sticky>", ..POST }]);
    let text = plan.report.to_string();
    assert!(text.contains("shortcodes kept as text (1)") && text.contains("sticky posts (1)"), "{text}");
    let json = serde_json::to_value(&plan.report).unwrap();
    let codes: Vec<_> =
        json["items"].as_array().unwrap().iter().map(|n| n["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["section_made", "sticky", "shortcode_kept"]);
    assert_eq!(json["items"][1]["source"], "post:1");
}
