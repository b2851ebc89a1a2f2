//! How much memory the server of a new cluster may keep tables in.

use std::fs;

/// The bounds of it in MiB: what Postgres takes by itself, and what a large site still gains by.
const LEAST: u64 = 128;
const MOST: u64 = 1024;

/// `shared_buffers` in MiB: an eighth of the memory that there is, because Masthead and its pictures live on the same machine, and
/// what does not fit is still in the cache of the system. Searching a site of 100,000 pages takes a fifth longer with the least.
pub(super) fn shared_buffers() -> u64 {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    share(total(&read("/proc/meminfo"), &read("/sys/fs/cgroup/memory.max")))
}

fn share(total: Option<u64>) -> u64 {
    total.map_or(LEAST, |mib| (mib / 8).clamp(LEAST, MOST))
}

/// The memory in MiB, by what Linux says of the machine (in KiB) and of the container (in bytes, or `max`). Nothing where there is
/// no such file.
fn total(machine: &str, container: &str) -> Option<u64> {
    let line = machine.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let machine = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? / 1024;
    let container = container.trim().parse::<u64>().ok().map(|bytes| bytes / (1024 * 1024));
    Some(container.map_or(machine, |container| container.min(machine)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_may_have_less_than_its_machine() {
        let machine = "MemTotal:        8388608 kB\nMemFree:          123456 kB\n";
        assert_eq!(total(machine, ""), Some(8_192));
        assert_eq!(total(machine, "max\n"), Some(8_192));
        assert_eq!(total(machine, "2147483648\n"), Some(2_048));
        assert_eq!(total(machine, "9223372036854771712\n"), Some(8_192));
        assert_eq!(total("", "2147483648\n"), None);
    }

    #[test]
    fn an_eighth_within_bounds() {
        assert_eq!(share(None), 128);
        assert_eq!(share(Some(512)), 128);
        assert_eq!(share(Some(4_096)), 512);
        assert_eq!(share(Some(1 << 20)), 1_024);
        assert!((LEAST..=MOST).contains(&shared_buffers()));
    }
}
