//! `/admin/v1/permissions/explain`: why somebody may do something, or may not.

use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::{Asked, Topic};
use super::view::PermissionExplanation;
use crate::app::App;
use crate::platform::access::{Require, SignedIn, Verb};
use crate::platform::http::{Params, Reply, StrictParams};
use crate::platform::id::Id;
use crate::platform::problem::{Code, FieldCode, Forbidden, NotFound, Problem};

/// What is to be explained: a verb on either an entry or a kind.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ExplainPermission {
    /// What is to be done.
    #[param(inline, example = "write")]
    verb: Verb,
    /// To which entry. Either this or `kind`.
    entry: Option<Uuid>,
    /// With `entry`: the locale of the document, a BCP 47 tag; the site's default when it is left out.
    #[param(max_length = 12, example = "en")]
    locale: Option<String>,
    /// To which kind, whichever entry: of content, such as `page`; or of administration: `user`, `role`, `token`, `audit`,
    /// `history`, `site`. Either this or `entry`.
    #[param(max_length = 63, example = "page")]
    kind: Option<String>,
    /// By which user; you when it is left out.
    user: Option<Uuid>,
}

impl StrictParams for ExplainPermission {
    const ALLOWED: &'static [&'static str] = &["verb", "entry", "locale", "kind", "user"];
}

impl ExplainPermission {
    fn asked(self) -> Result<Asked, Problem> {
        let refused = |place: &'static str, detail: &'static str| {
            let problem = Problem::new(Code::InvalidParameter).detail(detail);
            Err(problem.field(place, FieldCode::Invalid, detail))
        };
        let topic = match (self.entry, self.kind, self.locale) {
            (Some(entry), None, locale) => Topic::Entry { entry: Id::from_uuid(entry), locale },
            (None, Some(kind), None) => Topic::Kind(kind),
            (Some(_), Some(_), _) => {
                return refused("/query/kind", "Send either `entry` or `kind`: an entry has its kind.");
            }
            (None, Some(_), Some(_)) => return refused("/query/locale", "`locale` goes with `entry`."),
            (None, None, _) => {
                return refused(
                    "/query/entry",
                    "Send `entry`, the id of an entry, or `kind`, such as `page`.",
                );
            }
        };
        Ok(Asked { verb: self.verb, topic, user: self.user.map(Id::from_uuid) })
    }
}

/// Explain a permission
///
/// Says which grant allows something, or why none does: to an entry at each place where it lies, or to a kind. It is decided
/// by what decides on every request. Some operations ask for more than one right: what ends something that is public, such as
/// putting it into the trash, needs `publish` too, and what touches several documents needs the right over each.
///
/// You are told about yourself: through a token, about its user within the scopes of the token. About others, those are told
/// who may read users and roles. An entry that you may not read is refused as it is elsewhere.
#[utoipa::path(
    tag = "permissions",
    params(ExplainPermission),
    responses(
        (status = 200, description = "Whether it is allowed, and why.", body = PermissionExplanation),
        Forbidden, NotFound,
    ),
)]
#[get("/admin/v1/permissions/explain")]
async fn explain_permission(
    Require(permit): Require<SignedIn>,
    Params(params): Params<ExplainPermission>,
    app: web::Data<App>,
) -> Result<Reply<PermissionExplanation>, Problem> {
    let asked = params.asked()?;
    Ok(Reply::ok(super::explain(&app, &permit, &asked).await?.into()))
}

/// Mounts the operation.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(explain_permission);
}
