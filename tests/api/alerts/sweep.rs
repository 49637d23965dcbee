//! What time brings about: told later when it cannot be told now.

use super::Told;
use serde_json::json;
use std::time::Duration;
use support::actor::runbooks::single_tenant;

impl Told {
    /// From now on this cannot be done to the table.
    fn refuse(&self, what: &str, table: &str) {
        self.app.execute(
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END'",
        );
        self.app.execute(&format!("CREATE TRIGGER refuse BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()"));
    }

    /// And now it can be again.
    fn allow(&self, table: &str) {
        self.app.execute(&format!("DROP TRIGGER refuse ON {table}"));
    }

    async fn events(&self) -> Vec<String> {
        self.deliveries().await.iter().map(|delivery| delivery["event"].as_str().unwrap().to_owned()).collect()
    }

    /// A run that nobody works on.
    async fn stale_run(&self) -> i64 {
        let tenant = self.app.tenant("Contoso");
        self.app.legacy_findings(&tenant, 3);
        let run = self.operator.start_backfill_of(tenant.id).await.assert_status(201).id();
        self.app.clock().advance(Duration::from_secs(301));
        run
    }

    /// An audit row that cannot be written although the work goes on.
    async fn missing_audit_row(&self) {
        let tenant = self.app.tenant("Fabrikam");
        self.refuse("INSERT", "audit_logs");
        self.operator.preflight(&single_tenant(tenant.id)).await.assert_status(200);
        self.allow("audit_logs");
    }
}

#[tokio::test]
async fn stale_runs_and_missing_audit_rows_that_cannot_be_told_are_told_once_they_can_be() {
    let told = Told::start().await;
    told.missing_audit_row().await;
    let run = told.stale_run().await;
    told.refuse("INSERT", "alert_deliveries");
    told.app.sweep().await;
    assert!(told.deliveries().await.is_empty());

    told.allow("alert_deliveries");
    for _ in 0..2 {
        told.app.sweep().await;
    }
    assert_eq!(told.events().await, ["operations.run.stale", "audit.write_failed"]);
    assert_eq!(told.deliveries().await[0]["run_id"], json!(run));
    told.app.drain().await;
}
