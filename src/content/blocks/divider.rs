//! A divider: a break between two parts of a page.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    BlockData,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::content::blocks::id::BlockId;

/// A break between two parts of a page, such as a line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Divider {}

impl Variant for Divider {
    const TYPE: &'static str = "divider";
    const SCHEMA: &'static str = "DividerBlock";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

impl BlockData for Divider {
    fn view(&self, _id: &BlockId, _reader: Reader<'_>) -> ContentView {
        ContentView::Divider(DividerView {})
    }
}

/// A break between two parts of a page, such as a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DividerView {}

impl Variant for DividerView {
    const TYPE: &'static str = "divider";
    const SCHEMA: &'static str = "DividerBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}
