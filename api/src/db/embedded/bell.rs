//! Wakes the thread that keeps the server running.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Rung when the server ends, and for good when this process wants to end.
#[derive(Debug, Default)]
pub(super) struct Bell {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    rung: bool,
    stopped: bool,
}

impl Bell {
    /// Wakes the thread that waits, or will wait next, in [`Self::wait`].
    pub(super) fn ring(&self) {
        self.state().rung = true;
        self.changed.notify_all();
    }

    /// Ends all waiting, for good.
    pub(super) fn stop(&self) {
        self.state().stopped = true;
        self.changed.notify_all();
    }

    /// True when waiting has ended for good.
    pub(super) fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    /// Waits until it rings, or the stop.
    pub(super) fn wait(&self) {
        let waited = self.changed.wait_while(self.state(), |state| !state.rung && !state.stopped);
        waited.unwrap_or_else(PoisonError::into_inner).rung = false;
    }

    /// Waits for so long, or until the stop. True when it was stopped.
    pub(super) fn pause(&self, time: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.state(), time, |state| !state.stopped);
        waited.unwrap_or_else(PoisonError::into_inner).0.stopped
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
