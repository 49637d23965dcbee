//! Import of what posture tools found: the readers (FND-02).

mod format;
mod moment;
mod observation;
mod report;
mod source;
mod tape;
mod tenant;
mod text;
mod unreadable;
mod walk;

pub use format::Format;
pub use observation::{Observation, Verdict, WHOLE_TENANT, fingerprint};
pub use report::{Rejection, RejectionCode, ScanSummary, Sink, Warning, WarningCode};
pub use unreadable::{ReadError, Unreadable};
