//! The file descriptors of the process, and how they are shared out: without one left no connection can be accepted.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors kept for the database, uploads, files, alerts and the log.
const KEPT: usize = 128;
/// Those kept for each thread that answers: a waker, a poller and a timer.
const KEPT_FOR_A_THREAD: usize = 4;
/// Most connections of a thread that answers, however many descriptors there are.
const MOST_OF_A_THREAD: usize = 25_600;

/// Connections and streams that there are descriptors for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// Connections of one thread that answers.
    pub connections_of_a_thread: usize,
    /// Live streams of all threads: half of the connections, so that streams cannot take them all.
    pub streams: usize,
}

impl Shares {
    /// Raises the limit of the process as far as it may, and shares out what there is among so many threads that answer.
    pub fn claim(threads: usize) -> Self {
        Self::of(raise(), threads)
    }

    fn of(descriptors: usize, threads: usize) -> Self {
        let threads = threads.max(1);
        let kept = KEPT.saturating_add(threads.saturating_mul(KEPT_FOR_A_THREAD)).min(descriptors / 2);
        let connections_of_a_thread = (descriptors.saturating_sub(kept) / threads).clamp(2, MOST_OF_A_THREAD);
        Self { connections_of_a_thread, streams: connections_of_a_thread.saturating_mul(threads) / 2 }
    }
}

/// Raises the soft limit to the hard one, and tells how many descriptors there are.
fn raise() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    if let Err(error) = &raised {
        tracing::warn!(%error, "the limit of file descriptors could not be raised");
    }
    let current = if raised.is_ok() { limit.maximum } else { limit.current };
    // None: no limit.
    current.and_then(|number| usize::try_from(number).ok()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::Shares;

    #[test]
    fn streams_get_half_of_the_connections_and_something_is_kept_for_the_rest() {
        let shares = |connections_of_a_thread, streams| Shares { connections_of_a_thread, streams };
        assert_eq!(Shares::of(1024, 2), shares(444, 444));
        assert_eq!(Shares::of(256, 2), shares(64, 64));
        assert_eq!(Shares::of(64, 2), shares(16, 16));
        assert_eq!(Shares::of(usize::MAX, 4), shares(25_600, 51_200));
    }
}
