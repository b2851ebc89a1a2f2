//! The storage against a real folder.
