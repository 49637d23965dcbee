//! Examples of the API document: requests that succeeded and their answers, recorded by `make examples`.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, RefOr};

/// Request and answers of one operation.
#[derive(Default, Deserialize)]
struct Recorded {
    /// The body that was sent; none: there was none, or no JSON.
    request: Option<Value>,
    /// By status.
    #[serde(default)]
    answers: BTreeMap<String, Value>,
}

// What is missing here, or cannot be read, the guard of the examples finds missing in the document.
static RECORDED: LazyLock<BTreeMap<String, Recorded>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../openapi/examples.json")).unwrap_or_default());

/// Adds what was recorded of an operation to what the document says of it.
pub fn add(operation: &mut Operation) {
    let Some(recorded) = operation.operation_id.as_ref().and_then(|id| RECORDED.get(id)) else { return };
    if let (Some(example), Some(RefOr::T(body))) = (&recorded.request, &mut operation.request_body) {
        show(example, body.content.values_mut());
    }
    for (status, example) in &recorded.answers {
        if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) {
            show(example, response.content.values_mut());
        }
    }
}

fn show<'a>(example: &Value, contents: impl Iterator<Item = &'a mut RefOr<Content>>) {
    for content in contents {
        let RefOr::T(content) = content else { continue };
        content.example = Some(example.clone());
    }
}
