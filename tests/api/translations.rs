//! Pages in other locales than the site's default, by SQL.

use serde_json::{Value, json};

use crate::support::TestSite;

/// From the change under way on, for ever.
pub const FROM_NOW: &str = "tstzrange((select changed_at from site), null)";
/// From a day after the change under way on.
pub const FROM_TOMORROW: &str = "tstzrange((select changed_at from site) + interval '1 day', null)";

/// The event of a change of something.
pub fn event(subject: &str) -> String {
    format!(
        "insert into events (actor_kind, reason, action, subject_kind, subject_id) \
         values ('system', 'test', 'page.changed', 'page', '{subject}')"
    )
}

/// Adds a locale to the site.
pub async fn add_locale(site: &TestSite, tag: &str, fallback: Option<&str>) {
    let id = site.app.ids.uuid().to_string();
    let fallback = fallback.map_or("null".to_owned(), |tag| format!("'{tag}'"));
    let insert = format!("insert into locales (id, tag, fallback) values ('{id}', '{tag}', {fallback})");
    site.database.execute(&format!("{insert}; {}", event(&id))).await;
}

/// Drafts a page in a locale.
pub async fn draft(site: &TestSite, entry: &str, locale: &str, fields: Value) {
    site.database.execute(&drafted(site, entry, locale, &fields)).await;
}

/// Makes a page public in a locale, under a path, during a range (SQL).
pub async fn translate(
    site: &TestSite,
    (entry, locale): (&str, &str),
    fields: Value,
    path: &str,
    during: &str,
) {
    let text = |name: &str| fields[name].as_str().map_or("null".to_owned(), |text| format!("'{text}'"));
    let date = fields["date"].as_str().map_or("mh_now()".to_owned(), |date| format!("timestamptz '{date}'"));
    let publication = format!(
        "select mh.public_change(); \
         insert into publications (id, entry_id, locale, number, kind, during, opened_at, first_published_at, \
           published_at, title, title_sort, card, facets, parent, slug, derived_by) \
         values (gen_random_uuid(), '{entry}', '{locale}', 1, 'page', {during}, (select changed_at from site), \
           mh_now(), {date}, {title}, {title}, '{{}}', '{{}}', {parent}, {slug}, 1); \
         insert into routes (entry_id, locale, path, during) values ('{entry}', '{locale}', '{path}', {during})",
        title = text("title"),
        parent = text("parent"),
        slug = text("slug"),
    );
    site.database.execute(&format!("{}; {publication}", drafted(site, entry, locale, &fields))).await;
}

/// Ends what is public of a page in a locale.
pub async fn withdraw(site: &TestSite, entry: &str, locale: &str) {
    let ends = format!(
        "set during = tstzrange(lower(during), (select changed_at from site)) \
         where entry_id = '{entry}' and locale = '{locale}' and upper_inf(during)"
    );
    let ended = format!("update publications {ends}; update routes {ends}; {}", event(entry));
    site.database.execute(&format!("select mh.public_change(); {ended}")).await;
}

/// Empties what was published of a page in a locale, as privacy law demands.
pub async fn erase(site: &TestSite, entry: &str, locale: &str) {
    let which = format!("where entry_id = '{entry}' and locale = '{locale}'");
    site.database
        .execute(&format!(
            "select mh.public_change(); \
             update revisions set body = null, erased_at = mh_now(), title = '', note = null {which}; \
             update publications set erased_at = mh_now(), title = '', title_sort = '', summary = null, card = '{{}}' {which}; \
             {}",
            event(entry)
        ))
        .await;
}

fn drafted(site: &TestSite, entry: &str, locale: &str, fields: &Value) -> String {
    let mut body = json!({ "title": "", "blocks": [] });
    for (name, value) in fields.as_object().expect("fields") {
        body[name] = value.clone();
    }
    let body = (site.app.kinds.get("page").expect("pages are a kind").canonical)(&body).expect("a page");
    let title = body["title"].as_str().expect("a title");
    format!(
        "insert into documents (entry_id, locale, kind, head) values ('{entry}', '{locale}', 'page', 1); \
         insert into revisions (entry_id, locale, number, title, body, schema_version, sha256, parent, origin) \
         values ('{entry}', '{locale}', 1, '{title}', '{body}', 1, sha256('test'), null, 'edit'); {}",
        event(entry)
    )
}
