//! `/admin/v1/media` as a list, and the library as a whole: its folders, and edits of many at once.

use actix_web::{HttpRequest, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::edit::Edit;
use crate::app::App;
use crate::content::media::actions;
use crate::content::media::view::MediaItem;
use crate::content::media::{Folder, Media, folders};
use crate::content::text::tagging::tags_schema;
use crate::documents::bulk::check_selection;
use crate::documents::bulk::view::BulkResult;
use crate::documents::model::StateFilter;
use crate::documents::params::InLocale;
use crate::documents::shown::Class;
use crate::documents::{ListWindow, Seen, ShelfFilter, typed};
use crate::platform::access::{Read, Require, Write};
use crate::platform::http::{CursorScope, Page, Paging, Params, Reply, StrictParams, Text, Valid};
use crate::platform::id::Id;
use crate::platform::json::from_one;
use crate::platform::problem::{
    Code, Conflict, FieldCode, Forbidden, Invalid, NotFound, Pointer, Problem, Stale,
};

/// How the library is cut and filtered.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListMedia {
    /// How many entries an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
    /// Only entries in this state. Without it: all that do not lie in the trash.
    #[serde(rename = "filter[state]")]
    #[param(inline)]
    state: Option<StateFilter>,
    /// Only what is of this class.
    #[serde(rename = "filter[class]")]
    #[param(inline)]
    class: Option<Class>,
    /// Only what lies right in this folder; empty for the top.
    #[serde(rename = "filter[folder]")]
    #[param(value_type = Option<String>, max_length = 807, example = "talks/2026")]
    folder: Option<Text<0, 807>>,
    /// Only what lies in this folder or in one below it.
    #[serde(rename = "filter[below]")]
    #[param(value_type = Option<String>, min_length = 1, max_length = 807, example = "talks")]
    below: Option<Text<1, 807>>,
    /// Only what has this tag.
    #[serde(rename = "filter[tag]")]
    #[param(value_type = Option<String>, min_length = 1, max_length = 100, example = "history")]
    tag: Option<Text<1, 100>>,
    /// Whether a picture is described, or decorative: `false` finds those that cannot be published yet.
    #[serde(rename = "filter[described]")]
    described: Option<bool>,
    /// Whether anything uses it, in its newest revision or in public: `false` finds what nobody would miss.
    #[serde(rename = "filter[used]")]
    used: Option<bool>,
    /// Words of title, description, caption, credit, licence, tags or file name; each may be a beginning.
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, example = "reading room")]
    q: Option<Text<1, 200>>,
    /// The locale of the documents, a BCP 47 tag; the site's default when it is left out.
    #[param(example = "en")]
    locale: Option<String>,
}

impl StrictParams for ListMedia {
    const ALLOWED: &'static [&'static str] = &[
        "limit",
        "after",
        "before",
        "filter[state]",
        "filter[class]",
        "filter[folder]",
        "filter[below]",
        "filter[tag]",
        "filter[described]",
        "filter[used]",
        "q",
        "locale",
    ];
}

impl ListMedia {
    /// What the parameters say. A folder that cannot be, or a search without a letter or digit, finds nothing.
    fn shelf(&self) -> ShelfFilter {
        let mut facets = json!({});
        if let Some(class) = self.class {
            facets["class"] = json!(class);
        }
        if let Some(name) = &self.folder {
            facets["folder"] = json!(folder(name.as_str()));
        }
        if let Some(name) = &self.below {
            facets["folders"] = json!([folder(name.as_str())]);
        }
        if let Some(tag) = &self.tag {
            facets["tags"] = json!([tag]);
        }
        if let Some(described) = self.described {
            facets["described"] = json!(described);
        }
        let words = self.words();
        if self.q.is_some() && words.is_empty() {
            facets["found"] = json!(true);
        }
        let facets = Some(facets).filter(|facets| *facets != json!({}));
        ShelfFilter { facets, words, used: self.used }
    }

    /// The words of the search, as the lists of editors know them.
    fn words(&self) -> Vec<String> {
        let text = self.q.as_ref().map_or("", Text::as_str);
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.take(20).map(str::to_owned).collect()
    }

    /// What a cursor is bound to: all that makes the list another one.
    fn bound(&self) -> String {
        let state = self.state.map(StateFilter::as_str);
        json!([
            state,
            self.class,
            self.folder,
            self.below,
            self.tag,
            self.described,
            self.used,
            self.q,
            self.locale
        ])
        .to_string()
    }
}

/// A folder by its normal name; what is none stays as it is.
fn folder(name: &str) -> String {
    Folder::try_from(name.to_owned()).map_or_else(|_| name.to_owned(), String::from)
}

/// List media
///
/// The library: what was uploaded, what changed last first, with what is said of it in short and small pictures.
#[utoipa::path(
    tag = "media",
    params(ListMedia),
    responses(
        (status = 200, description = "One page of the list.", body = Page<MediaItem>,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden,
    ),
)]
#[get("/admin/v1/media")]
async fn list_media(
    Require(permit): Require<Read<Media>>,
    Params(params): Params<ListMedia>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<MediaItem>>, Problem> {
    let (shelf, bound) = (params.shelf(), params.bound());
    let scope = CursorScope { list: "admin.media", query: &bound };
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let edge = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let (state, backwards, limit) = (params.state, paging.is_backwards(), paging.rows());
    let window = ListWindow { state, shelf, edge, backwards, limit };
    let items = actions::list(&app, &permit, params.locale.as_deref(), window).await?;
    let page = paging.page(items, |(state, _)| {
        app.cursors.seal(scope, &(state.header.updated_at, state.header.entry.uuid()))
    })?;
    let item = |(state, blob): (_, Option<_>)| MediaItem::new(state, blob.as_ref(), &app.gallery);
    Ok(page.map(item).linked(&request, Reply::ok))
}

/// The folders of the library.
#[derive(Debug, Serialize, ToSchema)]
pub struct Folders {
    /// Every folder in which something lies that is not in the trash, and those above it, in the order of their names.
    #[schema(example = json!(["rooms", "talks", "talks/2026"]))]
    data: Vec<Folder>,
}

/// List folders
///
/// The folders of the library. A folder is there as long as something lies in it.
#[utoipa::path(
    tag = "media",
    params(InLocale),
    responses((status = 200, description = "The folders.", body = Folders), Forbidden),
)]
#[get("/admin/v1/library/folders")]
async fn list_folders(
    Require(permit): Require<Read<Media>>,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
) -> Result<Reply<Folders>, Problem> {
    Ok(Reply::ok(Folders { data: folders::list(&app, &permit, params.locale.as_deref()).await? }))
}

/// One edit for many media entries. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "items": [{ "id": "019a3e5c-7f00-7a11-8b22-9c330d440e55", "version": 3 }], "folder": "talks/2026", "add_tags": ["spring"]
}))]
pub struct EditMany {
    /// A selection: 1 to 100 entries.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<EditItem>,
    /// The folder into which they move; empty for the top.
    #[schema(max_length = 807, example = "talks/2026")]
    folder: Option<String>,
    /// Who made them, at most 300 characters.
    #[schema(max_length = 300)]
    credit: Option<String>,
    /// The terms under which they may be used, at most 300 characters.
    #[schema(max_length = 300)]
    licence: Option<String>,
    /// Tags that each gets unless it has them.
    #[schema(schema_with = tags_schema)]
    add_tags: Option<Vec<String>>,
    /// Tags that each loses.
    #[serde(default)]
    #[schema(max_items = 50)]
    remove_tags: Vec<String>,
    /// What this change is about, for the history; at most 1,000 characters.
    #[schema(max_length = 1000)]
    note: Option<String>,
    /// Whether all are changed or none is; otherwise each is done for itself.
    #[serde(default)]
    atomic: bool,
}

/// One entry of a selection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditItem {
    /// The entry.
    id: Uuid,
    /// The version that was read, as in `If-Match` of a save.
    #[serde(deserialize_with = "from_one")]
    #[schema(minimum = 1, example = 3)]
    version: i64,
}

impl EditMany {
    fn edit(&self) -> Result<Edit, Problem> {
        let trimmed = |text: &String| text.trim().to_owned();
        let at = Pointer::root();
        let folder = self.folder.clone().map(Folder::try_from).transpose().map_err(|error| {
            let detail = format!("The folder cannot be used: {error}.");
            Problem::new(Code::Invalid).detail(detail.clone()).field("/folder", FieldCode::Invalid, detail)
        })?;
        let edit = Edit {
            folder,
            credit: self.credit.as_ref().map(trimmed),
            licence: self.licence.as_ref().map(trimmed),
            add_tags: self.add_tags.iter().flatten().map(trimmed).collect(),
            remove_tags: self.remove_tags.iter().map(trimmed).collect(),
        };
        let problems = edit.problems(&at);
        if !problems.is_empty() {
            return Err(Problem::new(Code::Invalid)
                .detail("The edit breaks the rules named in `errors`.")
                .fields(problems));
        }
        if edit.is_empty() {
            let detail = "Say what changes: `folder`, `credit`, `licence`, `add_tags` or `remove_tags`.";
            return Err(Problem::new(Code::Invalid).detail(detail).field("", FieldCode::Invalid, detail));
        }
        Ok(edit)
    }
}

/// Edit many
///
/// The same edit for a selection of the library: into a folder, with other tags, credit or licence. Each entry gets a
/// revision of its own and a result of its own, or, with `atomic`, all are changed or none is. What is public stays.
#[utoipa::path(
    tag = "media",
    params(InLocale),
    request_body(content = EditMany, description = "Which entries, and what changes."),
    responses(
        (status = 200, description = "What became of each.", body = BulkResult),
        Forbidden, NotFound, Conflict, Stale, Invalid,
    ),
)]
#[post("/admin/v1/library/edit")]
async fn edit_media(
    Require(permit): Require<Write<Media>>,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
    Valid(request): Valid<EditMany>,
) -> Result<Reply<BulkResult>, Problem> {
    check_selection(&request.items.iter().map(|item| item.id).collect::<Vec<_>>())?;
    typed::check_note(request.note.as_deref())?;
    let edit = request.edit()?;
    let locale = params.locale.as_deref();
    let seen = |item: &EditItem| Seen { entry: Id::from_uuid(item.id), locale, version: item.version };
    let items: Vec<Seen<'_>> = request.items.iter().map(seen).collect();
    let how = (request.note.as_deref(), request.atomic);
    Ok(Reply::ok(BulkResult::from(edit.many(&app, &permit, (&items, locale), how).await?)))
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_media).service(list_folders).service(edit_media);
}
