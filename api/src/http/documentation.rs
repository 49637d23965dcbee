//! The API document and the pages that show it, as files that are compressed once.

use super::fixed_file::FixedFile;
use crate::error::{Error, Result};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::Config;

/// Where the API document is.
pub const DOCUMENT_PATH: &str = "/openapi.json";

/// The page and the files that it asks for.
const PAGE_FILES: [&str; 9] = [
    "index.html",
    "index.css",
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "swagger-initializer.js",
    "favicon-16x16.png",
    "favicon-32x32.png",
    "oauth2-redirect.html",
];

/// A file that is compressed when somebody first asks for it, so that a start does not wait for that.
type LazyFile = LazyLock<FixedFile, Box<dyn FnOnce() -> FixedFile + Send>>;

/// The document and the files of its page.
pub struct Documentation {
    document: LazyFile,
    page: BTreeMap<&'static str, LazyFile>,
}

impl Documentation {
    /// Takes the document as it is written.
    pub fn new(document: Vec<u8>) -> Self {
        let config = Arc::new(Config::from(DOCUMENT_PATH));
        let page_file = |name| {
            let file = utoipa_swagger_ui::serve(name, config.clone()).ok().flatten()?;
            let plain = match file.bytes {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            Some((name, lazy(file.content_type, plain)))
        };
        Self {
            document: lazy("application/json".to_owned(), Bytes::from(document)),
            page: PAGE_FILES.into_iter().filter_map(page_file).collect(),
        }
    }
}

fn lazy(media_type: String, plain: Bytes) -> LazyFile {
    LazyLock::new(Box::new(move || FixedFile::compressed(media_type, plain)))
}

/// Answers with the API document.
pub async fn api_document(req: HttpRequest, documentation: web::Data<Documentation>) -> HttpResponse {
    documentation.document.answer(&req)
}

/// Answers with a file of the page that shows the document; without a name, with the page.
pub async fn page_file(
    req: HttpRequest,
    documentation: web::Data<Documentation>,
    name: web::Path<String>,
) -> Result<HttpResponse> {
    let name = if name.is_empty() { "index.html" } else { name.as_str() };
    documentation.page.get(name).map(|file| file.answer(&req)).ok_or_else(Error::not_found)
}
