//! Roles: sets of grants. The built-in ones can be given but not changed; sites make their own.

mod actions;
mod grants;
pub mod http;
mod model;
mod store;
pub mod view;

pub use actions::{create, delete, get, list, update};
pub use grants::{GRANT, GrantRow, GrantView, ScopeView};
pub use model::{NewRole, Role};
pub use store::{expect_within, find_by_name, grants_of, names};
