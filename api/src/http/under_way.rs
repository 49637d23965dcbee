//! Requests under way: those of a caller that have not been answered to the last byte. Each may hold an answer in memory as long
//! as its reader likes, so a person and a tenant have so many at once.

use crate::config::RequestShares;
use crate::db::Caller;
use crate::error::{Code, Error, Result};
use crate::shares::{Part, Shares};
use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The requests under way on a node.
#[derive(Debug, Clone)]
pub struct UnderWay {
    persons: Shares<String>,
    tenants: Shares<i64>,
}

/// A request under way; it ends when this is dropped.
#[derive(Debug)]
pub struct Place {
    _person: Part<String>,
    _tenant: Option<Part<i64>>,
}

impl UnderWay {
    /// Shares of this size.
    pub fn new(shares: RequestShares) -> Self {
        Self { persons: Shares::new(shares.per_person, 0), tenants: Shares::new(shares.per_tenant, 0) }
    }

    /// Counts a request of a person; none for a caller who is not known. Errors: 429 `too-many-requests` when the share of the
    /// person or the tenant is in use.
    pub fn begin(&self, caller: &Caller) -> Result<Option<Place>> {
        let Caller::Person { person, tenant } = caller else { return Ok(None) };
        let person = self.persons.try_take(person.clone()).ok_or_else(|| too_many("your requests"))?;
        let tenant = match *tenant {
            None => None,
            Some(tenant) => Some(self.tenants.try_take(tenant).ok_or_else(|| too_many("the requests of your organisation"))?),
        };
        Ok(Some(Place { _person: person, _tenant: tenant }))
    }
}

fn too_many(whose: &str) -> Error {
    let detail = format!("Too many of {whose} are under way. Read their answers, then try again.");
    Error::new(Code::TooManyRequests, detail).retry_after(2)
}

/// A body whose request is under way until it has been written or given up.
pub struct Unread<B> {
    body: B,
    _place: Option<Place>,
}

impl<B> Unread<B> {
    /// Keeps the place as long as the body.
    pub fn of(body: B, place: Option<Place>) -> Self {
        Self { body, _place: place }
    }
}

impl<B: MessageBody + Unpin> MessageBody for Unread<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
