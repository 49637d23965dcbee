//! What answers where no route does: 405 with `Allow` for a known path with another method, the web page to a GET, else 404.

use super::{problem, web_page};
use crate::error::{Code, Error};
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::OpenApi;

/// Path patterns with their methods, taken from the API document, so that there is one registration.
pub struct KnownPaths(Vec<(ResourceDef, Vec<&'static str>)>);

impl KnownPaths {
    /// Reads the paths of the document.
    pub fn of(document: &OpenApi) -> Self {
        let known = document.paths.paths.iter().map(|(path, item)| {
            let methods = [
                ("GET", item.get.is_some()),
                ("POST", item.post.is_some()),
                ("PATCH", item.patch.is_some()),
                ("PUT", item.put.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            (ResourceDef::new(path.as_str()), methods.into_iter().filter(|(_, has)| *has).map(|(method, _)| method).collect())
        });
        Self(known.collect())
    }

    fn methods(&self, path: &str) -> Option<&[&'static str]> {
        self.0.iter().find(|(pattern, _)| pattern.is_match(path)).map(|(_, methods)| methods.as_slice())
    }
}

/// The default service of the application.
pub async fn fallback(req: HttpRequest, known: web::Data<KnownPaths>) -> Result<HttpResponse, Error> {
    let Some(methods) = known.methods(req.path()) else {
        return if matches!(*req.method(), Method::GET | Method::HEAD) { web_page::serve(&req) } else { Err(Error::not_found()) };
    };
    let allowed = methods.join(", ");
    Err(Error::new(Code::MethodNotAllowed, format!("This address answers to {allowed} only.")).with(problem::ALLOW, allowed))
}
