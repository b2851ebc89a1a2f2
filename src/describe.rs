//! The prose of the OpenAPI documents: what each API is for, how it is spoken to, and what its tags group.

use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};

/// The head of the document of the read API.
#[must_use]
pub fn read() -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(
        info(
            title = "Masthead read API",
            description = "What is public, as JSON, for any frontend. Writing and publishing is done by the \
                [admin API](/admin/docs).\n\nBegin with `GET /v1/resolve?path=/`, which is what a frontend asks first: the page at a \
                path, with everything needed to render it. `GET /v1/pages` lists all pages. No key is needed: every operation \
                below can be tried out here.\n\nEvery answer shows one state of the site: either \
                all of a publication or nothing of it. Answers carry a strong `ETag`; send it as `If-None-Match` and an \
                unchanged answer comes back as 304 without a body. Lists are walked by opaque cursors, also given as \
                `Link` headers; `fields` cuts answers down, and `include` brings along \
                the pages around. Parameters are strict: one that is unknown, repeated or malformed is refused with the \
                list of what is allowed. Errors are `application/problem+json` (RFC 9457), and the `type` of each is an \
                address of this server that explains it ([all of them](/problems)).\n\nWhat is missing in the `locale` that is asked for is \
                answered in the one that stands in for it: `fallback` says so, and `locale` which it is.\n\nNo credential \
                is needed. A bad one is refused rather than ignored. Only `as_of` needs one, a token that may read \
                history: the same answers about another instant, past or future. They are `private, no-store`, and \
                `Masthead-Final` says whether they will always be the same.\n\nWhoever has a preview link sends \
                its secret as `Masthead-Preview`: then a draft stands in the place of what is public of it, or everything is \
                as of another instant, in pages, people, paths and media. Such answers are `private, no-store`; the addresses of \
                media in them are signed and good for an hour or two.",
            license(name = "Apache-2.0", identifier = "Apache-2.0"),
            contact(name = "The operator of this site"),
        ),
        servers((url = "/", description = "This server")),
        tags(
            (name = "paths", description = "From the path that a visitor asked for to the page, person or redirect that answers it."),
            (name = "pages", description = "Public pages: lists, one page with all that is needed to render it."),
            (name = "media", description = "Public pictures and files that something public uses."),
            (name = "people", description = "Public people: by group and in its order, by slug, one by one."),
            (name = "menus", description = "The menus of the public site, with titles and paths as they are."),
            (name = "settings", description = "What holds for the whole site: its name, its address, its languages."),
            (name = "search", description = "What is public, found by its words."),
            (name = "changes", description = "What changed in public, for sites that are built from this one."),
            (name = "feeds", description = "The sitemap and the feeds of the public site."),
        ),
    )]
    struct Read;
    let mut document = Read::openapi();
    // The empty requirement comes first: nothing is asked for, and a token is for `as_of` alone.
    let named = |name: &str| SecurityRequirement::new(name, Vec::<String>::new());
    document.security = Some(vec![SecurityRequirement::default(), named("token"), named("preview")]);
    add_token_scheme(&mut document);
    let link = ApiKeyValue::with_description(
        "Masthead-Preview",
        "The secret of a preview link, `mhp_` and 49 characters, which stands in its address after `#masthead-preview=`. Not \
         together with a token.",
    );
    let scheme = SecurityScheme::ApiKey(ApiKey::Header(link));
    document.components.get_or_insert_default().add_security_scheme("preview", scheme);
    document
}

/// The head of the document of the admin API.
#[must_use]
pub fn admin() -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(
        info(
            title = "Masthead admin API",
            description = "Writing and publishing. What is public is read by the [read API](/docs).\n\nTo begin, make a \
                token on the command line (`masthead user add`, then `masthead token create`), press Authorize and paste it: \
                every operation below can then be tried out here. `GET /admin/v1/me` says who you are and what you may do; \
                `POST /admin/v1/pages` makes a draft, and `POST /admin/v1/documents/{id}/publish` makes a revision of it \
                public.\n\nPeople log in (`POST /admin/v1/session`) and have a cookie from then on; what changes \
                something must then come from a page of this server. Programs send an API token: `Authorization: Bearer \
                mh_...`, made by `POST /admin/v1/tokens` or `masthead token create`. What a request may do follows from \
                the role of its user, with a token cut down to its scopes, as they are at that moment.\n\nEvery answer about a document carries its version as `ETag: \"v3\"`. A change sends \
                that value as `If-Match`; if somebody was faster it is refused with 412 and nothing is lost. Without \
                `If-Match` it is refused with 428. A save may say instead which revision it is based on (`base`): then \
                what others have saved since is merged with it, and contradictions are refused with both sides. Saving \
                never changes what is public: publishing is an action of its own and names the revision.\n\nAn entry \
                has a document in each of its languages; `locale` says which one is meant, the site's default otherwise.\n\nErrors are `application/problem+json` (RFC 9457), and the `type` of each is an address of this server that \
                explains it ([all of them](/problems)).",
            license(name = "Apache-2.0", identifier = "Apache-2.0"),
            contact(name = "The operator of this site"),
        ),
        servers((url = "/", description = "This server")),
        security(("token" = []), ("session" = [])),
        tags(
            (name = "session", description = "Signing in and out, passwords, and one-time links."),
            (name = "pages", description = "Drafts of pages: create, read, save, trash."),
            (name = "media", description = "Pictures, films, sound and files: upload, describe, file, replace, trash."),
            (name = "people", description = "Drafts of people: create, read, save, trash."),
            (name = "menus", description = "Menus: trees of links that follow what they lead to."),
            (name = "settings", description = "What holds for the whole site; there is one entry of it."),
            (name = "documents", description = "The life of a document of whatever kind: history, autosave, publishing and \
                planning, moving, trash, languages, references."),
            (name = "previews", description = "Links that show a draft, or the site as of an instant, to whoever has them."),
            (name = "users", description = "The people who sign in."),
            (name = "roles", description = "What people may do: sets of grants."),
            (name = "permissions", description = "Why somebody may do something, or may not."),
            (name = "tokens", description = "Credentials for programs."),
            (name = "audit", description = "Who did what, and who was turned away."),
        ),
    )]
    struct Admin;
    let mut document = Admin::openapi();
    add_token_scheme(&mut document);
    let cookie = ApiKeyValue::with_description(
        "__Host-masthead",
        "The cookie that logging in sets. On plain http, which only the machine itself may use, it is named \
         `masthead_session`.",
    );
    let scheme = SecurityScheme::ApiKey(ApiKey::Cookie(cookie));
    document.components.get_or_insert_default().add_security_scheme("session", scheme);
    document
}

fn add_token_scheme(document: &mut OpenApi) {
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API token, `mh_` and 49 characters, made by `POST /admin/v1/tokens` or `masthead token create`."))
        .build();
    document.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
}
