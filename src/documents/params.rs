//! Query parameters that the operations on documents share.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::platform::http::StrictParams;

/// Which document of an entry.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct InLocale {
    /// The locale of the document, a BCP 47 tag; the site's default when it is left out.
    #[param(max_length = 12, example = "en")]
    pub locale: Option<String>,
}

impl StrictParams for InLocale {
    const ALLOWED: &'static [&'static str] = &["locale"];
}
