//! Conventions that hold for every operation.

mod bodies;
mod fixed_files;
mod headers;
mod overload;
mod pages;
mod process;
mod rate_limit;
mod routing;
mod shares;
mod streams;
