//! The places for uploads of a process: so many at once, and of them so many of one user, so that nobody keeps others out.

use crate::error::{Code, Error, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Uploads of a process at the same time, of which each may later need a database connection.
const AT_ONCE: usize = 8;
/// Those of one user among them, by whatever sessions and tokens.
const OF_ONE_USER: usize = 2;

/// The uploads under way, by `users.id`.
#[derive(Debug, Clone, Default)]
pub struct Uploads(Arc<Mutex<Vec<i64>>>);

impl Uploads {
    /// A place for one more file of this user. Errors: 503.
    pub(super) fn take(&self, user_id: i64) -> Result<Place> {
        let mut under_way = self.under_way();
        let full = |detail: &'static str| Err(Error::new(Code::Unavailable, detail).retry_after(5));
        if under_way.len() >= AT_ONCE {
            return full("Many files are being uploaded. Nothing was imported.");
        }
        if under_way.iter().filter(|other| **other == user_id).count() >= OF_ONE_USER {
            return full("Two files of yours are being uploaded already. Nothing was imported.");
        }
        under_way.push(user_id);
        Ok(Place { uploads: self.clone(), user_id })
    }

    fn under_way(&self) -> MutexGuard<'_, Vec<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place; others may come once it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    uploads: Uploads,
    user_id: i64,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut under_way = self.uploads.under_way();
        if let Some(at) = under_way.iter().position(|other| *other == self.user_id) {
            under_way.swap_remove(at);
        }
    }
}
