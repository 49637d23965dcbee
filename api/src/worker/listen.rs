//! Listens on a direct connection, so that it also works where a pooler stands before the database, and wakes the lanes.

use super::Signal;
use crate::runs::CHANNEL;
use futures_util::{StreamExt, stream};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::{AsyncMessage, NoTls};

const RECONNECT: Duration = Duration::from_secs(1);

/// Wakes the signal at each notification, and after each reconnect, until it is stopped. Polling covers what is missed.
pub async fn listen(database_url: String, signal: Arc<Signal>) {
    while !signal.is_stopped() {
        if let Err(error) = listen_once(&database_url, &signal).await {
            tracing::debug!(%error, "not listening; polling goes on");
        }
        tokio::time::sleep(RECONNECT).await;
    }
}

async fn listen_once(database_url: &str, signal: &Signal) -> Result<(), tokio_postgres::Error> {
    let (client, mut connection) = tokio_postgres::connect(database_url, NoTls).await?;
    let mut messages = stream::poll_fn(move |cx| connection.poll_message(cx));
    let command = format!("LISTEN {CHANNEL}");
    let listening = client.batch_execute(&command);
    tokio::pin!(listening);
    let mut is_listening = false;
    loop {
        tokio::select! {
            done = &mut listening, if !is_listening => {
                done?;
                is_listening = true;
                signal.wake();
            }
            message = messages.next() => match message {
                None => return Ok(()),
                Some(Err(error)) => return Err(error),
                Some(Ok(AsyncMessage::Notification(_))) => signal.wake(),
                Some(Ok(_)) => {}
            },
        }
    }
}
