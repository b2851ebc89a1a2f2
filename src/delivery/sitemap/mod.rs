//! `/v1/sitemap.xml`: every address of the public site that search engines may know, as sitemaps.org has it.

mod actions;
pub mod http;
mod store;
mod xml;
