//! The command line: the real binary, beside the server.

mod deploy_runbooks;
mod findings_backfill;
mod runs;
