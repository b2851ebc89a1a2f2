//! Logs: structured, on standard error, as text for people on a terminal and as JSON for machines.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging. A second call in one process changes nothing.
pub fn start(filter: &str, json: Option<bool>) {
    let terminal = std::io::stderr().is_terminal();
    let json = json.unwrap_or(!terminal);
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(terminal);
    // Another subscriber stands only in tests, which then keep theirs.
    let _ = if json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_target(false).try_init()
    };
}
