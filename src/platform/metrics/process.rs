//! What the process itself takes, under the names that all exporters use.

use std::time::{SystemTime, UNIX_EPOCH};

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage};
use nix::sys::time::TimeVal;

use super::page::{Measured, Page};

/// The running process.
#[derive(Debug, Clone, Copy)]
pub struct Process {
    started: f64,
}

impl Process {
    /// To be called when the process starts. When that was is told by the clock of the machine, as Prometheus expects; nothing
    /// is decided by it.
    #[must_use]
    pub fn starts() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: since.as_secs_f64() }
    }
}

impl Measured for Process {
    fn write(&self, page: &mut Page<'_>) -> std::fmt::Result {
        let build = [("version", env!("CARGO_PKG_VERSION"))];
        page.gauges(
            "masthead_build_info",
            "The version that runs; the value is always 1.",
            &[(&build, 1.0)],
        )?;
        page.gauge(
            "process_start_time_seconds",
            "When the process started, in seconds since 1970.",
            self.started,
        )?;
        if let Some(bytes) = resident_bytes() {
            page.gauge("process_resident_memory_bytes", "Memory that the process has now.", bytes)?;
        }
        if let Some(files) = open_files() {
            page.gauge("process_open_fds", "Files and connections that are open.", files)?;
        }
        if let Ok((soft, _)) = getrlimit(Resource::RLIMIT_NOFILE) {
            #[expect(clippy::cast_precision_loss, reason = "no limit in use is so large")]
            let soft = soft as f64;
            page.gauge("process_max_fds", "How many can be open at once.", soft)?;
        }
        if let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) {
            let spent = seconds(usage.user_time()) + seconds(usage.system_time());
            page.amount("process_cpu_seconds", "Time of processors that the process has used.", spent)?;
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "a process does not run so long")]
fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}

/// As Linux tells it; other systems have no such file.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib * 1024.0)
}

fn open_files() -> Option<f64> {
    let files = std::fs::read_dir("/proc/self/fd").ok()?.count();
    u32::try_from(files).ok().map(f64::from)
}
