//! The numbers of the database: its connections, its statements, and what this process knows of the state of the site.

use std::fmt;
use std::time::Instant;

use super::pool::Pool;
use super::store::Store;
use crate::platform::metrics::{Durations, Labels, Measured, Page};

const SERVICE: Labels<'static> = &[("pool", "service")];
const READER: Labels<'static> = &[("pool", "reader")];

impl Store {
    fn pools(&self) -> [(Labels<'static>, &Pool); 2] {
        [(SERVICE, &self.service), (READER, &self.reader)]
    }

    fn durations(&self, of: impl Fn(&Pool) -> &Durations) -> Vec<(Labels<'static>, &Durations)> {
        self.pools().into_iter().map(|(labels, pool)| (labels, of(pool))).collect()
    }

    fn counts(&self, of: impl Fn(&Pool) -> u64) -> Vec<(Labels<'static>, u64)> {
        self.pools().into_iter().map(|(labels, pool)| (labels, of(pool))).collect()
    }

    fn gauges(&self, of: impl Fn(&Pool) -> usize) -> Vec<(Labels<'static>, f64)> {
        self.pools().into_iter().map(|(labels, pool)| (labels, number(of(pool)))).collect()
    }

    fn write_connections(&self, page: &mut Page<'_>) -> fmt::Result {
        page.gauges(
            "masthead_database_connections_max",
            "Connections that a pool may have.",
            &self.gauges(|pool| pool.state().most),
        )?;
        page.gauges(
            "masthead_database_connections_in_use",
            "Connections that work for somebody.",
            &self.gauges(|pool| pool.state().in_use),
        )?;
        page.gauges(
            "masthead_database_connections_idle",
            "Connections that are open and free.",
            &self.gauges(|pool| pool.state().idle),
        )?;
        page.gauges(
            "masthead_database_connections_awaited",
            "Requests and tasks that wait for a connection.",
            &self.gauges(|pool| pool.state().waiting),
        )?;
        page.durations(
            "masthead_database_connection_wait_seconds",
            "How long whoever needed a connection waited for it.",
            &self.durations(Pool::waits),
        )?;
        page.counters(
            "masthead_database_connection_failures",
            "How often there was none in time, or the database was away.",
            &self.counts(Pool::refused),
        )
    }

    fn write_statements(&self, page: &mut Page<'_>) -> fmt::Result {
        page.durations(
            "masthead_database_query_duration_seconds",
            "How long a statement took.",
            &self.durations(|pool| &pool.queries().took),
        )?;
        page.counters(
            "masthead_database_query_failures",
            "Statements that Postgres refused.",
            &self.counts(|pool| pool.queries().failed.get()),
        )?;
        page.counters(
            "masthead_database_slow_queries",
            "Statements that the log of slow queries has.",
            &self.counts(|pool| pool.queries().slow.get()),
        )
    }

    fn write_site(&self, page: &mut Page<'_>) -> fmt::Result {
        let sight = self.watch.sight(Instant::now());
        if let Some(version) = sight.version {
            #[expect(clippy::cast_precision_loss, reason = "no site is changed so often")]
            let version = version as f64;
            page.gauge(
                "masthead_site_version",
                "The version of everything public, as this process knows it.",
                version,
            )?;
        }
        if let Some(age) = sight.age {
            page.gauge(
                "masthead_site_seen_age_seconds",
                "How long ago the state of the site was current for certain; under a second while all is well.",
                age.as_secs_f64(),
            )?;
        }
        page.gauge(
            "masthead_database_away",
            "1 while the database does not answer the watch over the site, else 0.",
            f64::from(u8::from(sight.away)),
        )
    }
}

impl Measured for Store {
    fn write(&self, page: &mut Page<'_>) -> fmt::Result {
        self.write_connections(page)?;
        self.write_statements(page)?;
        self.write_site(page)
    }
}

fn number(of: usize) -> f64 {
    u32::try_from(of).map_or(f64::MAX, f64::from)
}
