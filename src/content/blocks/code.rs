//! A listing of a program, a command or data.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    BlockData,
    id::BlockId,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::text::plain_field::check_line,
    documents::body::{Problems, SearchText, Stage, Weight},
    platform::{
        json::{is_default, null_is_default},
        problem::field::{FieldCode, Pointer},
    },
};

const MAX_LANGUAGE: usize = 40;
const MAX_CODE_BYTES: usize = 500_000;
const MAX_CAPTION: usize = 1_000;

/// A listing of a program, a command or data, shown as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The language, for colouring: 1 to 40 of `a-z`, `0-9`, `_`, `+`, `#`, `.` and `-`, such as `rust` or `c++`.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 40, pattern = "^[a-z0-9_+#.-]*$", examples("rust"))]
    pub language: String,
    /// The listing, at most 500,000 bytes of UTF-8.
    #[schema(max_length = 500_000, pattern = r"^[^\x00]*$", examples("fn main() {}\n"))]
    pub code: String,
    /// A line under the listing, at most 1,000 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 1_000, examples("The smallest program"))]
    pub caption: String,
}

impl Variant for Code {
    const TYPE: &'static str = "code";
    const SCHEMA: &'static str = "CodeBlock";

    fn samples() -> Vec<Self> {
        let full = Self {
            language: "rust".into(),
            code: "fn main() {}\n".into(),
            caption: "The smallest program".into(),
        };
        vec![full, Self { code: "plain".into(), ..Self::default() }]
    }
}

impl BlockData for Code {
    fn check(&self, _stage: Stage, at: &Pointer, problems: &mut Problems) {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_+#.-".contains(&b);
        if self.language.len() > MAX_LANGUAGE || !self.language.bytes().all(good) {
            let detail = "A language is at most 40 of a-z, 0-9, _, +, #, . and -, such as `rust`.";
            problems.add(&at.field("language"), FieldCode::Invalid, detail);
        }
        let code = at.field("code");
        if self.code.len() > MAX_CODE_BYTES {
            let detail = format!("The listing has {} bytes; it may have {MAX_CODE_BYTES}.", self.code.len());
            problems.add(&code, FieldCode::TooLong, detail);
        }
        if self.code.contains('\0') {
            problems.add(&code, FieldCode::Invalid, "The listing contains the character U+0000; remove it.");
        }
        check_line(problems, &at.field("caption"), &self.caption, MAX_CAPTION);
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Body, &self.caption);
        out.add(Weight::Body, &self.code);
    }

    fn view(&self, _id: &BlockId, _reader: Reader<'_>) -> ContentView {
        let given = |text: &String| (!text.is_empty()).then(|| text.clone());
        ContentView::Code(CodeView {
            language: given(&self.language),
            code: self.code.clone(),
            caption: given(&self.caption),
        })
    }
}

/// A listing of a program, a command or data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CodeView {
    /// The language, for colouring; absent when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("rust"))]
    pub language: Option<String>,
    /// The listing as plain text: escape it before it goes into HTML.
    pub code: String,
    /// A line under the listing; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub caption: Option<String>,
}

impl Variant for CodeView {
    const TYPE: &'static str = "code";
    const SCHEMA: &'static str = "CodeBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {
            language: Some("rust".into()),
            code: "fn main() {}\n".into(),
            caption: Some("The smallest program".into()),
        }]
    }
}
