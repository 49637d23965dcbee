//! Customers' users of the demo: one for each role, all with one generated password.

use super::store;
use crate::auth::capability::OperatorsManage;
use crate::auth::{Permit, Role, users};
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::tenancy::{find_allowed_tenant, memberships};
use diesel::PgConnection;

/// Address, name, and role in the first tenants.
const PEOPLE: [(&str, &str, Role); 4] = [
    ("owner@demo.example", "Demo owner", Role::Owner),
    ("manager@demo.example", "Demo manager", Role::Manager),
    ("staff@demo.example", "Demo operator of a tenant", Role::Operator),
    ("reader@demo.example", "Demo reader", Role::Readonly),
];
/// Tenants where each has their role; in one more all of them only look.
const TENANTS: i64 = 3;

/// The one whose account stands for all.
pub(super) const FIRST: &str = PEOPLE[0].0;

/// Makes the users, and members of the seed's first tenants. Those that are there keep their password: whether all are new.
pub(super) fn insert(
    ctx: &Ctx,
    permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    seed: i64,
    password: &str,
) -> Result<bool> {
    let tenants = store::list_first_tenants(conn, seed, TENANTS + 1)?;
    let mut are_new = true;
    for (email, name, role) in PEOPLE {
        if store::find_user_sign_in(conn, email)?.is_some() {
            are_new = false;
        } else {
            users::create(ctx, permit, conn, (email, name), password)?;
        }
        for (place, id) in (1..).zip(&tenants) {
            let tenant = find_allowed_tenant(conn, *id)?.ok_or_else(Error::not_found)?;
            let role = if place > TENANTS { Role::Readonly } else { role };
            memberships::set_tenant_membership(ctx, permit, conn, email, &tenant, role)?;
        }
    }
    Ok(are_new)
}

/// What those did in the last two months who may do more than look; how many events.
pub(super) fn act(conn: &mut PgConnection, seed: i64) -> Result<usize> {
    Ok(store::insert_usage_events(conn, seed, TENANTS)?)
}

/// Who they are, in one line.
pub(super) fn names() -> String {
    PEOPLE.map(|(email, _, role)| format!("{email} ({})", role.as_str())).join(", ")
}
