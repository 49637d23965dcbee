//! `GET /operations` of the tenant plane

use serde_json::Value;
use support::actor::runbooks::BACKFILL;
use support::fixtures::Tenant;
use support::{Actor, TestApp};

/// A member of two tenants, manager here and readonly there, with a backfill and a verification each.
struct Scene {
    app: TestApp,
    member: Actor,
    here: Tenant,
    there: Tenant,
    of_here: [i64; 2],
    of_there: [i64; 2],
}

async fn scene() -> Scene {
    let app = TestApp::start().await;
    let (here, there) = (app.tenant("Here"), app.tenant_in(&app.workspace("north", "North"), "There"));
    let elsewhere = app.tenant("Elsewhere");
    let runs = |tenant: &Tenant| [app.ended_run(tenant, BACKFILL), app.ended_run(tenant, "provider.verification")];
    let (of_here, of_there) = (runs(&here), runs(&there));
    runs(&elsewhere);
    let member = app.member(&here, "manager").await;
    app.set_membership(member.id, &there, "readonly");
    Scene { app, member, here, there, of_here, of_there }
}

#[tokio::test]
async fn in_each_tenant_a_member_sees_what_they_could_start_there_newest_first() {
    let scene = scene().await;
    let all = scene.member.list_operations("").await.assert_status(200);
    assert_eq!(all.ids(), [scene.of_there[1], scene.of_here[1], scene.of_here[0]]);
    let nobody = scene.app.user().await;
    assert!(nobody.list_operations("").await.assert_status(200).items().is_empty());
}

#[tokio::test]
async fn every_filter_narrows_the_list() {
    let Scene { member, here, there, of_here, of_there, .. } = &scene().await;
    let ids = async |query: String| member.list_operations(&query).await.assert_status(200).ids();
    assert_eq!(ids(format!("tenant_id={}", here.id)).await, [of_here[1], of_here[0]]);
    assert_eq!(ids(format!("tenant_id={}", there.id)).await, [of_there[1]]);
    assert_eq!(ids(format!("type={BACKFILL}")).await, [of_here[0]]);
    assert_eq!(ids(format!("type={BACKFILL}&tenant_id={}", there.id)).await, Vec::<i64>::new());
    assert_eq!(ids("status=completed".to_owned()).await.len(), 3);
    assert_eq!(ids("status=running".to_owned()).await, Vec::<i64>::new());
    assert_eq!(ids("outcome=succeeded".to_owned()).await.len(), 3);
    assert_eq!(ids("outcome=failed".to_owned()).await, Vec::<i64>::new());
    assert_eq!(ids("created_after=2000-01-01T00:00:00Z".to_owned()).await.len(), 3);
    assert_eq!(ids("created_before=2000-01-01T00:00:00Z".to_owned()).await, Vec::<i64>::new());
}

#[tokio::test]
async fn pages_of_one_lead_through_everything_once() {
    let scene = scene().await;
    let (mut ids, mut query) = (Vec::new(), "limit=1".to_owned());
    loop {
        let page = scene.member.list_operations(&query).await.assert_status(200);
        ids.extend(page.ids());
        let Value::String(cursor) = &page.body["next_cursor"] else { break };
        query = format!("limit=1&cursor={cursor}");
    }
    assert_eq!(ids, [scene.of_there[1], scene.of_here[1], scene.of_here[0]]);
}

#[tokio::test]
async fn somebody_elses_tenant_is_not_there_and_wrong_filters_are_refused_by_name() {
    let scene = scene().await;
    let elsewhere = scene.app.value("SELECT id FROM tenants WHERE name = 'Elsewhere'");
    for id in [elsewhere.to_string(), "999999".to_owned(), scene.app.platform_tenant_id().to_string()] {
        scene.member.list_operations(&format!("tenant_id={id}")).await.assert_problem(404, "not-found");
    }
    for (query, pointer) in [
        ("type=nonsense", "?type"),
        ("status=nonsense", "?status"),
        ("initiator=cli", "?initiator"),
        ("tenant_id=x", "?tenant_id"),
        ("tenant_id=-1", "?tenant_id"),
        ("created_after=9999-12-31T23:59:59-01:00", "?created_after"),
        ("created_before=9999-12-31T23:59:59-01:00", "?created_before"),
    ] {
        scene.member.list_operations(query).await.assert_problem(422, "validation-failed").assert_pointers(&[pointer]);
    }
    scene.member.list_operations("cursor=nonsense").await.assert_problem(400, "malformed-cursor");
}

#[tokio::test]
async fn runs_over_all_tenants_are_not_listed() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    app.operator().await.start_backfill_of_all().await.assert_status(201);
    app.drain().await;
    assert!(app.member(&tenant, "owner").await.list_operations("").await.assert_status(200).items().is_empty());
}
