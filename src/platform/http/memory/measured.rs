//! The numbers of the kept answers.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Memory;
use crate::platform::metrics::{Labels, Measured, Page};

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("counts", self.counts()).finish_non_exhaustive()
    }
}

impl Measured for Memory {
    fn write(&self, page: &mut Page<'_>) -> fmt::Result {
        let counts = self.counts();
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        let outcomes: [(Labels<'_>, u64); 4] = [
            (&[("outcome", "hit")], count(&counts.hits)),
            (&[("outcome", "miss")], count(&counts.fills)),
            (&[("outcome", "shared")], count(&counts.shared)),
            (&[("outcome", "stale")], count(&counts.stale)),
        ];
        page.counters(
            "masthead_memory_requests",
            "Requests that could be answered from memory: `hit` was, `miss` was computed, `shared` waited for a computation of \
             another request, `stale` was answered while the database was away.",
            &outcomes,
        )?;
        page.counters(
            "masthead_memory_evictions",
            "Answers that went because there was no room.",
            &[(&[], count(&counts.evictions))],
        )?;
        page.gauge("masthead_memory_bytes", "Bytes of kept answers, about.", number(self.bytes()))?;
        page.gauge("masthead_memory_entries", "Kept answers, about.", number(self.entries()))
    }
}

#[expect(clippy::cast_precision_loss, reason = "no memory is so large")]
fn number(of: u64) -> f64 {
    of as f64
}
