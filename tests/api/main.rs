//! The APIs over real HTTP and a real Postgres, one isolated database each.

#[path = "../support/mod.rs"]
mod support;

mod pages;
