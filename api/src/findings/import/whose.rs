//! Whose findings a file holds.

use diesel::PgConnection;

use super::report::ScanSummary;
use super::store;
use crate::auth::Permit;
use crate::context::Ctx;
use crate::db::locks::{self, LockClass};
use crate::error::{Code, Error, Result};
use crate::tenancy::{self, create_tenant::create_tenant};

/// Tenants that one import may create.
const CREATED_LIMIT: usize = 10_000;

/// Who decides which tenants the findings are of. Only allowed tenants (ACC-10) are ever chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantChoice {
    /// The file, by directory ids.
    FromFile,
    /// The caller, whatever the file says: a directory id, or the tenant's number.
    Forced(String),
    /// The caller, by the tenant's number; a file that names another one is refused.
    Only(i64),
    /// The file, and tenants that are missing are made.
    CreateMissing {
        /// The workspace that will own them.
        workspace_slug: String,
    },
}

impl TenantChoice {
    /// Finds the tenant that the caller names, before anything is read.
    pub(super) fn decided(&self, conn: &mut PgConnection) -> Result<Option<i64>> {
        let (found, named) = match self {
            Self::FromFile | Self::CreateMissing { .. } => return Ok(None),
            Self::Forced(reference) => {
                let found = tenancy::find_allowed_tenant_by_reference(conn, reference.trim())?;
                (found.map(|tenant| tenant.id), reference.trim().to_owned())
            }
            Self::Only(id) => (tenancy::find_allowed_tenant(conn, *id)?.map(|tenant| tenant.id), id.to_string()),
        };
        found.map(Some).ok_or_else(|| unknown(&[named]))
    }

    /// Attributes what is staged to tenants, inside the transaction that applies it.
    pub(super) fn attribute(
        &self,
        ctx: &Ctx,
        conn: &mut PgConnection,
        decided: Option<i64>,
        summary: &ScanSummary,
    ) -> Result<()> {
        let header = summary.tenant.as_deref();
        if let Some(id) = decided {
            return self.attribute_to(conn, id, header);
        }
        if store::is_unattributed(conn, header)? {
            let detail = "The file does not name the tenant of all its findings. Choose one (on the command line: --tenant).";
            return Err(Error::new(Code::UnknownTenant, detail));
        }
        if let Self::CreateMissing { workspace_slug } = self {
            create_missing(ctx, conn, header, workspace_slug)?;
        }
        let strangers = store::list_unknown(conn, header, 6)?;
        if !strangers.is_empty() {
            return Err(unknown(&strangers));
        }
        store::insert_named_tenants(conn, header).map_err(Into::into)
    }

    fn attribute_to(&self, conn: &mut PgConnection, id: i64, header: Option<&str>) -> Result<()> {
        if matches!(self, Self::Only(_)) && store::names_another_tenant(conn, header, id)? {
            let detail = "The file names another tenant than the one it was sent to. Nothing was imported.";
            return Err(Error::new(Code::TenantMismatch, detail));
        }
        match store::insert_one_tenant(conn, id)? {
            true => Ok(()),
            false => Err(unknown(&[id.to_string()])),
        }
    }
}

fn create_missing(ctx: &Ctx, conn: &mut PgConnection, header: Option<&str>, workspace_slug: &str) -> Result<()> {
    locks::lock(conn, LockClass::Singleton, "tenants made by imports")?;
    let missing = store::list_unknown(conn, header, 1 + CREATED_LIMIT as i64)?;
    if missing.len() > CREATED_LIMIT {
        return Err(Error::new(
            Code::UnreadableFile,
            format!("The file names more than {CREATED_LIMIT} tenants that do not exist."),
        )
        .with("reason", "too-many-tenants"));
    }
    let permit = Permit::system("import that makes missing tenants");
    for external_id in missing {
        create_tenant(ctx, &permit, conn, workspace_slug, &external_id, &external_id).map_err(|error| match error.code() {
            // It exists and is not allowed: deleted.
            Code::NameTaken => unknown(std::slice::from_ref(&external_id)),
            _ => error,
        })?;
    }
    Ok(())
}

/// The tenants do not exist, or are not to be targeted.
fn unknown(names: &[String]) -> Error {
    let listed: Vec<_> = names.iter().take(5).map(|name| format!("\"{name}\"")).collect();
    let more = if names.len() > listed.len() { " and others" } else { "" };
    let detail = match names {
        [_] => format!("There is no tenant {} that findings can be imported into.", listed.join(", ")),
        _ => format!("There are no tenants {}{more} that findings can be imported into.", listed.join(", ")),
    };
    Error::new(Code::UnknownTenant, detail).with("tenants", names.iter().take(5).collect::<Vec<_>>())
}
