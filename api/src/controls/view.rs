//! A control as it is shown.

use super::activation::{Pause, ScopeType};
use super::decision::EffectiveState;
use super::{ActiveRuns, Definition};
use crate::error::Result;
use diesel::PgConnection;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// One pause of a control, in force or scheduled.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Activation {
    /// Row id.
    pub id: i64,
    /// global or workspace.
    pub scope_type: ScopeType,
    /// Over what it goes, in words.
    #[schema(example = "All workspaces")]
    pub scope_label: String,
    /// The workspace of a workspace pause.
    pub workspace_id: Option<i64>,
    /// Its name.
    pub workspace_name: Option<String>,
    /// Why.
    pub reason_text: String,
    /// Since when, or from when on.
    #[serde(with = "time::serde::rfc3339")]
    pub starts_at: OffsetDateTime,
    /// When it ends by itself; null: when somebody resumes.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// Operator who changed it last.
    pub owner_name: String,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was changed last.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// A control with its pauses.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Control {
    /// Stable key.
    #[schema(example = "findings.lifecycle.backfill")]
    pub key: &'static str,
    /// Short name of the action.
    pub label: &'static str,
    /// False: no feature of this version uses the control yet.
    pub available: bool,
    /// Scopes in which it can be paused.
    pub supported_scopes: &'static [ScopeType],
    /// Types of the runs that it can stop from starting.
    pub operation_types: &'static [&'static str],
    /// Places where its state is shown.
    pub affected_surfaces: &'static [&'static str],
    /// Names of these places, for people.
    pub surface_labels: Vec<&'static str>,
    /// paused while any pause is in force.
    pub effective_state: EffectiveState,
    /// The same in words.
    #[schema(example = "Workspace pauses active (2)")]
    pub state_label: String,
    /// Pauses in force, the global one first.
    pub activations: Vec<Activation>,
    /// Pauses that will begin.
    pub scheduled: Vec<Activation>,
    /// Runs that were accepted before and have unfinished targets in what is paused; a pause does not touch them.
    pub in_flight_runs: i64,
    /// Names this state of the pauses, for `ETag`.
    #[serde(skip)]
    pub version: String,
}

impl Control {
    /// Puts the control together with its pauses that are not over.
    pub(super) fn of(
        conn: &mut PgConnection,
        active: &dyn ActiveRuns,
        control: &'static Definition,
        pauses: &[Pause],
    ) -> Result<Self> {
        let (in_force, scheduled): (Vec<&Pause>, Vec<&Pause>) = pauses.iter().partition(|pause| pause.is_in_force);
        Ok(Self {
            key: control.key,
            label: control.label,
            available: control.available,
            supported_scopes: control.supported_scopes,
            operation_types: control.operation_types,
            affected_surfaces: control.affected_surfaces,
            surface_labels: control.surface_labels(),
            effective_state: if in_force.is_empty() { EffectiveState::Enabled } else { EffectiveState::Paused },
            state_label: state_label(&in_force),
            in_flight_runs: count_in_flight(conn, active, control, &in_force)?,
            activations: in_force.into_iter().map(activation).collect(),
            scheduled: scheduled.into_iter().map(activation).collect(),
            version: version(control, pauses),
        })
    }
}

fn workspaces(in_force: &[&Pause]) -> BTreeSet<i64> {
    in_force.iter().filter_map(|pause| pause.workspace_id).collect()
}

fn state_label(in_force: &[&Pause]) -> String {
    match in_force.iter().any(|pause| pause.workspace_id.is_none()) {
        true => "Paused globally".to_owned(),
        false if in_force.is_empty() => "Enabled".to_owned(),
        false => format!("Workspace pauses active ({})", workspaces(in_force).len()),
    }
}

/// Whatever is under way where the control is paused was accepted before the pause: later starts are stopped, or leave the
/// workspace out (CTL-14).
fn count_in_flight(conn: &mut PgConnection, active: &dyn ActiveRuns, control: &Definition, in_force: &[&Pause]) -> Result<i64> {
    let everywhere = in_force.iter().any(|pause| pause.workspace_id.is_none());
    let workspaces: Vec<i64> = workspaces(in_force).into_iter().collect();
    match in_force.is_empty() {
        true => Ok(0),
        false => active.count(conn, control.operation_types, (!everywhere).then_some(workspaces.as_slice())),
    }
}

fn activation(pause: &Pause) -> Activation {
    let scope_label = match &pause.workspace_name {
        None => "All workspaces".to_owned(),
        Some(name) => format!("Workspace {name}"),
    };
    Activation {
        id: pause.id,
        scope_type: pause.scope().kind(),
        scope_label,
        workspace_id: pause.workspace_id,
        workspace_name: pause.workspace_name.clone(),
        reason_text: pause.reason_text.clone(),
        starts_at: pause.starts_at,
        expires_at: pause.expires_at,
        owner_name: pause.owner_name.clone(),
        created_at: pause.created_at,
        updated_at: pause.updated_at,
    }
}

/// The same pauses in the same state have the same name on every node; one that begins or ends by the clock changes it.
pub(super) fn version(control: &Definition, pauses: &[Pause]) -> String {
    let mut digest = Sha256::new();
    digest.update(control.key);
    for pause in pauses {
        digest.update(pause.id.to_be_bytes());
        digest.update([u8::from(pause.is_in_force)]);
        digest.update(pause.updated_at.unix_timestamp_nanos().to_be_bytes());
        let ends = pause.expires_at.map_or(0, OffsetDateTime::unix_timestamp_nanos);
        digest.update(pause.starts_at.unix_timestamp_nanos().to_be_bytes());
        digest.update(ends.to_be_bytes());
        digest.update(&pause.reason_text);
    }
    digest.finalize().first_chunk::<8>().map(hex::encode).unwrap_or_default()
}
