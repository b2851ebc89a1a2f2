//! Query parameters that the operations on documents share.

use serde::{Deserialize, Deserializer};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::trash::{Below, Decision, Uses};
use crate::platform::http::{StrictParams, Text};
use crate::platform::id::Id;
use crate::platform::problem::{Code, FieldCode, Problem};

/// Reads a locale of at most so many characters.
///
/// # Errors
/// When it has more.
pub fn locale<'de, const MOST: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(Option::<Text<0, MOST>>::deserialize(deserializer)?.map(String::from))
}

/// Which document of an entry.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct InLocale {
    /// The locale of the document, a BCP 47 tag; the site's default when it is left out.
    #[serde(default, deserialize_with = "locale::<12, _>")]
    #[param(max_length = 12, example = "en")]
    pub locale: Option<String>,
}

impl StrictParams for InLocale {
    const ALLOWED: &'static [&'static str] = &["locale"];
}

/// What is decided when an entry goes into the trash.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TrashParams {
    /// The locale whose version `If-Match` names; the site's default when it is left out. All locales go into the trash.
    #[serde(default, deserialize_with = "locale::<12, _>")]
    #[param(max_length = 12, example = "en")]
    pub locale: Option<String>,
    /// What happens to entries below: `refuse` (when it is left out) or `trash`.
    #[param(inline)]
    descendants: Option<DescendantsChoice>,
    /// What happens to links to it: `refuse` (when it is left out), `unlink` or `replace`.
    #[param(inline)]
    references: Option<ReferencesChoice>,
    /// With `references=replace`: the entry that links lead to from then on.
    replacement: Option<Uuid>,
}

impl StrictParams for TrashParams {
    const ALLOWED: &'static [&'static str] = &["locale", "descendants", "references", "replacement"];
}

/// What happens to entries below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DescendantsChoice {
    /// The entry stays while there are any, and they are named.
    Refuse,
    /// They go with it, and come back with it.
    Trash,
}

/// What happens to links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ReferencesChoice {
    /// The entry stays while there are any, and the entries that have them are named.
    Refuse,
    /// The links are taken away and their words stay, in a new revision of each entry.
    Unlink,
    /// They lead to `replacement`, in a new revision of each entry.
    Replace,
}

impl TrashParams {
    /// The decision.
    ///
    /// # Errors
    /// 400 when `replacement` and `references` do not go together.
    pub fn decision(&self) -> Result<Decision, Problem> {
        let refused = |detail: &'static str| {
            Problem::new(Code::InvalidParameter).detail(detail).field(
                "/query/replacement",
                FieldCode::Invalid,
                detail,
            )
        };
        let uses = match (self.references, self.replacement) {
            (None | Some(ReferencesChoice::Refuse), None) => Uses::Refuse,
            (Some(ReferencesChoice::Unlink), None) => Uses::Unlink,
            (Some(ReferencesChoice::Replace), Some(entry)) => Uses::Replace(Id::from_uuid(entry)),
            (Some(ReferencesChoice::Replace), None) => {
                return Err(refused("references=replace needs `replacement`, the id of another entry."));
            }
            (_, Some(_)) => return Err(refused("`replacement` goes with references=replace.")),
        };
        let below = match self.descendants {
            None | Some(DescendantsChoice::Refuse) => Below::Refuse,
            Some(DescendantsChoice::Trash) => Below::Trash,
        };
        Ok(Decision { below, uses })
    }
}
