//! Runbooks: catalog and preflight.
