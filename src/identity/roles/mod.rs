//! Roles: sets of grants. The built-in ones can be given but not changed; sites make their own.

mod actions;
pub mod http;
mod model;
mod scope;
mod store;
pub mod view;

pub use actions::{create, delete, get, list, update};
pub use model::{NewRole, Role};
pub use store::{
    GRANT, GrantRow, expect_within, expect_within_of, find_by_name, grants_of, names, rights_of,
};
