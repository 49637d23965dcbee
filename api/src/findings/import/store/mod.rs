//! All SQL of the import. Temporary tables of the connection hold what one import works on:
//!
//! - `import_staged`: observations as they were read;
//! - `import_tenants`: which tenant is meant by a name in the file (`''`: by a finding that names none);
//! - `import_scans`: the scans that the file holds, one per tenant and source;
//! - `import_chosen`: one observation per finding and scan.

mod apply;
mod scans;
mod staging;
mod tenants;

pub(crate) use scans::fingerprint_sql;

pub(super) use apply::{AppliedCount, append_legacy, count_findings, insert_missing, lock_findings, update_known};
pub(super) use scans::{Scan, delete_already_imported, insert_chosen, insert_scans, list_scans, update_next_passes};
pub(in crate::findings) use staging::allow_upload;
pub(super) use staging::{Batch, create_tables, drop_tables, insert_batch};
pub(super) use tenants::{insert_named_tenants, insert_one_tenant, is_unattributed, list_unknown, names_another_tenant};
