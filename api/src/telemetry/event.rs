//! One event before it is written: a constructor each, whose arguments leave no room for what must not be stored (TEL-03).
//!
//! Words come from the code (`&'static str`), so what a customer typed, as a name, cannot be handed over; a word that is no
//! token is refused all the same, before anything is written.

use super::catalog::Family;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Most characters of a token.
const LONGEST: usize = 120;

/// A word that is no token: it is empty, too long, or has characters beside letters, digits and `._:+/-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{key} is no token: 1 to 120 letters, digits, or one of ._:+/- are expected")]
pub struct UnsafeToken {
    key: &'static str,
}

/// Where a support bundle is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiagnosticsSurface {
    /// On the dashboard of the tenant with this id.
    TenantDashboard(i64),
    /// On the page of the run with this id, and of what type it is.
    OperationRunViewer(i64, &'static str),
}

/// Where a review pack is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewPackSurface {
    /// On the tenant's page.
    Tenant,
    /// In a review of the tenant.
    TenantReview,
}

/// A milestone that somebody has reached.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageEvent {
    pub(super) family: Family,
    pub(super) subject_type: &'static str,
    pub(super) subject_id: i64,
    pub(super) metadata: Value,
}

impl UsageEvent {
    /// A checkpoint of the onboarding session was completed, which leaves it in a state.
    pub fn onboarding_checkpoint_completed(
        session_id: i64,
        checkpoint_key: &'static str,
        lifecycle_state: &'static str,
        completed_at: OffsetDateTime,
    ) -> Result<Self, UnsafeToken> {
        let completed_at = completed_at.format(&Rfc3339).map_err(|_| UnsafeToken { key: "completed_at" })?;
        let metadata = [
            ("checkpoint_key", token("checkpoint_key", checkpoint_key)?),
            ("lifecycle_state", token("lifecycle_state", lifecycle_state)?),
            ("completed_at", completed_at.into()),
        ];
        Ok(Self::of(Family::OnboardingCheckpoint, ("tenant_onboarding_session", session_id), metadata))
    }

    /// A support bundle was opened.
    pub fn support_diagnostics_opened(surface: DiagnosticsSurface) -> Result<Self, UnsafeToken> {
        let source = |surface: &'static str| ("source_surface", Value::from(surface));
        Ok(match surface {
            DiagnosticsSurface::TenantDashboard(tenant_id) => {
                Self::of(Family::SupportDiagnostics, ("tenant", tenant_id), [source("tenant_dashboard")])
            }
            DiagnosticsSurface::OperationRunViewer(run_id, operation_type) => {
                let operation_type = ("operation_type", token("operation_type", operation_type)?);
                let metadata = [source("operation_run_viewer"), operation_type];
                Self::of(Family::SupportDiagnostics, ("operation_run", run_id), metadata)
            }
        })
    }

    /// A run of this type was created.
    pub fn operation_started(run_id: i64, operation_type: &'static str) -> Result<Self, UnsafeToken> {
        let metadata = [("operation_type", token("operation_type", operation_type)?)];
        Ok(Self::of(Family::OperationStarted, ("operation_run", run_id), metadata))
    }

    /// A report of this type was stored.
    pub fn stored_report_created(report_id: i64, report_type: &'static str) -> Result<Self, UnsafeToken> {
        let metadata = [("report_type", token("report_type", report_type)?)];
        Ok(Self::of(Family::StoredReport, ("stored_report", report_id), metadata))
    }

    /// A review pack was asked for, be it made anew or there already.
    pub fn review_pack_requested(
        pack_id: i64,
        surface: ReviewPackSurface,
        include_operations: bool,
        include_pii: bool,
    ) -> Result<Self, UnsafeToken> {
        let surface = match surface {
            ReviewPackSurface::Tenant => "tenant",
            ReviewPackSurface::TenantReview => "tenant_review",
        };
        let metadata = [
            ("source_surface", surface.into()),
            ("include_operations", include_operations.into()),
            ("include_pii", include_pii.into()),
        ];
        Ok(Self::of(Family::ReviewPack, ("review_pack", pack_id), metadata))
    }

    fn of<const N: usize>(family: Family, (subject_type, subject_id): (&'static str, i64), metadata: [(&str, Value); N]) -> Self {
        let metadata: Map<String, Value> = metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        Self { family, subject_type, subject_id, metadata: metadata.into() }
    }
}

fn token(key: &'static str, text: &'static str) -> Result<Value, UnsafeToken> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:+/-".contains(&byte);
    match (1..=LONGEST).contains(&text.len()) && text.bytes().all(is_allowed) {
        true => Ok(text.into()),
        false => Err(UnsafeToken { key }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

    use super::*;
    use crate::telemetry::catalog::CATALOG;
    use serde_json::json;

    const LONG: &str = match std::str::from_utf8(&[b'a'; LONGEST + 1]) {
        Ok(text) => text,
        Err(_) => "",
    };

    fn every_event() -> Vec<UsageEvent> {
        vec![
            UsageEvent::onboarding_checkpoint_completed(1, "tenant_connected", "ready", OffsetDateTime::UNIX_EPOCH).unwrap(),
            UsageEvent::support_diagnostics_opened(DiagnosticsSurface::TenantDashboard(2)).unwrap(),
            UsageEvent::support_diagnostics_opened(DiagnosticsSurface::OperationRunViewer(3, "inventory.sync")).unwrap(),
            UsageEvent::operation_started(4, "findings.lifecycle.backfill").unwrap(),
            UsageEvent::stored_report_created(5, "permission_posture").unwrap(),
            UsageEvent::review_pack_requested(6, ReviewPackSurface::Tenant, true, false).unwrap(),
            UsageEvent::review_pack_requested(7, ReviewPackSurface::TenantReview, false, true).unwrap(),
        ]
    }

    #[test]
    fn every_event_has_keys_of_the_catalog_only() {
        for event in every_event() {
            let allowed = event.family.info().metadata_keys;
            let keys: Vec<&str> = event.metadata.as_object().unwrap().keys().map(String::as_str).collect();
            assert!(keys.iter().all(|key| allowed.contains(key)), "{keys:?}");
        }
        assert!(CATALOG.iter().all(|info| every_event().iter().any(|event| event.family == info.family)));
    }

    #[test]
    fn metadata_is_what_the_seed_shows() {
        let events = every_event();
        let metadata: Vec<&Value> = events.iter().map(|event| &event.metadata).collect();
        assert_eq!(
            metadata,
            [
                &json!({ "checkpoint_key": "tenant_connected", "lifecycle_state": "ready", "completed_at": "1970-01-01T00:00:00Z" }),
                &json!({ "source_surface": "tenant_dashboard" }),
                &json!({ "source_surface": "operation_run_viewer", "operation_type": "inventory.sync" }),
                &json!({ "operation_type": "findings.lifecycle.backfill" }),
                &json!({ "report_type": "permission_posture" }),
                &json!({ "source_surface": "tenant", "include_operations": true, "include_pii": false }),
                &json!({ "source_surface": "tenant_review", "include_operations": false, "include_pii": true }),
            ]
        );
    }

    #[test]
    fn a_word_that_is_no_token_is_refused() {
        let hostile = [
            "",
            " ",
            "a b",
            "user@example.com",
            "We could not sync.",
            "{\"nested\":true}",
            "[1]",
            "operation\n",
            "оperation",
            "ｏperation",
            "a\u{200b}b",
            "a\u{0}b",
            "Ünïcode",
            LONG,
        ];
        for word in hostile {
            let refused = UnsafeToken { key: "operation_type" };
            assert_eq!(UsageEvent::operation_started(1, word), Err(refused), "{word:?}");
            let viewer = DiagnosticsSurface::OperationRunViewer(1, word);
            assert_eq!(UsageEvent::support_diagnostics_opened(viewer), Err(refused), "{word:?}");
            assert_eq!(UsageEvent::stored_report_created(1, word), Err(UnsafeToken { key: "report_type" }), "{word:?}");
            let at = OffsetDateTime::UNIX_EPOCH;
            assert!(UsageEvent::onboarding_checkpoint_completed(1, word, "ready", at).is_err(), "{word:?}");
            assert!(UsageEvent::onboarding_checkpoint_completed(1, "consent", word, at).is_err(), "{word:?}");
        }
        assert!(UsageEvent::operation_started(1, LONG.get(1..).unwrap()).is_ok());
    }
}
