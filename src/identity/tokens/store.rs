//! SQL of tokens, and the one look-up that authenticates a request.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryableByName, insert_into, sql_query, update,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{Token, TokenScope, TokenWindow};
use crate::identity::roles::{GRANT, GrantRow};
use crate::platform::db::{Change, Housekeeping, Prepare, Read};
use crate::platform::id::{Id, TokenId, UserId};
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
    #[diesel(embed)]
    pub grant: GrantRow,
}

/// The grants behind a token; none when it is unknown, revoked, expired, or its user deactivated.
pub(in crate::identity) async fn grants_of(
    read: &mut Read<'_>,
    digest: [u8; 32],
) -> Result<Vec<TokenGrant>, Problem> {
    let query = format!(
        "select t.id as token_id, t.user_id, t.scopes, t.last_used_at, {GRANT} \
         from api_tokens t join users u on u.id = t.user_id left join role_grants g on g.role_id = u.role_id \
         where t.digest = $1 and t.revoked_at is null and u.deactivated_at is null \
           and (t.expires_at is null or t.expires_at > mh_now()) order by g.id"
    );
    Ok(sql_query(query).bind::<Binary, _>(digest.to_vec()).prepared().load(read.conn()).await?)
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

#[derive(QueryableByName)]
struct TokenRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    user_id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    hint: String,
    #[diesel(sql_type = Array<Text>)]
    scopes: Vec<String>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    expires_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_used_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    revoked_at: Option<DateTime<Utc>>,
}

impl From<TokenRow> for Token {
    fn from(row: TokenRow) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            user: Id::from_uuid(row.user_id),
            name: row.name,
            hint: row.hint,
            scopes: row.scopes,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        }
    }
}

const TOKEN: &str = "id, user_id, name, hint, scopes, created_at, expires_at, last_used_at, revoked_at";

/// A token.
pub(super) async fn find(conn: &mut AsyncPgConnection, id: TokenId) -> Result<Option<Token>, Problem> {
    let row: Option<TokenRow> = sql_query(format!("select {TOKEN} from api_tokens where id = $1"))
        .bind::<SqlUuid, _>(id.uuid())
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(Token::from))
}

/// A page of the tokens.
pub(super) async fn list(read: &mut Read<'_>, wanted: TokenWindow) -> Result<Vec<Token>, Problem> {
    let (beyond, order) = wanted.window.sql();
    let query = format!(
        "select {TOKEN} from api_tokens where ($1 is null or user_id = $1) and ($2 is null or id {beyond} $2) \
         order by id {order} limit $3"
    );
    let rows: Vec<TokenRow> = sql_query(query)
        .bind::<Nullable<SqlUuid>, _>(wanted.user.map(Id::uuid))
        .bind::<Nullable<SqlUuid>, _>(wanted.window.edge)
        .bind::<BigInt, _>(wanted.window.limit)
        .load(read.conn())
        .await?;
    Ok(wanted.window.ordered(rows.into_iter().map(Token::from).collect()))
}

/// Revokes a token. Gives whether it was good until now.
pub(super) async fn revoke(tx: &mut Change<'_>, id: TokenId) -> Result<bool, Problem> {
    let revoked =
        sql_query("update api_tokens set revoked_at = mh_now() where id = $1 and revoked_at is null")
            .bind::<SqlUuid, _>(id.uuid())
            .execute(tx.conn())
            .await?;
    Ok(revoked == 1)
}
