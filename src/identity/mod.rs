//! Who people are and what lets them in: users, roles, API tokens. Sessions come with the identity issue and join here.

pub mod authenticate;
pub mod entrance;
pub mod links;
pub mod tokens;
pub mod users;

pub use authenticate::authenticate;
