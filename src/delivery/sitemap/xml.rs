//! Sitemaps as XML: the protocol of sitemaps.org, with the locales of a page as alternates of each other.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use uuid::Uuid;

use super::actions::{Addresses, Sitemap};
use super::store::Listed;
use crate::platform::problem::Problem;
use crate::platform::xml::Xml;

const NAMESPACE: (&str, &str) = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");
const XHTML: (&str, &str) = ("xmlns:xhtml", "http://www.w3.org/1999/xhtml");

/// The document. `server` is where the parts of an index are.
pub(super) fn write(sitemap: &Sitemap, server: &str) -> Result<Vec<u8>, Problem> {
    let mut xml = Xml::new()?;
    match sitemap {
        Sitemap::Index(parts) => {
            xml.open("sitemapindex", &[NAMESPACE])?;
            for number in 1..=*parts {
                xml.open("sitemap", &[])?;
                xml.text("loc", &[], &format!("{server}/v1/sitemaps/{number}.xml"))?;
                xml.close("sitemap")?;
            }
            xml.close("sitemapindex")?;
        }
        Sitemap::Addresses(addresses) => {
            xml.open("urlset", &[NAMESPACE, XHTML])?;
            write_addresses(&mut xml, addresses)?;
            xml.close("urlset")?;
        }
    }
    Ok(xml.finish())
}

fn write_addresses(xml: &mut Xml, addresses: &Addresses) -> Result<(), Problem> {
    let Addresses { site, default, listed, edges } = addresses;
    let address = |one: &Listed| site.address(default, &one.locale, &one.path);
    let mut locales: BTreeMap<Uuid, BTreeMap<&str, &Listed>> = BTreeMap::new();
    for one in listed.iter().chain(edges) {
        locales.entry(one.entry_id).or_default().insert(&one.locale, one);
    }
    for one in listed {
        xml.open("url", &[])?;
        xml.text("loc", &[], &address(one))?;
        xml.text("lastmod", &[], &one.updated_at.to_rfc3339_opts(SecondsFormat::Secs, true))?;
        let together = locales.get(&one.entry_id).filter(|locales| locales.len() > 1);
        for (locale, other) in together.into_iter().flatten() {
            alternate(xml, locale, &address(other))?;
            if locale == default {
                alternate(xml, "x-default", &address(other))?;
            }
        }
        xml.close("url")?;
    }
    Ok(())
}

fn alternate(xml: &mut Xml, locale: &str, address: &str) -> Result<(), Problem> {
    xml.empty("xhtml:link", &[("rel", "alternate"), ("hreflang", locale), ("href", address)])
}
