//! Whether the process lives and whether it can work: for load balancers and process managers.

pub mod http;
