//! `GET /auth/me` of the tenant plane

use crate::auth::{SignedInUser, User};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::NoParams;
use crate::tenancy::{WorkspaceRef, list_user_workspaces};
use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

/// The user who is signed in.
#[derive(Serialize, ToSchema)]
pub struct UserBody {
    user: UserProfile,
}

/// What a user sees of themselves.
#[derive(Serialize, ToSchema)]
pub struct UserProfile {
    /// `user_id` elsewhere.
    id: i64,
    /// Normalised e-mail address.
    email: String,
    /// Display name.
    name: String,
    /// Workspaces that they belong to, or to one of whose tenants. What they may do is told by the tenants.
    workspaces: Vec<WorkspaceRef>,
}

impl UserBody {
    /// The user with these workspaces.
    pub(super) fn of(user: &User, workspaces: Vec<WorkspaceRef>) -> Self {
        Self { user: UserProfile { id: user.id, email: user.email.clone(), name: user.name.clone(), workspaces } }
    }
}

/// Which user is signed in
///
/// The user of the session with the workspaces they belong to now.
#[utoipa::path(tag = "tenant plane", operation_id = "user_me",
    responses((status = 200, description = "The user of the session.", body = UserBody)))]
#[get("/auth/me")]
pub async fn user_me(user: SignedInUser, _: NoParams, state: web::Data<State>) -> Result<web::Json<UserBody>> {
    let id = user.user().id;
    let workspaces = state.identity_db.read(move |conn| Ok(list_user_workspaces(conn, id)?)).await?;
    Ok(web::Json(UserBody::of(user.user(), workspaces)))
}
