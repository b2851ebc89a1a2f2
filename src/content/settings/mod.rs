//! Settings: what the site is called and where it is, its languages, and what stands in for what pages leave out. A kind with
//! one entry, which Postgres sees to; written, planned, translated and published like any other.

mod actions;
pub mod draft;
pub mod http;
pub mod model;
mod store;
pub mod tag;

pub use actions::site;
pub use draft::SettingsDraft;
pub use model::{Contact, LocaleChoice, Robots, Settings, SocialProfile};

use crate::documents::body::Document;
use crate::platform::access::KindName;

impl KindName for Settings {
    const NAME: Option<&'static str> = Some("settings");
}

/// The name of the kind.
#[must_use]
pub fn kind() -> String {
    Settings::KIND.to_string()
}
