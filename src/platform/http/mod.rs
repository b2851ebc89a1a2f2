//! HTTP: the middleware around every request, the extractors that parse it, and the replies. Handlers see parsed input
//! and give a `Reply` or a `Problem`; what all answers have in common is done here, once.

pub mod accept;
mod access_log;
mod area;
mod body;
mod browser;
mod cache;
mod client;
mod conditional;
mod cors;
mod cursor;
mod describe;
pub mod docs;
mod edge;
mod encode;
mod file;
mod filename;
mod gate;
mod headers;
mod ids;
mod json;
mod limits;
mod memory;
mod page;
mod params;
mod quality;
mod rate;
mod registry;
mod reply;
mod request;
mod sparse;
mod stack;
mod time;
mod traffic;
mod unread;
mod upload;
mod uri;
mod valid;
mod values;

#[cfg(test)]
mod tests;

pub use area::Area;
pub use browser::{Browser, same_origin, session_cookie};
pub use cache::CachePolicy;
pub use client::{ClientAddress, Origin, TrustedProxies};
pub use conditional::{IfMatch, IfMatchOrNew, MaybeIfMatch, content_etag, version_etag};
pub use cursor::{CursorKey, CursorScope};
pub use describe::complete;
pub use file::{Asked, FileAnswer, FileReply};
pub use filename::clean_name;
pub use ids::Ids;
pub use limits::{HttpLimits, limited};
pub use memory::{Counts, Memory};
pub use page::{IdWindow, Page, PageInfo, Paging};
pub use params::{NoParams, Params, QueryParams, StrictParams, Text};
pub use registry::{Registry, Route};
pub use reply::{FinishedReply, NoContent, Reply};
pub use request::{RequestId, RequestInfo};
pub use sparse::{Fields, Sparse};
pub use stack::{Http, Network, stack};
pub use time::time;
pub use traffic::Traffic;
pub use upload::{Received, ReceivedFile, Upload};
pub use valid::{Valid, ValidOrDefault};
