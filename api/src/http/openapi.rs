//! The OpenAPI 3.1 document: collected from the mounted handlers, completed with what holds for every operation.

use super::problem::{self, Problem};
use crate::auth::Plane;
use utoipa::openapi::path::Operation;
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{ArrayBuilder, Schema};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Info, OpenApi, Ref, RefOr, ResponseBuilder, SecurityRequirement};
use utoipa::{PartialSchema, ToSchema};

/// Names of the ways to show a credential of the system plane, which an operation has unless it says otherwise.
const SYSTEM_SCHEMES: [&str; 2] = ["bearer", "session"];
/// The same in the tenant plane.
const ADMIN_SCHEMES: [&str; 2] = ["user_bearer", "user_session"];

/// Completes what the handlers say: title, security, problem bodies.
pub fn complete(mut document: OpenApi) -> OpenApi {
    document.info = info();
    let components = document.components.get_or_insert_default();
    components.schemas.insert("Problem".to_owned(), Problem::schema());
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    for (plane, name, [bearer, session]) in
        [(Plane::System, "system plane", SYSTEM_SCHEMES), (Plane::Admin, "tenant plane", ADMIN_SCHEMES)]
    {
        components.security_schemes.insert(bearer.to_owned(), bearer_scheme(name));
        components.security_schemes.insert(session.to_owned(), session_scheme(plane, name));
    }
    name_page_items(&mut components.schemas);
    document.servers = Some(vec![utoipa::openapi::Server::new("/")]);
    document.security = Some(SYSTEM_SCHEMES.map(requirement).to_vec());
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            if path.starts_with(Plane::Admin.path()) && operation.security.is_none() {
                operation.security = Some(ADMIN_SCHEMES.map(requirement).to_vec());
            }
            add_problems(path, operation);
        }
    }
    document
}

fn bearer_scheme(plane: &str) -> RefOr<SecurityScheme> {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(format!("Token of the {plane}.")));
    RefOr::T(SecurityScheme::Http(scheme.build()))
}

fn session_scheme(plane: Plane, name: &str) -> RefOr<SecurityScheme> {
    let cookie = ApiKeyValue::with_description(plane.cookie(), &format!("Session of the {name}."));
    RefOr::T(SecurityScheme::ApiKey(ApiKey::Cookie(cookie)))
}

/// Rows of a page are named schemas, not copies of them.
fn name_page_items(schemas: &mut std::collections::BTreeMap<String, RefOr<Schema>>) {
    for (name, schema) in schemas {
        let Some(row) = name.strip_prefix("PageBody_") else { continue };
        if let RefOr::T(Schema::Object(page)) = schema {
            page.properties.insert(
                "items".to_owned(),
                ArrayBuilder::new()
                    .items(Ref::from_schema_name(row))
                    .description(Some("The rows, in the order of the list."))
                    .into(),
            );
        }
    }
}

fn info() -> Info {
    let mut info = Info::new("TenantAtlas", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "Operator control plane of a multi-tenant SaaS: runbooks, runs, operational controls and product telemetry. \
         Errors are RFC 9457 problems; lists are keyset pages; times are RFC 3339 in UTC."
            .to_owned(),
    );
    info.license = Some(utoipa::openapi::LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build());
    info
}

fn requirement(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new(scheme, Vec::<String>::new())
}

/// Adds the problems that any operation of this kind can answer, unless it documents them itself.
fn add_problems(path: &str, operation: &mut Operation) {
    let is_public =
        operation.security.as_ref().is_some_and(|security| security.iter().all(|one| *one == SecurityRequirement::default()));
    let is_api = path.starts_with("/api/");
    let has_parameters = operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty());
    let has_body = operation.request_body.is_some();
    let problems: [(&str, &str, bool); 10] = [
        ("400", "The request is malformed.", is_api && (has_body || has_parameters)),
        ("401", "No valid credential of this plane.", is_api),
        (
            "403",
            "Known, but a capability is missing, or the request came from another origin.",
            is_api && (!is_public || has_body),
        ),
        ("404", "Absent, or not the caller's to know of.", is_api || has_parameters),
        ("413", "The body is too large.", has_body),
        ("415", "The body is not JSON.", has_body),
        ("422", "A field is missing, unknown or wrong.", is_api && (has_body || has_parameters)),
        ("429", "Too many attempts; see Retry-After.", is_public && has_body),
        ("500", "Something failed on our side.", true),
        ("503", "The database is away or busy; see Retry-After.", true),
    ];
    for (status, description, applies) in problems {
        let known = operation.responses.responses.contains_key(status);
        if applies && !known {
            operation.responses.responses.insert(status.to_owned(), RefOr::T(problem_response(description)));
        }
    }
}

fn problem_response(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content(problem::CONTENT_TYPE, content).build()
}
