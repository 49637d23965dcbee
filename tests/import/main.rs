//! Importing findings, and demo findings, into a real database.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stderr)]

mod applying;
mod attributing;
mod demo;
mod field;
mod ordering;
mod real_files;
mod refusing;
mod renamed;
mod support;
mod upgrading;
