//! HTTP of signing in and out, and the guards that turn credentials into permits.

mod authenticate;
mod credential;
mod issue_token;
mod login;
mod logout;
mod me;
mod user_login;
mod user_logout;
mod user_me;
mod user_token;

pub use authenticate::{Authentication, authenticate_operator, authenticate_user, same_origin};
pub use me::OperatorBody;
pub use user_me::UserBody;

use serde::Deserialize;
use utoipa::ToSchema;
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

/// Mounts the operations of the system plane.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(login::login).service(issue_token::issue_token).service(logout::logout).service(me::me);
}

/// Mounts the operations of the tenant plane.
pub fn configure_admin(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(user_login::user_login)
        .service(user_token::user_token)
        .service(user_logout::user_logout)
        .service(user_me::user_me);
}
