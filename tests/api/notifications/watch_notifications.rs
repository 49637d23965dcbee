//! `GET /notifications/events`

use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn every_page_of_the_initiator_sees_it_come_and_go_and_others_see_nothing() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let (operator, other) = (app.operator().await, app.operator().await);
    let mut pages = [operator.watch_notifications().await.unwrap(), operator.watch_notifications().await.unwrap()];
    let mut elsewhere = other.watch_notifications().await.unwrap();
    assert_eq!(pages[0].headers["content-type"], "text/event-stream");
    let nothing = json!({ "unread_count": 0, "newest": null });
    for stream in pages.iter_mut().chain([&mut elsewhere]) {
        let first = stream.next().await.unwrap();
        assert_eq!((first.name.as_str(), &first.data), ("notifications", &nothing));
    }

    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    app.drain().await;
    for page in &mut pages {
        let told = page.next().await.unwrap();
        assert_eq!((&told.data["unread_count"], &told.data["newest"]["run"]["id"]), (&json!(1), &json!(run)));
    }
    operator.read_all_notifications(&json!({})).await.assert_status(204);
    for page in &mut pages {
        assert_eq!(page.next().await.unwrap().data, nothing);
    }
    // The other stream would have said something by now.
    app.pending_findings(&tenant, 1);
    let own = other.start_backfill_of(tenant.id).await.assert_status(201).id();
    app.drain().await;
    assert_eq!(elsewhere.next().await.unwrap().data["newest"]["run"]["id"], own);
}

#[tokio::test]
async fn the_stream_ends_when_the_session_does() {
    let app = TestApp::start().await;
    let (operator, stays) = (app.operator().await, app.operator().await);
    let mut events = operator.watch_notifications().await.unwrap();
    let mut others = stays.watch_notifications().await.unwrap();
    events.next().await.unwrap();
    others.next().await.unwrap();

    operator.logout().await.assert_status(204);

    assert_eq!(events.next().await, None);
    operator.watch_notifications().await.unwrap_err().assert_problem(401, "unauthenticated");
    app.execute(&format!("DELETE FROM platform_user_capabilities WHERE platform_user_id = {}", stays.id));
    assert_eq!(others.next().await, None, "nor does it outlive the right to come in");
}

#[tokio::test]
async fn a_user_who_is_deactivated_sees_no_more() {
    let app = TestApp::start().await;
    let user = app.user().await;
    let mut events = user.watch_my_notifications().await.unwrap();
    assert_eq!(events.next().await.unwrap().data["unread_count"], 0);

    app.execute(&format!("UPDATE users SET deactivated_at = db_now() WHERE id = {}", user.id));

    assert_eq!(events.next().await, None);
}
