//! Import of what posture tools found: the readers (FND-02).

mod format;
mod moment;
mod observation;
mod report;
mod tenant;
mod text;
mod unreadable;

pub use format::Format;
pub use observation::{Observation, Verdict, WHOLE_TENANT, fingerprint};
pub use report::{Rejection, RejectionCode, ScanSummary, Sink, Warning, WarningCode};
pub use unreadable::{ReadError, Unreadable};
