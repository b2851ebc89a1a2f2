//! Tests of the import as a whole, over small exports of fictional sites.

mod contents;
mod exports;
mod plans;
mod properties;
mod trees;

use std::fmt::Write;

use chrono::{DateTime, Utc};

use super::{Export, Plan, PlanOptions, PlannedPage, parse, plan};

/// An item of an export; the rest of its fields are what WordPress writes for a plain one.
struct Entry<'a> {
    kind: &'a str,
    id: u64,
    parent: u64,
    title: &'a str,
    name: &'a str,
    link: &'a str,
    status: &'a str,
    date: &'a str,
    content: &'a str,
    extra: &'a str,
}

const PAGE: Entry = Entry {
    kind: "page",
    id: 1,
    parent: 0,
    title: "Harbour",
    name: "harbour",
    link: "",
    status: "publish",
    date: "2020-03-01 10:00:00",
    content: "",
    extra: "",
};

const POST: Entry = Entry { kind: "post", ..PAGE };

/// An export of the Lantern Society, a fictional club.
fn export_text(items: &[Entry]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" xmlns:excerpt=\"http://wordpress.org/export/1.2/excerpt/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><title>Lantern Society</title>\
         <link>https://lantern.example</link><wp:wxr_version>1.2</wp:wxr_version>\
         <wp:base_blog_url>https://lantern.example</wp:base_blog_url>\
         <wp:author><wp:author_login>mara</wp:author_login><wp:author_display_name><![CDATA[Mara Quill]]></wp:author_display_name></wp:author>\n",
    );
    for e in items {
        writeln!(
            out,
            "<item><title><![CDATA[{}]]></title><link>{}</link><dc:creator>mara</dc:creator>\
             <content:encoded><![CDATA[{}]]></content:encoded><wp:post_id>{}</wp:post_id><wp:post_date_gmt>{}</wp:post_date_gmt>\
             <wp:post_name>{}</wp:post_name><wp:status>{}</wp:status><wp:post_parent>{}</wp:post_parent>\
             <wp:post_type>{}</wp:post_type>{}</item>",
            e.title, e.link, e.content, e.id, e.date, e.name, e.status, e.parent, e.kind, e.extra
        )
        .unwrap();
    }
    out + "</channel></rss>\n"
}

fn export(items: &[Entry]) -> Export {
    parse(export_text(items).as_bytes(), &mut |_| {}).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

fn planned_under(items: &[Entry], under: &str) -> Plan {
    plan(&export(items), &PlanOptions { posts_under: under.to_owned(), now: now() }).unwrap()
}

fn planned(items: &[Entry]) -> Plan {
    planned_under(items, "/news")
}

fn page<'a>(plan: &'a Plan, key: &str) -> &'a PlannedPage {
    plan.pages.iter().find(|p| p.key.0 == key).unwrap()
}

fn path<'a>(plan: &'a Plan, key: &str) -> Option<&'a str> {
    page(plan, key).path.as_deref()
}

/// The codes noted for an item, as they are written in JSON.
fn codes(plan: &Plan, key: &str) -> Vec<String> {
    let notes = plan.report.items.iter().filter(|n| n.source.0 == key);
    notes.map(|n| serde_json::to_value(n.code).unwrap().as_str().unwrap().to_owned()).collect()
}
