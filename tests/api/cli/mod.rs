//! The command line, through the real binary.

mod migrate;
mod openapi;
mod operator;
mod settings;
mod tenant;
mod workspace;
