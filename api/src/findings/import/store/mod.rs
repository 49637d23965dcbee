//! All SQL of the import. Temporary tables of the connection hold what one import works on:
//!
//! - `import_staged`: observations as they were read;
//! - `import_tenants`: which tenant is meant by a name in the file (`''`: by a finding that names none);
//! - `import_scans`: the scans that the file holds, one per tenant, source and account;
//! - `import_chosen`: one observation per finding and scan;
//! - `import_missing`: open findings that the scans may say are not observed any more;
//! - `import_states`: since when each of those is not observed, and whether a scan looked for it;
//! - `import_checks`: the checks that these and later scans looked at, or only list, and the products that they looked at.
//!
//! Three rules have one place each: [`identity`] says what a finding is the same as, [`scans`] what a scan is, [`coverage`] what a
//! scan has looked at.

mod apply;
mod coverage;
mod identity;
mod scans;
mod staging;
mod tenants;

pub(super) use apply::{AppliedCount, append_legacy, count_findings, insert_missing, lock_findings, update_known};
pub(super) use coverage::{insert_coverage, update_unobserved};
pub(super) use identity::{adopt_findings, count_repeated, insert_chosen};
pub(super) use scans::{Scan, delete_already_imported, insert_scans, list_scans, update_next_passes};
pub(in crate::findings) use staging::allow_upload;
pub(super) use staging::{Batch, create_tables, drop_tables, insert_batch};
pub(super) use tenants::{insert_named_tenants, insert_one_tenant, is_unattributed, list_unknown, names_another_tenant};
