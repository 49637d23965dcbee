//! The web page (WEB-01): the files that the build of `web/` wrote, part of the binary.
//!
//! The page knows its own addresses, so every address that is no file and not the API's gets its first document. Where
//! the page was not built, a small start page links to the API.

use crate::error::{Error, Result};
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
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
/// Compressed forms that the build wrote beside a file, the smallest first.
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];
const A_YEAR: &str = "public, max-age=31536000, immutable";
const ASK_EACH_TIME: &str = "no-cache";

/// Answers a GET for an address that nothing else has.
pub fn serve(req: &HttpRequest) -> Result<HttpResponse> {
    let path = req.path().trim_start_matches('/');
    let name = if is_file(path) { path } else { FIRST_DOCUMENT };
    // An old document that asks for a file of its own build must not be given a document instead.
    if path.starts_with("api/") || path == "api" || (path.starts_with(ASSETS) && name == FIRST_DOCUMENT) {
        return Err(Error::not_found());
    }
    match Files::get(name) {
        Some(file) => Ok(answer(req.headers(), name, file)),
        None if path.is_empty() => Ok(super::process::start_page()),
        None => Err(Error::not_found()),
    }
}

fn is_file(path: &str) -> bool {
    let is_compressed_form = ENCODINGS.iter().any(|(_, suffix)| path.ends_with(&format!(".{suffix}")));
    !path.is_empty() && !is_compressed_form && Files::get(path).is_some()
}

fn answer(asked: &HeaderMap, name: &str, plain: EmbeddedFile) -> HttpResponse {
    let tag = format!("\"{}\"", hex::encode(plain.metadata.sha256_hash().get(..16).unwrap_or_default()));
    let mut response = HttpResponse::Ok();
    response
        .content_type(media_type(name))
        .insert_header((header::CACHE_CONTROL, if name.starts_with(ASSETS) { A_YEAR } else { ASK_EACH_TIME }))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header((header::ETAG, tag.clone()));
    if asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|known| known.contains(&tag)) {
        return response.status(actix_web::http::StatusCode::NOT_MODIFIED).finish();
    }
    compressed(asked, name, &mut response).unwrap_or_else(|| response.body(bytes(plain)))
}

/// The answer in the smallest form that the client reads and the build wrote.
fn compressed(asked: &HeaderMap, name: &str, response: &mut HttpResponseBuilder) -> Option<HttpResponse> {
    let accepted = asked.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let reads = |encoding: &str| {
        let mut offers = accepted.split(',').map(|offer| offer.split(';').map(str::trim));
        offers.any(|mut offer| offer.next() == Some(encoding) && offer.next() != Some("q=0"))
    };
    let (encoding, file) = ENCODINGS
        .iter()
        .filter(|(encoding, _)| reads(encoding))
        .find_map(|(encoding, suffix)| Some((*encoding, Files::get(&format!("{name}.{suffix}"))?)))?;
    Some(response.insert_header((header::CONTENT_ENCODING, encoding)).body(bytes(file)))
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
