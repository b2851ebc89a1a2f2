//! Times in bodies and queries.

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Deserializer, de::Error};

/// Reads an optional time: RFC 3339 with its offset, kept in UTC with at most microseconds, as Postgres keeps it.
///
/// # Errors
/// When it is no such time, or its year has not one to four digits.
pub fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let wrong = || {
        D::Error::custom(
            "a time is written as RFC 3339 says, with its offset, in the years 1 to 9999, such as `2026-03-01T09:00:00Z`",
        )
    };
    let time = DateTime::parse_from_rfc3339(&text).map_err(|_| wrong())?.to_utc();
    DateTime::from_timestamp_micros(time.timestamp_micros())
        .filter(|time| (1..=9_999).contains(&time.year()))
        .map(Some)
        .ok_or_else(wrong)
}
