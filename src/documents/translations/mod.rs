//! The languages of an entry: which it has, which are missing, and which no longer follow what they translate.

mod adoption;
pub mod http;
pub(super) mod store;
pub mod view;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::model::{Header, Source};
use super::publishing::Derived;
use super::publishing::store::Key;
use super::reach;
use crate::app::App;
use crate::platform::access::{KindName, Manage, Permit, Read, Site, Subject};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::id::EntryId;
use crate::platform::problem::Problem;

/// How an entry stands in one locale of the site.
#[derive(Debug, Clone)]
pub struct Translation {
    /// The locale.
    pub locale: String,
    /// The locale that readers get instead while this one is not public.
    pub fallback: Option<String>,
    /// The document, when there is one.
    pub document: Option<Translated>,
}

/// A document in one locale.
#[derive(Debug, Clone)]
pub struct Translated {
    /// The title of its newest revision.
    pub title: String,
    /// Its version.
    pub version: i64,
    /// Its newest revision.
    pub head: i32,
    /// The revision that is public now.
    pub live: Option<i32>,
    /// What it translates.
    pub source: Option<Source>,
    /// The newest revision of what it translates.
    pub source_head: Option<i32>,
}

/// A language of the site.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SiteLocale {
    /// The locale, a BCP 47 tag such as `de` or `pt-BR`.
    pub tag: String,
    /// The locale that readers get instead of what is missing in this one.
    pub fallback: Option<String>,
    /// Whether it is the one that is meant when none is named.
    pub default: bool,
}

impl store::Owner {
    /// The document of the entry in a locale, for grants to be checked against.
    fn document<'a>(&'a self, entry: EntryId, locale: &'a str) -> (Key, Subject<'a>) {
        let subject = Subject { kind: &self.kind, created_by: self.created_by, locale };
        ((entry.uuid(), locale.to_owned()), subject)
    }
}

/// The locales of the site, its own first.
///
/// # Errors
/// When the database is away.
pub async fn locales(app: &App) -> Result<Vec<SiteLocale>, Problem> {
    app.store.read(async |read| store::locales(read.conn()).await).await
}

/// Adds a locale to the site. It can be asked for at once; it stays for good, because history names it.
///
/// # Errors
/// 409 when the site has it already, 422 when the tag or the fallback cannot be.
pub async fn add_locale(
    app: &App,
    permit: &Permit<Manage<Site>>,
    tag: &str,
    fallback: Option<&str>,
) -> Result<(), Problem> {
    let id = app.ids.uuid();
    app.store
        .change(permit.actor(), async |tx| {
            // What readers get changes with it, so it goes by the instant of a public change.
            tx.public_change().await?;
            store::add_locale(tx, id, tag, fallback).await?;
            let data = json!({ "tag": tag, "fallback": fallback });
            tx.record(Event::new("locale", "added", id).with(data), ()).await
        })
        .await
}

/// Makes the languages of the site those that a revision names which becomes public from an instant on, or now, when it is of
/// the site's default locale: new ones are added at once, also for a plan, and the default one changes. Gives the events.
pub(super) async fn adopt(
    app: &App,
    tx: &mut Change<'_>,
    header: &Header,
    (derived, from): (&Derived, Option<DateTime<Utc>>),
) -> Result<Vec<Event>, Problem> {
    let Some(named) = &derived.locales else { return Ok(Vec::new()) };
    let default = tx.default_locale().await?;
    if header.locale != default {
        return Ok(Vec::new());
    }
    let known = store::locales(tx.conn()).await?;
    let used = store::used(tx.conn(), &app.kinds.names()).await?;
    let new = adoption::additions(&known, &used, named)?;
    let next = named.default.as_ref().filter(|next| **next != default);
    if let Some(next) = next {
        let there = super::store::header(tx.conn(), header.entry, next).await?.is_some();
        adoption::check_default(next, from.is_some(), there)?;
    }
    if new.is_empty() && next.is_none() {
        return Ok(Vec::new());
    }
    tx.public_change().await?;
    let mut events = Vec::new();
    for locale in new {
        let id = app.ids.uuid();
        store::add_locale(tx, id, &locale.tag, locale.fallback.as_deref()).await?;
        let data = json!({ "tag": locale.tag, "fallback": locale.fallback });
        events.push(Event::new("locale", "added", id).with(data));
    }
    if let Some(next) = next {
        store::set_default(tx, next).await?;
        let data = json!({ "from": default, "to": next });
        events.push(Event::new("site", "default_locale_changed", Uuid::nil()).with(data));
    }
    Ok(events)
}

/// Every locale of the site, and how the entry stands in it. Locales whose document the permit does not reach are left out.
///
/// # Errors
/// 403 without a grant for any of the documents, 404.
pub async fn translations<K: KindName>(
    app: &App,
    permit: &Permit<Read<K>>,
    entry: EntryId,
) -> Result<Vec<Translation>, Problem> {
    app.store
        .read(async |read| {
            let locale = read.locale.clone();
            let owner = store::owner(read.conn(), entry).await?.ok_or_else(super::not_found)?;
            let at = read.at.instant;
            let mut all = store::translations(read.conn(), entry, at).await?;
            let there = all.iter().filter(|translation| translation.document.is_some());
            let documents = there.map(|translation| owner.document(entry, &translation.locale));
            let survey = reach::survey(read.conn(), permit, documents).await?;
            let shown = |locale: &str| survey.over(permit, owner.document(entry, locale));
            all.retain(|one| one.document.is_none() || shown(&one.locale).is_ok());
            if !all.iter().any(|one| one.document.is_some()) {
                shown(&locale)?;
            }
            Ok(all)
        })
        .await
}
