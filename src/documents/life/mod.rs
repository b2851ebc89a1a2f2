//! The endpoints of actions that stand in other modules of the engine: restoring, moving and duplicating.

pub mod http;
