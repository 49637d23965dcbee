//! The five events, and nothing else (TEL-01).

use serde::Serialize;
use utoipa::ToSchema;

/// Events of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// A step of a tenant's onboarding was completed.
    OnboardingCheckpoint,
    /// A support bundle was opened.
    SupportDiagnostics,
    /// An operation was started.
    OperationStarted,
    /// A report was stored.
    StoredReport,
    /// A review pack was asked for.
    ReviewPack,
}

/// What the product knows of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct FamilyInfo {
    /// The family.
    #[serde(skip)]
    pub family: Family,
    /// As stored.
    #[schema(example = "product.operations.started")]
    pub event_name: &'static str,
    /// The part of the product.
    #[schema(example = "operations")]
    pub feature_area: &'static str,
    /// For people.
    #[schema(example = "Operations started")]
    pub label: &'static str,
    /// Keys that its metadata may have.
    #[serde(skip)]
    pub metadata_keys: &'static [&'static str],
}

/// Every family, in the order in which they are shown.
pub const CATALOG: [FamilyInfo; 5] = [
    FamilyInfo {
        family: Family::OnboardingCheckpoint,
        event_name: "product.onboarding.checkpoint_completed",
        feature_area: "onboarding",
        label: "Onboarding checkpoints",
        metadata_keys: &["checkpoint_key", "lifecycle_state", "completed_at"],
    },
    FamilyInfo {
        family: Family::SupportDiagnostics,
        event_name: "product.support_diagnostics.opened",
        feature_area: "support_diagnostics",
        label: "Support diagnostics",
        metadata_keys: &["source_surface", "operation_type"],
    },
    FamilyInfo {
        family: Family::OperationStarted,
        event_name: "product.operations.started",
        feature_area: "operations",
        label: "Operations started",
        metadata_keys: &["operation_type"],
    },
    FamilyInfo {
        family: Family::StoredReport,
        event_name: "product.stored_report.created",
        feature_area: "stored_reports",
        label: "Stored reports",
        metadata_keys: &["report_type"],
    },
    FamilyInfo {
        family: Family::ReviewPack,
        event_name: "product.review_pack.requested",
        feature_area: "review_pack",
        label: "Review packs requested",
        metadata_keys: &["source_surface", "include_operations", "include_pii"],
    },
];

impl Family {
    /// Its row of the catalog.
    pub fn info(self) -> &'static FamilyInfo {
        let [onboarding, diagnostics, operations, reports, packs] = &CATALOG;
        match self {
            Self::OnboardingCheckpoint => onboarding,
            Self::SupportDiagnostics => diagnostics,
            Self::OperationStarted => operations,
            Self::StoredReport => reports,
            Self::ReviewPack => packs,
        }
    }
}
