//! A limit on warnings and errors, whatever fails and whoever tells of it: in any minute at most [`A_SITE`] lines of one call site
//! and [`ALTOGETHER`] of the process. With the lines that tell of those left out this stays below twenty.
//!
//! What is left out costs a reading of the clock and a few atomic operations: a library may fail tens of thousands of times a
//! second.

use super::log_losses::{self, MINUTE, SUPPRESSED};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tracing::{Event, Level, Subscriber};
use tracing_log::NormalizeEvent;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Lines of one call site in a minute.
const A_SITE: usize = 5;
/// Lines of the process in a minute.
const ALTOGETHER: usize = 15;
/// Call sites that are told apart. There are some hundred; those beyond share the last place.
const SITES: usize = 512;

/// At most `N` in any minute, wherever it begins.
#[derive(Debug)]
struct Allowance<const N: usize> {
    /// When there is one again.
    next: AtomicU64,
    /// When each of those given may be given again, the earliest first.
    given: Mutex<[u64; N]>,
}

impl<const N: usize> Allowance<N> {
    const fn new() -> Self {
        Self { next: AtomicU64::new(0), given: Mutex::new([0; N]) }
    }

    fn is_open(&self, now: u64) -> bool {
        now >= self.next.load(Ordering::Relaxed)
    }

    fn take(&self, now: u64) -> bool {
        if !self.is_open(now) {
            return false;
        }
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(first) = given.first_mut().filter(|first| now >= **first) else { return false };
        *first = now.saturating_add(MINUTE);
        given.rotate_left(1);
        self.next.store(given.first().copied().unwrap_or(0), Ordering::Relaxed);
        true
    }
}

#[derive(Debug)]
struct Site {
    /// Key of the call site; 0: nobody's yet.
    key: AtomicU64,
    allowance: Allowance<A_SITE>,
}

impl Site {
    /// True when this is the place of the call site, which it becomes if it was nobody's.
    fn is_of(&self, key: u64) -> bool {
        let owner = self.key.load(Ordering::Relaxed);
        let owner = match owner {
            0 => self.key.compare_exchange(0, key, Ordering::Relaxed, Ordering::Relaxed).map_or_else(|other| other, |_| key),
            _ => owner,
        };
        owner == key
    }
}

/// The limit, as a layer below which nothing sees what it leaves out.
#[derive(Debug)]
pub(super) struct LogLimit {
    altogether: Allowance<ALTOGETHER>,
    sites: Box<[Site]>,
}

impl LogLimit {
    pub(super) fn new() -> Self {
        let site = || Site { key: AtomicU64::new(0), allowance: Allowance::new() };
        Self { altogether: Allowance::new(), sites: std::iter::repeat_with(site).take(SITES).collect() }
    }

    /// True when a line of the call site may be written at `now`.
    fn admits(&self, now: u64, key: impl FnOnce() -> u64) -> bool {
        self.altogether.is_open(now) && self.site(key()).is_some_and(|site| site.allowance.take(now)) && self.altogether.take(now)
    }

    fn site(&self, key: u64) -> Option<&Site> {
        let first = usize::try_from(key).unwrap_or(0) % SITES;
        let (before, from) = self.sites.split_at_checked(first)?;
        from.iter().chain(before).find(|site| site.is_of(key)).or(self.sites.last())
    }
}

impl<S: Subscriber> Layer<S> for LogLimit {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        let metadata = event.metadata();
        if *metadata.level() > Level::WARN || metadata.target() == log_losses::TARGET {
            return true;
        }
        let now = log_losses::now();
        let is_admitted = self.admits(now, || key(event));
        if !is_admitted {
            SUPPRESSED.count(now.saturating_add(MINUTE));
        }
        is_admitted
    }
}

/// Names the call site: by the place of what is said of it, which stays. Records of `log` share one a level, and are told apart by
/// their place in the source.
fn key(event: &Event<'_>) -> u64 {
    match event.normalized_metadata() {
        Some(record) => {
            let mut hasher = DefaultHasher::new();
            (record.target(), record.file(), record.line()).hash(&mut hasher);
            hasher.finish().max(1)
        }
        None => u64::try_from(std::ptr::from_ref(event.metadata()).addr() >> 3).unwrap_or(1),
    }
}

#[cfg(test)]
mod tests {
    use super::{A_SITE, ALTOGETHER, LogLimit, SITES};
    use crate::observability::log_losses::MINUTE;

    /// Lines admitted of as many tries of one call site at one time.
    fn admitted(limit: &LogLimit, now: u64, site: u64, tries: usize) -> usize {
        (0..tries).filter(|_| limit.admits(now, || site)).count()
    }

    #[test]
    fn one_call_site_has_its_lines_in_any_minute_and_leaves_the_others_theirs() {
        let limit = LogLimit::new();
        assert_eq!(admitted(&limit, 0, 1, 1), 1);
        assert_eq!(admitted(&limit, MINUTE - 1, 1, 1000), A_SITE - 1);
        assert_eq!(admitted(&limit, MINUTE - 1, 2, 1000), A_SITE);
        // The first of them is a minute old, the others are not.
        assert_eq!(admitted(&limit, MINUTE, 1, 1000), 1);
        assert_eq!(admitted(&limit, 2 * MINUTE - 2, 1, 1000), 0);
        assert_eq!(admitted(&limit, 2 * MINUTE - 1, 1, 1000), A_SITE - 1);
    }

    #[test]
    fn all_call_sites_together_have_no_more_in_any_minute_wherever_it_begins() {
        let limit = LogLimit::new();
        let mut written: Vec<u64> = Vec::new();
        for now in (0..10 * MINUTE).step_by(500) {
            let lines: usize = (1..=20).map(|site| admitted(&limit, now, site, 3)).sum();
            written.extend(std::iter::repeat_n(now, lines));
        }
        for begin in &written {
            let within = written.iter().filter(|at| (*begin..begin + MINUTE).contains(at)).count();
            assert!(within <= ALTOGETHER, "{within} lines from {begin} on");
        }
        assert!(written.len() >= 9 * ALTOGETHER, "{} lines in ten minutes", written.len());
    }

    #[test]
    fn more_call_sites_than_places_share_the_last() {
        let limit = LogLimit::new();
        for site in 1..=2 * SITES as u64 {
            limit.admits(u64::from(u32::MAX) + site * MINUTE, || site);
        }
        let late = u64::from(u32::MAX) * 10;
        assert_eq!(admitted(&limit, late, u64::MAX, 100) + admitted(&limit, late, u64::MAX - 1, 100), A_SITE);
    }
}
