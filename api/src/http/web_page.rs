//! The web page (WEB-01): the files that the build of `web/` wrote, part of the binary.
//!
//! The page knows its own addresses, so every address that is no file and not the API's gets its first document. Where
//! the page was not built, a small start page links to the API.

use super::fixed_file::{ASK_EACH_TIME, FixedFile, tag};
use crate::error::{Error, Result};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;

/// Release builds hold the files; debug builds read them each time.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Files;

const FIRST_DOCUMENT: &str = "index.html";
/// Files below it have a digest of their content in their names.
const ASSETS: &str = "assets/";
/// Endings of the compressed forms that the build wrote beside a file.
const BROTLI: &str = "br";
const GZIP: &str = "gz";
const A_YEAR: &str = "public, max-age=31536000, immutable";

/// Answers a GET for an address that nothing else has.
pub fn serve(req: &HttpRequest) -> Result<HttpResponse> {
    let path = req.path().trim_start_matches('/');
    let name = if is_file(path) { path } else { FIRST_DOCUMENT };
    // An old document that asks for a file of its own build must not be given a document instead.
    if path.starts_with("api/") || path == "api" || (path.starts_with(ASSETS) && name == FIRST_DOCUMENT) {
        return Err(Error::not_found());
    }
    match Files::get(name) {
        Some(file) => Ok(fixed(name, file).answer(req)),
        None if path.is_empty() => Ok(super::process::start_page()),
        None => Err(Error::not_found()),
    }
}

fn is_file(path: &str) -> bool {
    let is_compressed_form = [BROTLI, GZIP].iter().any(|ending| path.ends_with(&format!(".{ending}")));
    !path.is_empty() && !is_compressed_form && Files::get(path).is_some()
}

fn fixed(name: &str, plain: EmbeddedFile) -> FixedFile {
    let form = |ending| Files::get(&format!("{name}.{ending}")).map(bytes);
    FixedFile {
        media_type: media_type(name).into(),
        cache_control: if name.starts_with(ASSETS) { A_YEAR } else { ASK_EACH_TIME },
        tag: tag(&plain.metadata.sha256_hash()),
        gzip: form(GZIP),
        brotli: form(BROTLI),
        plain: bytes(plain),
    }
}

fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

/// Media types of what the build writes.
fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, suffix)| suffix) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
