//! The list of runs, newest first (RUN-09).

use super::get_run::{to_run, with_actions};
use super::model::Run;
use super::pauses::RunPauses;
use super::state::Outcome;
use super::store::list as store;
use crate::auth::Permit;
use crate::auth::capability::OpsView;
use crate::db::id::parse_id;
use crate::db::page::{Page, PageRequest};
use crate::error::{Error, Result};
use crate::runbooks::CATALOG;
use diesel::PgConnection;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// Where the runs to list stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Created; no target was claimed yet.
    Queued,
    /// A target was claimed.
    Running,
    /// Ended.
    Completed,
    /// Queued or running.
    Active,
}

impl Standing {
    /// Every word on the wire.
    pub const WORDS: [&str; 4] = ["queued", "running", "completed", "active"];

    /// From the word on the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::deserialize(IntoDeserializer::<serde::de::value::Error>::into_deserializer(word)).ok()
    }
}

/// Who started the runs to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InitiatorFilter {
    /// An operator.
    Operator(i64),
    /// A user.
    User(i64),
    /// The command line.
    Cli,
    /// The product itself.
    System,
}

impl InitiatorFilter {
    /// From `operator:<id>`, `user:<id>`, `cli` or `system`. Errors: 422.
    pub fn parse(text: &str) -> Result<Self> {
        let parsed = match text.split_once(':') {
            Some(("operator", digits)) => parse_id(digits).map(Self::Operator),
            Some(("user", digits)) => parse_id(digits).map(Self::User),
            None if text == "cli" => Some(Self::Cli),
            None if text == "system" => Some(Self::System),
            _ => None,
        };
        parsed.ok_or_else(|| Error::invalid_field("?initiator", "value", "operator:<id>, user:<id>, cli or system is expected."))
    }
}

/// What to list; everything left out is not filtered by.
#[derive(Debug, Default)]
pub struct RunFilter {
    /// Where it stands.
    pub status: Option<Standing>,
    /// How it ended: one of these; none of them is not filtered by.
    pub outcomes: Vec<Outcome>,
    /// Whether somebody has taken note of its failure; runs that did not fail are neither (RUN-18).
    pub acknowledged: Option<bool>,
    /// Operation type.
    pub kind: Option<String>,
    /// Workspace that owns it, or that of any of its targets (RUN-09).
    pub workspace_id: Option<i64>,
    /// Its own tenant or that of any of its targets.
    pub tenant_id: Option<i64>,
    /// Who started it.
    pub initiator: Option<InitiatorFilter>,
    /// Dispatched at or after this time.
    pub created_after: Option<OffsetDateTime>,
    /// Dispatched before this time.
    pub created_before: Option<OffsetDateTime>,
    /// Ended at or after this time.
    pub completed_after: Option<OffsetDateTime>,
}

/// One page of runs. Errors: 422 on an unknown operation type.
pub fn list_runs(permit: &Permit<OpsView>, conn: &mut PgConnection, filter: &RunFilter, page: PageRequest) -> Result<Page<Run>> {
    if let Some(kind) = &filter.kind
        && !CATALOG.iter().any(|runbook| runbook.info().key == kind)
    {
        let known: Vec<&str> = CATALOG.iter().map(|runbook| runbook.info().key).collect();
        return Err(Error::invalid_field("?type", "unknown", format!("Known operation types are: {}.", known.join(", "))));
    }
    let rows = Page::of(store::list(conn, filter, page)?, page, |row| row.id);
    let ids: Vec<i64> = rows.items.iter().map(|row| row.id).collect();
    let pauses = RunPauses::load(conn, &ids)?;
    let items = rows.items.into_iter().map(|row| Ok(with_actions(permit, to_run(row)?, &pauses))).collect::<Result<_>>()?;
    Ok(Page { items, next_cursor: rows.next_cursor })
}
