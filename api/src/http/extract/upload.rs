//! A file as the body of a request. It is written to a nameless temporary file while it comes, so that memory stays flat, and
//! no database connection waits for a slow sender. What is in it is for the reader to find out: the type that the sender says
//! it has is not believed.

use super::uploads::{Place, Uploader};
use crate::context::Ctx;
use crate::db::id::parse_id;
use crate::error::{Code, Error, Result};
use crate::http::State;
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::{Stream, StreamExt};
use std::fs::File;
use std::future::Future;
use std::io::{ErrorKind, Seek, Write};
use std::pin::Pin;
use std::time::Duration;
use tokio::time::Instant;

/// How much may come, and how slowly.
#[derive(Debug, Clone, Copy)]
struct Limits {
    bytes: usize,
    longest: Duration,
    quiet: Duration,
}

/// The scans of the largest tenants at hand have 2 MB; a file of all findings of a large cloud estate, some 50,000, has 100.
const LIMITS: Limits = Limits { bytes: 128 * 1024 * 1024, longest: Duration::from_secs(600), quiet: Duration::from_secs(30) };

/// Bytes that are written to the disk at once.
const CHUNK: usize = 256 * 1024;

/// A file that has come to its end, ready to be read from its beginning.
#[derive(Debug)]
pub struct Upload {
    file: File,
    /// Others may come once this one is done with.
    _place: Place,
}

impl std::io::Read for Upload {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        self.file.read(room)
    }
}

impl FromRequest for Upload {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check_headers(req);
        let uploads = req.app_data::<web::Data<State>>().map(|state| state.uploads.clone());
        let ctx = Ctx::from_request(req, payload).into_inner();
        let tenant_id = req.match_info().get("tenant").and_then(parse_id);
        let payload = payload.take();
        Box::pin(async move {
            checked?;
            let user_id = ctx?.actor.user_id().ok_or_else(Error::unauthenticated)?;
            let uploader = Uploader { user_id, tenant_id: tenant_id.ok_or_else(Error::not_found)? };
            let place = uploads.ok_or_else(|| Error::internal("state missing"))?.take(uploader)?;
            Ok(Self { file: receive(payload, LIMITS).await?, _place: place })
        })
    }
}

/// Refuses what can be told before the first byte.
fn check_headers(req: &HttpRequest) -> Result<()> {
    let text = |name| req.headers().get(name).map(|value| value.to_str().unwrap_or("unreadable").trim().to_ascii_lowercase());
    if text(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(Error::new(Code::UnsupportedMediaType, "Send the file as it is, without Content-Encoding."));
    }
    // A form in parts wraps the file. The other kind of form is what curl says of any file.
    if text(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("multipart/")) {
        return Err(Error::new(Code::UnsupportedMediaType, "Send the file itself as the body, not a form."));
    }
    let length = text(CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length > LIMITS.bytes) { Err(too_large(LIMITS)) } else { Ok(()) }
}

fn too_large(limits: Limits) -> Error {
    let detail = format!("A file may have {} MiB at most. Nothing was imported.", limits.bytes / (1024 * 1024));
    Error::new(Code::PayloadTooLarge, detail)
}

/// Makes sure that there is a place where uploads lie while they come. Errors: 422 that names the setting.
pub fn ensure_kept() -> Result<()> {
    let kept = tempfile::tempfile().and_then(|mut file| file.write_all(b"x"));
    kept.map(|_| ()).map_err(|error| {
        let directory = std::env::temp_dir();
        let detail = format!("TMPDIR: uploads cannot be written to {}: {error}", directory.display());
        Error::new(Code::ValidationFailed, detail)
    })
}

/// Takes everything that comes, within the limits.
async fn receive<E>(mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin, limits: Limits) -> Result<File> {
    let mut file = tempfile::tempfile().map_err(not_kept)?;
    let ends_at = Instant::now() + limits.longest;
    let (mut total, mut waiting) = (0_usize, Vec::with_capacity(CHUNK));
    loop {
        let until = ends_at.min(Instant::now() + limits.quiet);
        let next = tokio::time::timeout_at(until, chunks.next()).await.map_err(|_| {
            Error::new(Code::UploadTimedOut, "The file stopped coming, or came too slowly. Nothing was imported.")
        })?;
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|_| Error::new(Code::MalformedRequest, "The upload was cut off. Nothing was imported."))?;
        total = total.saturating_add(chunk.len());
        if total > limits.bytes {
            return Err(too_large(limits));
        }
        waiting.extend_from_slice(&chunk);
        if waiting.len() >= CHUNK {
            file = write(file, std::mem::replace(&mut waiting, Vec::with_capacity(CHUNK))).await?;
        }
        // A sender who trickles and never stops is stopped by this, too.
        if Instant::now() >= ends_at {
            return Err(Error::new(Code::UploadTimedOut, "The file came too slowly. Nothing was imported."));
        }
    }
    let mut file = write(file, waiting).await?;
    file.rewind().map_err(Error::internal)?;
    Ok(file)
}

/// Writes off the async threads.
async fn write(mut file: File, bytes: Vec<u8>) -> Result<File> {
    let written = tokio::task::spawn_blocking(move || file.write_all(&bytes).map(|()| file)).await;
    written.map_err(Error::internal)?.map_err(not_kept)
}

/// What it means that the disk does not take the file.
fn not_kept(error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            let detail = "The server has no room on its disk for the file. Nothing was imported.";
            Error::new(Code::Unavailable, detail).retry_after(60).with_source(error)
        }
        _ => Error::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use std::io::Read;

    const SMALL: Limits = Limits { bytes: 10, longest: Duration::from_millis(300), quiet: Duration::from_millis(20) };

    fn chunk(text: &'static str) -> Result<Bytes, &'static str> {
        Ok(Bytes::from_static(text.as_bytes()))
    }

    #[tokio::test]
    async fn what_came_is_read_from_its_beginning() {
        let mut file = receive(stream::iter([chunk("one "), chunk("two")]), SMALL).await.unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one two");
    }

    #[tokio::test]
    async fn more_than_allowed_is_refused_while_it_comes() {
        let endless = stream::repeat_with(|| chunk("12345"));
        assert_eq!(receive(endless, SMALL).await.unwrap_err().code(), Code::PayloadTooLarge);
    }

    #[tokio::test]
    async fn what_stops_coming_is_given_up() {
        let stuck = stream::iter([chunk("1")]).chain(stream::pending());
        assert_eq!(receive(stuck, SMALL).await.unwrap_err().code(), Code::UploadTimedOut);
    }

    #[tokio::test]
    async fn what_trickles_for_ever_is_given_up() {
        let trickle = stream::repeat_with(|| chunk(""));
        let limits = Limits { longest: Duration::from_millis(30), ..SMALL };
        assert_eq!(receive(trickle, limits).await.unwrap_err().code(), Code::UploadTimedOut);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_the_disk_has_no_room_for_is_told_as_that() {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let error = write(full, b"1".to_vec()).await.unwrap_err();
        assert_eq!((error.code(), error.retry_after_seconds()), (Code::Unavailable, Some(60)));
        assert!(error.detail().contains("no room on its disk"), "{error}");
    }

    #[tokio::test]
    async fn what_is_cut_off_is_refused() {
        let broken = stream::iter([chunk("1"), Err("reset")]);
        assert_eq!(receive(broken, SMALL).await.unwrap_err().code(), Code::MalformedRequest);
    }
}
