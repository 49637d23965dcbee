//! Examples of the API document: each is as its schema says, and was a request that succeeded or its answer.

use super::operations::{OWN, Operation, operations, prepare};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use support::{TestApp, contract, source};

const FILE: &str = "openapi/examples.json";
/// A list shows what its rows are with so many.
const ROWS: usize = 2;

#[test]
fn every_body_of_a_request_and_of_a_success_has_an_example_that_fits() {
    for Operation { id, document, .. } in operations() {
        let request = document.pointer("/requestBody/content/application~1json").map(|media| (format!("{id} request"), media));
        let responses = document["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2'));
        let answers = responses.filter_map(|(status, response)| {
            Some((format!("{id} example {status}"), response.pointer("/content/application~1json")?))
        });
        for (name, media) in request.into_iter().chain(answers) {
            assert!(media["example"] != Value::Null, "{name}: no example. Run make examples, and look at the diff.");
            contract::assert_fits(&name, &media["schema"], &media["example"]);
        }
    }
}

/// Each operation is called once for every success that it promises: what is there already is answered otherwise.
#[tokio::test]
#[ignore = "writes openapi/examples.json: make examples"]
async fn record() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let mut recorded = BTreeMap::new();
    let mut operations = operations();
    // What only looks comes last, and finds something to show.
    operations.sort_by_key(|operation| operation.method == "GET");
    for operation in operations {
        // Some operations end their caller's sessions.
        let admin = app.operator().await;
        app.execute(&format!("UPDATE notifications SET platform_user_id = {} WHERE user_id IS NULL", admin.id));
        let call = prepare(&app, &admin, &operation).await;
        let caller = call.caller(&app, &admin).await;
        if operation.is_of_tenants() && operation.method == "GET" {
            app.finding(call.tenant(), &json!({ "title": "Mailbox auditing is off" }));
            admin.start_backfill_of(call.tenant().id).await;
            app.drain().await;
            app.notification_of_user(call.tenant(), caller.id);
        }
        let mut answers = Map::new();
        let statuses = operation.document["responses"].as_object().unwrap().keys().filter(|status| status.starts_with('2'));
        for _ in statuses {
            let answer = call.send(&caller).await;
            if answer.header("content-type") == Some("application/json") && (200..300).contains(&answer.status) {
                answers.insert(answer.status.to_string(), presentable("", answer.body));
            }
        }
        let request = call.body().filter(|_| operation.takes_json()).map(|body| presentable("", body.clone()));
        if request.is_some() || !answers.is_empty() {
            recorded.insert(operation.id.clone(), json!({ "request": request, "answers": answers }));
        }
    }
    let text = serde_json::to_string_pretty(&recorded).unwrap();
    std::fs::write(source::root().join(FILE), format!("{text}\n")).unwrap();
}

/// Without what would be a secret, with names instead of what the tests call things, with the first rows of lists, and with short figures.
fn presentable(name: &str, value: Value) -> Value {
    match value {
        Value::Object(members) => members.into_iter().map(|(name, value)| (name.clone(), presentable(&name, value))).collect(),
        Value::Array(items) => items.into_iter().take(ROWS).map(|item| presentable(name, item)).collect(),
        Value::String(text) => match (name, text.split_once('_')) {
            ("access_token", _) => json!("eyJ…"),
            ("password", _) => json!("correct-horse-battery-staple"),
            ("secret", Some((product, secret))) => json!(format!("{product}_{}_…", &secret[..3])),
            ("name", _) if text == OWN => json!("Nightly"),
            ("user_agent", _) => json!("Mozilla/5.0"),
            ("address" | "url", _) => json!("https://hooks.example.com/atlas"),
            ("name" | "rule_name" | "rule_names" | "destination_name", _) if uuid::Uuid::parse_str(&text).is_ok() => {
                json!("On call")
            }
            _ => json!(text),
        },
        // A float of many digits is read in two ways, by the features of a library that a build has.
        Value::Number(number) if number.is_f64() => json!((number.as_f64().unwrap() * 1000.0).round() / 1000.0),
        other => other,
    }
}
