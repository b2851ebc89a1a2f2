//! The read API: what is public, and nothing else. It reads through views that show public rows alone, as a role that
//! can see no others, in one snapshot per answer. Whoever has the grant to read history may ask for another instant.

mod actions;
mod bodies;
mod changes;
mod describe;
mod examples;
mod feeds;
pub mod http;
mod include;
mod kinds;
mod listed;
mod listing;
pub mod media;
mod menus;
mod model;
mod people;
mod previewed;
mod search;
mod selection;
mod settings;
mod sitemap;
mod store;
mod tags;
mod view;

pub use describe::describe;
pub use model::History;
