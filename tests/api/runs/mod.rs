//! Runs: start, execute, steer, watch.
