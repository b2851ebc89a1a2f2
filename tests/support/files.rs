//! A storage of one test: a folder of its own, removed with the value.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use masthead::platform::storage::{Place, S3Settings, Storage, StorageSettings};

/// A folder for uploads.
pub struct TestFiles(PathBuf);

impl TestFiles {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("uploads-{}-{}-{number}", env!("CARGO_CRATE_NAME"), std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // A run before this one may have died.
        std::fs::remove_dir_all(&folder).ok();
        Self(folder)
    }

    pub fn folder(&self) -> &Path {
        &self.0
    }

    pub fn storage(&self) -> Storage {
        Storage::new(&StorageSettings {
            place: Place::Folder(self.0.clone()),
            s3: S3Settings::default(),
            spool: self.0.join("unused"),
        })
        .expect("settings")
    }

    /// The names of all files below the folder, in order; those that are being received begin with `.spool/`.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&self.0).expect("below");
                    names.push(name.to_str().expect("text").to_owned());
                }
            }
        }
        names.sort();
        names
    }
}

impl Drop for TestFiles {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
