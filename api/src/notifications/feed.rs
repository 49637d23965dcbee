//! Live views of notifications: one poller a process, however many pages are open.
//!
//! Each tick asks two questions for all streams together: whose session is still good, and where something has changed. Only
//! the streams of those look for themselves, each through its own permit.

use super::model::Recipient;
use super::store;
use crate::auth::session;
use crate::db::Db;
use crate::db::loggable::describe;
use crate::error::Result;
use diesel::PgConnection;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// How often the database is asked.
const TICK: Duration = Duration::from_secs(1);

/// What is different when something has changed for somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Version {
    /// How many are unread, of all tenants.
    pub unread: i64,
    /// The newest of those; 0 without any.
    pub newest: i64,
}

/// The streams of this process.
#[derive(Clone, Default)]
pub struct Feed(Arc<Mutex<Streams>>);

#[derive(Default)]
struct Streams {
    open: Vec<Stream>,
    is_polling: bool,
    is_closed: bool,
}

struct Stream {
    session_id: Uuid,
    recipient: Recipient,
    /// None until the first tick, so that the first one wakes its stream in any case.
    sender: watch::Sender<Option<Version>>,
}

/// Whom a tick asks about.
struct Asked {
    sessions: HashSet<Uuid>,
    recipients: HashSet<Recipient>,
}

/// What it found.
struct Found {
    live: HashSet<Uuid>,
    versions: HashMap<Recipient, Version>,
}

impl Feed {
    /// Changes for somebody, until their session ends or the server stops; it lives as long as somebody listens.
    pub fn subscribe(&self, db: &Db, session_id: Uuid, recipient: Recipient) -> watch::Receiver<Option<Version>> {
        let (sender, receiver) = watch::channel(None);
        let mut streams = self.lock();
        if streams.is_closed {
            return receiver;
        }
        streams.open.push(Stream { session_id, recipient, sender });
        if !streams.is_polling {
            streams.is_polling = true;
            tokio::spawn(poll(self.clone(), db.clone()));
        }
        receiver
    }

    /// Ends all streams, so that a shutdown does not wait for them.
    pub fn close(&self) {
        let mut streams = self.lock();
        streams.is_closed = true;
        streams.open.clear();
    }

    /// Whom the streams are for; none when nobody listens any more, and then the poller has to leave. Under one lock, so that
    /// nobody subscribes to one that is just leaving.
    fn asked(&self) -> Option<Asked> {
        let mut streams = self.lock();
        streams.open.retain(|stream| !stream.sender.is_closed());
        streams.is_polling = !streams.open.is_empty();
        streams.is_polling.then(|| Asked {
            sessions: streams.open.iter().map(|stream| stream.session_id).collect(),
            recipients: streams.open.iter().map(|stream| stream.recipient).collect(),
        })
    }

    /// Tells those for whom something has changed, and ends the streams of sessions that are over.
    fn tell(&self, asked: &Asked, found: &Found) {
        let is_over = |id: &Uuid| asked.sessions.contains(id) && !found.live.contains(id);
        let mut streams = self.lock();
        streams.open.retain(|stream| !is_over(&stream.session_id));
        for stream in streams.open.iter().filter(|stream| asked.recipients.contains(&stream.recipient)) {
            let version = Some(found.versions.get(&stream.recipient).copied().unwrap_or_default());
            stream.sender.send_if_modified(|last| std::mem::replace(last, version) != version);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Streams> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn poll(feed: Feed, db: Db) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(asked) = feed.asked() else { return };
        let sessions = asked.sessions.iter().copied().collect();
        let recipients = asked.recipients.iter().copied().collect();
        match db.read(move |conn| find(conn, sessions, recipients)).await {
            Ok(found) => feed.tell(&asked, &found),
            Err(error) if crate::db::is_away(&error) => {}
            Err(error) => tracing::warn!(error = describe(&error), "notifications could not be read"),
        }
    }
}

fn find(conn: &mut PgConnection, sessions: Vec<Uuid>, recipients: Vec<Recipient>) -> Result<Found> {
    let live = session::list_live(conn, sessions)?.into_iter().collect();
    Ok(Found { live, versions: store::list_versions(conn, &recipients)?.into_iter().collect() })
}
