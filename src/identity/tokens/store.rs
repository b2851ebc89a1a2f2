//! SQL of tokens, and the one look-up that authenticates a request.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{ExpressionMethods, QueryDsl, QueryableByName, insert_into, sql_query, update};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::model::TokenScope;
use crate::platform::db::{Change, Housekeeping, Read};
use crate::platform::id::{TokenId, UserId};
use crate::platform::problem::Problem;
use crate::platform::secret::Secret;
use crate::schema::api_tokens;

/// Adds a token.
pub(super) async fn insert(
    tx: &mut Change<'_>,
    (id, user): (TokenId, UserId),
    name: &str,
    secret: &Secret,
    scopes: &[TokenScope],
    expires_at: Option<DateTime<Utc>>,
) -> Result<(), Problem> {
    let scopes: Vec<Option<String>> = scopes.iter().map(|scope| Some(scope.to_text())).collect();
    insert_into(api_tokens::table)
        .values((
            api_tokens::id.eq(id.uuid()),
            api_tokens::user_id.eq(user.uuid()),
            api_tokens::name.eq(name),
            api_tokens::digest.eq(secret.digest().to_vec()),
            api_tokens::hint.eq(secret.hint()),
            api_tokens::scopes.eq(scopes),
            api_tokens::expires_at.eq(expires_at),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// One grant of the role behind a token that is good now; a token without grants gives one row of nulls.
#[derive(Debug, QueryableByName)]
pub(in crate::identity) struct TokenGrant {
    #[diesel(sql_type = SqlUuid)]
    pub token_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    #[diesel(sql_type = Array<Text>)]
    pub scopes: Vec<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_used_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub kind: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub verb: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub scope: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub scope_entry: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    pub scope_locale: Option<String>,
}

const GRANTS_OF_TOKEN: &str = "\
    select t.id as token_id, t.user_id, t.scopes, t.last_used_at, g.kind, g.verb, g.scope, g.scope_entry, g.scope_locale \
    from api_tokens t join users u on u.id = t.user_id left join role_grants g on g.role_id = u.role_id \
    where t.digest = $1 and t.revoked_at is null and u.deactivated_at is null \
      and (t.expires_at is null or t.expires_at > mh_now())";

/// The grants behind a token; none when it is unknown, revoked, expired, or its user deactivated.
pub(in crate::identity) async fn grants_of(
    read: &mut Read<'_>,
    digest: [u8; 32],
) -> Result<Vec<TokenGrant>, Problem> {
    Ok(sql_query(GRANTS_OF_TOKEN).bind::<Binary, _>(digest.to_vec()).load(read.conn()).await?)
}

/// Notes that a token was used.
pub(in crate::identity) async fn touch(
    housekeeping: &mut Housekeeping<'_>,
    token: Uuid,
    at: DateTime<Utc>,
) -> Result<(), Problem> {
    update(api_tokens::table.filter(api_tokens::id.eq(token)))
        .set(api_tokens::last_used_at.eq(at))
        .execute(housekeeping.conn())
        .await?;
    Ok(())
}
