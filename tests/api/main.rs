//! The APIs over real HTTP and a real Postgres, one isolated database each.
// So that clippy knows all of this as a test, the functions between the tests too.
#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod entrance;
mod grounds;
mod lists;
mod mail;
mod one_time_links;
mod operations;
mod requests;
mod requests_identity;
mod requests_media;
mod translations;

mod as_of;
mod as_of_life;
mod cache_tags;
mod events;
mod events_identity;
mod feeds;
mod fuzzed;
mod http;
mod identity;
mod limits;
mod locales_read;
mod matrix;
mod media_library;
mod media_public;
mod media_upload;
mod memory;
mod memory_crowd;
mod pages;
mod pages_create;
mod pages_list;
mod pages_refused;
mod pages_save;
mod pages_trash;
mod paths;
mod previews;
mod previews_limits;
mod problems;
mod publish;
mod races;
mod read_fields;
mod read_filters;
mod read_includes;
mod read_list;
mod read_page;
mod read_sorts;
mod references;
mod request_ids;
mod resolve;
mod scheduled;
mod search;
mod search_admin;
mod search_secrecy;
mod secrecy;
mod secrecy_twin;
mod subtree;
mod subtree_lists;
mod subtree_locales;
mod subtree_places;
mod subtree_public;
mod subtree_random;
mod subtree_shown;
mod subtree_trash;
mod unpublish;

mod explain;
mod explain_refused;

mod audit;
mod changes;
mod cross_origin;
mod doors;
mod links;
mod login_limits;
mod mass_assignment;
mod people;
mod roles;
mod sessions;
mod sessions_end;
mod sitemaps;
mod strangers;
mod tokens;
mod users;
mod users_rights;
