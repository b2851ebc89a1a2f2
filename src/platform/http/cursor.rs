//! Keyset cursors: where a page of a list ends, as an opaque text. A cursor is sealed with HMAC-SHA-256 (RFC 2104) under a
//! key of the installation and bound to its list, filters and order, so that it cannot be changed or used elsewhere. It is
//! sealed, not secret: put only values into it that its reader has seen.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::platform::problem::{Code, Problem};

/// Bytes of the seal: 128 bits of the HMAC.
const SEAL_BYTES: usize = 16;
/// Longest cursor that is looked at.
const MAX_CHARS: usize = 2048;
/// Separates these seals from others under the same key; the number changes with the form of the payload.
const DOMAIN: &[u8] = b"masthead cursor 1";

/// The key that seals cursors. All processes of an installation need the same one.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(hidden)")
    }
}

/// What a cursor belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CursorScope<'a> {
    /// The name of the list, for example its operation id.
    pub list: &'a str,
    /// Filters, order and whatever else decides which rows come in which order, in one fixed form.
    pub query: &'a str,
}

impl CursorKey {
    /// A key of 32 random bytes.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// Makes a cursor from the position of a row.
    ///
    /// # Errors
    /// `internal` when the position cannot be written as JSON or makes a cursor that could not be read back.
    pub fn seal<T: Serialize>(&self, scope: CursorScope<'_>, position: &T) -> Result<String, Problem> {
        let payload = serde_json::to_vec(position).map_err(Problem::internal)?;
        let seal = self.mac(scope, &payload)?.finalize().into_bytes();
        let mut bytes = seal[..SEAL_BYTES].to_vec();
        bytes.extend_from_slice(&payload);
        let cursor = URL_SAFE_NO_PAD.encode(bytes);
        if cursor.len() > MAX_CHARS {
            return Err(Problem::internal("the position of a row is too long for a cursor"));
        }
        Ok(cursor)
    }

    /// Reads a cursor back.
    ///
    /// # Errors
    /// `invalid_cursor` for anything that [`seal`](Self::seal) did not make for this very scope. The reason is not told.
    pub fn open<T: DeserializeOwned>(&self, scope: CursorScope<'_>, cursor: &str) -> Result<T, Problem> {
        self.payload(scope, cursor)?
            .and_then(|payload| serde_json::from_slice(&payload).ok())
            .ok_or_else(|| {
                Problem::new(Code::InvalidCursor).detail(
                    "The cursor was not made for this list with these filters and this order. Start again without a \
                     cursor, or follow the links of an answer.",
                )
            })
    }

    /// The payload of a cursor when its seal is right.
    fn payload(&self, scope: CursorScope<'_>, cursor: &str) -> Result<Option<Vec<u8>>, Problem> {
        if cursor.len() > MAX_CHARS {
            return Ok(None);
        }
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(cursor) else {
            return Ok(None);
        };
        let Some((seal, payload)) = bytes.split_at_checked(SEAL_BYTES) else {
            return Ok(None);
        };
        let genuine = self.mac(scope, payload)?.verify_truncated_left(seal).is_ok();
        Ok(genuine.then(|| payload.to_vec()))
    }

    /// The HMAC over everything that a cursor is bound to. Lengths keep the parts from running into each other.
    fn mac(&self, scope: CursorScope<'_>, payload: &[u8]) -> Result<Hmac<Sha256>, Problem> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(Problem::internal)?;
        for part in [DOMAIN, scope.list.as_bytes(), scope.query.as_bytes(), payload] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Ok(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SCOPE: CursorScope<'static> = CursorScope { list: "list_pages", query: "sort=title" };

    fn key() -> CursorKey {
        CursorKey::new([7; 32])
    }

    fn open(scope: CursorScope<'_>, cursor: &str) -> Result<(String, i64), Code> {
        key().open(scope, cursor).map_err(|problem| problem.code())
    }

    #[test]
    fn a_cursor_comes_back() {
        let position = ("café".to_owned(), 42_i64);
        let cursor = key().seal(SCOPE, &position).unwrap();
        assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_eq!(open(SCOPE, &cursor), Ok(position));
    }

    #[test]
    fn another_list_order_or_key_refuses_it() {
        let cursor = key().seal(SCOPE, &("a", 1)).unwrap();
        for other in [
            CursorScope { list: "list_people", ..SCOPE },
            CursorScope { query: "sort=-title", ..SCOPE },
            CursorScope { list: "list_pagess", query: "ort=title" },
        ] {
            assert_eq!(open(other, &cursor), Err(Code::InvalidCursor));
        }
        let foreign = CursorKey::new([8; 32]).open::<(String, i64)>(SCOPE, &cursor);
        assert_eq!(foreign.unwrap_err().code(), Code::InvalidCursor);
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let cursor = key().seal(SCOPE, &("a", 1)).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        for at in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[at / 8] ^= 1 << (at % 8);
            assert_eq!(open(SCOPE, &URL_SAFE_NO_PAD.encode(changed)), Err(Code::InvalidCursor), "bit {at}");
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "AAAA", "not base64!", &"A".repeat(5000), "%%%"] {
            assert_eq!(open(SCOPE, text), Err(Code::InvalidCursor));
        }
        // Genuine, but of another shape.
        let cursor = key().seal(SCOPE, &[1, 2, 3]).unwrap();
        assert_eq!(open(SCOPE, &cursor), Err(Code::InvalidCursor));
    }

    #[test]
    fn a_position_too_long_to_come_back_is_not_sealed() {
        assert_eq!(key().seal(SCOPE, &"x".repeat(2000)).unwrap_err().code(), Code::Internal);
    }

    proptest! {
        #[test]
        fn random_text_never_opens(text in "[A-Za-z0-9_-]{0,80}") {
            prop_assert_eq!(open(SCOPE, &text), Err(Code::InvalidCursor));
        }
    }
}
