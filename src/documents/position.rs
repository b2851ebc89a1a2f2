//! Where a page stands among its siblings, as a rank between two others: moving one page changes that page alone.
//! The method is fractional indexing: a rank is the digits after the point of a fraction in base 62, so that there is
//! always one between two (D. Greenspan, "Implementing Fractional Indexing", 2020).

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE: u8 = 62;
const MAX_LENGTH: usize = 64;
/// New ranks at either end are so many digits long before they are shortened.
const WIDTH: usize = 8;
/// How far apart they are, so that many fit between before ranks grow.
const STEP: i64 = 62 * 62;

/// The rank of a page among its siblings: 1 to 64 of `0-9`, `A-Z` and `a-z`, not ending in `0`, ordered byte by byte.
/// Siblings of one rank stand in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 64, pattern = "^[0-9A-Za-z]{0,63}[1-9A-Za-z]$", examples("V"))]
pub struct Position(String);

/// The text is not a rank.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a position is 1 to 64 of 0-9, A-Z and a-z and does not end in 0, such as `V`")]
pub struct PositionError;

impl Default for Position {
    /// The middle of all ranks.
    fn default() -> Self {
        Self::numbered(0)
    }
}

impl Position {
    /// A rank for the number `n`, in the order of numbers, with room between them: for siblings that have numbers
    /// already.
    #[must_use]
    pub fn numbered(n: i32) -> Self {
        let middle = i64::from(BASE).pow(8) / 2;
        Self::of_number(middle + i64::from(n) * STEP).unwrap_or_else(|| Self("V".to_owned()))
    }

    /// A rank after `before` and before `after`; an absent one is the end of the list. None when `before` does not come
    /// before `after`, or when no rank of 64 digits is left between them: then give the siblings new ranks.
    #[must_use]
    pub fn between(before: Option<&Position>, after: Option<&Position>) -> Option<Self> {
        let at_the_end = match (before, after) {
            (Some(before), None) => Self::of_number(before.leading_number() + STEP),
            (None, Some(after)) => Self::of_number(after.leading_number() - STEP),
            (None, None) => Some(Self::default()),
            (Some(before), Some(after)) if before >= after => return None,
            (Some(_), Some(_)) => None,
        };
        if at_the_end.is_some() {
            return at_the_end;
        }
        let digits =
            middle(&before.map(Self::digits).unwrap_or_default(), after.map(Self::digits).as_deref());
        Self::try_from(
            digits
                .iter()
                .filter_map(|digit| DIGITS.get(usize::from(*digit)))
                .map(|b| char::from(*b))
                .collect::<String>(),
        )
        .ok()
    }

    /// The rank as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn digits(&self) -> Vec<u8> {
        let value = |byte: u8| DIGITS.iter().position(|digit| *digit == byte);
        self.0.bytes().filter_map(|byte| u8::try_from(value(byte)?).ok()).collect()
    }

    /// The first digits as a whole number.
    fn leading_number(&self) -> i64 {
        let digits = self.digits();
        (0..WIDTH)
            .fold(0, |number, at| number * i64::from(BASE) + i64::from(digits.get(at).copied().unwrap_or(0)))
    }

    fn of_number(mut number: i64) -> Option<Self> {
        let base = i64::from(BASE);
        if number <= 0 || number >= base.pow(8) {
            return None;
        }
        let mut text = Vec::new();
        for _ in 0..WIDTH {
            let digit = usize::try_from(number % base).ok()?;
            text.push(char::from(*DIGITS.get(digit)?));
            number /= base;
        }
        let text: String = text.into_iter().rev().collect();
        Some(Self(text.trim_end_matches('0').to_owned()))
    }
}

/// Digits of a fraction between two; `before` is smaller, an absent `after` is one.
fn middle(before: &[u8], after: Option<&[u8]>) -> Vec<u8> {
    let first = before.first().copied().unwrap_or(0);
    let rest = before.get(1..).unwrap_or_default();
    let limit = match after {
        Some(after) => after.first().copied().unwrap_or(BASE),
        None => BASE,
    };
    let mut digits = vec![first];
    if first == limit {
        digits.extend(middle(rest, after.and_then(|after| after.get(1..))));
    } else if limit - first > 1 {
        digits = vec![u8::midpoint(first, limit)];
    } else if after.is_some_and(|after| after.len() > 1) {
        digits = vec![limit];
    } else {
        digits.extend(middle(rest, None));
    }
    digits
}

impl TryFrom<String> for Position {
    type Error = PositionError;

    fn try_from(text: String) -> Result<Self, PositionError> {
        let good = (1..=MAX_LENGTH).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric())
            // There is no rank between x and x0.
            && !text.ends_with('0');
        if good { Ok(Self(text)) } else { Err(PositionError) }
    }
}

impl From<Position> for String {
    fn from(position: Position) -> Self {
        position.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rank(text: &str) -> Position {
        Position::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn ranks_are_digits() {
        for bad in ["", "0", "V0", "a-b", "\u{e9}", &"z".repeat(65)] {
            assert_eq!(Position::try_from(bad.to_owned()), Err(PositionError), "{bad:?}");
        }
        assert_eq!(Position::default().as_str(), "V");
    }

    #[test]
    fn numbers_keep_their_order() {
        let numbers = [i32::MIN, -1_000, -1, 0, 1, 2, 61, 62, 63, 1_000_000, i32::MAX];
        let ranks: Vec<_> = numbers.map(Position::numbered).to_vec();
        assert!(ranks.windows(2).all(|pair| pair[0] < pair[1]), "{ranks:?}");
    }

    #[test]
    fn there_is_no_rank_between_equals_or_in_a_full_list() {
        assert_eq!(Position::between(Some(&rank("b")), Some(&rank("b"))), None);
        assert_eq!(Position::between(Some(&rank("b")), Some(&rank("a"))), None);
        assert_eq!(Position::between(Some(&rank(&"z".repeat(64))), None), None);
        assert_eq!(Position::between(None, Some(&rank(&format!("{}1", "0".repeat(63))))), None);
    }

    #[test]
    fn lists_grow_at_both_ends_without_long_ranks() {
        let (mut first, mut last) = (Position::default(), Position::default());
        for _ in 0..10_000 {
            first = Position::between(None, Some(&first)).unwrap();
            last = Position::between(Some(&last), None).unwrap();
        }
        assert!(first < last && first.as_str().len() <= 8 && last.as_str().len() <= 8, "{first} {last}");
    }

    #[test]
    fn one_gap_takes_hundreds() {
        let (mut low, high) = (rank("V"), rank("W"));
        let mut count = 0;
        while let Some(next) = Position::between(Some(&low), Some(&high)) {
            assert!(low < next && next < high, "{low} {next} {high}");
            low = next;
            count += 1;
        }
        assert!(count > 300, "{count}");
    }

    proptest! {
        #[test]
        fn between_is_between(a in "[0-9A-Za-z]{0,6}[1-9A-Za-z]", b in "[0-9A-Za-z]{0,6}[1-9A-Za-z]") {
            let (low, high) = if a < b { (rank(&a), rank(&b)) } else { (rank(&b), rank(&a)) };
            let next = Position::between(Some(&low), Some(&high));
            prop_assert_eq!(next.is_none(), low == high);
            prop_assert!(next.is_none_or(|next| low < next && next < high));
            prop_assert!(Position::between(None, Some(&low)).unwrap() < low);
            prop_assert!(Position::between(Some(&high), None).unwrap() > high);
        }
    }
}
