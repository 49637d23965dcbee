//! Where answers lead: the links of the API document, along which programs and generated requests go from one operation to
//! the next.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::openapi::RefOr;
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::Operation;

/// Operations whose answers name something, each with where in its answer; the parameter that takes the name; the operations
/// that have this parameter.
struct Named {
    by: &'static [(&'static str, &'static str)],
    parameter: &'static str,
    leads_to: &'static [&'static str],
    /// Other parameters of these operations, each with where it is in the request that was answered.
    within: &'static [(&'static str, &'static str)],
}

/// What the names of most things are given as.
const BY_ID: Named = Named { by: &[], parameter: "id", leads_to: &[], within: &[] };

const ID: &str = "$response.body#/id";
const FIRST_ID: &str = "$response.body#/items/0/id";
const FIRST_KEY: &str = "$response.body#/items/0/key";

const NAMED: &[Named] = &[
    Named {
        by: &[("start_run", ID), ("retry_failed", ID), ("list_runs", FIRST_ID)],
        leads_to: &[
            "get_run",
            "list_targets",
            "list_run_audit",
            "watch_run",
            "pause_run",
            "resume_run",
            "cancel_run",
            "retry_failed",
            "acknowledge_run",
        ],
        ..BY_ID
    },
    Named {
        by: &[("list_runbooks", FIRST_KEY)],
        parameter: "key",
        leads_to: &["get_runbook", "preflight_runbook", "start_run"],
        ..BY_ID
    },
    Named {
        by: &[("list_controls", FIRST_KEY)],
        parameter: "key",
        leads_to: &["get_control", "preview_control", "pause_control", "resume_control", "list_control_history"],
        ..BY_ID
    },
    Named {
        by: &[("create_alert_destination", ID), ("list_alert_destinations", FIRST_ID)],
        leads_to: &["get_alert_destination", "update_alert_destination", "test_alert_destination", "delete_alert_destination"],
        ..BY_ID
    },
    Named {
        by: &[("create_alert_rule", ID), ("list_alert_rules", FIRST_ID)],
        leads_to: &["get_alert_rule", "update_alert_rule", "test_alert_rule", "delete_alert_rule"],
        ..BY_ID
    },
    Named { by: &[("list_alert_deliveries", FIRST_ID)], leads_to: &["get_alert_delivery", "retry_alert_delivery"], ..BY_ID },
    Named { by: &[("create_api_token", ID), ("list_api_tokens", FIRST_ID)], leads_to: &["revoke_api_token"], ..BY_ID },
    Named { by: &[("list_sessions", FIRST_ID)], leads_to: &["revoke_session"], ..BY_ID },
    Named { by: &[("list_notifications", FIRST_ID)], leads_to: &["read_notification"], ..BY_ID },
    Named {
        by: &[("list_my_tenants", FIRST_ID)],
        parameter: "tenant",
        leads_to: &[
            "get_my_tenant",
            "list_findings",
            "summarize_findings",
            "import_findings",
            "preflight_lifecycle_backfill",
            "start_lifecycle_backfill",
        ],
        ..BY_ID
    },
    Named {
        by: &[("list_findings", FIRST_ID)],
        leads_to: &["get_finding", "update_finding"],
        within: &[("tenant", "$request.path.tenant")],
        ..BY_ID
    },
    Named {
        by: &[("start_lifecycle_backfill", ID), ("list_operations", FIRST_ID)],
        leads_to: &["get_operation", "list_operation_targets", "watch_operation"],
        ..BY_ID
    },
    Named {
        by: &[("create_user_api_token", ID), ("list_user_api_tokens", FIRST_ID)],
        leads_to: &["revoke_user_api_token"],
        ..BY_ID
    },
    Named { by: &[("list_user_sessions", FIRST_ID)], leads_to: &["revoke_user_session"], ..BY_ID },
    Named { by: &[("list_my_notifications", FIRST_ID)], leads_to: &["read_my_notification"], ..BY_ID },
];

/// Documents where the answers of an operation lead.
pub fn add(operation: &mut Operation) {
    let Some(id) = operation.operation_id.clone() else { return };
    let mut links = BTreeMap::new();
    for named in NAMED {
        let Some((_, name)) = named.by.iter().find(|(by, _)| *by == id) else { continue };
        for to in named.leads_to {
            let parameters = named.within.iter().copied().chain([(named.parameter, *name)]);
            links.insert((*to).to_owned(), RefOr::T(link(to, parameters).build()));
        }
    }
    if id == "preflight_runbook" {
        let link = link("start_run", [("key", "$request.path.key")]).request_body(Some(confirmation()));
        links.insert("start_run".to_owned(), RefOr::T(link.build()));
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with('2')
        {
            response.links.clone_from(&links);
        }
    }
}

/// What starts the run that a preflight was made for.
fn confirmation() -> Value {
    json!({
        "preflight_id": ID,
        "scope": "$request.body#/scope",
        "typed_confirmation": "BACKFILL",
        "reason": { "reason_code": "DATA_REPAIR", "reason_text": "As the preflight says" },
    })
}

fn link(to: &str, parameters: impl IntoIterator<Item = (&'static str, &'static str)>) -> LinkBuilder {
    parameters.into_iter().fold(LinkBuilder::new().operation_id(to), |link, (name, value)| link.parameter(name, value))
}
