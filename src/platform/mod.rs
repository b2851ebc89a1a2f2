//! The small platform under every feature. It knows nothing of content and names no slice.

pub mod access;
pub mod causes;
pub mod crew;
pub mod db;
pub mod digest;
pub mod errand;
pub mod event;
pub mod http;
pub mod id;
pub mod jobs;
pub mod json;
pub mod mail;
pub mod metrics;
pub mod problem;
pub mod public_site;
pub mod public_url;
pub mod secret;
pub mod storage;
pub mod telemetry;
pub mod xml;
