//! `GET /auth/me` of the tenant plane

use super::me::MeParams;
use crate::auth::{SignedInUser, User};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::Params;
use crate::tenancy::{WorkspaceRef, list_user_workspaces};
use actix_web::{HttpResponse, get, web};
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
#[utoipa::path(tag = "tenant plane", operation_id = "user_me", params(MeParams),
    responses((status = 200, description = "The user of the session.", body = UserBody),
              (status = 204, description = "Nobody is signed in, and optional was asked for.")))]
#[get("/auth/me")]
pub async fn user_me(user: Result<SignedInUser>, params: Params<MeParams>, state: web::Data<State>) -> Result<HttpResponse> {
    let Some(user) = params.0.allowing_nobody(user)? else { return Ok(HttpResponse::NoContent().finish()) };
    let id = user.user().id;
    let workspaces = state.identity_db.read(move |conn| Ok(list_user_workspaces(conn, id)?)).await?;
    Ok(HttpResponse::Ok().json(UserBody::of(user.user(), workspaces)))
}
