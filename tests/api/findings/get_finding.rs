//! `GET /tenants/{tenant}/findings/{id}` of the tenant plane

use serde_json::{Value, json};
use support::{Response, TestApp};

#[tokio::test]
async fn a_member_sees_all_of_a_finding_and_an_etag() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let mut columns = app.repaired();
    columns["evidence"] = json!({ "RequirementMet": false });
    let id = app.finding(&tenant, &columns);
    let member = app.member(&tenant, "readonly").await;

    let answer = member.get_finding(tenant.id, id).await.assert_status(200);

    let row = app.find_finding(id);
    for column in
        ["id", "type", "source", "check_id", "severity", "status", "title", "resource", "evidence", "times_seen", "sla_days"]
    {
        assert_eq!(answer.body[column], row[column], "{column}");
    }
    assert_eq!(answer.body["fingerprint"], row["fingerprint"].as_str().unwrap().trim_start_matches("\\x"));
    for column in ["detected_at", "first_seen_at", "last_seen_at", "due_at", "created_at", "updated_at"] {
        let same = row[column].as_str().unwrap().replace("+00:00", "Z");
        assert_eq!(answer.body[column], same, "{column}");
    }
    assert_eq!((&answer.body["due_source"], &answer.body["overdue"]), (&json!("sla"), &json!(false)));
    for column in ["triaged_at", "resolved_at", "closed_at", "closed_reason", "consolidated_into_id", "acknowledged_at"] {
        assert_eq!(answer.body.get(column), Some(&Value::Null), "{column}");
    }
    assert!(answer.header("etag").unwrap().starts_with('"'));
}

#[tokio::test]
async fn a_folded_duplicate_is_shown_with_its_survivor_and_is_not_to_be_edited() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let survivor = app.finding(&tenant, &json!({}));
    let duplicate = app.finding(&tenant, &json!({ "status": "closed", "consolidated_into_id": survivor }));

    let answer = app.member(&tenant, "owner").await.get_finding(tenant.id, duplicate).await.assert_status(200);

    assert_eq!((&answer.body["consolidated_into_id"], &answer.body["transitions"]), (&json!(survivor), &json!([])));
    let edit = &answer.body["actions"][0];
    assert_eq!((&edit["action"], &edit["allowed"]), (&json!("edit"), &json!(false)));
    assert!(edit["reason"].as_str().unwrap().contains(&survivor.to_string()));
}

#[tokio::test]
async fn what_is_not_the_callers_and_what_is_not_there_are_told_in_the_same_words() {
    let app = TestApp::start().await;
    let (mine, other, gone) = (app.tenant("Mine"), app.tenant("Other"), app.tenant("Gone"));
    let platform = app.platform_tenant();
    let user = app.member(&mine, "owner").await;
    for tenant in [&gone, &platform] {
        app.set_membership(user.id, tenant, "owner");
    }
    let [theirs, deleted, of_platform] = [&other, &gone, &platform].map(|tenant| app.finding(tenant, &json!({})));
    app.delete_tenant(&gone);
    let user = user.with_header("x-request-id", "same");
    let missing = words(&user.get_finding(mine.id, 999_999).await.assert_problem(404, "not-found"));
    let change = json!({ "status": "triaged" });

    let mut places = [(mine.id, theirs), (other.id, theirs), (gone.id, deleted), (platform.id, of_platform)]
        .map(|(tenant, id)| (tenant.to_string(), id.to_string()))
        .to_vec();
    for odd in ["-1", "0", "one", "9223372036854775807", "9223372036854775808", "99999999999999999999999", "1%2F2"] {
        places.push((mine.id.to_string(), odd.to_owned()));
        places.push((odd.to_owned(), theirs.to_string()));
    }
    for (tenant, id) in places {
        assert_eq!(words(&user.get_finding(&tenant, &id).await.assert_status(404)), missing, "{tenant} {id}");
        assert_eq!(words(&user.update_finding(&tenant, &id, &change).await.assert_status(404)), missing, "{tenant} {id}");
    }
    for tenant in [other.id, gone.id, platform.id, -1, 999_999] {
        assert_eq!(words(&user.list_findings(tenant, "").await.assert_status(404)), missing, "{tenant}");
    }
    assert_eq!(app.value("SELECT count(*) FROM findings WHERE status <> 'new'"), 0);
}

/// Everything but the path that was asked for, and `connection`, which says whether a body was read: the tenant alone decides.
fn words(answer: &Response) -> (Value, Vec<String>) {
    let mut body = answer.body.clone();
    body["instance"] = Value::Null;
    let mut headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
    headers.retain(|name| name != "connection");
    headers.sort();
    (body, headers)
}
