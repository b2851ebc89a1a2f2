//! Users: people who sign in. They are never deleted, only deactivated, since history names them.

mod actions;
mod hashing;
pub mod http;
mod model;
mod password;
mod store;
pub mod view;

pub use actions::{
    Invited, NewAccount, Profile, add, administrator_exists, deactivate, get, insert_administrator, invite,
    list, me, reactivate, rehash, reset_password, send_link, signed_in, update,
};
pub use hashing::{Hashing, Place};
pub use model::{Email, PersonName, User, UserState, UserWindow};
pub use password::{Password, PasswordHash};
pub use store::{Credentials, credentials, find_by_email, hash_of, rename, set_password, still_has};
