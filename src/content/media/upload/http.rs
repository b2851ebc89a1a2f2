//! Uploads.

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the endpoints.
pub fn configure(_config: &mut ServiceConfig<'_>) {}
