//! Walking lists as a client does: by the cursors of the envelope and by the `Link` header, which must agree.

use crate::support::{Answer, Client};

/// The titles of a page of a list, in order.
pub fn titles(answer: &Answer) -> Vec<String> {
    let data = answer.json["data"].as_array().unwrap_or_else(|| panic!("no list: {}", answer.json));
    data.iter().map(|row| row["title"].as_str().expect("a title").to_owned()).collect()
}

/// The address that `Link` gives for a relation.
pub fn link(answer: &Answer, rel: &str) -> Option<String> {
    let header = answer.headers.get("link")?.to_str().expect("text");
    header.split(", ").find_map(|link| {
        let (target, relation) = link.split_once("; ").expect("a relation");
        (relation == format!("rel=\"{rel}\"")).then(|| target.trim_matches(['<', '>']).to_owned())
    })
}

/// The address of a neighbouring page by its cursor in the envelope; asserts that `Link` says the same.
fn neighbour(answer: &Answer, address: &str, rel: &str) -> Option<String> {
    let (member, parameter) = if rel == "next" { ("next", "after") } else { ("previous", "before") };
    let by_cursor =
        answer.json["page"][member].as_str().map(|cursor| format!("{address}&{parameter}={cursor}"));
    assert_eq!(link(answer, rel), by_cursor, "the header and the envelope agree");
    by_cursor
}

/// Walks a list to its end and back, and asserts that every page is met again as it was. `address` has a query already,
/// in the form in which `Link` writes it.
pub async fn walk_back_and_forth(client: &Client, address: &str, expected: &[String], limit: usize) {
    let wanted: Vec<&[String]> = expected.chunks(limit).collect();
    let mut at = address.to_owned();
    let mut previous = Vec::new();
    for (nth, page) in wanted.iter().enumerate() {
        let answer = client.get(&at).await.expect(200);
        assert_eq!(titles(&answer), *page, "page {nth} of {address}");
        assert_eq!(answer.json["page"]["limit"], limit);
        previous.push(neighbour(&answer, address, "prev"));
        match neighbour(&answer, address, "next") {
            Some(next) => at = next,
            None => assert_eq!(nth, wanted.len() - 1, "the list ends where it should"),
        }
    }
    assert_eq!(previous[0], None, "nothing lies before the first page");
    let mut back = previous.pop().flatten();
    for (nth, page) in wanted.iter().enumerate().rev().skip(1) {
        let answer = client.get(&back.expect("a page before")).await.expect(200);
        assert_eq!(titles(&answer), *page, "page {nth} of {address}, backwards");
        assert!(neighbour(&answer, address, "next").is_some(), "a page lies after it");
        back = neighbour(&answer, address, "prev");
    }
    assert_eq!(back, None, "nothing lies before the first page, coming back");
}
