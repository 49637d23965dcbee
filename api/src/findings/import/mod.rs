//! Import of what posture tools found (FND-02): the readers, and the step that applies what they read.
//!
//! [`import_scan()`] is the use case: `stage` reads into a staging table, `whose` finds the tenants, `store` holds the SQL
//! that merges the staged observations into findings.
//!
//! [`read()`] turns a file into [`Observation`]s, one by one, and hands them to a [`Sink`]. It knows nothing of the
//! database: a sink stages what it is given, and whoever called applies the staged rows once the read has succeeded.
//!
//! - [`Format`]: `scubagear`, `maester`, `ocsf`, `jsonl`; one file of this folder each.
//! - `source` digests the bytes and holds them to be UTF-8, `tape` records one value at a time, `walk` finds the way to
//!   the findings, `intake` sorts them into observations, rejections and verdicts that say nothing, `tally` counts.
//!
//! **Invariant**: memory stays flat whatever the size of the file. At most one finding, and at most 1 MiB of it, is held
//! at any time; nobody collects findings; everything counted is bounded.
//!
//! **Invariant**: a file is refused whole ([`Unreadable`]) or read to its last byte. What the sink has taken by the time
//! of an error counts for nothing, so the caller writes in a transaction, or to a staging table.
//!
//! **Invariant**: one bad finding costs only itself ([`Rejection`]), and is counted and reported.
//!
//! **Invariant**: everything handed on fits PostgreSQL: no NUL in text or evidence, numbers within a double, times to
//! the microsecond between 2000 and tomorrow.
//!
//! **Invariant**: the order in which scans arrive does not matter. What an import makes of a finding is a function of the
//! scans alone, as long as nobody changes the finding in between.
//!
//! Left by the readers to the step that applies: filling in tenant and time from [`ScanSummary`], keeping the worse verdict
//! where one check reports twice on a resource in one scan ([`Verdict`] and severity are ordered for that), and scan
//! identity: tenant, source, scan time and [`ScanSummary::sha256`]. For formats whose findings name their own tenant
//! and time, a file holds one scan per tenant and source, and the time of each is that of its newest finding.

mod format;
mod header;
pub mod import_scan;
mod intake;
mod jsonl;
pub mod maester;
mod markup;
mod moment;
mod observation;
mod ocsf;
mod outcome;
mod read;
mod report;
mod scubagear;
mod source;
mod stage;
mod store;
mod tally;
mod tape;
mod tenant;
mod text;
mod unreadable;
mod walk;
mod whose;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod real_files;
#[cfg(test)]
mod traps;

pub use format::Format;
pub use import_scan::{ImportOptions, Mode, import_scan};
pub use observation::{Observation, Verdict, WHOLE_TENANT};
pub use outcome::{ImportReport, ImportWarning, RejectedFinding};
pub use read::{ReadOptions, read};
pub use report::{Rejection, RejectionCode, ScanSummary, Sink, Warning, WarningCode};
pub(in crate::findings) use store::allow_upload;
pub use unreadable::{ReadError, Unreadable};
pub use whose::TenantChoice;
