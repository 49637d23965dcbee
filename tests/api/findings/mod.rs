//! Findings.

mod lifecycle;
