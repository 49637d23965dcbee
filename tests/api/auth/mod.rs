//! Signing in, sessions, and their limits.

mod api_tokens;
mod break_glass;
mod capabilities;
mod issue_token;
mod login;
mod logout;
mod me;
mod own_sessions;
mod replaced_password;
mod same_origin;
mod sessions;
mod signing_keys;
mod throttle;
mod users;

use support::TestApp;
use tenantatlas::auth::Permit;
use tenantatlas::context::Ctx;
use tenantatlas::error::Result;

/// Administers operators as the command line does.
fn administer<T>(
    app: &TestApp,
    work: impl FnOnce(&Ctx, &Permit<tenantatlas::auth::capability::OperatorsManage>, &mut diesel::PgConnection) -> Result<T>,
) -> T {
    work(&Ctx::system(), &Permit::system("test"), &mut app.db()).unwrap()
}
