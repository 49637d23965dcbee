//! Texts that break programs, in every text member of every body, in every query parameter, and in every part of a path.

use super::filled;
use crate::guards::operations::{document, operations, prepare};
use serde_json::{Value, json};
use support::TestApp;

/// Each breaks something somewhere.
const NAUGHTY: [&str; 22] = [
    "",
    " ",
    "\u{0}",
    "\r\nSet-Cookie: a=b",
    "' OR '1'='1",
    "1; DROP TABLE operation_runs; --",
    "$1 %s %n {0} {{7*7}} ${7*7}",
    "<script>alert(1)</script>",
    "\u{202e}txt.exe",
    "\u{feff}\u{200b}\u{ad}",
    "Z\u{351}\u{36b}\u{343}\u{32a}a\u{341}lgo",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{fffd}\u{ffff}\u{10ffff}",
    "../../../../etc/passwd",
    "%00%2e%2e%2f",
    "-9223372036854775809",
    "1e400",
    "NaN",
    "0x7fffffffffffffff",
    "0001-01-01T00:00:00Z",
    "+262142-12-31T23:59:60.999999999999-23:59",
    "true",
];

#[tokio::test]
async fn no_text_in_a_body_is_a_server_error() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let mut tried = 0;
    for operation in operations().into_iter().filter(|operation| operation.document["requestBody"].is_object()) {
        let admin = app.operator().await;
        let call = prepare(&app, &admin, &operation).await;
        let caller = call.caller(&app, &admin).await;
        let Some(schema) = operation.document.pointer("/requestBody/content/application~1json/schema").cloned() else { continue };
        let valid = call.body().cloned().unwrap_or_else(|| json!({}));
        for pointer in texts(&schema, "") {
            for text in NAUGHTY.map(ToOwned::to_owned).into_iter().chain(["x".repeat(60_000)]) {
                let mut body = valid.clone();
                put(&mut body, &pointer, json!(text));
                let answer = call.send_text(&caller, &body.to_string()).await;
                assert!(answer.status < 500, "{} {pointer} {text:?}: {}", operation.id, answer.text);
                tried += 1;
            }
        }
    }
    assert!(tried > 200, "the members were not found");
}

#[tokio::test]
async fn no_text_in_a_query_is_a_server_error() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let mut tried = 0;
    for operation in operations().into_iter().filter(|operation| operation.method == "GET" && operation.is_api()) {
        let admin = app.operator().await;
        let call = prepare(&app, &admin, &operation).await;
        let caller = call.caller(&app, &admin).await;
        let parameters = operation.document["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in parameters.iter().filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            for text in NAUGHTY {
                let answer = caller.get(&format!("{}?{name}={}", call.path(), escaped(text))).await;
                assert!(answer.status < 500, "{} {name} {text:?}: {}", operation.id, answer.text);
                tried += 1;
            }
            let twice = caller.get(&format!("{}?{name}=1&{name}=2", call.path())).await;
            assert!([400, 422].contains(&twice.status), "{} takes {name} twice: {}", operation.id, twice.text);
        }
    }
    assert!(tried > 200, "the parameters were not found");
}

#[tokio::test]
async fn no_text_in_a_path_is_a_server_error_or_names_something() {
    let app = TestApp::start().await;
    let (operator, user) = (app.operator().await, app.user().await);
    for operation in operations().into_iter().filter(|operation| operation.is_api() && operation.path.contains('{')) {
        let caller = if operation.is_system() { &operator } else { &user };
        for text in NAUGHTY.into_iter().filter(|text| !text.is_empty()) {
            let path = filled(&operation.path, &escaped(text));
            let answer = caller.send_text(operation.method.parse().unwrap(), &path, Some("application/json"), "{}").await;
            assert!((400..500).contains(&answer.status), "{} {path}: {} {}", operation.id, answer.status, answer.text);
        }
    }
}

/// Pointers of the members that can be texts, wherever the schema leads.
fn texts(schema: &Value, pointer: &str) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return document().pointer(reference.trim_start_matches('#')).map(|schema| texts(schema, pointer)).unwrap_or_default();
    }
    let choices = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema[*word].as_array());
    if let Some(choices) = choices {
        let mut found: Vec<String> = choices.iter().flat_map(|choice| texts(choice, pointer)).collect();
        found.dedup();
        return found;
    }
    if let Some(members) = schema["properties"].as_object() {
        return members.iter().flat_map(|(name, member)| texts(member, &format!("{pointer}/{name}"))).collect();
    }
    let is_text = schema["type"] == "string" || schema["type"].as_array().is_some_and(|types| types.contains(&json!("string")));
    if is_text { vec![pointer.to_owned()] } else { Vec::new() }
}

/// Puts a value where a pointer leads, making the objects on the way.
fn put(body: &mut Value, pointer: &str, value: Value) {
    let mut place = body;
    for name in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[name];
    }
    *place = value;
}

/// Every byte but letters and digits as `%XX`.
fn escaped(text: &str) -> String {
    let byte = |byte: u8| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}
