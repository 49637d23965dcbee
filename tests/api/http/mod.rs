//! Conventions that hold for every operation.
