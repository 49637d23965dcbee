//! Conventions that hold for every operation.

mod bodies;
mod headers;
mod pages;
mod process;
mod routing;
