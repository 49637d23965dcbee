//! What time brings about: told later when it cannot be told now, whatever else fails.

use super::Told;
use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use serde_json::json;
use std::time::Duration;
use support::actor::alerts::rule;
use support::actor::runbooks::single_tenant;
use support::postgres;
use tenantatlas::db::locks::{self, LockClass};

impl Told {
    /// From now on this cannot be done, as `INSERT ON audit_logs`.
    fn refuse(&self, what: &str) {
        self.app.execute(
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END'",
        );
        self.app.execute(&format!("CREATE TRIGGER refuse BEFORE {what} EXECUTE FUNCTION refuse()"));
    }

    /// And now it can be again.
    fn allow(&self, table: &str) {
        self.app.execute(&format!("DROP TRIGGER refuse ON {table}"));
    }

    /// A process that does this, and is not yet done.
    fn in_the_hands_of_another(&self, what: &str) -> PgConnection {
        let mut other = self.app.db();
        other.batch_execute("BEGIN").unwrap();
        locks::lock(&mut other, LockClass::Singleton, what).unwrap();
        other
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
        self.refuse("INSERT ON audit_logs");
        self.operator.preflight(&single_tenant(tenant.id)).await.assert_status(200);
        self.allow("audit_logs");
    }
}

#[tokio::test]
async fn stale_runs_and_missing_audit_rows_that_cannot_be_told_are_told_once_they_can_be() {
    let told = Told::start().await;
    told.missing_audit_row().await;
    let run = told.stale_run().await;
    told.refuse("INSERT ON alert_deliveries");
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

#[tokio::test]
async fn a_step_that_fails_keeps_no_other_from_it() {
    #[rustfmt::skip]
    let table: [(&str, &[&str]); 3] = [
        ("DELETE ON alert_stale_runs", &["due", "held", "missing"]),
        ("UPDATE ON alert_deliveries FOR EACH ROW WHEN (OLD.reason = 'quiet_hours')", &["due", "stale", "missing"]),
        ("UPDATE ON audit_write_failures", &["due", "held", "stale"]),
    ];
    for (refused, expected) in table {
        let told = Told::start().await;
        told.pause_and_resume().await;
        told.app.execute("UPDATE alert_deliveries SET queued_at = NULL");
        told.app.execute("UPDATE alert_deliveries SET reason = 'quiet_hours' WHERE event = 'operational_control.resumed'");
        told.missing_audit_row().await;
        told.stale_run().await;
        told.refuse(refused);
        told.app.sweep().await;
        let of = [
            ("due", "event = 'operational_control.paused' AND queued_at IS NOT NULL"),
            ("held", "event = 'operational_control.resumed' AND reason IS NULL"),
            ("stale", "event = 'operations.run.stale'"),
            ("missing", "event = 'audit.write_failed'"),
        ];
        let is_done = |sign: &str| told.app.value(&format!("SELECT count(*) FROM alert_deliveries WHERE {sign}")) == 1;
        let done: Vec<&str> = of.iter().filter(|(_, sign)| is_done(sign)).map(|(step, _)| *step).collect();
        assert_eq!(done, expected, "{refused}");
        told.app.drain().await;
    }
}

#[tokio::test]
async fn one_process_at_a_time_tells_of_stale_runs_and_none_waits_for_it() {
    let told = Told::start().await;
    told.stale_run().await;
    let mut other = told.in_the_hands_of_another("stale runs");
    told.app.sweep().await;
    assert!(told.deliveries().await.is_empty(), "the other one tells");
    other.batch_execute("COMMIT").unwrap();
    told.app.sweep().await;
    assert_eq!(told.events().await, ["operations.run.stale"]);
    told.app.drain().await;
}

#[tokio::test]
async fn one_process_at_a_time_tells_of_what_was_held_back_and_none_waits_for_it() {
    let told = Told::start().await;
    told.pause_and_resume().await;
    told.app.execute("UPDATE alert_deliveries SET reason = 'quiet_hours'");
    let mut other = told.in_the_hands_of_another("alerts held back");
    told.app.sweep().await;
    assert_eq!(told.events().await.len(), 2, "the other one tells");
    other.batch_execute("COMMIT").unwrap();
    told.app.sweep().await;
    assert_eq!(told.events().await[2], "alerts.summary");
}

#[tokio::test]
async fn of_many_processes_at_the_end_of_quiet_hours_each_rule_is_told_of_once() {
    let told = Told::start().await;
    for name in ["Second", "Third", "Fourth"] {
        told.operator.made_rule(&rule(name, told.destination)).await;
    }
    for _ in 0..3 {
        told.pause_and_resume().await;
    }
    told.app.execute("UPDATE alert_deliveries SET reason = 'quiet_hours'");
    let sweep = |url: String| std::thread::spawn(move || tenantatlas::alerts::sweep::sweep(&mut postgres::connect(&url)));
    let sweeps: Vec<_> = (0..6).map(|_| sweep(told.app.database_url().to_owned())).collect();
    sweeps.into_iter().for_each(|thread| thread.join().unwrap());
    let count = |sign: &str| told.app.value(&format!("SELECT count(*) FROM alert_deliveries WHERE {sign}"));
    assert_eq!((count("event = 'alerts.summary'"), count("reason = 'summarised'")), (json!(4), json!(24)));
}
