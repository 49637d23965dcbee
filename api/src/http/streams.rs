//! The places for live streams of a process. A stream holds a connection for minutes: so many of one person, and of all together no
//! more than leave most connections to those who ask and go.

use crate::context::Actor;
use crate::error::{Code, Error, Result};
use crate::shares::{Part, Shares};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Seconds after which a further stream makes sense: those of runs end after thirty.
const WAIT: u64 = 30;

/// A person in either plane, by whatever sessions and tokens they come: kind and id of the actor.
type Person = (&'static str, Option<i64>);

/// The streams that are open.
#[derive(Debug, Clone)]
pub struct Streams {
    free: Arc<Semaphore>,
    persons: Shares<Person>,
    of_one_person: usize,
}

/// The place of a stream; it is given back when the stream is dropped.
#[derive(Debug)]
pub struct StreamPlace {
    _person: Part<Person>,
    _place: OwnedSemaphorePermit,
}

impl Streams {
    /// Makes places for so many streams, and so many of one person among them.
    pub fn new(at_once: usize, of_one_person: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(at_once)), persons: Shares::new(of_one_person, 0), of_one_person }
    }

    /// Takes a place for one more stream. Errors: 429 `too-many-streams`, 503 where the process has no room.
    pub fn take(&self, actor: &Actor) -> Result<StreamPlace> {
        let too_many = || {
            let detail =
                format!("You have {} live streams open, which is the most for one person. Close one first.", self.of_one_person);
            Error::new(Code::TooManyStreams, detail).retry_after(WAIT)
        };
        let no_room = || Error::new(Code::Unavailable, "This server has no room for further live streams.").retry_after(WAIT);
        Ok(StreamPlace {
            _person: self.persons.try_take((actor.kind(), actor.id())).ok_or_else(too_many)?,
            _place: self.free.clone().try_acquire_owned().map_err(|_| no_room())?,
        })
    }
}
