//! Dates that editors give: UTC, no finer than Postgres keeps them, so that what is stored is what was sent.

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Deserializer};

/// The text is not a date that can be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a date is written as RFC 3339 says, with its offset, in the years 1 to 9999, such as `2026-03-01T09:00:00Z`"
)]
pub struct DateError;

/// Reads an RFC 3339 time of any offset as UTC; digits beyond microseconds are dropped.
///
/// # Errors
/// When it is no such time.
pub fn parse(text: &str) -> Result<DateTime<Utc>, DateError> {
    let date = DateTime::parse_from_rfc3339(text).map_err(|_| DateError)?;
    truncate(date.to_utc())
}

/// The date without digits beyond microseconds.
///
/// # Errors
/// When its year has not one to four digits.
pub fn truncate(date: DateTime<Utc>) -> Result<DateTime<Utc>, DateError> {
    DateTime::from_timestamp_micros(date.timestamp_micros())
        .filter(|date| (1..=9_999).contains(&date.year()))
        .ok_or(DateError)
}

/// Reads an optional date; `null` is none.
///
/// # Errors
/// When the text is not a date that can be kept.
pub(super) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| parse(&text)).transpose().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_come_to_utc_and_microseconds() {
        let cases = [
            ("2026-03-01T09:00:00Z", "2026-03-01T09:00:00Z"),
            ("2026-03-01T09:00:00+02:00", "2026-03-01T07:00:00Z"),
            ("2026-03-01T09:00:00.123456789Z", "2026-03-01T09:00:00.123456Z"),
            ("1890-01-01T00:00:00.0000019Z", "1890-01-01T00:00:00.000001Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ];
        for (given, kept) in cases {
            assert_eq!(serde_json::to_value(parse(given).unwrap()).unwrap(), kept, "{given}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for bad in [
            "",
            "2026-03-01",
            "2026-03-01T09:00:00",
            "2026-02-30T09:00:00Z",
            "10000-01-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(bad), Err(DateError), "{bad}");
        }
    }
}
