//! Which bytes an address gives out, and to whom: to everybody while something public shows them, otherwise to those who may
//! read an entry that does.

use super::store::{self, Drafted};
use crate::app::App;
use crate::blobs::gallery::address::plain;
use crate::blobs::gallery::{Asked, Wanted};
use crate::blobs::image::{Focal, Format, plan};
use crate::blobs::{Blob, renditions};
use crate::content::media::public::PublicMedia;
use crate::content::media::{self, Media};
use crate::delivery::actions::select;
use crate::delivery::model::{About, Asked as Instant};
use crate::platform::access::{Permit, Public, Read, Subject};
use crate::platform::problem::{Code, Problem};
use crate::platform::storage::Key;
use crate::previews;

/// What is given out.
#[derive(Debug)]
pub(super) struct Found {
    /// Where it lies.
    pub key: Key,
    /// How long it is.
    pub bytes: u64,
    /// What it is.
    pub media_type: String,
    /// The name under which it is saved; none for what is shown.
    pub saved_as: Option<String>,
    /// The bytes that it was made of.
    pub blob: Blob,
    /// Who may have it.
    pub audience: Audience,
    /// What caches are told of where it comes from.
    pub tags: Option<String>,
}

/// Who may have bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// Everybody.
    All,
    /// Whoever has an address that was signed for a preview, on pages of any site.
    Guest,
    /// The caller alone, on pages of this server.
    Caller,
}

/// Finds what an address gives out, and makes it when it is asked for the first time.
///
/// # Errors
/// 404 for everything that the caller may not have, 503 when too many pictures are being made.
pub(super) async fn find(
    app: &App,
    permit: &Permit<Public>,
    key: &str,
    name: &str,
    signature: Option<&str>,
) -> Result<Found, Problem> {
    let asked = app.gallery.read(key, name).ok_or_else(nothing)?;
    if let Some((media, tags)) = shown(app, &asked).await? {
        let saved_as = media.download(&app.gallery).map(|download| download.name);
        let shown = (media.blob.clone(), media.focal().into(), saved_as);
        let found = give(app, &asked, shown, Audience::All).await?;
        return Ok(Found { tags, ..found });
    }
    if let Some(signature) = signature {
        let media = previewed(app, signature, &asked).await?.ok_or_else(nothing)?;
        let saved_as = media.download(&app.gallery).map(|download| download.name);
        return give(app, &asked, (media.blob.clone(), media.focal().into(), saved_as), Audience::Guest)
            .await;
    }
    let drafted = drafted(app, permit, &asked).await?.ok_or_else(nothing)?;
    let saved_as = app.gallery.file_name(&drafted.name, &drafted.blob.facts);
    give(app, &asked, (drafted.blob, drafted.focal.into(), Some(saved_as)), Audience::Caller).await
}

/// The public media entry that shows this, and what caches are told: the entry itself, and what it is public by. It may be
/// kept for ever, so whoever withdraws the last of these must be able to say so.
async fn shown(app: &App, asked: &Asked) -> Result<Option<(PublicMedia, Option<String>)>, Problem> {
    let (from, to) = asked.address().digests();
    let found = select(app, &Instant::default(), async |found| {
        let all = store::shown(found, (&from, &to)).await?;
        let media = all.into_iter().find(|media| asked.address().is_around(media.focal().into()));
        let Some(media) = media else { return Ok(None) };
        found.tags.shows(&media::kind(), media.entry);
        match store::shown_by(found, media.entry).await? {
            Some(users) => users.iter().for_each(|(kind, user)| found.tags.held_by(kind, *user)),
            None => app.kinds.names().iter().for_each(|kind| found.tags.held_by_many(kind)),
        }
        Ok(Some(media))
    })
    .await?;
    let tags = match found.about {
        About::Now(_, tags) => tags,
        About::At(_) => None,
    };
    Ok(found.value.map(|media| (media, tags)))
}

/// What shows this in the preview for which its address was signed.
async fn previewed(app: &App, signature: &str, asked: &Asked) -> Result<Option<PublicMedia>, Problem> {
    let guest = previews::reopen(app, signature).await?;
    let (from, to) = asked.address().digests();
    let instant = Instant { guest: Some(guest), ..Instant::default() };
    let found = select(app, &instant, async |found| {
        let shows = found.shows.clone();
        let mut all = store::shown(found, (&from, &to)).await?;
        let own = store::among(found, &shows).await?;
        all.extend(own.into_iter().filter(|media| (from..=to).contains(media.blob.sha256.bytes())));
        Ok(all)
    });
    Ok(found.await?.value.into_iter().find(|media| asked.address().is_around(media.focal().into())))
}

/// An entry whose newest revision shows this, and that the caller may read.
async fn drafted(app: &App, permit: &Permit<Public>, asked: &Asked) -> Result<Option<Drafted>, Problem> {
    let Ok(reader) = Permit::<Read<Media>>::issue(permit.actor()) else { return Ok(None) };
    let (from, to) = asked.address().digests();
    let found = app.store.read(async |read| store::drafted(read, (&from, &to)).await).await?;
    let kind = media::kind();
    let may = |drafted: &Drafted| {
        let subject = Subject { kind: &kind, created_by: drafted.created_by, locale: &drafted.locale };
        reader.over(subject).is_ok() && asked.address().is_around(drafted.focal.into())
    };
    Ok(found.into_iter().find(may))
}

async fn give(
    app: &App,
    asked: &Asked,
    (blob, focal, saved_as): (Blob, Focal, Option<String>),
    audience: Audience,
) -> Result<Found, Problem> {
    match (asked, &blob.facts.picture) {
        (Asked::Original { .. }, None) => Ok(Found {
            key: crate::blobs::model::original(blob.sha256),
            bytes: blob.bytes,
            media_type: blob.facts.media_type.clone(),
            saved_as,
            blob,
            audience,
            tags: None,
        }),
        (Asked::Rendition { address, format, preset, name }, Some(picture)) => {
            let key = renditions::place(blob.sha256, address, name)?;
            let media_type = format.media_type().to_owned();
            let bytes = if let Some(bytes) = renditions::there(app, &key).await? {
                bytes
            } else {
                // Of an old recipe there is only what was made at its time.
                let preset = preset.clone().ok_or_else(nothing)?;
                if *format != Format::Webp && *format != plain(picture.alpha, picture.frames) {
                    return Err(nothing());
                }
                let cut = plan(picture.width, picture.height, &preset, focal);
                renditions::make(app, &blob, &[(*address, Wanted::new(preset, cut, *format))]).await?;
                renditions::there(app, &key).await?.ok_or_else(nothing)?
            };
            Ok(Found { key, bytes, media_type, saved_as: None, blob, audience, tags: None })
        }
        _ => Err(nothing()),
    }
}

fn nothing() -> Problem {
    Problem::new(Code::NotFound)
        .detail("Nothing public has this address. The answers of the read API name those that have.")
}
