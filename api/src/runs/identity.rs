//! What makes two starts the same (RUN-04).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// SHA-256, in hexadecimal, over canonical JSON of type, workspace, tenant and inputs. Never of initiator, source, reason or
/// preflight, so that everybody meets on one run.
pub fn run_identity_hash(kind: &str, workspace_id: i64, tenant_id: Option<i64>, inputs: &Value) -> String {
    let identity = json!({ "type": kind, "workspace_id": workspace_id, "tenant_id": tenant_id, "inputs": inputs });
    hex::encode(Sha256::digest(canonical(&identity)))
}

/// JSON without white space and with object keys in byte order.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_bytes());
            let parts: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), canonical(value))).collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_keys_does_not_matter_and_every_part_does() {
        assert_eq!(
            canonical(&json!({ "b": [1, { "d": null, "c": "x" }], "a": true })),
            r#"{"a":true,"b":[1,{"c":"x","d":null}]}"#
        );
        let inputs = json!({ "trigger": "backfill" });
        let one = run_identity_hash("t", 1, None, &inputs);
        assert_eq!(one.len(), 64);
        for other in [
            run_identity_hash("u", 1, None, &inputs),
            run_identity_hash("t", 2, None, &inputs),
            run_identity_hash("t", 1, Some(1), &inputs),
            run_identity_hash("t", 1, None, &json!({ "trigger": "other" })),
        ] {
            assert_ne!(one, other);
        }
    }
}
