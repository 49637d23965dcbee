//! Files that stay the same as long as the process lives. Each coding of one is made once, not for everybody who asks: whoever
//! asks needs no credential, and compressing takes memory and time for every answer under way.

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header, HeaderMap, Preference, Quality};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::convert::Infallible;
use std::io::Write;

/// `Cache-Control` of a file whose name stays when its content changes: browsers ask each time and send the tag.
pub const ASK_EACH_TIME: &str = "no-cache";

/// Bytes written at once. A reader who stops reading holds so many of a file, not all of it.
const PIECE: usize = 32 * 1024;

/// A file, its head, and its content in every coding that is kept of it.
#[derive(Debug)]
pub struct FixedFile {
    /// `Content-Type`.
    pub media_type: Cow<'static, str>,
    /// `Cache-Control`.
    pub cache_control: &'static str,
    /// `ETag`, without quotes.
    pub tag: String,
    /// The content as it is.
    pub plain: Bytes,
    /// The content as gzip.
    pub gzip: Option<Bytes>,
    /// The content as brotli, which only the build of the page writes: its best level takes seconds.
    pub brotli: Option<Bytes>,
}

impl FixedFile {
    /// Compresses a content, if that makes it smaller.
    pub fn compressed(media_type: impl Into<Cow<'static, str>>, plain: Bytes) -> Self {
        let gzip = gzip(&plain).ok().filter(|coded| coded.len() < plain.len());
        let tag = tag(&Sha256::digest(&plain));
        Self {
            media_type: media_type.into(),
            cache_control: ASK_EACH_TIME,
            tag,
            plain,
            gzip: gzip.map(Bytes::from),
            brotli: None,
        }
    }

    /// Answers a GET in the smallest coding that the client reads, or with 304 where it has the file.
    pub fn answer(&self, req: &HttpRequest) -> HttpResponse {
        let tag = format!("\"{}\"", self.tag);
        let mut response = HttpResponse::Ok();
        response
            .content_type(self.media_type.as_ref())
            .insert_header((header::CACHE_CONTROL, self.cache_control))
            .insert_header((header::VARY, "accept-encoding"))
            .insert_header((header::ETAG, tag.clone()));
        if has_already(req.headers(), &tag) {
            return response.status(StatusCode::NOT_MODIFIED).finish();
        }
        let accepted = AcceptEncoding::parse(req).ok();
        let codings = [(ContentEncoding::Brotli, &self.brotli), (ContentEncoding::Gzip, &self.gzip)];
        let read = codings
            .into_iter()
            .find_map(|(coding, bytes)| Some((coding, bytes.clone()?)).filter(|_| reads(accepted.as_ref(), coding)));
        // Named even where there is none, so that the layer that compresses answers passes this one over.
        let (coding, bytes) = read.unwrap_or_else(|| (ContentEncoding::Identity, self.plain.clone()));
        response.insert_header((header::CONTENT_ENCODING, coding.as_str())).body(in_pieces(bytes))
    }
}

/// Makes the tag of a content with this SHA-256.
pub fn tag(digest: &[u8]) -> String {
    hex::encode(digest.get(..16).unwrap_or_default())
}

fn gzip(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}

/// True when the client says that it keeps a content of this tag.
fn has_already(asked: &HeaderMap, tag: &str) -> bool {
    asked
        .get_all(header::IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .any(|known| known.trim() == "*" || known.contains(tag))
}

/// True when the client names the coding, or any, and does not refuse it.
fn reads(accepted: Option<&AcceptEncoding>, coding: ContentEncoding) -> bool {
    let quality = |wanted: &Preference<Encoding>| accepted?.iter().find(|one| one.item == *wanted).map(|one| one.quality);
    let named = quality(&Preference::Specific(Encoding::Known(coding)));
    named.or_else(|| quality(&Preference::Any)).is_some_and(|quality| quality > Quality::ZERO)
}

fn in_pieces(mut left: Bytes) -> SizedStream<impl futures_util::Stream<Item = Result<Bytes, Infallible>>> {
    let size = u64::try_from(left.len()).unwrap_or(u64::MAX);
    let pieces = std::iter::from_fn(move || (!left.is_empty()).then(|| Ok(left.split_to(left.len().min(PIECE)))));
    SizedStream::new(size, stream::iter(pieces))
}
