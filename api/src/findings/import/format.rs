//! The formats that can be imported.

use crate::findings::model::closed_set;

closed_set! {
    /// A file format of a posture tool.
    Format as "import format" {
        /// `ScubaResults*.json` of ScubaGear.
        ScubaGear = "scubagear",
        /// `test-results*.json` of Maester.
        Maester = "maester",
        /// OCSF Detection Findings, as one array or one after another.
        Ocsf = "ocsf",
        /// One finding per line in this product's own shape.
        JsonLines = "jsonl",
    }
}

impl Format {
    /// What a file of this format holds, for the message when it holds something else.
    pub const fn expectation(self) -> &'static str {
        match self {
            Self::ScubaGear => "a ScubaGear report: one object with MetaData and Results",
            Self::Maester => "Maester test results: one object with TenantId, ExecutedAt and Tests",
            Self::Ocsf => "OCSF Detection Findings: an array of findings, or one finding after another",
            Self::JsonLines => "JSON Lines: one object per line with check_id and verdict",
        }
    }

    /// The format in which `name` is a telling key, for a hint when a file is not what it was said to be.
    pub(super) fn known_by_key(name: &str) -> Option<Self> {
        match name {
            "MetaData" | "Results" => Some(Self::ScubaGear),
            "Tests" | "ExecutedAt" => Some(Self::Maester),
            "class_uid" | "finding_info" => Some(Self::Ocsf),
            "check_id" | "verdict" => Some(Self::JsonLines),
            _ => None,
        }
    }
}
