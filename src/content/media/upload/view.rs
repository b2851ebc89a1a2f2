//! What became of the files of an upload.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::content::media::view::MediaDocument;
use crate::platform::problem::{Code, Problem, ProblemBody};

/// What became of an upload.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadResult {
    /// How many files became entries.
    #[schema(example = 1)]
    uploaded: usize,
    /// How many were refused.
    #[schema(example = 0)]
    refused: usize,
    /// Each file, in the order in which they came.
    results: Vec<UploadedFile>,
}

/// What became of one file.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadedFile {
    /// The name that it came with.
    #[schema(example = "reading-room.jpg")]
    name: String,
    /// 201, or the status that an upload of this file alone would have had.
    #[schema(example = 201)]
    status: u16,
    /// The entry that was made, as a draft: `title`, `caption`, `alt`, `credit` and `licence` are filled in from what the file
    /// says about itself. Absent when it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    media: Option<MediaDocument>,
    /// Other entries that show the very same bytes; at most 20.
    same_file: Vec<Uuid>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    problem: Option<ProblemBody>,
}

impl UploadedFile {
    /// A file that became an entry.
    pub fn made(name: String, media: MediaDocument, same_file: Vec<Uuid>) -> Self {
        Self { name, status: 201, media: Some(media), same_file, problem: None }
    }

    /// A file that was refused.
    pub fn refused(name: String, problem: &Problem) -> Self {
        let body = problem.body(None);
        Self { name, status: body.status, media: None, same_file: Vec::new(), problem: Some(body) }
    }
}

impl UploadResult {
    /// What became of each.
    #[must_use]
    pub fn new(results: Vec<UploadedFile>) -> Self {
        let uploaded = results.iter().filter(|file| file.media.is_some()).count();
        Self { uploaded, refused: results.len() - uploaded, results }
    }
}

/// What is answered when no file was taken: as for the first, with what is wrong with each.
pub(super) fn none_taken(mut refused: Vec<(String, Problem)>) -> Problem {
    if refused.is_empty() {
        return Problem::new(Code::Invalid)
            .detail("The form has no file. Send one or more parts with a file name, such as `file`.");
    }
    if refused.len() == 1 {
        return refused.remove(0).1;
    }
    let count = refused.len();
    let fields: Vec<_> = refused
        .iter()
        .enumerate()
        .map(|(nth, (name, problem))| {
            let detail = problem.body(None).detail.unwrap_or_default();
            (format!("/files/{nth}"), format!("{name}: {detail}"))
        })
        .collect();
    let code = refused.remove(0).1.code();
    fields.into_iter().fold(
        Problem::new(code)
            .detail(format!("None of the {count} files was taken; `errors` says why for each.")),
        |problem, (pointer, detail)| {
            problem.field(pointer, crate::platform::problem::FieldCode::Invalid, detail)
        },
    )
}
