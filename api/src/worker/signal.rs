//! Wakes and stops threads.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A counter that threads wait on to move, and a flag to stop.
#[derive(Debug, Default)]
pub struct Signal {
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct State {
    generation: u64,
    stopped: bool,
}

impl Signal {
    /// Wakes everybody.
    pub fn wake(&self) {
        self.lock().generation += 1;
        self.moved.notify_all();
    }

    /// Stops everybody, for good.
    pub fn stop(&self) {
        self.lock().stopped = true;
        self.moved.notify_all();
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Present value of the counter; give it to [`Self::wait`], so that no wake between look and wait is missed.
    pub fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// Waits until the counter leaves `seen`, the stop, or the time limit.
    pub fn wait(&self, seen: u64, limit: Duration) {
        let _ = self.moved.wait_timeout_while(self.lock(), limit, |state| state.generation == seen && !state.stopped);
    }

    /// Waits until the stop or the time limit.
    pub fn wait_for_stop(&self, limit: Duration) {
        let _ = self.moved.wait_timeout_while(self.lock(), limit, |state| !state.stopped);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
