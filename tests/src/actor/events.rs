//! Server-sent events, read one by one.

use crate::response::Response;
use reqwest::RequestBuilder;
use serde_json::Value;
use std::time::Duration;

/// How long an event may take before the test fails.
const LIMIT: Duration = Duration::from_secs(20);

/// An open stream.
#[derive(Debug)]
pub struct Events {
    /// The headers of the answer.
    pub headers: reqwest::header::HeaderMap,
    response: reqwest::Response,
    buffer: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Give this as `Last-Event-ID` to go on after it.
    pub id: String,
    /// Kind of event.
    pub name: String,
    /// What it says.
    pub data: Value,
}

impl Events {
    pub(super) async fn open(request: RequestBuilder) -> Result<Self, Response> {
        let response = request.send().await.expect("an answer");
        if response.status() != 200 {
            return Err(Response::read(response).await);
        }
        Ok(Self { headers: response.headers().clone(), response, buffer: String::new() })
    }

    /// The next event; none when the stream has ended. Comments are skipped.
    pub async fn next(&mut self) -> Option<Event> {
        tokio::time::timeout(LIMIT, self.next_event()).await.expect("an event in time")
    }

    async fn next_event(&mut self) -> Option<Event> {
        loop {
            if let Some((frame, rest)) = self.buffer.split_once("\n\n") {
                let (frame, rest) = (frame.to_owned(), rest.to_owned());
                self.buffer = rest;
                if let Some(event) = parse(&frame) {
                    return Some(event);
                }
                continue;
            }
            let chunk = self.response.chunk().await.expect("the stream")?;
            self.buffer.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }
}

fn parse(frame: &str) -> Option<Event> {
    let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(ToOwned::to_owned));
    let data = serde_json::from_str(&field("data")?).expect("JSON in an event");
    Some(Event { id: field("id").unwrap_or_default(), name: field("event").unwrap_or_default(), data })
}
