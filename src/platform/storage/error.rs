//! What the storage refuses, sorted by who can do something about it, and the problem that each becomes.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};

use super::key::Key;
use crate::platform::problem::{Code, Problem};

type Cause = Box<dyn StdError + Send + Sync + 'static>;

/// Why the storage did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A setting is wrong; the text says what to write.
    #[error("{0}")]
    Settings(String),
    /// No file has this key.
    #[error("no file {0} in the storage of uploads")]
    Missing(String),
    /// No space is left.
    #[error("the storage of uploads is full: {0}")]
    Full(Cause),
    /// The storage knows us and does not let us: wrong credentials, wrong rights, no such bucket.
    #[error("the storage of uploads refuses: {0}")]
    Refused(Cause),
    /// The storage does not answer, or answers nonsense.
    #[error("the storage of uploads does not answer: {0}")]
    Away(Cause),
}

impl StorageError {
    pub(super) fn away(cause: impl Into<Cause>) -> Self {
        Self::Away(cause.into())
    }

    /// What the file system says.
    pub(super) fn of_file(key: &Key, error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing(key.to_string()),
            _ => Self::of_io(error),
        }
    }

    /// What the file system says of a file that is our own.
    pub(super) fn of_io(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::Full(error.into())
            }
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::Refused(error.into()),
            _ => Self::Away(error.into()),
        }
    }

    /// What `object_store` says.
    pub(super) fn of_store(key: &Key, error: object_store::Error) -> Self {
        use object_store::Error;
        // Listings tell the status of an answer in their text alone.
        let text = error.to_string();
        let status = text.split_once("status code: ").and_then(|(_, rest)| rest.get(..3));
        match (&error, status) {
            (Error::PermissionDenied { .. } | Error::Unauthenticated { .. }, _)
            | (_, Some("401" | "403")) => Self::Refused(error.into()),
            // A bucket that is not there answers in the same way as a file that is not.
            (_, Some("404")) if text.contains("NoSuchBucket") => Self::Refused(error.into()),
            // Of a range of a file that should be longer.
            (Error::NotFound { .. }, _) | (_, Some("416")) => Self::Missing(key.to_string()),
            // The way of `MinIO`.
            (_, Some("507")) => Self::Full(error.into()),
            _ if is_full(&error) => Self::Full(error.into()),
            _ => Self::Away(error.into()),
        }
    }
}

/// Whether the file system below is full.
fn is_full(error: &object_store::Error) -> bool {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(io) = cause.downcast_ref::<io::Error>()
            && matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
        {
            return true;
        }
        next = cause.source();
    }
    false
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        let code = match &error {
            StorageError::Missing(_) => Code::FileMissing,
            StorageError::Full(_) => Code::OutOfSpace,
            StorageError::Refused(_) | StorageError::Away(_) => Code::Unavailable,
            StorageError::Settings(_) => Code::Internal,
        };
        Self::new(code).caused_by(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(kind: ErrorKind) -> Code {
        Problem::from(StorageError::of_file(&Key::parse("a").unwrap(), kind.into())).code()
    }

    #[test]
    fn a_full_an_absent_and_a_missing_one_are_told_apart() {
        assert_eq!(code(ErrorKind::StorageFull), Code::OutOfSpace);
        assert_eq!(code(ErrorKind::QuotaExceeded), Code::OutOfSpace);
        assert_eq!(code(ErrorKind::NotFound), Code::FileMissing);
        assert_eq!(code(ErrorKind::PermissionDenied), Code::Unavailable);
        assert_eq!(code(ErrorKind::Other), Code::Unavailable);
        let inside = object_store::Error::Generic {
            store: "x",
            source: Box::new(io::Error::from(ErrorKind::StorageFull)),
        };
        let problem = Problem::from(StorageError::of_store(&Key::parse("a").unwrap(), inside));
        assert_eq!(problem.code(), Code::OutOfSpace);
    }
}
