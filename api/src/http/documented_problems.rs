//! Which problems the API document promises of an operation, and a schema for each kind of problem.

use super::problem::{self, Problem};
use crate::error::{CODES, Code, CodeInfo};
use std::collections::BTreeMap;
use utoipa::PartialSchema;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{ArrayBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{
    ContentBuilder, Discriminator, HeaderBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, ResponseBuilder, SchemaFormat,
    SecurityRequirement,
};

/// The schema of every kind of problem, by name: the members of all problems, its own code, and what it carries further.
pub fn schemas() -> impl Iterator<Item = (String, RefOr<Schema>)> {
    CODES.iter().filter_map(|info| Some((schema_name(info), RefOr::T(Schema::Object(schema(info)?)))))
}

fn schema(info: &CodeInfo) -> Option<utoipa::openapi::Object> {
    let RefOr::T(Schema::Object(mut object)) = Problem::schema() else { return None };
    let code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([info.code])).description(Some("Stable code."));
    object.properties.insert("code".to_owned(), code.into());
    object.description = Some(format!("{}: {}", info.title, info.help));
    match has_field_errors(info.id) {
        true => object.required.push("errors".to_owned()),
        false => drop(object.properties.remove("errors")),
    }
    for (name, schema) in further_members(info.id) {
        object.properties.insert(name.to_owned(), schema);
    }
    Some(object)
}

/// `PreflightStaleProblem`.
fn schema_name(info: &CodeInfo) -> String {
    let words = info.code.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    format!("{}Problem", words.collect::<String>())
}

/// Whether problems of this kind say what is wrong with which field.
pub fn has_field_errors(code: Code) -> bool {
    use Code::{ConfirmationMismatch, PreflightUnknown, ReasonRequired, UnknownTenant, ValidationFailed};
    matches!(code, ValidationFailed | ReasonRequired | ConfirmationMismatch | PreflightUnknown | UnknownTenant)
}

/// What a kind of problem carries beside what all do. Where one is missing here, the tests' clients say so.
fn further_members(code: Code) -> Vec<(&'static str, RefOr<Schema>)> {
    match code {
        Code::CapabilityMissing => vec![("capability", text("The capability that is missing."))],
        Code::MethodNotAllowed => vec![(problem::ALLOW, text("The methods that the address has, as in the header Allow."))],
        Code::PreflightStale => vec![("preflight", Ref::from_schema_name("Preflight").into())],
        Code::PreviewStale => vec![("preview", Ref::from_schema_name("ScopePreview").into())],
        Code::OperationalControlPaused => vec![
            ("control_key", text("Key of the control.")),
            ("matched_scope_type", Ref::from_schema_name("MatchedScope").into()),
            ("workspace_id", nullable(Type::Integer, Some(KnownFormat::Int64), "The workspace of a workspace pause.")),
            ("reason_text", nullable(Type::String, None, "Why it is paused.")),
            ("expires_at", nullable(Type::String, Some(KnownFormat::DateTime), "When the pause ends by itself.")),
            (
                "decisions",
                ArrayBuilder::new()
                    .items(Ref::from_schema_name("Decision"))
                    .description(Some("Of each workspace, where single workspaces are paused and nothing is left to start."))
                    .into(),
            ),
        ],
        Code::IllegalTransition => {
            let statuses = ArrayBuilder::new().items(Ref::from_schema_name("FindingStatus"));
            vec![("transitions", statuses.description(Some("Where it can go from here.")).into())]
        }
        Code::LimitReached => {
            let added = integer("What was to come, where that is more than one.");
            vec![
                ("limit", integer("The most that there may be.")),
                ("present", integer("What there is already.")),
                ("added", added),
            ]
        }
        Code::UnreadableFile => vec![("reason", text("Stable code of what is wrong with the file."))],
        Code::UnknownTenant => {
            let names = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
            vec![("tenants", names.description(Some("The first of the tenants that a file names and nobody knows.")).into())]
        }
        _ => Vec::new(),
    }
}

fn text(description: &str) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description)).into()
}

fn integer(description: &str) -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(KnownFormat::Int64);
    ObjectBuilder::new().schema_type(Type::Integer).format(Some(format)).description(Some(description)).into()
}

fn nullable(kind: Type, format: Option<KnownFormat>, description: &str) -> RefOr<Schema> {
    let kinds = SchemaType::from_iter([kind, Type::Null]);
    let format = format.map(SchemaFormat::KnownFormat);
    ObjectBuilder::new().schema_type(kinds).format(format).description(Some(description)).into()
}

/// Documents every problem that an operation can answer: those that any operation of its kind can, and those whose codes its
/// own responses name in their descriptions. `changes`: its method is not a safe one.
pub fn add(path: &str, changes: bool, operation: &mut Operation) {
    let general = general(path, changes, operation);
    let mut by_status: BTreeMap<String, Vec<&CodeInfo>> = BTreeMap::new();
    for info in CODES {
        let status = info.status.to_string();
        let is_named = own_description(operation, &status).is_some_and(|text| names(&text, info.code));
        if general.contains(&info.id) || is_named {
            by_status.entry(status).or_default().push(info);
        }
    }
    for (status, infos) in by_status {
        let own = own_description(operation, &status);
        let response = response(own.as_deref(), &infos);
        operation.responses.responses.insert(status, RefOr::T(response));
    }
}

fn own_description(operation: &Operation, status: &str) -> Option<String> {
    match operation.responses.responses.get(status)? {
        RefOr::T(response) => Some(response.description.clone()),
        RefOr::Ref(_) => None,
    }
}

/// Whether a text has this code as a word.
fn names(text: &str, code: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(|word| word == code)
}

/// Whether an operation wants no credential.
pub fn is_public(operation: &Operation) -> bool {
    let security = operation.security.as_deref();
    security.is_some_and(|all| all.iter().all(|one| *one == SecurityRequirement::default()))
}

/// What follows from what an operation is and takes.
fn general(path: &str, changes: bool, operation: &Operation) -> Vec<Code> {
    let is_public = is_public(operation);
    let is_api = path.starts_with("/api/");
    let parameters: Vec<_> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|one| match one {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .collect();
    let has = |place: ParameterIn, name: &str| parameters.iter().any(|one| one.parameter_in == place && one.name == name);
    let has_path = parameters.iter().any(|one| one.parameter_in == ParameterIn::Path);
    let (has_key, has_version) = (has(ParameterIn::Header, "Idempotency-Key"), has(ParameterIn::Header, "If-Match"));
    let has_body = operation.request_body.is_some();
    let is_for_persons = operation.extensions.as_ref().is_some_and(|all| all.contains_key("x-person-only"));
    let signs_in = is_api && is_public;
    [
        (Code::MalformedRequest, is_api),
        (Code::MalformedCursor, has(ParameterIn::Query, "cursor")),
        (Code::Unauthenticated, is_api && !signs_in),
        (Code::InvalidCredentials, signs_in),
        (Code::CapabilityMissing, is_api && !signs_in),
        (Code::PersonRequired, is_for_persons),
        (Code::CrossOrigin, is_api && changes),
        (Code::NotFound, is_api || has_path),
        (Code::IdempotencyKeyInFlight, has_key),
        (Code::PreconditionFailed, has_version),
        (Code::RequestTimeout, has_body),
        (Code::PayloadTooLarge, has_body),
        (Code::UnsupportedMediaType, has_body),
        (Code::ValidationFailed, is_api),
        (Code::IdempotencyKeyReused, has_key),
        (Code::ReasonRequired, has(ParameterIn::Header, "Break-Glass-Reason")),
        (Code::TooManyAttempts, signs_in),
        (Code::TooManyRequests, is_api),
        (Code::Internal, true),
        (Code::Unavailable, true),
    ]
    .into_iter()
    .filter_map(|(code, applies)| applies.then_some(code))
    .collect()
}

fn response(own: Option<&str>, infos: &[&CodeInfo]) -> Response {
    let further = infos.iter().filter(|info| !own.is_some_and(|text| names(text, info.code)));
    let further = further.map(|info| format!("{}: {}", info.code, info.help));
    let description: Vec<String> =
        own.filter(|text| !text.is_empty()).map(ToOwned::to_owned).into_iter().chain(further).collect();
    let content = ContentBuilder::new().schema(Some(any_of(infos))).build();
    let mut response = ResponseBuilder::new().description(description.join(" ")).content(problem::CONTENT_TYPE, content).build();
    if infos.iter().any(|info| tells_when_to_try_again(info.id)) {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer);
        let header = HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds after which another try makes sense."));
        response.headers.insert("Retry-After".to_owned(), RefOr::T(header.build()));
    }
    response
}

/// Whether problems of this kind may say when another try makes sense.
fn tells_when_to_try_again(code: Code) -> bool {
    use Code::{IdempotencyKeyInFlight, RunStateConflict, TooManyAttempts, TooManyRequests, TooManyStreams, Unavailable};
    matches!(code, IdempotencyKeyInFlight | RunStateConflict | TooManyAttempts | TooManyRequests | TooManyStreams | Unavailable)
}

fn any_of(infos: &[&CodeInfo]) -> RefOr<Schema> {
    if let [only] = infos {
        return Ref::from_schema_name(schema_name(only)).into();
    }
    let mapping = infos.iter().map(|info| (info.code, format!("#/components/schemas/{}", schema_name(info))));
    let choice = OneOfBuilder::new().discriminator(Some(Discriminator::with_mapping("code", mapping)));
    let items = infos.iter().map(|info| Ref::from_schema_name(schema_name(info)));
    RefOr::T(Schema::OneOf(items.fold(choice, OneOfBuilder::item).build()))
}
