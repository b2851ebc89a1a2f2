//! Finds the Postgres server binaries. A folder counts when it holds `postgres` and `initdb` of version 15 or newer; the
//! client packages install `pg_config` without them, so the search goes on past such folders.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::ClusterError;
use super::install;

/// The oldest major version that the schema works with.
const OLDEST: u32 = 15;

/// The contrib extensions that the migrations create.
const EXTENSIONS: [&str; 3] = ["btree_gist", "pg_trgm", "unaccent"];

/// Install folders of distributions: a parent, what stands before the major version in its entries, what follows.
const USUAL: [(&str, &str, &str); 8] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/usr/lib", "postgresql", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/usr/local", "pgsql-", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// A folder of server binaries and their version.
#[derive(Debug, Clone)]
pub(super) struct Binaries {
    folder: PathBuf,
    /// For example `15.18`.
    pub(super) version: String,
    pub(super) major: u32,
}

impl Binaries {
    /// The server.
    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    /// The program that makes a cluster.
    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    /// Fails unless the contrib extensions lie where this server looks for them.
    pub(super) fn require_extensions(&self) -> Result<(), ClusterError> {
        let folder = self.extension_folder();
        let present =
            |name: &str| folder.as_ref().is_some_and(|dir| dir.join(format!("{name}.control")).is_file());
        let missing: Vec<&str> = EXTENSIONS.into_iter().filter(|name| !present(name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let install = install::command(self.major);
        Err(ClusterError::ExtensionsMissing {
            folder: self.folder.clone(),
            names: missing.join(", "),
            install,
        })
    }

    /// Asks this server's own `pg_config`; packages that leave it out use one of a few fixed places.
    fn extension_folder(&self) -> Option<PathBuf> {
        if let Some(share) = first_line(&self.folder.join("pg_config"), "--sharedir") {
            return Some(PathBuf::from(share).join("extension"));
        }
        let major = self.major;
        let prefix = self.folder.parent().unwrap_or(Path::new("/"));
        [
            prefix.join("share/postgresql/extension"),
            prefix.join("share/extension"),
            PathBuf::from(format!("/usr/share/postgresql/{major}/extension")),
            PathBuf::from(format!("/usr/share/postgresql{major}/extension")),
            PathBuf::from("/usr/share/pgsql/extension"),
        ]
        .into_iter()
        .find(|folder| folder.is_dir())
    }
}

/// Finds the binaries: in `bin_dir` alone if given, else wherever they usually are. With `wanted`, the major version of an
/// existing cluster, binaries of that version win over any found earlier.
pub(super) fn find(bin_dir: Option<&Path>, wanted: Option<u32>) -> Result<Binaries, ClusterError> {
    match bin_dir {
        Some(folder) => inspect_named(folder),
        None => choose(&candidates(), wanted),
    }
}

fn inspect_named(folder: &Path) -> Result<Binaries, ClusterError> {
    let unusable = |why: String| ClusterError::BinDirUnusable { folder: folder.to_path_buf(), why };
    let folder = folder.canonicalize().map_err(|error| unusable(format!("it cannot be opened ({error})")))?;
    let found =
        inspect(&folder).ok_or_else(|| unusable("it holds no working `postgres` and `initdb`".to_owned()))?;
    if found.major < OLDEST {
        return Err(unusable(format!("the server there is PostgreSQL {}", found.version)));
    }
    Ok(found)
}

/// The first usable folder, or the first of the wanted version; if no folder has that, the first usable one, which the
/// caller refuses by name.
fn choose(candidates: &[PathBuf], wanted: Option<u32>) -> Result<Binaries, ClusterError> {
    let mut first = None;
    let mut skipped = Vec::new();
    for found in candidates.iter().filter_map(|folder| inspect(folder)) {
        if found.major < OLDEST {
            skipped.push(format!(", only {} in {}", found.version, found.folder.display()));
        } else if wanted.is_none_or(|major| major == found.major) {
            return Ok(found);
        } else {
            first.get_or_insert(found);
        }
    }
    first.ok_or_else(|| ClusterError::BinariesMissing {
        skipped: skipped.concat(),
        install: install::command(wanted.unwrap_or(0)),
    })
}

/// All folders worth a look, best first, each once.
fn candidates() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    let asked = first_line(Path::new("pg_config"), "--bindir").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let from_path: Vec<PathBuf> =
        std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
    for folder in asked.into_iter().chain(from_path).chain(usual_folders()) {
        if let Ok(folder) = folder.canonicalize()
            && !folders.contains(&folder)
        {
            folders.push(folder);
        }
    }
    folders
}

/// The usual install folders that exist, highest version first.
fn usual_folders() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = USUAL.iter().flat_map(|place| versions_in(*place)).collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).chain([PathBuf::from("/usr/local/pgsql/bin")]).collect()
}

fn versions_in((parent, prefix, suffix): (&str, &str, &str)) -> Vec<(u32, PathBuf)> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let version = |path: &Path| path.file_name()?.to_str()?.strip_prefix(prefix)?.parse().ok();
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    paths.filter_map(|path| Some((version(&path)?, path.join(suffix)))).collect()
}

/// What a folder holds, if it holds a server that runs.
fn inspect(folder: &Path) -> Option<Binaries> {
    let postgres = folder.join("postgres");
    if !is_executable(&postgres) || !is_executable(&folder.join("initdb")) {
        return None;
    }
    let version = parse_version(&first_line(&postgres, "--version")?)?;
    let major = major_of(&version)?;
    Some(Binaries { folder: folder.to_path_buf(), version, major })
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// The first line that a program prints, if it runs and succeeds.
fn first_line(program: &Path, argument: &str) -> Option<String> {
    let output =
        Command::new(program).arg(argument).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.lines().next()?.trim().to_owned();
    (output.status.success() && !line.is_empty()).then_some(line)
}

/// `15.18` from `postgres (PostgreSQL) 15.18 (Debian 15.18-0)`.
fn parse_version(line: &str) -> Option<String> {
    let (_, after) = line.split_once("(PostgreSQL) ")?;
    after.split_whitespace().next().map(str::to_owned)
}

/// The leading number of `15.18`, `17beta1` or the content of `PG_VERSION`.
pub(super) fn major_of(version: &str) -> Option<u32> {
    let end = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    version.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::scratch::Scratch;
    use super::*;

    /// A folder with programs that only know their version.
    fn fake(scratch: &Scratch, name: &str, version: &str, programs: &[&str]) -> PathBuf {
        let folder = scratch.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        for program in programs {
            let path = folder.join(program);
            fs::write(&path, format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version} (made up)'\n"))
                .unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    const SERVER: [&str; 2] = ["postgres", "initdb"];

    #[test]
    fn versions_are_read_as_postgres_prints_them() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0)").as_deref(), Some("15.18"));
        assert_eq!(parse_version("postgres (PostgreSQL) 18devel").as_deref(), Some("18devel"));
        assert_eq!(parse_version("something else 15"), None);
        assert_eq!(major_of("17beta1"), Some(17));
        assert_eq!(major_of("15.18"), Some(15));
        assert_eq!(major_of("devel"), None);
    }

    #[test]
    fn a_folder_without_the_server_or_too_old_is_passed_over() {
        let scratch = Scratch::new();
        let client = fake(&scratch, "client", "16.1", &["initdb"]);
        let old = fake(&scratch, "old", "14.9", &SERVER);
        let good = fake(&scratch, "good", "16.3", &SERVER);
        let found = choose(&[client, old.clone(), good.clone()], None).unwrap();
        assert_eq!((found.folder, found.major), (good, 16));
        let message = choose(&[old], None).unwrap_err().to_string();
        assert!(message.contains("14.9") && message.contains("Install it"), "{message}");
    }

    #[test]
    fn the_version_of_an_existing_cluster_is_preferred() {
        let scratch = Scratch::new();
        let newer = fake(&scratch, "newer", "17.2", &SERVER);
        let older = fake(&scratch, "older", "15.4", &SERVER);
        let both = [newer.clone(), older];
        assert_eq!(choose(&both, None).unwrap().major, 17);
        assert_eq!(choose(&both, Some(15)).unwrap().major, 15);
        // Not there: the caller gets what there is, and names both.
        assert_eq!(choose(&[newer], Some(15)).unwrap().major, 17);
    }

    #[test]
    fn a_named_folder_is_used_alone() {
        let scratch = Scratch::new();
        let empty = fake(&scratch, "empty", "16.1", &[]);
        let old = fake(&scratch, "old", "14.9", &SERVER);
        for (folder, part) in
            [(&empty, "no working"), (&old, "14.9"), (&scratch.path().join("none"), "cannot be opened")]
        {
            let message = find(Some(folder), None).unwrap_err().to_string();
            assert!(message.contains("MASTHEAD_POSTGRES_BIN") && message.contains(part), "{message}");
        }
    }

    #[test]
    fn missing_extensions_are_named() {
        let scratch = Scratch::new();
        let folder = fake(&scratch, "pg/bin", "16.1", &SERVER);
        let extensions = scratch.path().join("pg/share/postgresql/extension");
        fs::create_dir_all(&extensions).unwrap();
        fs::write(extensions.join("btree_gist.control"), "").unwrap();
        let found = inspect(&folder).unwrap();
        let message = found.require_extensions().unwrap_err().to_string();
        assert!(message.contains("pg_trgm, unaccent") && !message.contains("btree_gist"), "{message}");
        for name in EXTENSIONS {
            fs::write(extensions.join(format!("{name}.control")), "").unwrap();
        }
        found.require_extensions().unwrap();
    }
}
