//! A finding as a member of its tenant sees it.

use super::model::{DueSource, FindingType, Severity, Status};
use super::transitions;
use crate::auth::TenantPermit;
use crate::auth::tenant_capability::{FindingsEdit, TenantCapability};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// What is stored of a finding. Times of the lifecycle are empty where an older version wrote it and no backfill has run.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, QueryableByName)]
pub struct FindingRecord {
    /// `findings.id`.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// What kind of deviation it is.
    #[diesel(sql_type = Text, column_name = "type")]
    #[serde(rename = "type")]
    pub kind: FindingType,
    /// Tool that reported it.
    #[diesel(sql_type = Text)]
    #[schema(example = "scubagear")]
    pub source: String,
    /// Account or subscription within the tenant; null where the tool names none.
    #[diesel(sql_type = Nullable<Text>)]
    pub account: Option<String>,
    /// The tool's own name of the check.
    #[diesel(sql_type = Text)]
    #[schema(example = "MS.AAD.3.1")]
    pub check_id: String,
    /// What it is known by across scans: 64 hexadecimal digits.
    #[diesel(sql_type = Text)]
    pub fingerprint: String,
    /// How bad it is.
    #[diesel(sql_type = Text)]
    pub severity: Severity,
    /// Where it stands.
    #[diesel(sql_type = Text)]
    pub status: Status,
    /// What is wrong.
    #[diesel(sql_type = Text)]
    #[schema(example = "Phishing-resistant MFA shall be enforced for all users")]
    pub title: String,
    /// Where it is wrong.
    #[diesel(sql_type = Text)]
    #[schema(example = "tenant")]
    pub resource: String,
    /// What the tool saw, in its own words.
    #[diesel(sql_type = Jsonb)]
    #[schema(value_type = Object)]
    pub evidence: Value,
    /// When the observation was made that created it.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    #[serde(with = "time::serde::rfc3339::option")]
    pub detected_at: Option<OffsetDateTime>,
    /// When somebody acknowledged it in an older version.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    #[serde(with = "time::serde::rfc3339::option")]
    pub acknowledged_at: Option<OffsetDateTime>,
    /// First scan that saw it.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    #[serde(with = "time::serde::rfc3339::option")]
    pub first_seen_at: Option<OffsetDateTime>,
    /// Last scan that saw it.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_seen_at: Option<OffsetDateTime>,
    /// Newest scan that looked for it and did not contain it, while it is open; null where the newest scan contains it (FND-08).
    #[diesel(sql_type = Nullable<Timestamptz>)]
    #[serde(with = "time::serde::rfc3339::option")]
    pub unobserved_since: Option<OffsetDateTime>,
    /// Scans that saw it.
    #[diesel(sql_type = Nullable<Integer>)]
    pub times_seen: Option<i32>,
    /// Days to repair it; none for informational ones.
    #[diesel(sql_type = Nullable<Integer>)]
    pub sla_days: Option<i32>,
    /// When it has to be repaired.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    #[serde(with = "time::serde::rfc3339::option")]
    pub due_at: Option<OffsetDateTime>,
    /// Where that comes from. `person` without a date: somebody decided that there is none.
    #[diesel(sql_type = Nullable<Text>)]
    pub due_source: Option<DueSource>,
    /// Whether it is open and its due date has passed.
    #[diesel(sql_type = Bool)]
    pub overdue: bool,
    /// When it was first taken as work.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    #[serde(with = "time::serde::rfc3339::option")]
    pub triaged_at: Option<OffsetDateTime>,
    /// When it was resolved: said a scan or a person.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    #[serde(with = "time::serde::rfc3339::option")]
    pub resolved_at: Option<OffsetDateTime>,
    /// When somebody closed it or accepted its risk.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    #[serde(with = "time::serde::rfc3339::option")]
    pub closed_at: Option<OffsetDateTime>,
    /// Why.
    #[diesel(sql_type = Nullable<Text>)]
    pub closed_reason: Option<String>,
    /// The finding that this duplicate was folded into; lists leave it out.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub consolidated_into_id: Option<i64>,
    /// When it was written.
    #[diesel(sql_type = Timestamptz)]
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    #[diesel(sql_type = Timestamptz)]
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

impl FindingRecord {
    /// Names the state of the finding for `ETag`: everything that writes a finding says when.
    pub fn version(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(self.id.to_be_bytes());
        digest.update(self.updated_at.unix_timestamp_nanos().to_be_bytes());
        digest.update(self.status.as_str());
        digest.finalize().first_chunk::<8>().map(hex::encode).unwrap_or_default()
    }
}

/// A finding, and what the caller may do with it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Finding {
    /// What is stored of it.
    #[serde(flatten)]
    pub record: FindingRecord,
    /// Statuses that the caller may give it now; `closed` and `risk_accepted` want a `closed_reason` with them.
    pub transitions: Vec<Status>,
    /// What can be done with it.
    pub actions: Vec<FindingAction>,
}

/// Whether something may be done with a finding now, and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FindingAction {
    /// edit.
    #[schema(example = "edit")]
    pub action: &'static str,
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<String>,
}

impl Finding {
    /// As the holder of the permit sees it.
    pub(super) fn of<C: TenantCapability>(permit: &TenantPermit<C>, record: FindingRecord) -> Self {
        let lacks = || format!("Your role lacks the capability {}.", FindingsEdit::ENTRY.name);
        let reason = if permit.holds(FindingsEdit::ENTRY) { folded(&record) } else { Some(lacks()) };
        let transitions = if reason.is_none() { transitions::next(record.status).to_vec() } else { Vec::new() };
        let edit = FindingAction { action: "edit", allowed: reason.is_none(), reason };
        Self { record, transitions, actions: vec![edit] }
    }
}

/// Why a duplicate is not edited.
pub(super) fn folded(record: &FindingRecord) -> Option<String> {
    record.consolidated_into_id.map(|id| format!("The finding is a duplicate and was folded into finding {id}; change that one."))
}
