//! The API document: committed as it is, complete, and named like the files.

use super::operations::{Operation, document, operations, prepare};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use support::{TestApp, source};
use tenantatlas::error::CODES;

#[test]
fn the_committed_document_is_current() {
    let current = tenantatlas::server::document_text().unwrap();
    support::snapshot::assert_matches("openapi/openapi.json", &format!("{current}\n"));
}

#[test]
fn every_operation_has_a_name_a_tag_a_summary_a_success_and_its_problems() {
    let mut ids = HashSet::new();
    for operation in operations() {
        let (id, document) = (&operation.id, &operation.document);
        assert!(ids.insert(id.clone()) && !id.is_empty(), "{} {}: operation id {id:?}", operation.method, operation.path);
        assert!(document["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{id} has one tag");
        assert!(document["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{id} has no summary");
        let responses = document["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{id} promises no success");
        for (status, response) in responses {
            let is_problem = response["content"].get("application/problem+json").is_some();
            assert_eq!(is_problem, status.starts_with(['4', '5']), "{id} {status}");
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{id} {status}");
        }
        assert!(responses.contains_key("500"), "{id} promises never to fail");
        if operation.is_api() {
            assert!(responses.contains_key("401") && responses.contains_key("404"), "{id}");
        }
    }
}

/// Each code has a schema; an operation's problems are made of those, and of none of another status.
#[test]
fn every_problem_an_operation_promises_is_of_a_registered_code_with_that_status() {
    let document = document();
    let code_of = |reference: &Value| {
        let schema = document.pointer(reference["$ref"].as_str().unwrap().trim_start_matches('#')).unwrap();
        schema["properties"]["code"]["enum"][0].as_str().unwrap().to_owned()
    };
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let described: BTreeSet<&str> =
        schemas.values().filter_map(|schema| schema["properties"]["code"]["enum"][0].as_str()).collect();
    assert!(CODES.iter().all(|info| described.contains(info.code)), "{described:?}");
    for operation in operations() {
        let responses = operation.document["responses"].as_object().unwrap();
        for (status, response) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
            let schema = &response["content"]["application/problem+json"]["schema"];
            let codes: Vec<String> = match schema["oneOf"].as_array() {
                Some(choices) => choices.iter().map(code_of).collect(),
                None if schema["$ref"].is_string() => vec![code_of(schema)],
                None => Vec::new(),
            };
            assert!(!codes.is_empty(), "{} {status}: begin the description with the codes of the problem", operation.id);
            for code in codes {
                let info = CODES.iter().find(|info| info.code == code).unwrap();
                assert_eq!(info.status.to_string(), *status, "{}: {code}", operation.id);
            }
        }
    }
}

/// What no operation leads to is described for nobody; problems of the command line are the exception.
#[test]
fn every_schema_is_used() {
    let document = document();
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let unused: Vec<&String> = schemas
        .iter()
        .filter(|(name, _)| !name.ends_with("Problem") && !text.contains(&format!("\"#/components/schemas/{name}\"")))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(unused, Vec::<&String>::new());
}

#[test]
fn every_operation_asks_for_a_credential_of_its_own_plane() {
    for operation in operations().iter().filter(|operation| operation.is_of_tenants() && !operation.is_public) {
        let asked = &operation.document["security"];
        assert_eq!(*asked, serde_json::json!([{ "user_bearer": [] }, { "user_session": [] }]), "{}", operation.id);
    }
    let document = document();
    assert_eq!(document["security"], serde_json::json!([{ "bearer": [] }, { "session": [] }]));
    for (scheme, cookie) in [("session", "tenantatlas_system"), ("user_session", "tenantatlas_admin")] {
        assert_eq!(document["components"]["securitySchemes"][scheme]["name"], cookie);
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document.pointer(reference).is_some(), "{reference} is not in the document");
    }
}

/// A program that has something's name can go on to all that can be done with it.
#[test]
fn links_lead_to_operations_that_take_what_they_bring_and_to_all_that_take_a_name() {
    let operations = operations();
    let parameters = |operation: &Operation| -> BTreeSet<String> {
        let all = operation.document["parameters"].as_array().into_iter().flatten();
        all.filter(|one| one["in"] == "path").map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let mut led_to = BTreeSet::new();
    for from in &operations {
        let answers = from.document["responses"].as_object().unwrap().values();
        for (name, link) in answers.filter_map(|answer| answer["links"].as_object()).flatten() {
            let to = operations.iter().find(|to| link["operationId"] == to.id.as_str());
            let to = to.unwrap_or_else(|| panic!("{} leads to {name}, which is not there", from.id));
            let brought: BTreeSet<String> = link["parameters"].as_object().unwrap().keys().cloned().collect();
            assert_eq!(brought, parameters(to), "{} leads to {name}", from.id);
            led_to.insert(name.clone());
        }
    }
    let named = operations.iter().filter(|operation| operation.is_api() && !parameters(operation).is_empty());
    assert_eq!(led_to, named.map(|operation| operation.id.clone()).collect());
}

/// Of two schemas with one name the document would keep one, and say of the other's fields what is not so.
#[test]
fn no_two_types_give_a_schema_of_one_name() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in source::files(&source::root().join("api/src"), "rs") {
        let text = std::fs::read_to_string(&file).unwrap();
        for rest in text.split("#[derive(").skip(1).filter(|rest| rest.split(')').next().unwrap().contains("ToSchema")) {
            let head = rest.split(['{', ';']).next().unwrap();
            let own = head.split_once("pub struct ").or_else(|| head.split_once("pub enum ")).unwrap().1;
            let name = head.split_once("schema(as = ").map_or(own, |(_, name)| name);
            let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap();
            places.entry(name.to_owned()).or_default().push(file.display().to_string());
        }
    }
    assert!(places.len() > 30, "the schemas were not found");
    places.retain(|_, files| files.len() > 1);
    assert_eq!(places, BTreeMap::new());
}

#[test]
fn an_operation_is_named_like_the_file_it_stands_in() {
    let files = source::files(&source::root().join("api/src"), "rs");
    let mut named = 0;
    for file in files.iter().filter(|file| file.parent().is_some_and(|parent| parent.ends_with("routes"))) {
        let text = std::fs::read_to_string(file).unwrap();
        let stem = file.file_stem().unwrap().to_str().unwrap();
        for id in text.split("operation_id = \"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert_eq!(id, stem, "{}", file.display());
            named += 1;
        }
    }
    assert!(named > 10, "the routes were not found");
}

#[tokio::test]
async fn an_unknown_query_parameter_is_refused_by_every_operation() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let mut blind = BTreeSet::new();
    for operation in operations().into_iter().filter(Operation::is_api) {
        let admin = app.operator().await;
        let call = prepare(&app, &admin, &operation).await.with_query("nonsense=1");
        let answer = call.send(&call.caller(&app, &admin).await).await;
        if answer.status != 422 {
            blind.insert(operation.id);
        }
    }
    assert_eq!(blind, BTreeSet::new(), "operations that ignore parameters");
}
