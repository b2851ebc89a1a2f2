//! XMP: RDF in XML. The wanted properties are found by name and prefix-independent namespace, as elements or as
//! attributes; of alternatives the default language counts, of a list every item.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use super::Fields;
use super::text::{clean, time};

/// Events that are read before a packet is given up.
const EVENTS: usize = 20_000;
const DEPTH: usize = 64;
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    Title,
    Headline,
    Description,
    Alt,
    Creator,
    Credit,
    Rights,
    Terms,
    Licence,
    Taken,
}

fn property(namespace: &str, name: &str) -> Option<Property> {
    Some(match (namespace, name) {
        ("http://purl.org/dc/elements/1.1/", "title") => Property::Title,
        ("http://purl.org/dc/elements/1.1/", "description") => Property::Description,
        ("http://purl.org/dc/elements/1.1/", "creator") => Property::Creator,
        ("http://purl.org/dc/elements/1.1/", "rights") => Property::Rights,
        ("http://ns.adobe.com/photoshop/1.0/", "Headline") => Property::Headline,
        ("http://ns.adobe.com/photoshop/1.0/", "Credit") => Property::Credit,
        ("http://ns.adobe.com/photoshop/1.0/", "DateCreated") => Property::Taken,
        ("http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/", "AltTextAccessibility") => Property::Alt,
        ("http://ns.adobe.com/xap/1.0/rights/", "UsageTerms") => Property::Terms,
        ("http://ns.adobe.com/xap/1.0/rights/", "WebStatement")
        | ("http://creativecommons.org/ns#", "license") => Property::Licence,
        _ => return None,
    })
}

#[derive(Default)]
struct Found {
    values: Vec<(Property, String)>,
    /// The property that is open, and how deep it lies.
    open: Option<(Property, usize)>,
    text: String,
    depth: usize,
}

/// The fields of a packet; of one that is broken, those before the break.
pub(super) fn fields(packet: &[u8]) -> Fields {
    let text = String::from_utf8_lossy(packet);
    let mut reader = NsReader::from_str(&text);
    let mut found = Found::default();
    for _ in 0..EVENTS {
        let Ok((namespace, event)) = reader.read_resolved_event() else { break };
        let namespace = bound(&namespace).to_owned();
        match event {
            Event::Start(start) => {
                attributes(&reader, &start, &mut found);
                open(&namespace, &start, &mut found);
            }
            Event::Empty(start) => attributes(&reader, &start, &mut found),
            Event::Text(text) => found.add(&text),
            Event::CData(text) => found.add(&text),
            Event::GeneralRef(entity) => found.add(&resolve(&entity)),
            Event::End(_) => found.close(),
            Event::Eof => break,
            _ => {}
        }
        if found.depth > DEPTH {
            break;
        }
    }
    found.fields()
}

fn bound<'a>(namespace: &'a ResolveResult<'_>) -> &'a str {
    match namespace {
        ResolveResult::Bound(Namespace(name)) => name,
        _ => "",
    }
}

fn open(namespace: &str, start: &BytesStart<'_>, found: &mut Found) {
    found.depth += 1;
    found.text.clear();
    if found.open.is_none()
        && let Some(property) = property(namespace, start.local_name().as_ref())
    {
        found.open = Some((property, found.depth));
    }
}

/// Simple properties may be written as attributes of a description, and a link as `rdf:resource`.
fn attributes(reader: &NsReader<&[u8]>, start: &BytesStart<'_>, found: &mut Found) {
    for attribute in start.attributes().flatten().take(64) {
        let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
        let namespace = bound(&namespace);
        let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { continue };
        if let Some(property) = property(namespace, name.as_ref()) {
            found.keep(property, &value);
        } else if namespace == RDF && name.as_ref() == "resource" {
            let (element, local) = reader.resolver().resolve_element(start.name());
            if let Some(property) = property(bound(&element), local.as_ref()) {
                found.keep(property, &value);
            }
        }
    }
}

fn resolve(entity: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(character)) = entity.resolve_char_ref() {
        return character.into();
    }
    quick_xml::escape::resolve_predefined_entity(entity).unwrap_or_default().to_owned()
}

impl Found {
    fn add(&mut self, text: &str) {
        if self.open.is_some() && self.text.len() < 100_000 {
            self.text.push_str(text);
        }
    }

    fn close(&mut self) {
        if let Some((property, depth)) = self.open {
            let text = std::mem::take(&mut self.text);
            self.keep(property, &text);
            if self.depth == depth {
                self.open = None;
            }
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn keep(&mut self, property: Property, text: &str) {
        if self.values.len() < 100
            && let Some(text) = clean(text)
        {
            self.values.push((property, text));
        }
    }

    fn first(&self, property: Property) -> Option<String> {
        self.values.iter().find(|(kind, _)| *kind == property).map(|(_, text)| text.clone())
    }

    fn fields(self) -> Fields {
        let creators = self.values.iter().filter(|(kind, _)| *kind == Property::Creator).take(8);
        let creators: Vec<&str> = creators.map(|(_, text)| text.as_str()).collect();
        Fields {
            title: self.first(Property::Title).or_else(|| self.first(Property::Headline)),
            description: self.first(Property::Description),
            alt: self.first(Property::Alt),
            creator: clean(&creators.join(", ")),
            credit: self.first(Property::Credit),
            copyright: self.first(Property::Rights),
            licence: self.first(Property::Licence).or_else(|| self.first(Property::Terms)),
            taken: self.first(Property::Taken).and_then(|text| time(&text)),
        }
    }
}
