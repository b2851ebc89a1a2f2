//! Where pictures are looked at and made: off the threads that answer requests, and only as many at once as memory and cores
//! allow.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::image::{self, Fields, FileKind, ImageError, Limits, Probe, Rendition, Target};
use super::model::{BlobFacts, Picture};
use crate::documents::shown::Class;
use crate::platform::problem::{Code, Problem};
use crate::platform::storage::Spooled;

/// How long a request waits until there is room for its picture.
const PATIENCE: Duration = Duration::from_secs(30);

const MEBIBYTE: u64 = 1024 * 1024;

/// The limits of pictures, and the room for working on them.
#[derive(Debug, Clone)]
pub struct Studio(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: Limits,
    /// In MiB.
    memory: Semaphore,
    room: u32,
    hands: Semaphore,
}

impl Default for Studio {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

/// Room that is held while a picture is worked on.
struct Place<'a> {
    _memory: SemaphorePermit<'a>,
    _hands: SemaphorePermit<'a>,
}

impl Studio {
    /// A studio with these limits. One core is left to requests where there are several.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let room = u32::try_from(limits.memory).unwrap_or(u32::MAX).min(1 << 20);
        let memory = Semaphore::new(usize::try_from(room).unwrap_or(1));
        Self(Arc::new(Inner { limits, memory, room, hands: Semaphore::new(cores.saturating_sub(1).max(1)) }))
    }

    async fn place(&self, bytes: u64) -> Result<Place<'_>, Problem> {
        let inner = &*self.0;
        let mebibytes = u32::try_from(bytes.div_ceil(MEBIBYTE)).unwrap_or(u32::MAX).clamp(1, inner.room);
        let both = async {
            let memory = inner.memory.acquire_many(mebibytes).await.map_err(Problem::internal)?;
            let hands = inner.hands.acquire().await.map_err(Problem::internal)?;
            Ok(Place { _memory: memory, _hands: hands })
        };
        timeout(PATIENCE, both).await.map_err(|_| busy())?
    }

    /// Finds out what a received file is, by its content alone, and what it says about itself.
    ///
    /// # Errors
    /// 415 for what is not taken, 413 for a picture that is too large, 422 for one that is damaged, 503 when too many others
    /// are being looked at.
    pub async fn look(&self, file: &Spooled) -> Result<(BlobFacts, Fields), Problem> {
        let (path, limits) = (file.path().to_owned(), self.0.limits);
        let probed = blocking(move || image::probe(&mut std::fs::File::open(path)?, &limits)).await?;
        let picture = match probed {
            Probe::File(kind) => return Ok((facts(kind), Fields::default())),
            Probe::Picture(picture) => picture,
        };
        let _place = self.place(image::understand_cost(&picture) + file.bytes()).await?;
        let path = file.path().to_owned();
        let (picture, understanding) = blocking(move || {
            let bytes = std::fs::read(path)?;
            let understanding = image::understand(&bytes, &picture, &limits)?;
            Ok((picture, understanding))
        })
        .await?;
        let facts = BlobFacts {
            class: Class::Image,
            media_type: picture.format.media_type().to_owned(),
            extension: picture.format.extension().to_owned(),
            picture: Some(Picture {
                width: picture.width,
                height: picture.height,
                frames: picture.frames,
                alpha: understanding.transparent,
                color: understanding.dominant,
                placeholder: understanding.placeholder,
            }),
        };
        Ok((facts, picture.fields))
    }

    /// Makes renditions of a picture, in the order of the targets, from one decoding.
    ///
    /// # Errors
    /// 422 when the picture is damaged, 503 when too many others are being made.
    pub async fn render(&self, bytes: bytes::Bytes, targets: Vec<Target>) -> Result<Vec<Rendition>, Problem> {
        let limits = self.0.limits;
        let picture = image::picture_of(&bytes, &limits).map_err(refused)?;
        let _place = self.place(image::decode_cost(&picture, &targets)).await?;
        blocking(move || image::render(&bytes, &picture, &targets, 1, &limits)).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImageError> + Send + 'static,
) -> Result<T, Problem> {
    spawn_blocking(work).await.map_err(Problem::internal)?.map_err(refused)
}

fn facts(kind: FileKind) -> BlobFacts {
    BlobFacts {
        class: class(kind),
        media_type: kind.media_type().to_owned(),
        extension: kind.extension().to_owned(),
        picture: None,
    }
}

fn class(kind: FileKind) -> Class {
    match kind {
        FileKind::Mp4 | FileKind::Webm | FileKind::OggVideo => Class::Video,
        FileKind::M4a | FileKind::OggAudio | FileKind::Mp3 | FileKind::Wav | FileKind::Flac => Class::Audio,
        _ => Class::Document,
    }
}

fn busy() -> Problem {
    Problem::new(Code::Unavailable)
        .detail("Too many pictures are being worked on. Nothing was changed; try again in a moment.")
}

/// What is wrong with a picture, for whoever sent it.
fn refused(error: ImageError) -> Problem {
    let code = match &error {
        ImageError::Io(_) | ImageError::Encode { .. } | ImageError::Preset(_) => {
            return Problem::internal(error);
        }
        ImageError::Unknown | ImageError::Refused { .. } => Code::UnsupportedMediaType,
        ImageError::TooManyPixels { .. }
        | ImageError::TooLong { .. }
        | ImageError::TooManyFrames { .. }
        | ImageError::TooMuchMemory { .. } => Code::TooLarge,
        ImageError::Empty | ImageError::Corrupt { .. } | ImageError::Crashed => Code::Invalid,
    };
    Problem::new(code).detail(error.to_string())
}
