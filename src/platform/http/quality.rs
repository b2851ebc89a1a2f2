//! Lists of values with a weight, as in `Accept` and `Accept-Encoding` (RFC 9110, section 12.4.2).

use actix_web::http::header::{HeaderMap, HeaderName};

/// A value of such a list: lower case, without parameters, with its weight in thousandths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Weighted {
    pub value: String,
    pub weight: u16,
}

/// All values of a header, over all its lines. What cannot be read is left out.
pub(super) fn weighted(headers: &HeaderMap, name: HeaderName) -> Vec<Weighted> {
    headers
        .get_all(name)
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(parse)
        .collect()
}

fn parse(part: &str) -> Option<Weighted> {
    let mut pieces = part.split(';').map(str::trim);
    let value = pieces.next().filter(|value| !value.is_empty())?.to_ascii_lowercase();
    let weight = pieces
        .filter_map(|piece| piece.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
        .map_or(Some(1000), |(_, q)| thousandths(q.trim()))?;
    Some(Weighted { value, weight })
}

/// `0`, `0.5`, `1.000`: at most three decimals and at most 1.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if !matches!(whole, "0" | "1") || decimals.len() > 3 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value = format!("{whole}{decimals:0<3}").parse().ok()?;
    (value <= 1000).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_exactly() {
        for (text, expected) in [
            ("0", Some(0)),
            ("0.", Some(0)),
            ("0.5", Some(500)),
            ("0.25", Some(250)),
            ("1.000", Some(1000)),
            ("1.001", None),
            ("2", None),
            ("0.0001", None),
            ("0.x", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(thousandths(text), expected, "{text}");
        }
    }

    #[test]
    fn parameters_other_than_q_are_ignored() {
        assert_eq!(
            parse(" Application/JSON ; charset=utf-8; Q=0.3"),
            Some(Weighted { value: "application/json".into(), weight: 300 })
        );
        assert_eq!(parse(" "), None);
        assert_eq!(parse("a;q=9"), None);
    }
}
