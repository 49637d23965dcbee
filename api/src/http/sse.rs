//! Server-sent events: frames and a response that proxies do not buffer.

use super::streams::StreamPlace;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{Error, HttpResponse};
use futures_util::{Stream, StreamExt};

/// One event with an id that a client gives back as `Last-Event-ID`.
pub fn event(id: u64, name: &str, data: &str) -> Bytes {
    Bytes::from(format!("id: {id}\nevent: {name}\ndata: {data}\n\n"))
}

/// A comment that keeps the connection alive.
pub fn keep_alive() -> Bytes {
    Bytes::from_static(b": keep-alive\n\n")
}

/// Builds an event-stream answer, which keeps its place as long as it lasts.
pub fn response(place: StreamPlace, stream: impl Stream<Item = Result<Bytes, Error>> + 'static) -> HttpResponse {
    let stream = stream.inspect(move |_| _ = &place);
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream)
}
