//! Acting for an operator on the command line (`--as EMAIL`): the same capabilities, the same audit, no session.

use super::capability::Capability;
use super::identity::Identity;
use super::sign_in::normalise_email;
use super::{Permit, store};
use crate::context::{Actor, Ctx};
use crate::error::{Code, Error, Result};
use diesel::PgConnection;
use std::sync::Arc;

/// The context and permit of an active operator. Errors: 404 when there is none, 403 when the capability is missing.
pub fn act_as<C: Capability>(conn: &mut PgConnection, email: &str) -> Result<(Ctx, Permit<C>)> {
    let email = normalise_email(email);
    let operator = store::find_active_operator(conn, &email)?
        .ok_or_else(|| Error::new(Code::NotFound, format!("There is no active operator {email}.")))?;
    let actor: Actor = operator.actor();
    Ok((Ctx::on_command_line(actor), Permit::of(&Arc::new(operator))?))
}
