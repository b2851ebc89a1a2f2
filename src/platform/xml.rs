//! Writing XML: every text is escaped, and what XML 1.0 cannot hold at all is left out.

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::problem::Problem;

/// A document that is being written.
pub struct Xml(Writer<Vec<u8>>);

impl Xml {
    /// A document with its declaration.
    ///
    /// # Errors
    /// `internal` when it cannot be written, like every method here.
    pub fn new() -> Result<Self, Problem> {
        let mut writer = Writer::new(Vec::new());
        written(writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None))))?;
        Ok(Self(writer))
    }

    /// Opens an element.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), Problem> {
        let start = element(name, attributes);
        written(self.0.write_event(Event::Start(start)))
    }

    /// Closes the element that was opened last, which must have this name.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn close(&mut self, name: &str) -> Result<(), Problem> {
        written(self.0.write_event(Event::End(BytesEnd::new(name))))
    }

    /// An element that holds nothing.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), Problem> {
        written(self.0.write_event(Event::Empty(element(name, attributes))))
    }

    /// An element that holds text.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> Result<(), Problem> {
        self.open(name, attributes)?;
        written(self.0.write_event(Event::Text(BytesText::new(&holdable(text)))))?;
        self.close(name)
    }

    /// The document.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0.into_inner()
    }
}

fn element<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, holdable(value).as_ref()));
    }
    start
}

fn written(result: io::Result<()>) -> Result<(), Problem> {
    result.map_err(Problem::internal)
}

/// The text without the characters that no XML 1.0 document can hold, not even by reference (its production `Char`).
fn holdable(text: &str) -> Cow<'_, str> {
    let holds = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(holds) {
        return text.into();
    }
    text.chars().filter(|c| holds(*c)).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_text_the_document_can_be_read() {
        let mut xml = Xml::new().unwrap();
        xml.open("a", &[("b", "\"<&>\u{1}")]).unwrap();
        xml.text("c", &[], "x < y & z ]]> \u{0}\u{b}\u{1f}\u{ffff}\u{1f600}\té").unwrap();
        xml.empty("d", &[]).unwrap();
        xml.close("a").unwrap();
        assert_eq!(
            String::from_utf8(xml.finish()).unwrap(),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><a b=\"&quot;&lt;&amp;&gt;\">\
             <c>x &lt; y &amp; z ]]&gt; \u{1f600}\té</c><d/></a>"
        );
    }
}
