//! Planning: the tree of pages and their paths.

use super::super::{PlannedRedirect, SourceKey};
use super::{Entry, PAGE, POST, codes, page, path, planned};

fn redirect(from: &str, to: &str) -> PlannedRedirect {
    PlannedRedirect { from: from.to_owned(), to: SourceKey(to.to_owned()) }
}

#[test]
fn pages_keep_their_paths_even_when_children_come_first() {
    let plan = planned(&[
        Entry {
            id: 3,
            parent: 2,
            name: "deep",
            link: "https://lantern.example/top/%c3%a9t%c3%a9/deep/",
            ..PAGE
        },
        Entry {
            id: 2,
            parent: 1,
            name: "%c3%a9t%c3%a9",
            link: "https://lantern.example//top/%c3%a9t%c3%a9/",
            ..PAGE
        },
        Entry { id: 1, name: "top", link: "https://lantern.example/top/", ..PAGE },
    ]);
    assert_eq!(path(&plan, "page:3"), Some("/top/\u{e9}t\u{e9}/deep"));
    let keys: Vec<_> = plan.pages.iter().map(|p| p.key.0.as_str()).collect();
    assert_eq!(keys, ["page:1", "page:2", "page:3"]);
    assert!(plan.report.items.is_empty() && plan.redirects.is_empty());
}

#[test]
fn a_page_without_an_address_has_the_chain_of_slugs() {
    let plan = planned(&[PAGE, Entry { id: 2, parent: 1, name: "", title: "Tide Table!", ..PAGE }]);
    assert_eq!(path(&plan, "page:2"), Some("/harbour/tide-table"));
    assert_eq!(codes(&plan, "page:2"), ["slug_made"]);
}

#[test]
fn a_public_page_under_a_hidden_one_stays_public() {
    let plan = planned(&[
        Entry { id: 1, name: "top", link: "https://lantern.example/top/", ..PAGE },
        Entry { id: 2, parent: 1, name: "hidden", status: "private", ..PAGE },
        Entry { id: 3, parent: 2, name: "open", link: "https://lantern.example/top/hidden/open/", ..PAGE },
    ]);
    assert_eq!(path(&plan, "page:3"), Some("/top/open"));
    assert_eq!(plan.redirects, [redirect("/top/hidden/open", "page:3")]);
    assert_eq!(codes(&plan, "page:3"), ["parent_not_public", "path_differs"]);
}

#[test]
fn a_public_page_cannot_hang_under_a_later_one() {
    let later = Entry { id: 1, name: "later", status: "future", date: "2027-01-01 00:00:00", ..PAGE };
    let plan = planned(&[later, Entry { id: 2, parent: 1, name: "now", ..PAGE }]);
    assert_eq!(path(&plan, "page:2"), Some("/now"));
}

#[test]
fn circles_and_missing_parents_are_cut_at_the_same_place_every_time() {
    let plan = planned(&[
        Entry { id: 1, parent: 2, name: "a", ..PAGE },
        Entry { id: 2, parent: 3, name: "b", ..PAGE },
        Entry { id: 3, parent: 1, name: "c", ..PAGE },
        Entry { id: 4, parent: 99, name: "d", ..PAGE },
        Entry { id: 5, parent: 5, name: "e", ..PAGE },
    ]);
    assert_eq!(path(&plan, "page:1"), Some("/a"));
    assert_eq!(path(&plan, "page:2"), Some("/a/c/b"));
    assert_eq!(codes(&plan, "page:1"), ["parent_cycle"]);
    assert_eq!(codes(&plan, "page:4"), ["parent_missing"]);
    assert_eq!(
        (path(&plan, "page:5"), codes(&plan, "page:5")),
        (Some("/e"), vec!["parent_cycle".to_owned()])
    );
}

#[test]
fn colliding_paths_get_numbers_and_the_public_one_wins() {
    let plan = planned(&[
        Entry { id: 1, name: "Tide", status: "draft", ..PAGE },
        Entry { id: 2, name: "tide", ..PAGE },
        Entry { id: 3, name: "TIDE", link: "https://lantern.example/tide/", ..PAGE },
        Entry { id: 4, name: "x", link: "https://lantern.example/2020/x/", ..POST },
        Entry { id: 5, name: "x", link: "https://lantern.example/2021/x/", ..POST },
    ]);
    assert_eq!(path(&plan, "page:2"), Some("/tide"));
    assert_eq!(path(&plan, "page:3"), Some("/tide-2"));
    assert_eq!(page(&plan, "page:1").slug, "tide-3");
    assert_eq!(codes(&plan, "page:3"), ["path_collision", "path_differs", "redirect_conflict"]);
    assert_eq!(path(&plan, "post:5"), Some("/news/x-2"));
    assert_eq!(plan.redirects, [redirect("/2020/x", "post:4"), redirect("/2021/x", "post:5")]);
}

#[test]
fn a_path_decides_between_two_places_in_the_tree() {
    let plan = planned(&[
        Entry { id: 1, name: "a", link: "https://lantern.example/a/", ..PAGE },
        Entry { id: 2, name: "b", link: "https://lantern.example/b/", ..PAGE },
        Entry { id: 3, parent: 1, name: "c", link: "https://lantern.example/b/c/", ..PAGE },
        Entry { id: 4, parent: 1, name: "home", link: "https://lantern.example/", ..PAGE },
        Entry { id: 5, name: "out", link: "https://elsewhere.example/out/", ..PAGE },
    ]);
    assert_eq!(
        (path(&plan, "page:3"), codes(&plan, "page:3")),
        (Some("/b/c"), vec!["parent_from_path".to_owned()])
    );
    assert_eq!(
        (path(&plan, "page:4"), codes(&plan, "page:4")),
        (Some("/a/home"), vec!["front_page".to_owned()])
    );
    assert_eq!(
        (path(&plan, "page:5"), codes(&plan, "page:5")),
        (Some("/out"), vec!["link_elsewhere".to_owned()])
    );
}

#[test]
fn trees_deeper_than_a_path_can_be_stay_public() {
    let names: Vec<String> = (0..40).map(|i| format!("level-{i}-{}", "x".repeat(60))).collect();
    let items: Vec<Entry> =
        names.iter().zip(0..).map(|(name, i)| Entry { id: i + 1, parent: i, name, ..PAGE }).collect();
    let plan = planned(&items);
    for page in &plan.pages {
        let path = page.path.as_deref().unwrap();
        assert!(path.len() <= 1024 && path.matches('/').count() <= 32, "{path}");
    }
    assert!(plan.report.items.iter().any(|n| n.detail == "hangs further up"));
}
