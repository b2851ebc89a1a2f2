//! What the document shows as the answer of each operation of the read API: a whole one of the sample site, with short lists. The
//! files lie beside the document; a test holds each against its schema.

use serde_json::Value;
use utoipa::openapi::{OpenApi, RefOr};

const SITEMAP: &str = include_str!("../../openapi/examples/get_sitemap.xml");

/// The answer of each operation, by its id.
const ANSWERS: [(&str, &str); 17] = [
    ("get_atom_feed", include_str!("../../openapi/examples/get_atom_feed.xml")),
    ("get_json_feed", include_str!("../../openapi/examples/get_json_feed.json")),
    ("get_media", include_str!("../../openapi/examples/get_media.json")),
    ("get_menu", include_str!("../../openapi/examples/get_menu.json")),
    ("get_page", include_str!("../../openapi/examples/get_page.json")),
    ("get_person", include_str!("../../openapi/examples/get_person.json")),
    ("get_robots", include_str!("../../openapi/examples/get_robots.txt")),
    ("get_settings", include_str!("../../openapi/examples/get_settings.json")),
    ("get_sitemap", SITEMAP),
    ("get_sitemap_part", SITEMAP),
    ("list_changes", include_str!("../../openapi/examples/list_changes.json")),
    ("list_media", include_str!("../../openapi/examples/list_media.json")),
    ("list_menus", include_str!("../../openapi/examples/list_menus.json")),
    ("list_pages", include_str!("../../openapi/examples/list_pages.json")),
    ("list_people", include_str!("../../openapi/examples/list_people.json")),
    ("resolve", include_str!("../../openapi/examples/resolve.json")),
    ("search", include_str!("../../openapi/examples/search.json")),
];

/// Adds to each operation its answer.
pub(super) fn add(document: &mut OpenApi) {
    for operation in document.paths.paths.values_mut().filter_map(|item| item.get.as_mut()) {
        let id = operation.operation_id.as_deref();
        let Some((_, text)) = ANSWERS.iter().find(|(name, _)| Some(*name) == id) else { continue };
        let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("200") else { continue };
        for (media_type, content) in &mut answer.content {
            if let RefOr::T(content) = content {
                content.example = example(media_type, text);
            }
        }
    }
}

/// A text as an example of a media type; none when it should be JSON and is not.
fn example(media_type: &str, text: &str) -> Option<Value> {
    if media_type.ends_with("json") { serde_json::from_str(text).ok() } else { Some(text.into()) }
}
