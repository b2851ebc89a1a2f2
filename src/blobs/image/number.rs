//! Conversions between pixels and fractions that cannot overflow: out of range is clamped, not a number is zero.

/// The nearest whole number, from 0 to `u32::MAX`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` clamps; that is what is wanted"
)]
pub(crate) fn round(value: f64) -> u32 {
    value.round() as u32
}

/// The nearest value of a channel.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` clamps; that is what is wanted"
)]
pub(crate) fn byte(value: f64) -> u8 {
    value.round() as u8
}

/// A count as a size in memory; every platform of ours has 64 bits.
pub(crate) fn size(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// A size in memory as a count.
pub(crate) fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A length in bytes for accounts of memory.
pub(crate) fn wide(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}
