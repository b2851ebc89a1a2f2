//! `masthead doctor`.

use std::os::unix::fs::PermissionsExt;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;

use super::database::Database;
use super::{Context, Failure, block_on, result, say};
use crate::blobs;
use crate::content;
use crate::documents::{reindex, soundness};
use crate::platform::db::examine::{Check, Verdict, examine, server_version};
use crate::platform::storage::Storage;

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Give the answer as one JSON object.
    #[arg(long)]
    json: bool,
    /// Read every file of the uploads and compare it with its SHA-256.
    #[arg(long)]
    deep: bool,
}

impl Doctor {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        let storage = context.storage()?;
        let database = Database::open(&context.database)?;
        let address = database.service.to_string();
        let examined = block_on(async {
            let version = server_version(&database.owner).await?;
            let mut progress = Progress(Instant::now());
            let (owner, service, reader) = (&database.owner, &database.service, &database.reader);
            let mut checks =
                examine(owner, service, reader, &mut |what| progress.show(|| what.to_owned())).await?;
            // Rows of another schema cannot be asked.
            if checks.iter().any(|check| check.name == "migrations" && check.verdict == Verdict::Ok) {
                checks.extend(bodies(&database, &mut progress).await?);
                checks.extend(self.uploads(&database, &storage, &mut progress).await?);
            } else {
                checks.push(probe(&storage).await);
            }
            Ok::<_, Failure>((version, checks))
        });
        let folder = database.cluster().map(folder);
        database.stop()?;
        let (version, mut checks) = examined?;
        checks.extend(folder);
        let sound = checks.iter().all(|check| check.verdict != Verdict::Broken);
        if self.json {
            let answer = json!({
                "sound": sound, "masthead": env!("CARGO_PKG_VERSION"), "postgres": version, "database": address,
                "checks": checks,
            });
            result(&answer.to_string())?;
        } else {
            result(&format!("Masthead {}, PostgreSQL {version}", env!("CARGO_PKG_VERSION")))?;
            result(&format!("database {address}"))?;
            for check in &checks {
                result(&line(check))?;
            }
        }
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Doctor {
    /// Whether the storage of uploads works, and whether every row has its file.
    async fn uploads(
        &self,
        database: &Database,
        storage: &Storage,
        progress: &mut Progress,
    ) -> Result<Vec<Check>, Failure> {
        let probed = probe(storage).await;
        if probed.verdict == Verdict::Broken {
            // Not every file is missing when the storage is away.
            return Ok(vec![probed]);
        }
        let store = database.store(&database.service)?;
        let told = &mut |looked| progress.show(|| format!("{looked} uploads looked at"));
        let found = blobs::soundness::examine(&store, storage, self.deep, told).await;
        store.close();
        let found = found?;
        let there = format!("{} uploads have their files", found.blobs);
        let mut checks = vec![probed, Check::of_promise("uploads", &there, found.missing)];
        if self.deep {
            checks.push(Check::of_promise(
                "bytes of uploads",
                "every file holds what it is named by",
                found.different,
            ));
        }
        Ok(checks)
    }
}

/// Writes a file, reads it back and removes it.
async fn probe(storage: &Storage) -> Check {
    let (name, address) = ("storage", storage.address());
    if storage.is_unmade() {
        let detail = format!("{address} does not exist; masthead serve makes it");
        return Check { name, verdict: Verdict::Ok, detail };
    }
    match storage.probe().await {
        Ok(()) => Check { name, verdict: Verdict::Ok, detail: address },
        Err(error) => Check { name, verdict: Verdict::Broken, detail: format!("{address}: {error}") },
    }
}

/// Whether every body is what was written, and what is kept beside it follows from it.
async fn bodies(database: &Database, progress: &mut Progress) -> Result<[Check; 4], Failure> {
    let store = database.store(&database.service)?;
    let told = &mut |read| progress.show(|| format!("{read} revisions read"));
    let found = soundness::examine(&store, &content::kinds(), told).await?;
    let older = reindex::is_due(&store).await?;
    store.close();
    let derived = if older {
        let detail =
            "an older version derived what lists and search know of some content; run masthead reindex";
        Check { name: "derived", verdict: Verdict::Weak, detail: detail.to_owned() }
    } else {
        let detail = "what lists and search know was derived by this version";
        Check { name: "derived", verdict: Verdict::Ok, detail: detail.to_owned() }
    };
    let written = format!("{} bodies are what was written, and can be read", found.revisions);
    Ok([
        Check::of_promise("bodies", &written, found.bodies),
        Check::of_promise(
            "references",
            "what is noted as pointed at is what bodies point at",
            found.references,
        ),
        Check::of_promise(
            "places",
            "parent and position of a document are those of its newest revision",
            found.places,
        ),
        derived,
    ])
}

/// Lines for people who wait: at most one a second, so that a quick examination shows none.
struct Progress(Instant);

impl Progress {
    fn show(&mut self, what: impl FnOnce() -> String) {
        if self.0.elapsed() >= Duration::from_secs(1) {
            say(&format!("checking: {}", what()));
            self.0 = Instant::now();
        }
    }
}

fn line(check: &Check) -> String {
    let verdict = match check.verdict {
        Verdict::Ok => "ok    ",
        Verdict::Weak => "weak  ",
        Verdict::Broken => "BROKEN",
    };
    format!("{verdict}  {}: {}", check.name, check.detail)
}

/// Whether the folder of the private cluster is there and belongs to the server alone.
fn folder(cluster: &crate::platform::db::cluster::Cluster) -> Check {
    let folder = cluster.folder();
    let name = "cluster folder";
    match std::fs::metadata(&folder) {
        Ok(found) if found.permissions().mode().trailing_zeros() >= 6 => {
            Check { name, verdict: Verdict::Ok, detail: folder.display().to_string() }
        }
        Ok(_) => {
            let detail = format!("others may enter {}; chmod 700 it", folder.display());
            Check { name, verdict: Verdict::Broken, detail }
        }
        Err(error) => {
            Check { name, verdict: Verdict::Broken, detail: format!("{}: {error}", folder.display()) }
        }
    }
}
