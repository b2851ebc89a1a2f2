//! The marker file that tells Masthead's clusters from anything else. It is written last, so a folder that carries it is
//! whole.

use std::fs;
use std::io;
use std::path::Path;

use super::account::Account;
use super::disk;
use super::error::ClusterError;
use super::find::major_of;

const NAME: &str = "masthead-cluster.json";

/// The format of the cluster that this program makes: roles, database, access files.
const FORMAT: u64 = 1;

/// What a cluster folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FolderState {
    /// Nothing: it is missing or empty.
    Absent,
    /// A whole cluster of Masthead, of this major version of Postgres.
    Made { major: u32 },
}

/// Looks at a cluster folder without changing it.
pub(super) fn inspect(folder: &Path) -> Result<FolderState, ClusterError> {
    let not_ours = || ClusterError::FolderNotOurs { folder: folder.to_path_buf() };
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_none() {
                return Ok(FolderState::Absent);
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(FolderState::Absent),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Err(not_ours()),
        Err(error) => return Err(ClusterError::at("read the folder", folder)(error)),
    }
    let marker = fs::read_to_string(folder.join(NAME)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => not_ours(),
        _ => ClusterError::at("read", &folder.join(NAME))(error),
    })?;
    let marker: serde_json::Value = serde_json::from_str(&marker).map_err(|_| not_ours())?;
    let format = marker.get("format").and_then(serde_json::Value::as_u64).ok_or_else(not_ours)?;
    if format > FORMAT {
        return Err(ClusterError::FormatTooNew { folder: folder.to_path_buf(), format, known: FORMAT });
    }
    let version = folder.join("PG_VERSION");
    let text = fs::read_to_string(&version).map_err(ClusterError::at("read", &version))?;
    major_of(text.trim()).map(|major| FolderState::Made { major }).ok_or_else(not_ours)
}

/// Marks a folder as a whole cluster of Masthead.
pub(super) fn write(folder: &Path, account: &Account) -> Result<(), ClusterError> {
    let content = serde_json::json!({ "made_by": "masthead", "format": FORMAT });
    disk::replace(&folder.join(NAME), &format!("{content}\n"), account)
}

#[cfg(test)]
mod tests {
    use super::super::scratch::Scratch;
    use super::*;

    #[test]
    fn only_whole_marked_folders_count() {
        let scratch = Scratch::new();
        let folder = scratch.path();
        assert_eq!(inspect(&folder.join("missing")).unwrap(), FolderState::Absent);
        assert_eq!(inspect(folder).unwrap(), FolderState::Absent);

        fs::write(folder.join("PG_VERSION"), "15\n").unwrap();
        assert!(matches!(inspect(folder), Err(ClusterError::FolderNotOurs { .. })));
        assert!(matches!(inspect(&folder.join("PG_VERSION")), Err(ClusterError::FolderNotOurs { .. })));

        fs::write(folder.join(NAME), r#"{"made_by":"masthead","format":1}"#).unwrap();
        assert_eq!(inspect(folder).unwrap(), FolderState::Made { major: 15 });
        fs::write(folder.join(NAME), r#"{"made_by":"masthead","format":2}"#).unwrap();
        assert!(matches!(inspect(folder), Err(ClusterError::FormatTooNew { format: 2, .. })));
        fs::write(folder.join(NAME), "not json").unwrap();
        assert!(matches!(inspect(folder), Err(ClusterError::FolderNotOurs { .. })));
    }
}
