//! The lists of what is public: how they are filtered, ordered, walked and counted.

pub(in crate::delivery) mod http;
pub mod model;
pub(in crate::delivery) mod params;
pub(in crate::delivery) mod store;
