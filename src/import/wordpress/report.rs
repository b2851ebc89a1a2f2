//! What an import says about itself: every difference between the export and the pages made of it is a note here.
//! A note is never dropped silently; the report is data first (serde) and readable text second (Display).

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::plan::SourceKey;

/// Why a note was made. The `snake_case` name is stable and is what machines match on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteCode {
    /// Words of the source are missing from the result and nothing explains it. Should never happen.
    WordsLost,
    /// Words are in the result that the source does not have and nothing explains it. Should never happen.
    WordsAdded,
    /// The content could not be converted with its structure; it became plain paragraphs.
    ConvertedPlainly,
    /// An automatic draft of the editor; not imported.
    AutoDraftSkipped,
    /// Waited for review; became a draft.
    PendingToDraft,
    /// Was private; became a draft.
    PrivateToDraft,
    /// Was in the trash; became a draft.
    TrashedToDraft,
    /// Was protected with a password; became a draft (the password itself is not imported).
    PasswordToDraft,
    /// Was scheduled for an instant that has passed, or has none; became a draft.
    FutureInPast,
    /// Has a status this import does not know; became a draft.
    StatusUnknown,
    /// Two items carry the same number; the later one is kept under another key.
    DuplicateItem,
    /// The parent named by the item is not in the export; it stands at the root.
    ParentMissing,
    /// The parents form a circle; it is cut here.
    ParentCycle,
    /// The parent is not public (in time); the page hangs under the nearest one that is.
    ParentNotPublic,
    /// The page hangs under another page than in WordPress, so that its public path stays the same.
    ParentFromPath,
    /// The public path is not the one WordPress gave; a redirect leads from there when one is possible.
    PathDiffers,
    /// The path was taken; a number was added to the slug.
    PathCollision,
    /// The path would be too long or too deep; the page hangs higher up.
    PathTooLong,
    /// A page was made to hold the posts.
    SectionMade,
    /// The page was the front page of the site; mark it as home by hand.
    FrontPage,
    /// The title was empty; one was made.
    TitleMade,
    /// The title had markup; its words are kept as plain text.
    TitleMarkupRemoved,
    /// The title was too long and was shortened; the detail has all of it.
    TitleShortened,
    /// The slug was empty; one was made.
    SlugMade,
    /// The slug had characters that a path cannot have.
    SlugChanged,
    /// A date could not be read.
    DateUnreadable,
    /// The old address of a post has a query string; it cannot be redirected.
    PermalinkQuery,
    /// The old address cannot be a path here (too long, or characters a path cannot have).
    PermalinkUnusable,
    /// The address leads to another site; no redirect was made.
    LinkElsewhere,
    /// The redirect would hide a page or another redirect; it was not made.
    RedirectConflict,
    /// Sticky posts have no counterpart; the post is in its place by date.
    Sticky,
    /// The excerpt was longer than 2,000 characters; the summary has its beginning.
    SummaryShortened,
    /// The excerpt or some tags were too much for their fields and became part of the text.
    KeptAsText,
    /// Comments are not imported.
    CommentsNotImported,
    /// A page builder keeps this page's layout outside the content; only the content was imported.
    PageBuilderData,
    /// A shortcode without a counterpart stays as readable text.
    ShortcodeKept,
    /// A shortcode was replaced by what it stands for (a caption, a link, its inner text).
    ShortcodeReplaced,
    /// An embedded frame or player became a link to its address.
    EmbedLinked,
    /// A video or audio player became a link to its address.
    MediaLinked,
    /// Images still point at the old site; media are imported separately.
    ImagesKept,
    /// An image without an address; its description stays as text.
    ImageWithoutAddress,
    /// A script was removed.
    ScriptRemoved,
    /// A style sheet was removed.
    StyleRemoved,
    /// A form became its words; it cannot be sent from here.
    FormFlattened,
    /// A table that Markdown cannot hold became its cells one after another.
    TableLinearised,
    /// Cells spanning several columns or rows; empty cells fill the place.
    TableSpans,
    /// The meaning of an abbreviation was written out in brackets.
    AbbreviationExpanded,
    /// Quotation marks were written where the browser made them.
    QuoteMarksAdded,
    /// Text above or below the line became plain characters.
    ScriptTextFlattened,
    /// A "read more" marker was removed.
    MoreMarker,
    /// A page break inside the item was removed; the content is on one page.
    PageBreak,
    /// A block whose content WordPress makes at each visit; nothing to import.
    DynamicBlock,
    /// Characters that this converter uses for itself became replacement characters.
    CharactersReplaced,
    /// A link whose address cannot be followed here became plain text.
    LinkDropped,
}

impl NoteCode {
    /// The heading under which notes of this code are grouped for people.
    #[must_use]
    pub fn heading(self) -> &'static str {
        use NoteCode as C;
        match self {
            C::WordsLost => "words lost without explanation",
            C::WordsAdded => "words added without explanation",
            C::ConvertedPlainly => "converted to plain paragraphs",
            C::AutoDraftSkipped => "automatic drafts skipped",
            C::PendingToDraft => "pending review, now drafts",
            C::PrivateToDraft => "private, now drafts",
            C::TrashedToDraft => "trashed, now drafts",
            C::PasswordToDraft => "password-protected, now drafts",
            C::FutureInPast => "scheduled for a time that has passed, now drafts",
            C::StatusUnknown => "unknown status, now drafts",
            C::DuplicateItem => "items with the same number",
            C::ParentMissing => "parent not in the export",
            C::ParentCycle => "circle of parents cut",
            C::ParentNotPublic => "parent not public, moved up",
            C::ParentFromPath => "moved so that the path stays the same",
            C::PathDiffers => "path differs from WordPress",
            C::PathCollision => "path taken, number added",
            C::PathTooLong => "path too long or too deep, moved up",
            C::SectionMade => "pages made to hold the posts",
            C::FrontPage => "front page of the old site",
            C::TitleMade => "title was empty",
            C::TitleMarkupRemoved => "markup removed from titles",
            C::TitleShortened => "title shortened",
            C::SlugMade => "slug was empty",
            C::SlugChanged => "slug changed",
            C::DateUnreadable => "date unreadable",
            C::PermalinkQuery => "old address has a query string, no redirect",
            C::PermalinkUnusable => "old address cannot be a path, no redirect",
            C::LinkElsewhere => "address on another site",
            C::RedirectConflict => "redirect not made, the path is in use",
            C::Sticky => "sticky posts",
            C::SummaryShortened => "summary shortened",
            C::KeptAsText => "too much for its field, kept as text",
            C::CommentsNotImported => "comments not imported",
            C::PageBuilderData => "page builder layout not imported",
            C::ShortcodeKept => "shortcodes kept as text",
            C::ShortcodeReplaced => "shortcodes replaced",
            C::EmbedLinked => "embeds turned into links",
            C::MediaLinked => "players turned into links",
            C::ImagesKept => "images still on the old site",
            C::ImageWithoutAddress => "images without an address",
            C::ScriptRemoved => "scripts removed",
            C::StyleRemoved => "styles removed",
            C::FormFlattened => "forms turned into text",
            C::TableLinearised => "tables written out cell by cell",
            C::TableSpans => "table cells spanning others",
            C::AbbreviationExpanded => "abbreviations expanded",
            C::QuoteMarksAdded => "quotation marks added",
            C::ScriptTextFlattened => "superscript and subscript made plain",
            C::MoreMarker => "read-more markers removed",
            C::PageBreak => "page breaks removed",
            C::DynamicBlock => "dynamic blocks without content",
            C::CharactersReplaced => "characters replaced",
            C::LinkDropped => "links that cannot be followed",
        }
    }
}

/// One thing worth knowing about one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The item.
    pub source: SourceKey,
    /// Its title, for people.
    pub title: String,
    /// Why.
    pub code: NoteCode,
    /// What exactly, in plain words.
    pub detail: String,
    /// Words this change added to the text, in the form that `words::words` gives them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<String>,
    /// Words this change took out of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
}

/// How many of what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Items of type `page` that became pages.
    pub pages: usize,
    /// Items of type `post` that became pages.
    pub posts: usize,
    /// Pages made to hold the posts.
    pub sections: usize,
    /// Planned pages that are public at once.
    pub published: usize,
    /// Planned pages that become public later.
    pub scheduled: usize,
    /// Planned pages that are drafts.
    pub drafts: usize,
    /// Redirects.
    pub redirects: usize,
    /// Items not imported, by their WordPress type.
    pub not_imported: BTreeMap<String, usize>,
    /// Comments, none of which is imported.
    pub comments: usize,
    /// Images in the content, which still point at the old site.
    pub images: usize,
    /// Words and marks of the sources that were compared with the result.
    pub words_compared: usize,
    /// Items whose words differ from the source in a way that no note explains.
    pub unexplained: usize,
}

/// The whole report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The notes, in the order of the planned pages.
    pub items: Vec<Note>,
    /// The figures.
    pub counts: Counts,
}

/// So many examples of one code are printed for people; the JSON form has all.
const EXAMPLES: usize = 12;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = &self.counts;
        writeln!(f, "{} pages, {} posts, {} section pages", c.pages, c.posts, c.sections)?;
        writeln!(
            f,
            "{} published, {} scheduled, {} drafts, {} redirects",
            c.published, c.scheduled, c.drafts, c.redirects
        )?;
        writeln!(
            f,
            "{} words and marks compared, {} items with unexplained differences",
            c.words_compared, c.unexplained
        )?;
        for (kind, count) in &c.not_imported {
            writeln!(f, "not imported: {count} of type {kind}")?;
        }
        if c.comments > 0 {
            writeln!(f, "not imported: {} comments", c.comments)?;
        }
        let mut groups: BTreeMap<NoteCode, Vec<&Note>> = BTreeMap::new();
        for note in &self.items {
            groups.entry(note.code).or_default().push(note);
        }
        for (code, notes) in groups {
            writeln!(f, "\n{} ({})", code.heading(), notes.len())?;
            for note in notes.iter().take(EXAMPLES) {
                writeln!(f, "  {} \"{}\": {}", note.source, note.title, note.detail)?;
            }
            if notes.len() > EXAMPLES {
                writeln!(f, "  and {} more", notes.len() - EXAMPLES)?;
            }
        }
        Ok(())
    }
}
