//! The worker beside the server.

mod lanes;
