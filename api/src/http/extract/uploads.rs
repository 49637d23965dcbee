//! The places for uploads of a process: so many at once, and of them so many of one user and of one tenant, so that nobody keeps
//! others out.

use crate::error::{Code, Error, Result};
use crate::shares::{Part, Shares};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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
    free: Arc<Semaphore>,
    users: Shares<i64>,
    tenants: Shares<i64>,
}

/// A place; others may come once it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _user: Part<i64>,
    _tenant: Part<i64>,
    _place: OwnedSemaphorePermit,
}

impl Uploads {
    /// Places of which one tenant may have so many.
    pub fn new(of_one_tenant: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(AT_ONCE)),
            users: Shares::new(OF_ONE_USER, 0),
            tenants: Shares::new(of_one_tenant, 0),
        }
    }

    /// Takes a place for one more file. Errors: 503.
    pub(super) fn take(&self, uploader: Uploader) -> Result<Place> {
        let full = |detail: &'static str| move || Error::new(Code::Unavailable, detail).retry_after(5);
        let of_user = full("Two files of yours are being uploaded already. Nothing was imported.");
        let of_tenant = full("Other files of this tenant are being uploaded. Nothing was imported.");
        let of_all = full("Many files are being uploaded. Nothing was imported.");
        Ok(Place {
            _user: self.users.try_take(uploader.user_id).ok_or_else(of_user)?,
            _tenant: self.tenants.try_take(uploader.tenant_id).ok_or_else(of_tenant)?,
            _place: self.free.clone().try_acquire_owned().map_err(|_| of_all())?,
        })
    }
}
