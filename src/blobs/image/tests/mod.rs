//! Tests of the engine as a whole, on pictures that are made here.

mod hostile;
mod kinds;
mod leaks;
mod orientation;
mod plans;
pub(crate) mod samples;
mod stills;
