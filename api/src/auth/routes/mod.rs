//! HTTP of signing in and out, and the guards that turn credentials into permits.

mod api_tokens;
mod authenticate;
mod create_api_token;
mod create_user_api_token;
mod credential;
mod end_break_glass;
mod issue_token;
mod list_api_tokens;
mod list_sessions;
mod list_token_capabilities;
mod list_user_api_tokens;
mod list_user_sessions;
mod list_user_token_capabilities;
mod login;
mod logout;
mod logout_everywhere;
mod me;
mod open_break_glass;
mod revoke_api_token;
mod revoke_session;
mod revoke_user_api_token;
mod revoke_user_session;
mod user_login;
mod user_logout;
mod user_logout_everywhere;
mod user_me;
mod user_token;

pub use authenticate::{Authentication, Carrier, InPerson, authenticate_operator, authenticate_user, same_origin};
pub use me::OperatorBody;
pub use user_me::UserBody;

use super::sessions::OwnSession;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// Credentials of an operator or a user.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    /// E-mail address; case and outer white space do not matter.
    #[validate(length(min = 1, max = 254, message = "An e-mail address of 1 to 254 characters is expected."))]
    #[schema(min_length = 1, max_length = 254, example = "operator@example.com")]
    email: String,
    /// Password.
    #[validate(length(min = 1, max = 1024, message = "A password of 1 to 1024 characters is expected."))]
    #[schema(min_length = 1, max_length = 1024, format = Password)]
    password: String,
}

impl From<SignInBody> for super::sign_in::Attempt {
    fn from(body: SignInBody) -> Self {
        Self { email: body.email, password: body.password }
    }
}

/// Live sessions of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionsBody {
    /// The newest first.
    items: Vec<OwnSession>,
}

/// The session that a path names. Errors: 404 for what cannot be one.
fn session_id(text: &str) -> Result<Uuid> {
    let id = Uuid::try_parse(text).ok().filter(|id| id.to_string() == text);
    id.ok_or_else(Error::not_found)
}

/// Mounts the operations of the system plane.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(login::login)
        .service(issue_token::issue_token)
        .service(logout::logout)
        .service(me::me)
        .service(list_api_tokens::list_api_tokens)
        .service(create_api_token::create_api_token)
        .service(revoke_api_token::revoke_api_token)
        .service(list_token_capabilities::list_token_capabilities)
        .service(list_sessions::list_sessions)
        .service(revoke_session::revoke_session)
        .service(logout_everywhere::logout_everywhere)
        .service(open_break_glass::open_break_glass)
        .service(end_break_glass::end_break_glass);
}

/// Mounts the operations of the tenant plane.
pub fn configure_admin(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(user_login::user_login)
        .service(user_token::user_token)
        .service(user_logout::user_logout)
        .service(user_me::user_me)
        .service(list_user_api_tokens::list_user_api_tokens)
        .service(create_user_api_token::create_user_api_token)
        .service(revoke_user_api_token::revoke_user_api_token)
        .service(list_user_token_capabilities::list_user_token_capabilities)
        .service(list_user_sessions::list_user_sessions)
        .service(revoke_user_session::revoke_user_session)
        .service(user_logout_everywhere::user_logout_everywhere);
}
