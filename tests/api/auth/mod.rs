//! Signing in, sessions, and their limits.
