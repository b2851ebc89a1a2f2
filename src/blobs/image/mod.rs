//! Pictures: bytes in, bytes out.

mod error;
pub(crate) mod number;
pub mod preset;
