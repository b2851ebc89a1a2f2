//! The image engine: what a file is, what a picture looks like, and its renditions. Bytes in, bytes out; it knows no
//! request, no database and no clock, and no input makes it panic or take more memory than its limits say.

mod animate;
mod archive;
mod bytes;
mod colour;
mod compound;
mod decode;
mod encode;
mod error;
mod header;
mod limits;
mod metadata;
mod number;
mod orient;
mod pixels;
mod preset;
mod probe;
mod queue;
mod render;
mod resize;
mod sniff;
mod understand;

#[cfg(test)]
mod tests;

pub use encode::{ENCODER_VERSION, QUALITY};
pub use error::ImageError;
pub use header::Colours;
pub use limits::Limits;
pub use metadata::Fields;
pub(crate) use number::round;
pub use orient::Orientation;
pub use preset::{Crop, Fit, Focal, Plan, Preset, plan};
pub use probe::{Format, Picture, Probe, picture_of, probe};
pub use render::{Rendition, Target, decode_cost, render};
pub use sniff::FileKind;
pub use understand::{Understanding, understand, understand_cost};

/// The last line: a codec that panics is an error of that picture alone.
fn guard<T>(work: impl FnOnce() -> Result<T, ImageError>) -> Result<T, ImageError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or(Err(ImageError::Crashed))
}
