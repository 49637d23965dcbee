//! What users are told, and what they are not shown any more (ACC-03, ACC-04).

use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn a_user_sees_and_reads_their_own_with_the_way_to_the_operation() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let (manager, colleague) = (app.member(&tenant, "manager").await, app.member(&tenant, "owner").await);
    let told = app.notification_of_user(&tenant, manager.id);

    let page = manager.list_my_notifications("").await.assert_status(200).body;
    let run = &page["items"][0]["run"];
    assert_eq!((&page["items"][0]["id"], &page["unread_count"]), (&json!(told), &json!(1)));
    assert_eq!((&run["outcome"], &run["tenant"]["name"]), (&json!("succeeded"), &json!("Contoso")));
    assert_eq!(page["items"][0]["link"], format!("/admin/tenants/{}/operations/{}", tenant.id, run["id"]));

    assert_eq!(colleague.list_my_notifications("").await.items().len(), 0, "nobody else is told");
    colleague.read_my_notification(told).await.assert_problem(404, "not-found");
    manager.read_my_notification(told).await.assert_status(204);
    assert_eq!(manager.list_my_notifications("").await.body["unread_count"], 0);
}

#[tokio::test]
async fn whoever_of_user_and_operator_started_the_run_is_told_and_the_other_is_not() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let (manager, operator) = (app.member(&tenant, "manager").await, app.operator().await);
    app.pending_findings(&tenant, 1);
    let run = manager.start_lifecycle_backfill(tenant.id).await.assert_status(201).id();
    operator.start_backfill_of(tenant.id).await.assert_status(200);
    app.drain().await;
    assert_eq!(manager.list_my_notifications("").await.body["items"][0]["run"]["id"], run);
    assert_eq!(operator.list_notifications("").await.items().len(), 0);

    app.pending_findings(&tenant, 1);
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    manager.start_lifecycle_backfill(tenant.id).await.assert_status(200);
    app.drain().await;
    assert_eq!(operator.list_notifications("").await.body["items"][0]["run"]["id"], run);
    assert_eq!(manager.list_my_notifications("").await.items().len(), 1);
}

#[tokio::test]
async fn who_may_not_start_such_runs_there_any_more_learns_nothing_of_how_they_ended() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
    let manager = app.member(&tenant, "manager").await;
    app.set_membership(manager.id, &other, "owner");
    let (lost, kept) = (app.notification_of_user(&tenant, manager.id), app.notification_of_user(&other, manager.id));
    assert_eq!(manager.list_my_notifications("").await.body["unread_count"], 2);
    let takes_away = [
        format!("UPDATE tenant_memberships SET role = 'operator' WHERE tenant_id = {}", tenant.id),
        format!("DELETE FROM tenant_memberships WHERE tenant_id = {}", tenant.id),
        format!("UPDATE tenants SET deleted_at = db_now() WHERE id = {}", tenant.id),
    ];
    for sql in takes_away {
        app.set_membership(manager.id, &tenant, "manager");
        app.execute(&sql);

        let page = manager.list_my_notifications("").await.assert_status(200);
        assert_eq!((page.items().len(), &page.body["unread_count"]), (1, &json!(1)), "{sql}");
        assert_eq!(page.body["items"][0]["id"], kept);
        assert!(!page.text.contains("Contoso"), "{sql}");
        manager.read_my_notification(lost).await.assert_problem(404, "not-found");
        let mut events = manager.watch_my_notifications().await.unwrap();
        let first = events.next().await.unwrap();
        assert_eq!((&first.data["unread_count"], &first.data["newest"]["id"]), (&json!(1), &json!(kept)), "{sql}");
    }
    manager.read_all_my_notifications().await.assert_status(204);
    assert_eq!(app.value(&format!("SELECT read_at FROM notifications WHERE id = {lost}")), json!(null));
    assert!(app.value(&format!("SELECT read_at FROM notifications WHERE id = {kept}")).is_string());
}

#[tokio::test]
async fn what_an_operator_was_told_of_a_tenant_is_not_its_members_business() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator().await;
    operator.start_backfill_of(tenant.id).await.assert_status(201);
    app.drain().await;
    let scope = tenantatlas::db::TenantScope::of([tenant.id]);

    let seen = tenantatlas::db::floor::read(&mut app.db(), &scope, |conn| {
        Ok(diesel::RunQueryDsl::execute(diesel::sql_query("SELECT id FROM notifications"), conn)?)
    });

    assert_eq!(seen.unwrap(), 0);
    assert_eq!(app.member(&tenant, "owner").await.list_my_notifications("").await.items().len(), 0);
}
