//! `/admin/v1/audit`: who did what, and who was turned away.

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::{Entry, EventFilter, EventWindow};
use super::view::{AuditEntry, RefusalCount};
use crate::app::App;
use crate::identity::refusals::{self, Refusal, RefusalWindow};
use crate::platform::access::{Audit, Permit, Read, Require};
use crate::platform::http::{CursorScope, Page, Paging, Params, Reply, StrictParams, time};
use crate::platform::problem::{Forbidden, Problem};

/// How many events of an export are read at once.
const AT_ONCE: i64 = 500;

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListEvents {
    /// How many events an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
    /// Only events that this user made happen, also through tokens.
    #[serde(rename = "filter[actor]")]
    actor: Option<Uuid>,
    /// Only events about this entry, user, role, token or session.
    #[serde(rename = "filter[subject]")]
    subject: Option<Uuid>,
    /// Only events with this action.
    #[serde(rename = "filter[action]")]
    #[param(example = "page.published")]
    action: Option<String>,
    /// Only events about this kind of thing.
    #[serde(rename = "filter[kind]")]
    #[param(example = "page")]
    kind: Option<String>,
    /// Only events at this time or later, RFC 3339.
    #[serde(rename = "filter[at][gte]", default, deserialize_with = "time")]
    #[param(value_type = Option<DateTime<Utc>>)]
    since: Option<DateTime<Utc>>,
    /// Only events before this time, RFC 3339.
    #[serde(rename = "filter[at][lt]", default, deserialize_with = "time")]
    #[param(value_type = Option<DateTime<Utc>>)]
    until: Option<DateTime<Utc>>,
}

impl StrictParams for ListEvents {
    const ALLOWED: &'static [&'static str] = &[
        "limit",
        "after",
        "before",
        "filter[actor]",
        "filter[subject]",
        "filter[action]",
        "filter[kind]",
        "filter[at][gte]",
        "filter[at][lt]",
    ];
}

/// The id of an event, or 0 for before all of them.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u64")]
struct EventNumber(i64);

impl TryFrom<u64> for EventNumber {
    type Error = String;

    fn try_from(number: u64) -> Result<Self, String> {
        i64::try_from(number).map(Self).map_err(|_| format!("it must be at most {}", i64::MAX))
    }
}

/// Which events of an export.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ExportEvents {
    /// Only events with a greater id: the last one of the export before, to go on from there.
    #[param(value_type = Option<u64>, minimum = 0, example = 4711)]
    after_id: Option<EventNumber>,
    /// Only events at this time or later, RFC 3339.
    #[serde(rename = "filter[at][gte]", default, deserialize_with = "time")]
    #[param(value_type = Option<DateTime<Utc>>)]
    since: Option<DateTime<Utc>>,
    /// Only events before this time, RFC 3339.
    #[serde(rename = "filter[at][lt]", default, deserialize_with = "time")]
    #[param(value_type = Option<DateTime<Utc>>)]
    until: Option<DateTime<Utc>>,
}

impl StrictParams for ExportEvents {
    const ALLOWED: &'static [&'static str] = &["after_id", "filter[at][gte]", "filter[at][lt]"];
}

/// List events
///
/// Every change, login and credential event, the latest first.
#[utoipa::path(
    tag = "audit",
    params(ListEvents),
    responses(
        (status = 200, description = "One page of the list.", body = Page<AuditEntry>,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden,
    ),
)]
#[get("/admin/v1/audit")]
async fn list_events(
    Require(permit): Require<Read<Audit>>,
    Params(params): Params<ListEvents>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<AuditEntry>>, Problem> {
    let paging = Paging::new(params.limit, params.after.clone(), params.before.clone())?;
    let filter = filter(params);
    let query = format!("{filter:?}");
    let scope = CursorScope { list: "admin.audit", query: &query };
    let edge = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let window = EventWindow { filter, edge, backwards: paging.is_backwards(), limit: paging.rows() };
    let entries = super::events(&app, &permit, &window).await?;
    let page = paging.page(entries, |entry: &Entry| app.cursors.seal(scope, &entry.id))?;
    Ok(page.map(AuditEntry::from).linked(&request, Reply::ok))
}

fn filter(params: ListEvents) -> EventFilter {
    EventFilter {
        actor: params.actor,
        subject: params.subject,
        action: params.action,
        kind: params.kind,
        since: params.since,
        until: params.until,
    }
}

/// Export events
///
/// All events in the order in which they were recorded, one JSON object a line (NDJSON), for a log store. To go on later,
/// send the `id` of the last line as `after_id`: none is skipped and none comes twice. Should the database go away on the
/// way, the answer breaks off instead of ending.
#[utoipa::path(
    tag = "audit",
    params(ExportEvents),
    responses(
        (status = 200, description = "One `AuditEntry` a line.", body = String, content_type = "application/x-ndjson",
         example = json!("{\"id\":4711,\"action\":\"page.published\"}\n")),
        Forbidden,
    ),
)]
#[get("/admin/v1/audit/export")]
async fn export_events(
    Require(permit): Require<Read<Audit>>,
    Params(params): Params<ExportEvents>,
    app: web::Data<App>,
) -> Result<HttpResponse, Problem> {
    let filter = EventFilter { since: params.since, until: params.until, ..EventFilter::default() };
    let after = params.after_id.map_or(0, |after| after.0);
    let start = Export { app, permit, filter, after };
    // The first part is read before the answer begins, so that a failure still is an error.
    let (first, rest) = start.next().await?;
    let lines = stream::iter([Ok::<_, Problem>(first)]).chain(stream::try_unfold(rest, Export::part));
    Ok(HttpResponse::Ok().content_type("application/x-ndjson").streaming(lines))
}

/// An export on its way.
struct Export {
    app: web::Data<App>,
    permit: Permit<Read<Audit>>,
    filter: EventFilter,
    after: i64,
}

impl Export {
    /// The next part, and the export after it unless this was the last one.
    async fn next(mut self) -> Result<(Bytes, Option<Self>), Problem> {
        let entries = super::following(&self.app, &self.permit, &self.filter, (self.after, AT_ONCE)).await?;
        let Some(last) = entries.last() else { return Ok((Bytes::new(), None)) };
        self.after = last.id;
        let mut lines = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut lines, &AuditEntry::from(entry)).map_err(Problem::internal)?;
            lines.push(b'\n');
        }
        Ok((lines.into(), Some(self)))
    }

    async fn part(this: Option<Self>) -> Result<Option<(Bytes, Option<Self>)>, Problem> {
        match this {
            None => Ok(None),
            Some(export) => export.next().await.map(Some),
        }
    }
}

/// Which counts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListRefusals {
    /// How many rows an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
    /// Only those for this reason.
    #[serde(rename = "filter[kind]")]
    #[param(example = "login")]
    kind: Option<String>,
    /// Only those at this account.
    #[serde(rename = "filter[user]")]
    user: Option<Uuid>,
}

impl StrictParams for ListRefusals {
    const ALLOWED: &'static [&'static str] = &["limit", "after", "before", "filter[kind]", "filter[user]"];
}

/// List refusals
///
/// Who was turned away how often: wrong passwords, bad credentials, missing grants; by minute, address and account, the
/// latest first, for 90 days. Counts of the last seconds may be missing.
#[utoipa::path(
    tag = "audit",
    params(ListRefusals),
    responses(
        (status = 200, description = "One page of the list.", body = Page<RefusalCount>,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden,
    ),
)]
#[get("/admin/v1/audit/refusals")]
async fn list_refusals(
    Require(permit): Require<Read<Audit>>,
    Params(params): Params<ListRefusals>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<RefusalCount>>, Problem> {
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let query = format!("{:?} {:?}", params.kind, params.user);
    let scope = CursorScope { list: "admin.refusals", query: &query };
    let edge = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let (kind, user) = (params.kind, params.user);
    let window = RefusalWindow { kind, user, edge, backwards: paging.is_backwards(), limit: paging.rows() };
    let rows = refusals::list(&app, &permit, &window).await?;
    let key = |row: &Refusal| (row.minute, row.kind.clone(), row.address.clone(), row.user_id);
    let page = paging.page(rows, |row| app.cursors.seal(scope, &key(row)))?;
    Ok(page.map(RefusalCount::from).linked(&request, Reply::ok))
}

/// Mounts the operations.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_events).service(export_events).service(list_refusals);
}
