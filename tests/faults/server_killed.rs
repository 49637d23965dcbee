//! `serve` with its private PostgreSQL.

use crate::private::{self, DataDirectory};
use serde_json::json;

#[tokio::test]
async fn a_server_that_is_killed_and_started_again_has_kept_everything() {
    let directory = DataDirectory::new();
    let (server, anonymous) = directory.serve(&[]);
    let operator = directory.operator(&anonymous).await;
    directory.run("tenant create --external-id contoso --name Contoso", "");
    let tenants = operator.list_tenants("").await.assert_status(200).body;
    assert_eq!(tenants["items"][0]["name"], "Contoso");

    server.kill();
    let (server, restarted) = directory.serve(&[]);

    let operator = restarted.with_credential(operator.credential.clone());
    assert_eq!(operator.me().await.assert_status(200).body["operator"]["email"], private::EMAIL, "the session holds");
    assert_eq!(operator.list_tenants("").await.assert_status(200).body, tenants);
    let nothing = operator.start_backfill_of_all().await.assert_problem(409, "nothing-to-do");
    assert_ne!(nothing.body["detail"], json!(null));
    server.stop();
}
