//! A table of legacy findings, a run over it, and what an undisturbed run makes of it.

use crate::process::wait_until;
use serde_json::{Value, json};
use support::actor::runbooks::all_tenants;
use support::{Actor, TestApp};

const TENANTS: usize = 6;
const FINDINGS: usize = 3_000;

pub struct World {
    pub app: TestApp,
    pub operator: Actor,
    pub run: i64,
    pub affected: i64,
}

impl World {
    /// A started run. Every change of findings takes a moment, so that there is something to disturb.
    pub async fn start() -> Self {
        let app = TestApp::start().await;
        for n in 0..TENANTS {
            let tenant = app.tenant(&format!("Tenant {n}"));
            app.legacy_findings(&tenant, FINDINGS);
        }
        app.execute("CREATE TABLE findings_before AS TABLE findings");
        app.execute(
            "CREATE FUNCTION take_a_moment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END $$",
        );
        app.execute("CREATE TRIGGER take_a_moment AFTER UPDATE ON findings FOR EACH STATEMENT EXECUTE FUNCTION take_a_moment()");
        app.execute("ANALYZE findings");
        let operator = app.operator().await;
        let affected = operator.preflight(&all_tenants()).await.assert_status(200).body["affected_count"].as_i64().unwrap();
        let run = operator.start_backfill_of_all().await.assert_status(201).id();
        Self { app, operator, run, affected }
    }

    /// Rows changed so far.
    pub fn updated(&self) -> i64 {
        self.app.value("SELECT sum(updated)::bigint FROM run_targets").as_i64().unwrap()
    }

    pub fn is_completed(&self) -> bool {
        self.app.value(&format!("SELECT status FROM operation_runs WHERE id = {}", self.run)) == "completed"
    }

    /// Waits until some batches more are done; the run must not end meanwhile.
    pub fn wait_for_progress(&self, rows: i64) {
        let before = self.updated();
        wait_until("progress", || {
            assert!(!self.is_completed(), "the run ended before it could be disturbed");
            self.updated() >= before + rows
        });
    }

    pub fn wait_for_end(&self) {
        wait_until("the end of the run", || self.is_completed());
    }

    pub async fn assert_exact(&self) {
        // A connection of before the faults may have been closed for its age.
        let operator = self.app.anonymous().with_credential(self.operator.credential.clone());
        let body = operator.get_run(self.run).await.assert_status(200).body;
        assert_eq!((&body["outcome"], &body["failure_summary"]), (&json!("succeeded"), &json!([])));
        let total = i64::try_from(TENANTS * FINDINGS).unwrap();
        assert_eq!(
            body["summary_counts"],
            json!({ "total": total, "processed": total, "updated": self.affected, "skipped": total - self.affected, "failed": 0,
                    "tenants": TENANTS })
        );
        assert_eq!(self.app.audited("platform.ops.runbooks.completed").len(), 1);
        assert_eq!(operator.preflight(&all_tenants()).await.body["affected_count"], 0);
    }

    /// Repairs a copy of the table without any disturbance and compares.
    pub async fn assert_same_as_undisturbed(&self) {
        let (disturbed, counts) = (self.app.digest(), self.counts());
        self.app.execute("DROP TRIGGER take_a_moment ON findings");
        self.app.execute("TRUNCATE findings CASCADE");
        self.app.execute("INSERT INTO findings OVERRIDING SYSTEM VALUE SELECT * FROM findings_before ORDER BY id");
        let operator = self.app.anonymous().with_credential(self.operator.credential.clone());
        let run = operator.start_backfill_of_all().await.assert_status(201).id();
        self.app.drain().await;
        assert_eq!(self.app.digest(), disturbed);
        let undisturbed = self.app.value(&format!("SELECT summary_counts FROM operation_runs WHERE id = {run}"));
        assert_eq!(counts, undisturbed);
    }

    fn counts(&self) -> Value {
        self.app.value(&format!("SELECT summary_counts FROM operation_runs WHERE id = {}", self.run))
    }
}
