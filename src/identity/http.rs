//! The operations of identity, in one place for the routes.

use utoipa_actix_web::service_config::ServiceConfig;

use super::{entry, roles, sessions, tokens, users};

/// Mounts the operations.
pub fn configure(config: &mut ServiceConfig<'_>) {
    sessions::http::configure(config);
    entry::http::configure(config);
    users::http::configure(config);
    roles::http::configure(config);
    tokens::http::configure(config);
}
