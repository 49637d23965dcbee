//! What answers where no route does: 405 with `Allow` for a known path with another method, the web page to a GET, else 404.

use super::{problem, web_page};
use crate::error::{Code, Error};
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use metrics::SharedString;
use std::sync::Arc;
use utoipa::openapi::OpenApi;

/// Path patterns with their operations by method, taken from the API document, so that there is one registration.
pub struct KnownPaths(Vec<(ResourceDef, Vec<(Method, SharedString)>)>);

impl KnownPaths {
    /// Reads the paths of the document.
    pub fn of(document: &OpenApi) -> Self {
        let known = document.paths.paths.iter().map(|(path, item)| {
            let operations = [
                (Method::GET, &item.get),
                (Method::POST, &item.post),
                (Method::PATCH, &item.patch),
                (Method::PUT, &item.put),
                (Method::DELETE, &item.delete),
            ];
            let named = operations.into_iter().filter_map(|(method, operation)| {
                let id = operation.as_ref()?.operation_id.clone().unwrap_or_default();
                Some((method, SharedString::from(Arc::<str>::from(id))))
            });
            (ResourceDef::new(path.as_str()), named.collect())
        });
        Self(known.collect())
    }

    /// The methods of a path, with HEAD where there is GET; none: there is no such path.
    fn methods(&self, path: &str) -> Option<String> {
        let (_, operations) = self.0.iter().find(|(pattern, _)| pattern.is_match(path))?;
        let methods = operations.iter().flat_map(|(method, _)| match *method {
            Method::GET => vec!["GET", "HEAD"],
            ref other => vec![other.as_str()],
        });
        Some(methods.collect::<Vec<_>>().join(", "))
    }

    /// The name of the operation that a matched pattern has for a method.
    pub fn operation(&self, method: &Method, pattern: &str) -> Option<SharedString> {
        let (_, operations) = self.0.iter().find(|(known, _)| known.pattern() == Some(pattern))?;
        operations.iter().find(|(known, _)| known == method).map(|(_, id)| id.clone())
    }
}

/// The default service of the application.
pub async fn fallback(req: HttpRequest, known: web::Data<KnownPaths>) -> Result<HttpResponse, Error> {
    let Some(allowed) = known.methods(req.path()) else {
        return if *req.method() == Method::GET { web_page::serve(&req) } else { Err(Error::not_found()) };
    };
    Err(Error::new(Code::MethodNotAllowed, format!("This address answers to {allowed} only.")).with(problem::ALLOW, allowed))
}
