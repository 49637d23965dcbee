//! `GET /operations/{id}` and `/operations/{id}/targets` of the tenant plane (086)

use serde_json::json;
use std::collections::BTreeSet;
use support::TestApp;
use support::actor::runbooks::BACKFILL;

#[tokio::test]
async fn a_run_is_shown_to_exactly_those_members_who_could_have_started_it() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let run = app.operator().await.start_backfill_of(tenant.id).await.assert_status(201).id();
    app.drain().await;
    for (role, sees) in [("owner", true), ("manager", true), ("operator", false), ("readonly", false)] {
        let member = app.member(&tenant, role).await;
        let (shown, targets) = (member.get_operation(run).await, member.list_operation_targets(run, "").await);
        if sees {
            assert_eq!(shown.assert_status(200).body["summary_counts"]["updated"], 2, "{role}");
            assert_eq!(targets.assert_status(200).items()[0]["counts"]["updated"], 2, "{role}");
        } else {
            shown.assert_problem(403, "capability-missing");
            targets.assert_problem(403, "capability-missing");
        }
    }
}

#[tokio::test]
async fn every_member_sees_verifications_and_nobody_what_members_never_start() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let verification = app.ended_run(&tenant, "provider.verification");
    let unknown = app.ended_run(&tenant, "something.else");
    for role in ["owner", "readonly"] {
        let member = app.member(&tenant, role).await;
        member.get_operation(verification).await.assert_status(200);
        member.get_operation(unknown).await.assert_problem(404, "not-found");
        assert_eq!(member.list_operations("").await.assert_status(200).ids(), [verification], "{role}");
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_ones_own_get_the_same_answer() {
    let app = TestApp::start().await;
    let (tenant, own) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
    let deleted = app.tenant("Gone");
    app.pending_findings(&tenant, 1);
    app.pending_findings(&deleted, 1);
    let operator = app.operator().await;
    let of_deleted = operator.start_backfill_of(deleted.id).await.assert_status(201).id();
    let theirs = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    app.drain().await;
    app.pending_findings(&own, 1);
    let of_all = operator.start_backfill_of_all().await.assert_status(201).id();
    app.drain().await;
    app.delete_tenant(&deleted);
    let member = app.member(&own, "owner").await;
    app.set_membership(member.id, &deleted, "owner");

    let strip = |text: &str, id: &str| text.replace(id, "<id>");
    let absent = member.get_operation(999_999).await.assert_problem(404, "not-found");
    for id in [
        theirs.to_string(),
        of_all.to_string(),
        of_deleted.to_string(),
        "-1".to_owned(),
        "0".to_owned(),
        "99999999999999999999".to_owned(),
    ] {
        let answer = member.get_operation(&id).await.assert_problem(404, "not-found");
        let (mut one, mut other) = (answer.body.clone(), absent.body.clone());
        for body in [&mut one, &mut other] {
            body["request_id"] = json!(null);
            body["instance"] = json!(null);
        }
        assert_eq!(one, other, "{}", strip(&answer.text, &id));
        let names = |headers: &reqwest::header::HeaderMap| headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert_eq!(names(&answer.headers), names(&absent.headers));
        member.list_operation_targets(&id, "").await.assert_problem(404, "not-found");
        member.watch_operation(&id).await.unwrap_err().assert_problem(404, "not-found");
    }
}

#[tokio::test]
async fn the_run_says_who_started_it_as_far_as_members_may_know() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let manager = app.member(&tenant, "manager").await;
    app.pending_findings(&tenant, 1);
    let own = manager.start_lifecycle_backfill(tenant.id).await.assert_status(201).id();
    app.drain().await;
    app.pending_findings(&tenant, 1);
    let arguments = ["findings", "backfill-lifecycle", "--tenant", &tenant.external_id, "--json"];
    let typed = support::cli::run(app.database_url(), &arguments, "").assert_code(0).json();
    app.drain().await;

    let shown = manager.get_operation(own).await.assert_status(200).body;
    let typed = manager.get_operation(&typed["id"]).await.assert_status(200).body;

    assert_eq!(shown["initiator"], json!({ "type": "user", "id": manager.id, "name": "Uma User" }));
    assert_eq!(typed["initiator"], json!({ "type": "cli", "id": null, "name": "Platform operator" }));
    assert_eq!(typed["context"]["runbook"], json!({ "key": BACKFILL, "scope": "single_tenant" }));
    assert_eq!((&shown["status"], &shown["outcome"], &shown["actions"]), (&json!("completed"), &json!("succeeded"), &json!([])));
}

#[tokio::test]
async fn a_place_that_was_taken_away_shows_nothing_any_more() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let run = app.ended_run(&tenant, "provider.verification");
    let member = app.member(&tenant, "readonly").await;
    member.get_operation(run).await.assert_status(200);
    app.execute("DELETE FROM tenant_memberships");
    member.get_operation(run).await.assert_problem(404, "not-found");
    assert!(member.list_operations("").await.assert_status(200).items().is_empty());
}
