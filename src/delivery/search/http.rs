//! `/v1/search`.

use std::time::Duration;

use actix_web::{HttpRequest, get, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use super::model::{Hit, Rank, Search};
use super::view::SearchResults;
use crate::app::App;
use crate::delivery::actions::asked;
use crate::delivery::http::{refused, reply};
use crate::delivery::model::{Answer, Asked};
use crate::documents::query::Query;
use crate::platform::access::{Public, Require};
use crate::platform::http::{CursorScope, Paging, Params, Reply, StrictParams, Text};
use crate::platform::problem::{Forbidden, Problem};

/// What is searched for, and where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SearchParams {
    /// The words: all of them must be there, in whatever form their language has for them. `"..."` finds words that follow
    /// each other, `or` either side, and `-` before a word or a phrase leaves out what has it. At least one letter or digit.
    #[param(min_length = 1, max_length = 200, example = "lantern walk")]
    q: String,
    /// Only what is of this kind.
    #[serde(rename = "filter[kind]")]
    #[param(min_length = 1, max_length = 63, example = "page")]
    kind: Option<String>,
    /// Only what has this tag.
    #[serde(rename = "filter[tag]")]
    #[param(value_type = Option<String>, min_length = 1, max_length = 100, example = "history")]
    tag: Option<Text<1, 100>>,
    /// How many hits an answer has at most.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    limit: Option<u32>,
    /// The cursor `page.next` of the answer before.
    #[param(max_length = 2048)]
    after: Option<String>,
    /// The cursor `page.previous` of the answer after.
    #[param(max_length = 2048)]
    before: Option<String>,
    /// The locale to search in, a BCP 47 tag of the site; its default when absent. What is missing in it is found in the
    /// locale that stands in for it, and says so.
    #[param(example = "en", max_length = 35)]
    locale: Option<String>,
    /// The instant to search at, past or future, instead of now. Needs a token with `history:read`.
    #[param(format = DateTime, example = "2026-03-01T09:00:00Z")]
    as_of: Option<String>,
}

impl StrictParams for SearchParams {
    const ALLOWED: &'static [&'static str] =
        &["q", "filter[kind]", "filter[tag]", "limit", "after", "before", "locale", "as_of"];
}

impl SearchParams {
    /// What a cursor is bound to: all that makes the list another one.
    fn bound(&self, asked: &str) -> String {
        json!([self.q, self.kind, self.tag, asked]).to_string()
    }

    fn search(&self, app: &App, paging: &Paging, edge: Option<Rank>) -> Result<Search, Problem> {
        let query = Query::parse(&self.q).map_err(|error| refused("q", &error))?;
        let (kind, tag) = (self.kind(app)?, self.tag.clone().map(String::from));
        Ok(Search { query, kind, tag, edge, backwards: paging.is_backwards(), limit: paging.rows() })
    }

    /// The kind, which this program must know.
    fn kind(&self, app: &App) -> Result<Option<String>, Problem> {
        let names = app.kinds.names();
        let known = |kind: &String| names.contains(&kind.as_str());
        match self.kind.clone() {
            Some(kind) if !known(&kind) => {
                let error = format!("there is no such kind; there are {}", names.join(", "));
                Err(refused("filter[kind]", &error))
            }
            kind => Ok(kind),
        }
    }
}

/// The dictionary by which words are mended follows the public state a little later.
const DICTIONARY: Duration = Duration::from_secs(10);

/// Search
///
/// What is public, found by its words, the best first. A word in the title counts most, then one in the summary or a tag, then
/// one in a heading. Words are found in all their forms and with or without accents, as far as Postgres knows the language.
/// When nothing public has a word, the nearest one that is known is searched for instead, and `query.corrected_query` says so.
#[utoipa::path(
    tag = "search",
    params(SearchParams),
    responses(
        (status = 200, description = "One page of what was found.", body = SearchResults, headers(
            ("ETag" = String, description = "Changes whenever the answer does. Not with `as_of`."),
            ("Link" = String, description = "The next and the previous page of the list (RFC 8288)."),
            ("Masthead-As-Of" = String, description = "With `as_of`: the instant that the answer is about."),
            ("Masthead-Final" = bool, description = "With `as_of`: whether no later change can make this answer another one."),
        )),
        Forbidden,
    ),
)]
#[get("/v1/search")]
async fn search(
    Require(permit): Require<Public>,
    Params(params): Params<SearchParams>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<SearchResults>, Problem> {
    // Drafts have no words here: who has a preview link finds what everybody finds.
    let asked = Asked { guest: None, ..asked(&permit, params.locale.clone(), params.as_of.as_deref())? };
    let bound = params.bound(&asked.bound().to_string());
    let scope = CursorScope { list: "search", query: &bound };
    let paging = Paging::new(params.limit, params.after.clone(), params.before.clone())?;
    let edge = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let search = params.search(&app, &paging, edge)?;
    let Answer { value, about } = actions::search(&app, &permit, &asked, &search).await?;
    let page = paging.page(value.hits, |hit: &Hit| app.cursors.seal(scope, &hit.rank()))?;
    let results = SearchResults::new(page, (&search.query, value.mended.as_ref(), value.limited));
    let info = results.page().clone();
    Ok(info.linked(&request, reply(results, about.briefly(DICTIONARY))))
}

/// Mounts the endpoint.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(search);
}
