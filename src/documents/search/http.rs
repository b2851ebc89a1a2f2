//! `/admin/v1/search`.

use actix_web::{HttpRequest, get, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::view::FoundDocuments;
use super::{Rank, Search};
use crate::app::App;
use crate::documents::model::{State, StateFilter};
use crate::documents::params::locale;
use crate::documents::query::Query;
use crate::platform::access::{AnyContent, Read, Require};
use crate::platform::http::{CursorScope, Paging, Params, Reply, StrictParams};
use crate::platform::problem::{Code, FieldCode, Forbidden, Problem};

/// What is searched for, and where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SearchDocuments {
    /// The words, each of which may be a beginning: all of them must be there. `"..."` finds words that follow each other, `or`
    /// either side, and `-` before a word or a phrase leaves out what has it. At least one letter or digit.
    #[param(min_length = 1, max_length = 200, example = "lantern fest")]
    q: String,
    /// Only what is of this kind.
    #[serde(rename = "filter[kind]")]
    #[param(min_length = 1, max_length = 63, example = "page")]
    kind: Option<String>,
    /// Only documents in this state. Without it: all that do not lie in the trash.
    #[serde(rename = "filter[state]")]
    #[param(inline)]
    state: Option<StateFilter>,
    /// How many documents an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    #[param(max_length = 2048)]
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    #[param(max_length = 2048)]
    before: Option<String>,
    /// The locale of the documents, a BCP 47 tag; the site's default when it is left out.
    #[serde(default, deserialize_with = "locale::<35, _>")]
    #[param(example = "en", max_length = 35)]
    locale: Option<String>,
}

impl StrictParams for SearchDocuments {
    const ALLOWED: &'static [&'static str] =
        &["q", "filter[kind]", "filter[state]", "limit", "after", "before", "locale"];
}

impl SearchDocuments {
    /// What a cursor is bound to: all that makes the list another one.
    fn bound(&self) -> String {
        json!([self.q, self.kind, self.state.map(StateFilter::as_str), self.locale]).to_string()
    }

    fn search(&self, app: &App, paging: &Paging, edge: Option<Rank>) -> Result<Search, Problem> {
        let query = Query::parse(&self.q).map_err(|error| refused("q", &error.to_string()))?;
        let names = app.kinds.names();
        if self.kind.as_ref().is_some_and(|kind| !names.contains(&kind.as_str())) {
            let error = format!("there is no such kind; there are {}", names.join(", "));
            return Err(refused("filter[kind]", &error));
        }
        let limit = usize::try_from(paging.rows()).unwrap_or(usize::MAX);
        let (kind, state, backwards) = (self.kind.clone(), self.state, paging.is_backwards());
        Ok(Search { query, kind, state, edge, backwards, limit })
    }
}

fn refused(parameter: &str, error: &str) -> Problem {
    let detail = format!("The query parameter `{parameter}` cannot be used: {error}.");
    Problem::new(Code::InvalidParameter).detail(detail.clone()).field(
        format!("/query/{parameter}"),
        FieldCode::Invalid,
        detail,
    )
}

/// Search documents
///
/// The newest revisions of all kinds that you may read, drafts included, found by their words, the best first. A word in the
/// title counts most, then one in the summary or a tag, then one in a heading. Words are found as they are written, with or
/// without accents.
#[utoipa::path(
    tag = "documents",
    params(SearchDocuments),
    responses(
        (status = 200, description = "One page of what was found.", body = FoundDocuments,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden,
    ),
)]
#[get("/admin/v1/search")]
async fn search_documents(
    Require(permit): Require<Read<AnyContent>>,
    Params(params): Params<SearchDocuments>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<FoundDocuments>, Problem> {
    let bound = params.bound();
    let scope = CursorScope { list: "admin.search", query: &bound };
    let paging = Paging::new(params.limit, params.after.clone(), params.before.clone())?;
    let edge = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let search = params.search(&app, &paging, edge)?;
    let found = super::search(&app, &permit, params.locale.as_deref(), &search).await?;
    let rank = |(state, score): &(State, i64)| (*score, state.header.entry.uuid());
    let page = paging.page(found.states, |one| app.cursors.seal(scope, &rank(one)))?;
    let results = FoundDocuments::new(page, &search.query, found.limited);
    let info = results.page().clone();
    Ok(info.linked(&request, Reply::ok(results)))
}

/// Mounts the endpoint.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(search_documents);
}
