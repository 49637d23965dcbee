//! What making an API token takes and answers, in either plane.

use crate::auth::Plane;
use crate::auth::api_tokens::{ApiToken, NewApiToken, create_api_token};
use crate::auth::token_owner::{TokenCapability, TokenOwner};
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::{Body, RawBody};
use crate::http::idempotency::{IdempotencyKey, respond};
use crate::idempotency::{Effect, StoredAnswer, once};
use actix_web::{HttpResponse, web};
use diesel::PgConnection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What an API token is to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiTokenBody {
    /// What you call it; 1 to 100 characters.
    #[validate(length(min = 1, max = 200, message = "A name of 1 to 100 characters is expected."))]
    #[schema(min_length = 1, max_length = 100, example = "Nightly report")]
    name: String,
    /// The most it may do: capabilities that you hold yourself.
    #[validate(length(min = 1, max = 50, message = "1 to 50 capabilities are expected."))]
    #[schema(min_items = 1, max_items = 50)]
    capabilities: Vec<String>,
    /// Days until it ends; 90 when left out.
    #[validate(range(min = 1, max = 365, message = "A number from 1 to 365 is expected."))]
    #[schema(minimum = 1, maximum = 365)]
    expires_in_days: Option<i32>,
}

/// A new token, with its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedApiToken {
    #[serde(flatten)]
    token: ApiToken,
    /// Send it as `Authorization: Bearer <secret>`. Shown this once: null where the answer comes again under its
    /// Idempotency-Key; revoke the token then, and make another.
    #[schema(example = "tatlas_sys_…")]
    secret: Option<String>,
}

/// What a token can be made for.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenCapabilitiesBody {
    /// Capabilities that its owner holds.
    pub items: Vec<TokenCapability>,
}

/// Which rows of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApiTokenParams {
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Makes the token of whoever `owner` finds.
pub(super) async fn create(
    ctx: Ctx,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: RawBody,
    owner: impl FnOnce(&mut PgConnection) -> Result<TokenOwner> + Send + 'static,
) -> Result<HttpResponse> {
    let body: Body<CreateApiTokenBody> = body.parse()?;
    let request = key.request(&ctx, "create_api_token".to_owned(), body.hash);
    let CreateApiTokenBody { name, capabilities, expires_in_days } = body.value;
    let new = NewApiToken { name, capabilities, expires_in_days };
    let keys = state.keys.clone();
    let answered = state.identity_db.write(move |conn| {
        let owner = owner(conn)?;
        once(conn, request.as_ref(), |conn| {
            let (token, secret) = create_api_token(&ctx, &owner, conn, &keys, &new)?;
            effect(owner.id().plane(), token, secret)
        })
    });
    respond(&answered.await?)
}

/// The secret is in the answer of now and not in the one that is kept.
fn effect(plane: Plane, token: ApiToken, secret: String) -> Result<Effect> {
    let location = Some(format!("{}/auth/api-tokens/{}", plane.path(), token.id));
    let body = serde_json::to_value(CreatedApiToken { token, secret: Some(secret) }).map_err(Error::internal)?;
    let mut again = body.clone();
    if let Value::Object(members) = &mut again {
        members.insert("secret".to_owned(), json!(null));
    }
    Ok(Effect { now: StoredAnswer { status: 201, location, etag: None, body }, body_again: Some(again) })
}
