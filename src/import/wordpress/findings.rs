//! What the conversion of one item did to its content, counted, with the words it added and took out. The word check
//! believes nothing that is not written here.

use super::report::NoteCode;

/// One kind of change to one item's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which change.
    pub code: NoteCode,
    /// What it was done to (a shortcode's name, an address); may be empty.
    pub subject: String,
    /// How often.
    pub count: usize,
    /// Words it added.
    pub added: Vec<String>,
    /// Words it took out.
    pub removed: Vec<String>,
}

impl Finding {
    /// The finding in plain words.
    #[must_use]
    pub fn detail(&self) -> String {
        match (self.subject.as_str(), self.count) {
            ("", 1) => "once".to_owned(),
            ("", count) => format!("{count} times"),
            (subject, 1) => subject.to_owned(),
            (subject, count) => format!("{subject} ({count} times)"),
        }
    }
}

/// All changes to one item's content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// Notes a change that leaves the words as they are.
    pub(super) fn note(&mut self, code: NoteCode, subject: &str) {
        self.change(code, subject, Vec::new(), Vec::new());
    }

    /// Notes a change with the words it added and took out.
    pub(super) fn change(&mut self, code: NoteCode, subject: &str, added: Vec<String>, removed: Vec<String>) {
        let at = self.0.iter().position(|f| f.code == code && f.subject == subject);
        if let Some(finding) = at.and_then(|at| self.0.get_mut(at)) {
            finding.count += 1;
            finding.added.extend(added);
            finding.removed.extend(removed);
        } else {
            self.0.push(Finding { code, subject: subject.to_owned(), count: 1, added, removed });
        }
    }
}
