//! Where pictures are looked at and made: in a few threads of their own, and only as many at once as memory and cores allow.
//! Decoders take tens of megabytes in pieces that an allocator keeps for the thread that took them, so that the threads which
//! do this are always the same.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::gallery::Gallery;
use super::image::{self, Fields, FileKind, Format, ImageError, Limits, Probe, Rendition, Target};
use super::model::{BlobFacts, Picture};
use crate::documents::shown::Class;
use crate::platform::crew::{Crew, Place, Size};
use crate::platform::problem::{Code, Problem};
use crate::platform::storage::Spooled;

/// How long a request waits until there is room for its picture.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many wait for that at once. The next are turned away at once.
const MOST_WAITING: usize = 256;

/// The most threads, whatever the machine: each keeps the memory of a picture.
const MOST_THREADS: usize = 4;

/// The threads stand back behind those that answer requests; a quarter of a core is theirs in any case.
const NICENESS: i32 = 5;

const MEBIBYTE: u64 = 1024 * 1024;

/// The limits of pictures, and the room for working on them.
#[derive(Debug, Clone)]
pub struct Studio(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: Limits,
    /// In MiB.
    memory: Arc<Semaphore>,
    room: u32,
    hands: Arc<Semaphore>,
    crew: Crew,
}

impl Default for Studio {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

/// A picture that is next, or nearly.
struct Hand {
    place: Place,
    hand: OwnedSemaphorePermit,
}

/// A picture for which there is room. The room goes with the work, and not with whoever waits for it.
struct Admitted {
    hand: Hand,
    memory: OwnedSemaphorePermit,
}

impl Admitted {
    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, ImageError> + Send + 'static,
    ) -> Result<T, Problem> {
        let Hand { place, hand } = self.hand;
        let held = (hand, self.memory);
        let work = move || {
            let done = work();
            drop(held);
            done
        };
        place.run(work).await.map_err(Problem::internal)?.map_err(refused)
    }
}

impl Studio {
    /// A studio with these limits. One core is left to requests where there are several.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = cores.saturating_sub(1).clamp(1, MOST_THREADS);
        let room = u32::try_from(limits.memory).unwrap_or(u32::MAX).min(1 << 20);
        let memory = Arc::new(Semaphore::new(usize::try_from(room).unwrap_or(1)));
        // One more than threads, so that a file is read while another one is worked on.
        let hands = Arc::new(Semaphore::new(threads + 1));
        let crew =
            Crew::new("pictures", Size { threads, waiting: MOST_WAITING + threads + 1, niceness: NICENESS });
        Self(Arc::new(Inner { limits, memory, room, hands, crew }))
    }

    /// Waits until it is nearly this picture's turn. Only then its file is read into memory.
    async fn hand(&self) -> Result<Hand, Problem> {
        let place = self.0.crew.place().ok_or_else(busy)?;
        Ok(Hand { place, hand: within_patience(self.0.hands.clone().acquire_owned()).await? })
    }

    /// Waits until there is memory. Whoever has some has a hand too, so that no two wait for each other.
    async fn admit(&self, hand: Hand, bytes: u64) -> Result<Admitted, Problem> {
        let mebibytes = u32::try_from(bytes.div_ceil(MEBIBYTE)).unwrap_or(u32::MAX).clamp(1, self.0.room);
        let memory = within_patience(self.0.memory.clone().acquire_many_owned(mebibytes)).await?;
        Ok(Admitted { hand, memory })
    }

    /// Finds out what a received file is, by its content alone, and what it says about itself. A picture is taken only when
    /// every size of the gallery can be made of it.
    ///
    /// # Errors
    /// 415 for what is not taken, 413 for a picture that is too large, 422 for one that is damaged, 503 when too many others
    /// are being looked at.
    pub async fn look(&self, file: &Spooled, gallery: &Gallery) -> Result<(BlobFacts, Fields), Problem> {
        let (path, limits) = (file.path().to_owned(), self.0.limits);
        let probed = spawn_blocking(move || image::probe(&mut std::fs::File::open(path)?, &limits));
        let picture = match probed.await.map_err(Problem::internal)?.map_err(refused)? {
            Probe::File(kind) => return Ok((facts(kind), Fields::default())),
            Probe::Picture(picture) => picture,
        };
        check_sizes(&picture, gallery, &limits).map_err(refused)?;
        let room = self.admit(self.hand().await?, image::understand_cost(&picture) + file.bytes()).await?;
        // Held on to, because it is there only as long.
        let file = file.clone();
        let understood = room.run(move || {
            let bytes = std::fs::read(file.path())?;
            let understanding = image::understand(&bytes, &picture, &limits)?;
            Ok((picture, understanding))
        });
        let (picture, understanding) = understood.await?;
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

    /// Makes renditions of a picture, in the order of the targets, from one decoding. Its file is read when it is its turn.
    ///
    /// # Errors
    /// 422 when the picture is damaged, 503 when too many others are being made, and what reading the file gives.
    pub async fn render(
        &self,
        file: impl Future<Output = Result<Bytes, Problem>>,
        targets: Vec<Target>,
    ) -> Result<Vec<Rendition>, Problem> {
        let limits = self.0.limits;
        let hand = self.hand().await?;
        let bytes = file.await?;
        let picture = image::picture_of(&bytes, &limits).map_err(refused)?;
        let room = self.admit(hand, image::decode_cost(&picture, &targets)).await?;
        room.run(move || image::render(&bytes, &picture, &targets, 1, &limits)).await
    }
}

/// Refuses a picture of which some size would take more memory than there is for one, wherever its point will be.
fn check_sizes(picture: &image::Picture, gallery: &Gallery, limits: &Limits) -> Result<(), ImageError> {
    for plan in gallery.plans(picture.width, picture.height) {
        let target = Target { plan, format: Format::Webp, quality: image::QUALITY };
        let needed = image::decode_cost(picture, &[target]).div_ceil(MEBIBYTE);
        if needed > limits.memory {
            return Err(ImageError::TooMuchMemory { needed, limit: limits.memory });
        }
    }
    Ok(())
}

async fn within_patience<T, E: std::error::Error + Send + Sync + 'static>(
    permit: impl Future<Output = Result<T, E>>,
) -> Result<T, Problem> {
    timeout(PATIENCE, permit).await.map_err(|_| busy())?.map_err(Problem::internal)
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
