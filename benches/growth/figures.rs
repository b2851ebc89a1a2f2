//! The figures as a table.

use std::fmt::Write;
use std::time::Duration;

use super::median;

/// One line each: what, its median in the small database where there is one, that in the large one.
#[derive(Default)]
pub struct Figures(Vec<(String, Option<Duration>, Duration)>);

impl Figures {
    /// The same in both databases, the small one first.
    pub fn compare(&mut self, what: &str, times: &[Vec<Duration>; 2]) {
        let [small, large] = times;
        self.0.push((what.to_owned(), Some(median(small.clone())), median(large.clone())));
    }

    /// What was done in the large database alone.
    pub fn alone(&mut self, what: &str, times: Vec<Duration>) {
        self.0.push((what.to_owned(), None, median(times)));
    }

    /// The table; times are medians.
    pub fn table(&self) -> String {
        let mut text = format!("\n{:<42} {:>12} {:>12} {:>8}\n", "median of", "small", "large", "ratio");
        for (what, small, large) in &self.0 {
            let (small, ratio) = match small {
                Some(small) => {
                    (milliseconds(*small), format!("{:.2}", large.as_secs_f64() / small.as_secs_f64()))
                }
                None => (String::new(), String::new()),
            };
            writeln!(text, "{what:<42} {small:>12} {:>12} {ratio:>8}", milliseconds(*large)).expect("text");
        }
        text
    }
}

/// A time for people.
pub fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
