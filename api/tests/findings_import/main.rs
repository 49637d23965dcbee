//! Importing findings, and demo findings, into a real database. The database is a new one on the server that `TEST_DATABASE_URL` names, or on a
//! private server of this process.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stderr)]

mod applying;
mod attributing;
mod demo;
mod ordering;
mod real_files;
mod refusing;
mod support;
