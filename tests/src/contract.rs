//! Every answer that a test is given, held against the API document: its status, its problem code, its headers, its body.
//! So the whole suite proves that the document is honest, whatever a test is about.

use crate::response::Response;
use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(tenantatlas::server::document()).expect("the document"));

/// Headers in which an answer says something of its own.
const SAYING: [&str; 10] = [
    "allow",
    "etag",
    "idempotency-replayed",
    "location",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "set-cookie",
    "www-authenticate",
    "x-request-id",
];

/// Where paths are, by their parts; a part in braces fits any.
static PATHS: LazyLock<Vec<(Vec<&'static str>, &'static str)>> = LazyLock::new(|| {
    let paths = DOCUMENT["paths"].as_object().expect("paths").keys();
    let mut paths: Vec<_> = paths.map(|path| (path.split('/').collect::<Vec<_>>(), path.as_str())).collect();
    // What is written out wins over a parameter, as it does in the server.
    paths.sort_by_key(|(parts, _)| parts.iter().filter(|part| part.starts_with('{')).count());
    paths
});

/// Validators are made once; a schema leads to half of the document.
static VALIDATORS: LazyLock<Mutex<BTreeMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Panics where the answer is not one that the document promises of the operation. What has no operation is not its matter.
#[track_caller]
pub fn assert_documented(method: &Method, response: &Response) {
    let Some((path, operation)) = find(method, response.path()) else { return };
    let status = response.status.to_string();
    let documented = &operation["responses"][&status];
    assert!(documented.is_object(), "{method} {path} answered {status}, which is not documented: {}", response.text);
    assert!(response.headers.contains_key("x-request-id"), "{method} {path}: an answer without X-Request-Id");
    for name in response.headers.keys().filter(|name| SAYING.contains(&name.as_str())) {
        let headers = documented["headers"].as_object().into_iter().flat_map(|headers| headers.keys());
        let is_documented = headers.into_iter().any(|one| one.eq_ignore_ascii_case(name.as_str()));
        assert!(is_documented, "{method} {path} answered {status} with the header {name}, which is not documented");
    }
    let content_type = response.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().to_owned();
    let content = documented["content"].as_object();
    let Some(media) = content.and_then(|content| content.get(&content_type)) else {
        let is_empty = response.text.is_empty() && content.is_none();
        // The answer to a stream that was left, or a body that the document does not speak of.
        assert!(is_empty, "{method} {path} answered {status} with {content_type:?}, which is not documented: {}", response.text);
        return;
    };
    if !content_type.ends_with("json") {
        return;
    }
    assert_fits(&format!("{method} {path} {status}"), &media["schema"], &response.body);
}

/// Panics where a body is not as its schema of the document says, or has members that stand in none. The name is that of the
/// schema's place, one for each.
#[track_caller]
pub fn assert_fits(name: &str, schema: &Value, body: &Value) {
    let validator = validator(name, schema);
    let errors: Vec<String> = validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{name} is not as documented: {errors:#?}\n{body}");
    let unknown = undocumented("", schema, body);
    assert!(unknown.is_empty(), "{name} has members that are not documented: {unknown:?}\n{body}");
}

/// The operation that a request is one of: its path with parameters in braces, and what the document says.
pub fn find(method: &Method, path: &str) -> Option<(&'static str, &'static Value)> {
    let asked: Vec<&str> = path.split('/').collect();
    let fits = |parts: &[&str]| {
        parts.len() == asked.len()
            && parts.iter().zip(&asked).all(|(part, asked)| part.starts_with('{') && !asked.is_empty() || part == asked)
    };
    let (_, path) = PATHS.iter().find(|(parts, _)| fits(parts))?;
    DOCUMENT["paths"][path].get(method.as_str().to_lowercase()).map(|operation| (*path, operation))
}

fn validator(name: &str, schema: &Value) -> Arc<Validator> {
    let mut validators = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    let made = validators.entry(name.to_owned()).or_insert_with(|| {
        let whole = json!({ "allOf": [schema], "components": { "schemas": DOCUMENT["components"]["schemas"] } });
        Arc::new(jsonschema::draft202012::options().should_validate_formats(true).build(&whole).expect("a schema"))
    });
    Arc::clone(made)
}

/// Members that stand in a body and in no schema that could describe it. Objects without properties of their own may have any.
fn undocumented(pointer: &str, schema: &Value, body: &Value) -> Vec<String> {
    let alternatives = alternatives(schema);
    match body {
        Value::Object(members) => {
            let described: Vec<&Value> = alternatives.into_iter().filter(|one| one["properties"].is_object()).collect();
            if described.is_empty() {
                return Vec::new();
            }
            let look = |(name, value): (&String, &Value)| {
                let below = format!("{pointer}/{name}");
                let schemas: Vec<&Value> = described.iter().filter_map(|one| one["properties"].get(name)).collect();
                match schemas.iter().map(|schema| undocumented(&below, schema, value)).min_by_key(Vec::len) {
                    None => vec![below],
                    Some(unknown) => unknown,
                }
            };
            members.iter().flat_map(look).collect()
        }
        Value::Array(items) => {
            let Some(schema) = alternatives.into_iter().find_map(|one| one.get("items")) else { return Vec::new() };
            items.iter().enumerate().flat_map(|(at, item)| undocumented(&format!("{pointer}/{at}"), schema, item)).collect()
        }
        _ => Vec::new(),
    }
}

/// The schema itself, or what it refers to or chooses from.
fn alternatives(schema: &Value) -> Vec<&Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        return DOCUMENT.pointer(reference.trim_start_matches('#')).map(alternatives).unwrap_or_default();
    }
    let choices = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema[*word].as_array());
    choices.map_or_else(|| vec![schema], |choices| choices.iter().flat_map(alternatives).collect())
}
