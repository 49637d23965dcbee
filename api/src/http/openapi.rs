//! The OpenAPI 3.1 document: collected from the mounted handlers, completed with what holds for every operation.

use super::break_glass_reason;
use super::documented_headers;
use super::documented_problems;
use super::examples;
use super::links;
use super::problem::Problem;
use crate::auth::Plane;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, Schema, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Info, ObjectBuilder, OpenApi, Ref, RefOr, Required, SecurityRequirement};
use utoipa::{PartialSchema, ToSchema};

/// Names of the ways to show a credential of the system plane, which an operation has unless it says otherwise.
const SYSTEM_SCHEMES: [&str; 2] = ["bearer", "session"];
/// The same in the tenant plane.
const ADMIN_SCHEMES: [&str; 2] = ["user_bearer", "user_session"];

/// Every tag that operations carry.
const TAGS: [(&str, &str); 12] = [
    ("alerts", "Who is told of what, and what was sent."),
    ("audit", "Who did what."),
    ("auth", "Signing in and out of the system plane."),
    ("controls", "Kill switches over risky actions."),
    ("dashboard", "The product at a glance."),
    ("notifications", "What an operator is told of in the page."),
    ("process", "The process's own addresses; they need no credential."),
    ("runbooks", "Repairs in code: what there is, and what one would change."),
    ("runs", "Executions: start, steer, watch."),
    ("telemetry", "What customers' users use, in figures."),
    ("tenancy", "Workspaces and tenants."),
    ("tenant plane", "What customers' users do in their tenants."),
];

/// Completes what the handlers say: title, security, problem bodies.
pub fn complete(mut document: OpenApi) -> OpenApi {
    document.info = info();
    let components = document.components.get_or_insert_default();
    components.schemas.insert("Problem".to_owned(), Problem::schema());
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.schemas.extend(documented_problems::schemas());
    for (plane, name, [bearer, session]) in
        [(Plane::System, "system plane", SYSTEM_SCHEMES), (Plane::Admin, "tenant plane", ADMIN_SCHEMES)]
    {
        components.security_schemes.insert(bearer.to_owned(), bearer_scheme(name));
        components.security_schemes.insert(session.to_owned(), session_scheme(plane, name));
    }
    name_page_items(&mut components.schemas);
    document.tags = Some(TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build()).to_vec());
    document.servers = Some(vec![utoipa::openapi::Server::new("/")]);
    document.security = Some(SYSTEM_SCHEMES.map(requirement).to_vec());
    for (path, item) in &mut document.paths.paths {
        let writing = [&mut item.post, &mut item.patch, &mut item.put, &mut item.delete].map(|operation| (true, operation));
        let operations = std::iter::once((false, &mut item.get)).chain(writing);
        for (changes, operation) in operations.filter_map(|(changes, operation)| Some((changes, operation.as_mut()?))) {
            let is_system = path.starts_with(Plane::System.path());
            if changes && is_system && !documented_problems::is_public(operation) && !break_glass_reason::is_exempt(path) {
                operation.parameters.get_or_insert_default().push(RefOr::T(reason_parameter()));
            }
            if path.starts_with(Plane::Admin.path()) && operation.security.is_none() {
                operation.security = Some(ADMIN_SCHEMES.map(requirement).to_vec());
            }
            documented_problems::add(path, changes, operation);
            documented_headers::add(path, operation);
            links::add(operation);
            examples::add(operation);
        }
    }
    document
}

/// One header for all, since many of these operations have no body.
fn reason_parameter() -> Parameter {
    ParameterBuilder::new()
        .name("Break-Glass-Reason")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .description(Some("Why, as percent-encoded UTF-8 of 5 to 500 characters; needed while break-glass is open."))
        .build()
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
