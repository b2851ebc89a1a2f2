//! The figures as lines of a table, each printed as soon as it is known.

use std::time::Duration;

/// The head of the table.
pub fn head() -> String {
    row("median of", "small", "large", "ratio")
}

/// The same in both databases, the small one first.
pub fn compare(what: &str, times: [Vec<Duration>; 2]) -> String {
    let [small, large] = times.map(median);
    let ratio = format!("{:.2}", large.as_secs_f64() / small.as_secs_f64());
    row(what, &milliseconds(small), &milliseconds(large), &ratio)
}

/// What was done in the large database alone.
pub fn alone(what: &str, times: Vec<Duration>) -> String {
    row(what, "", &milliseconds(median(times)), "")
}

/// What half of the times, and what 99 in 100 do not exceed.
pub fn spread(what: &str, mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    row(what, &milliseconds(at(50)), &milliseconds(at(99)), "")
}

fn row(what: &str, small: &str, large: &str, ratio: &str) -> String {
    format!("{what:<42} {small:>12} {large:>12} {ratio:>8}")
}

/// A time for people.
fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// The middle of these times.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    assert!(!times.is_empty(), "nothing was measured");
    times[times.len() / 2]
}
