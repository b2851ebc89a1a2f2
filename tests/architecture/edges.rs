//! Which slice may reach which other one, and why. An edge leads to one module that is a facade: its items may be named,
//! what lies behind it may not. An edge that nothing uses any more fails too.

/// From a slice to a module of another.
pub struct Edge {
    pub from: &'static str,
    pub to: &'static str,
    pub why: &'static str,
}

const fn edge(from: &'static str, to: &'static str, why: &'static str) -> Edge {
    Edge { from, to, why }
}

/// The composition root: it mounts, starts and configures, may name every slice, and no slice names it.
pub const TOP: [&str; 6] = ["cli", "main", "routes", "describe", "config", "lib"];

/// Not in a slice, and named by all: the bag of services, which carries the registry of kinds to the engine.
pub const BAG: &str = "app";

pub const EDGES: &[Edge] = &[
    // The registry, and what every kind is written against.
    edge("content", "documents::kind", "the registry makes a KindSpec of each kind"),
    edge("content::blocks", "documents::body", "blocks report references, words and problems to the engine"),
    edge(
        "content::pages",
        "documents",
        "the endpoints of a kind whose body is typed call the engine's actions",
    ),
    edge("content::pages", "documents::body", "a page is a Document"),
    edge(
        "content::pages",
        "documents::kind",
        "the endpoints ask the registry for the functions of their kind",
    ),
    edge("content::pages", "documents::model", "what the engine's actions take and give"),
    edge("content::pages", "documents::params", "all operations on documents name the locale alike"),
    edge("content::pages", "documents::position", "ranks belong to the engine, which moves documents"),
    edge("content::pages", "documents::view", "all kinds show their state alike"),
    edge("content::text", "documents::path", "paths belong to the engine; content shows them as text"),
    edge("content::text", "documents::slug", "slugs belong to the engine; content shows them as text"),
    edge("content::text", "documents::body", "fields report problems by stage"),
    // Content is made of blocks, blocks of text.
    edge("content::blocks", "content::text::address", "links of blocks"),
    edge("content::blocks", "content::text::forms", "blocks are shown in the forms that a reader asks for"),
    edge("content::blocks", "content::text::links", "links lead to where an entry is public"),
    edge("content::blocks", "content::text::plain_field", "the limits of plain fields"),
    edge("content::blocks", "content::text::rich_text", "blocks hold rich text"),
    edge("content::pages", "content::blocks", "a page consists of blocks"),
    edge("content::pages", "content::blocks::draft", "what a client sends"),
    edge("content::pages", "content::blocks::list", "ids are unique in a list of blocks"),
    edge("content::pages", "content::text::address", "the canonical address of a page"),
    edge("content::pages", "content::text::plain_field", "the limits of plain fields"),
    edge("content::pages", "content::text::slug", "the last segment of a path"),
    // Media are documents whose bytes are blobs.
    edge("blobs", "documents::shown", "what bytes are, as bodies say it"),
    edge("content::media", "blobs", "what an entry shows, and its addresses"),
    edge("content::media", "blobs::image", "what a file says about itself, and points of pictures"),
    edge("content::media", "blobs::model", "where the bytes of an upload lie"),
    edge(
        "content::media",
        "documents",
        "the endpoints of a kind whose body is typed call the engine's actions",
    ),
    edge("content::media", "documents::body", "a media entry is a Document"),
    edge("content::media", "documents::bulk", "what becomes of each entry of a selection"),
    edge("content::media", "documents::bulk::view", "all edits of many answer alike"),
    edge(
        "content::media",
        "documents::kind",
        "the endpoints ask the registry for the functions of their kind",
    ),
    edge("content::media", "documents::model", "what the engine's actions take and give"),
    edge("content::media", "documents::params", "all operations on documents name the locale alike"),
    edge("content::media", "documents::shown", "the bytes that an entry shows, and what lists keep of it"),
    edge(
        "content::media",
        "documents::revise",
        "the same edit for many entries, or for one in all its locales",
    ),
    edge("content::media", "documents::revisions", "the bytes of an older revision"),
    edge("content::media", "documents::typed", "what endpoints of typed kinds share"),
    edge("content::media", "documents::view", "all kinds show their state alike"),
    edge("content::media", "content::text::plain_field", "the limits of plain fields"),
    edge("content::media", "content::text::tagging", "tags are the same for every kind"),
    edge("content::blocks", "content::media::public", "blocks show pictures"),
    edge("content::pages", "documents::typed", "what endpoints of typed kinds share"),
    edge("content::pages", "content::text::tagging", "tags are the same for every kind"),
    edge("delivery", "blobs", "the addresses of media, and where their bytes lie"),
    edge("delivery", "blobs::gallery", "what an address asks for"),
    edge("delivery", "blobs::gallery::address", "the format that every browser shows"),
    edge("delivery", "blobs::image", "sizes of pictures"),
    edge("delivery", "blobs::renditions", "pictures are made when they are asked for"),
    edge("delivery", "blobs::model", "where the bytes of a file lie"),
    edge("delivery", "content::media", "media are a kind that the read API serves"),
    edge("delivery", "content::media::public", "media as readers get them"),
    edge("delivery", "content::media::view", "the bytes of a file in the document"),
    edge("delivery", "documents::shown", "the class of media"),
    // The read API shows what the kinds and the engine made public.
    edge("delivery", "documents::kind", "bodies are lifted to the current schema version"),
    edge("delivery", "documents::query", "what somebody searches for"),
    edge("delivery", "documents::wording", "words are compared alike everywhere"),
    edge("delivery", "documents::path", "the path that a visitor asked for"),
    edge("delivery", "content::pages", "the read API is typed by kind, and pages are the kind it serves"),
    edge("delivery", "content::blocks::view", "blocks as readers get them"),
    edge("delivery", "content::blocks::html", "feeds show pages as one piece of HTML"),
    edge("delivery", "content::text::absolute", "addresses in feeds are absolute"),
    edge("delivery", "content::text::forms", "the forms that a reader asks for"),
    edge("delivery", "content::text::links", "links lead to where an entry is public"),
    // Preview links: made for drafts and for history, opened by the read API.
    edge("delivery", "documents::drafted", "a draft in the place of what is public"),
    edge("delivery", "previews", "addresses of media are signed for a preview"),
    edge("previews", "delivery", "history is what the read API shows of other instants"),
    edge("previews", "documents", "which document"),
    edge("previews", "documents::drafted", "whether a draft can be shown, and where"),
    edge("previews", "documents::params", "all operations on documents name the locale alike"),
    edge("previews", "identity::roles", "a link has the rights of its maker"),
    // Identity: roles at the bottom, then tokens and sessions, then users, and coming in on top of all.
    edge("identity::tokens", "identity::roles", "a token has the grants of its user's role"),
    edge("identity::sessions", "identity::roles", "a session has the grants of its user's role"),
    edge("identity::users", "identity::roles", "users are given roles, and only within one's own rights"),
    edge("identity::users", "identity::sessions", "whoever is deactivated is signed out"),
    edge("identity::users", "identity::links", "invitations and resets are links"),
    edge("identity::entry", "identity::limits", "passwords and links are tried at a limited rate"),
    edge("identity::entry", "identity::links", "a link lets in"),
    edge("identity::entry", "identity::roles::view", "people are told what they may do"),
    edge("identity::entry", "identity::sessions", "whoever comes in has a session"),
    edge("identity::entry", "identity::users", "a password belongs to a user"),
    edge("identity::entry", "identity::users::view", "people are told who they are"),
    edge("audit", "identity::refusals", "who was turned away is part of the audit"),
    edge("metrics", "identity::links", "how many mails wait"),
    // Why somebody may do something: the grants of a person at the places of an entry.
    edge("permissions", "documents", "finds where a document lies, for those who may read it"),
    edge("permissions", "identity::roles", "what a role allows"),
    edge("permissions", "identity::roles::view", "grants look as they do in roles"),
    edge("permissions", "identity::users", "the answer is about a user"),
    // An import writes many documents in one change.
    edge("import", "documents", "locks documents and reads revisions within its change"),
    edge("import", "documents::body", "checks a body at a stage before it is written"),
    edge("import", "documents::kind", "the functions of the kind that it writes"),
    edge("import", "documents::model", "what the engine's writes take"),
    edge("import", "documents::publishing", "a whole site becomes public at one instant"),
    edge("import", "documents::slug", "slugs that are free"),
    edge("import", "documents::write", "the part of saving that imports share with editors"),
    edge("import", "content::pages", "WordPress pages and posts become pages"),
    edge("import", "content::pages::draft", "items are read as a client's drafts are"),
    edge("import", "content::pages::position", "the order of WordPress's menu becomes ranks"),
    // Links are made for people.
    edge("identity::links", "identity::users", "a new password is asked for by an address"),
    edge("sample", "content::pages", "the sample site consists of pages"),
    edge("sample", "import", "the sample site is loaded as an import is"),
];
