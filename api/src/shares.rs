//! Shares of something scarce: each holder has so much of it at once, so that none can take it from the others.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Equal shares by holder; clones are the same shares. A holder without a part takes no memory.
#[derive(Debug)]
pub struct Shares<K>(Arc<Inner<K>>);

#[derive(Debug)]
struct Inner<K> {
    size: usize,
    most_waiting: usize,
    holders: Mutex<HashMap<K, Holder>>,
}

#[derive(Debug)]
struct Holder {
    free: Arc<Semaphore>,
    /// Parts in use, and callers that wait for one.
    asked: usize,
}

impl<K> Clone for Shares<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Clone + Eq + Hash> Shares<K> {
    /// Shares of `size` parts, for each of which up to `most_waiting` may wait.
    pub fn new(size: usize, most_waiting: usize) -> Self {
        Self(Arc::new(Inner { size, most_waiting, holders: Mutex::default() }))
    }

    /// Waits for a part of the holder's share. None at once when too many wait for it already.
    pub async fn take(&self, holder: K) -> Option<Part<K>> {
        let (asked, free) = self.ask(holder)?;
        let permit = free.acquire_owned().await.ok()?;
        Some(Part { _permit: permit, _asked: asked })
    }

    /// Takes a part of the holder's share if one is free.
    pub fn try_take(&self, holder: K) -> Option<Part<K>> {
        let (asked, free) = self.ask(holder)?;
        let permit = free.try_acquire_owned().ok()?;
        Some(Part { _permit: permit, _asked: asked })
    }

    fn ask(&self, holder: K) -> Option<(Asked<K>, Arc<Semaphore>)> {
        let mut holders = self.holders();
        let share =
            holders.entry(holder.clone()).or_insert_with(|| Holder { free: Arc::new(Semaphore::new(self.0.size)), asked: 0 });
        if share.asked >= self.0.size.saturating_add(self.0.most_waiting) {
            return None;
        }
        share.asked += 1;
        Some((Asked { shares: self.clone(), holder }, share.free.clone()))
    }

    fn holders(&self) -> MutexGuard<'_, HashMap<K, Holder>> {
        self.0.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part in use; others get it when it is dropped.
#[derive(Debug)]
pub struct Part<K: Clone + Eq + Hash> {
    // Given back before the holder may be forgotten.
    _permit: OwnedSemaphorePermit,
    _asked: Asked<K>,
}

/// A part in use or waited for. Dropped also by a caller that gives up waiting.
#[derive(Debug)]
struct Asked<K: Clone + Eq + Hash> {
    shares: Shares<K>,
    holder: K,
}

impl<K: Clone + Eq + Hash> Drop for Asked<K> {
    fn drop(&mut self) {
        let mut holders = self.shares.holders();
        if let Some(share) = holders.get_mut(&self.holder) {
            share.asked = share.asked.saturating_sub(1);
            if share.asked == 0 {
                holders.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn a_holder_waits_for_their_own_share_alone() {
        let shares = Shares::new(2, 1);
        let first = shares.take("one").await.unwrap();
        let _second = shares.take("one").await.unwrap();

        let mut third = Box::pin(shares.take("one"));
        assert!((&mut third).now_or_never().is_none(), "a third part was given");
        assert!(shares.take("one").await.is_none(), "a second one may wait");
        assert!(shares.take("another").await.is_some());

        drop(first);
        assert!(third.await.is_some());
    }

    #[tokio::test]
    async fn a_holder_without_a_part_is_forgotten_and_so_is_one_who_gives_up() {
        let shares = Shares::new(1, 1);
        let part = shares.take(7).await.unwrap();
        assert!(shares.take(7).now_or_never().is_none());
        assert!(shares.take(7).now_or_never().is_none(), "the place of the one who gave up was not given back");

        drop(part);

        assert!(shares.holders().is_empty());
    }
}
