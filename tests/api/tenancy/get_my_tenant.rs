//! `GET /tenants/{tenant}` of the tenant plane

use serde_json::{Value, json};
use support::actor::ADMIN;
use support::actor::runbooks::BACKFILL;
use support::{Response, TestApp};

fn action(answer: &Response, name: &str) -> Value {
    let actions = answer.body["actions"].as_array().unwrap();
    actions.iter().find(|action| action["action"] == name).cloned().unwrap()
}

#[tokio::test]
async fn a_member_sees_the_tenant_and_what_their_role_may_do_there() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    for (role, may_edit, may_lead) in
        [("owner", true, true), ("manager", true, true), ("operator", true, false), ("readonly", false, false)]
    {
        let member = app.member(&tenant, role).await;

        let answer = member.get_my_tenant(tenant.id).await.assert_status(200);

        assert_eq!(
            (&answer.body["id"], &answer.body["name"], &answer.body["role"]),
            (&json!(tenant.id), &json!("Contoso"), &json!(role))
        );
        assert_eq!(answer.body["workspace"], json!({ "id": tenant.workspace_id, "name": "Default" }));
        assert_eq!(action(&answer, "findings.edit")["allowed"], may_edit, "{role}");
        assert_eq!(action(&answer, "findings.import")["allowed"], may_lead, "{role}");
        let backfill = action(&answer, "findings.backfill");
        assert_eq!((&backfill["allowed"], backfill.get("control").is_some()), (&json!(may_lead), may_lead), "{role}");
    }
}

#[tokio::test]
async fn a_paused_control_is_shown_with_its_reason_and_only_to_who_could_have_acted() {
    let app = TestApp::start().await;
    let (tenant, elsewhere) = (app.tenant("Contoso"), app.tenant_in(&app.workspace("north", "North"), "Fabrikam"));
    let (manager, staff) = (app.member(&tenant, "manager").await, app.member(&tenant, "operator").await);
    app.set_membership(manager.id, &elsewhere, "manager");
    let pause = json!({ "scope_type": "workspace", "workspace_id": tenant.workspace_id, "reason_text": "Repairing an index" });
    app.operator().await.pause_control(BACKFILL, &pause).await.assert_status(201);

    let seen = action(&manager.get_my_tenant(tenant.id).await.assert_status(200), "findings.backfill");
    let unseen = manager.get_my_tenant(elsewhere.id).await.assert_status(200);
    let hidden = staff.get_my_tenant(tenant.id).await.assert_status(200);

    assert_eq!((&seen["allowed"], &seen["control"]["effective_state"]), (&json!(false), &json!("paused")));
    assert!(seen["reason"].as_str().unwrap().contains("Repairing an index"), "{seen}");
    assert_eq!(action(&unseen, "findings.backfill")["allowed"], true);
    assert!(!hidden.text.contains("paused") && !hidden.text.contains("Repairing"), "{}", hidden.text);
}

#[tokio::test]
async fn what_is_not_the_callers_and_what_is_not_there_are_told_in_the_same_words() {
    let app = TestApp::start().await;
    let (mine, other, gone) = (app.tenant("Mine"), app.tenant("Other"), app.tenant("Gone"));
    let user = app.member(&mine, "owner").await;
    let (platform, neighbour) = (app.platform_tenant(), app.workspace("north", "North"));
    let of_workspace = app.tenant_in(&neighbour, "Of my workspace");
    app.add_to_workspace(user.id, &neighbour);
    for tenant in [&gone, &platform] {
        app.set_membership(user.id, tenant, "owner");
    }
    app.delete_tenant(&gone);
    let user = user.with_header("x-request-id", "same");
    let missing = user.get_my_tenant(999_999).await.assert_problem(404, "not-found");
    let words = |answer: &Response| {
        let mut body = answer.body.clone();
        body["instance"] = Value::Null;
        let mut headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        (body, headers)
    };

    let ids = [other.id, gone.id, platform.id, of_workspace.id, -1, 0].map(|id| id.to_string());
    let odd = ["99999999999999999999999", "one", "%31", "1%2F2", " "].map(ToOwned::to_owned);
    for id in ids.into_iter().chain(odd) {
        let answer = user.get_my_tenant(&id).await.assert_status(404);
        assert_eq!(words(&answer), words(&missing), "{id}");
        // Also before anything else about the request is said.
        let asked = user.get(&format!("{ADMIN}/tenants/{id}?nonsense=1")).await.assert_status(404);
        assert_eq!(words(&asked), words(&missing), "{id}");
    }
    user.get(&format!("{ADMIN}/tenants/{}?nonsense=1", mine.id)).await.assert_problem(422, "validation-failed");
}

#[tokio::test]
async fn a_membership_that_is_taken_away_or_changed_counts_at_once() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let member = app.member(&tenant, "owner").await;

    app.set_membership(member.id, &tenant, "readonly");
    assert_eq!(member.get_my_tenant(tenant.id).await.assert_status(200).body["role"], "readonly");
    app.execute("DELETE FROM tenant_memberships");

    member.get_my_tenant(tenant.id).await.assert_problem(404, "not-found");
}
