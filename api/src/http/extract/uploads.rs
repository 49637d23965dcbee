//! The places for uploads of a process: so many at once, and of them so many of one user and of one tenant, so that nobody keeps
//! others out.

use crate::error::{Code, Error, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Uploads of a process at the same time, of which each may later need a database connection.
const AT_ONCE: usize = 8;
/// Those of one user among them, by whatever sessions and tokens.
const OF_ONE_USER: usize = 2;

/// The person and the tenant of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Uploader {
    pub user_id: i64,
    pub tenant_id: i64,
}

/// The uploads under way.
#[derive(Debug, Clone)]
pub struct Uploads {
    under_way: Arc<Mutex<Vec<Uploader>>>,
    of_one_tenant: usize,
}

impl Uploads {
    /// Places of which one tenant may have so many.
    pub fn new(of_one_tenant: usize) -> Self {
        Self { under_way: Arc::default(), of_one_tenant }
    }

    /// Takes a place for one more file. Errors: 503.
    pub(super) fn take(&self, uploader: Uploader) -> Result<Place> {
        let mut under_way = self.under_way();
        let full = |detail: &'static str| Err(Error::new(Code::Unavailable, detail).retry_after(5));
        if under_way.len() >= AT_ONCE {
            return full("Many files are being uploaded. Nothing was imported.");
        }
        if under_way.iter().filter(|other| other.user_id == uploader.user_id).count() >= OF_ONE_USER {
            return full("Two files of yours are being uploaded already. Nothing was imported.");
        }
        if under_way.iter().filter(|other| other.tenant_id == uploader.tenant_id).count() >= self.of_one_tenant {
            return full("Other files of this tenant are being uploaded. Nothing was imported.");
        }
        under_way.push(uploader);
        Ok(Place { uploads: self.clone(), uploader })
    }

    fn under_way(&self) -> MutexGuard<'_, Vec<Uploader>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place; others may come once it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    uploads: Uploads,
    uploader: Uploader,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut under_way = self.uploads.under_way();
        if let Some(at) = under_way.iter().position(|other| *other == self.uploader) {
            under_way.swap_remove(at);
        }
    }
}
