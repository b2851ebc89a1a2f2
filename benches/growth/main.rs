//! What growth costs.
#![cfg(test)]

#[path = "../../tests/support/mod.rs"]
mod support;

fn main() {}
