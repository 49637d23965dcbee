//! `GET /ops/controls/{key}/history`

use super::three_workspaces;
use serde_json::{Value, json};
use support::actor::controls::RESTORE;
use support::actor::runbooks::BACKFILL;

#[tokio::test]
async fn everything_that_was_done_to_a_control_and_that_it_stopped_is_listed_newest_first() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    operator.pause_backfill().await.assert_status(201);
    operator.pause_backfill().await.assert_status(200);
    operator.start_backfill_of(contoso.id).await.assert_problem(409, "operational-control-paused");
    operator.resume_backfill().await.assert_status(200);
    operator.pause_control(RESTORE, &support::actor::controls::global_pause()).await.assert_status(201);

    let history = operator.list_control_history(BACKFILL, "").await.assert_status(200);

    let told = |event: &Value| (event["label"].clone(), event["actor"]["label"].clone(), event["outcome"].clone());
    let email = json!(operator.email);
    assert_eq!(
        history.items().iter().map(told).collect::<Vec<_>>(),
        [
            (json!("Control resumed"), email.clone(), json!("success")),
            (json!("Execution blocked"), email.clone(), json!("blocked")),
            (json!("Pause changed"), email.clone(), json!("success")),
            (json!("Control paused"), email, json!("success")),
        ]
    );
    assert_eq!(history.items()[1]["tenant_id"], contoso.id);
    assert_eq!(operator.list_control_history(RESTORE, "").await.items().len(), 1);

    let first = operator.list_control_history(BACKFILL, "limit=3").await.assert_status(200);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let rest = operator.list_control_history(BACKFILL, &format!("limit=3&cursor={cursor}")).await.assert_status(200);
    assert_eq!([first.ids(), rest.ids()].concat(), history.ids());
    assert_eq!(rest.body["next_cursor"], json!(null));
    operator.list_control_history(BACKFILL, "limit=0").await.assert_problem(422, "validation-failed");
    drop(app);
}
