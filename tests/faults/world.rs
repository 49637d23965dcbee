//! A table of legacy findings, what an undisturbed run makes of it, and runs over it that are disturbed.

use crate::length::is_long;
use crate::process::wait_until;
use serde_json::{Value, json};
use support::actor::runbooks::all_tenants;
use support::{Actor, TestApp};

/// How large a world is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Tenants with many findings.
    pub large: usize,
    /// How many each of them has.
    pub findings: usize,
    /// Tenants with up to three findings, among the large ones.
    pub small: usize,
    /// Seconds that every statement which changes findings takes longer, beside what its rows take: so that there is
    /// something to disturb.
    pub moment: f64,
}

impl Size {
    /// What a few processes are busy with for some seconds.
    pub const USUAL: Self = Self { large: 4, findings: 1_600, small: 20, moment: 0.03 };

    /// For faults that hit a certain batch.
    pub const SMALL: Self = Self { large: 2, findings: 800, small: 6, moment: 0.03 };

    /// The same as usual, several times as large in the long form.
    pub fn by_length() -> Self {
        let usual = Self::USUAL;
        if is_long() { Self { large: 24, findings: 4_000, small: 240, ..usual } } else { usual }
    }
}

/// The table and the counts after a run that nothing disturbed.
struct Truth {
    digest: String,
    counts: Value,
}

pub struct World {
    pub app: TestApp,
    /// Who started the last run.
    pub operator: Actor,
    /// The last run.
    pub run: i64,
    /// Findings that a run changes.
    pub affected: i64,
    truth: Truth,
    sessions: i64,
}

impl World {
    /// The usual world with a started run.
    pub async fn start() -> Self {
        Self::start_of(Size::USUAL).await
    }

    /// One of this size with a started run.
    pub async fn start_of(size: Size) -> Self {
        let mut world = Self::prepare(TestApp::start().await, size).await;
        world.begin().await;
        world
    }

    /// A world in which nothing runs yet; what an undisturbed run makes of it is known.
    pub async fn prepare(app: TestApp, size: Size) -> Self {
        for n in 0..size.large.max(size.small) {
            if n < size.large {
                app.legacy_findings(&app.tenant(&format!("Large {n}")), size.findings);
            }
            if n < size.small {
                app.legacy_findings(&app.tenant(&format!("Small {n}")), 1 + n % 3);
            }
        }
        app.execute("CREATE TABLE findings_before AS TABLE findings");
        app.execute("ANALYZE findings");
        let operator = app.operator().await;
        let affected = operator.preflight(&all_tenants()).await.assert_status(200).body["affected_count"].as_i64().unwrap();
        let run = operator.start_backfill_of_all().await.assert_status(201).id();
        app.drain().await;
        let truth = Truth { digest: app.digest(), counts: counts(&app, run) };
        assert_eq!((&truth.counts["updated"], &truth.counts["failed"]), (&json!(affected), &json!(0)));
        take_time(&app, size.moment);
        let sessions = app.value(SESSIONS).as_i64().unwrap();
        Self { app, operator, run, affected, truth, sessions }
    }

    /// Puts the table back to what it was.
    pub fn restore(&self) {
        self.app.execute("TRUNCATE findings CASCADE");
        self.app.execute("INSERT INTO findings OVERRIDING SYSTEM VALUE SELECT * FROM findings_before ORDER BY id");
        self.app.execute("ANALYZE findings");
    }

    /// Puts the table back and starts a run over all of it.
    pub async fn begin(&mut self) {
        self.restore();
        self.sign_in().await;
        self.run = self.operator.start_backfill_of_all().await.assert_status(201).id();
    }

    /// Signs in for as long as it takes: each death moves the product's clock on, and a hundred of them end a session.
    async fn sign_in(&mut self) {
        self.operator = self.app.operator().await;
        self.app.execute("UPDATE sessions SET expires_at = expires_at + interval '1 year', renewable_until = renewable_until + interval '1 year'");
    }

    /// After a fault of the database every request works, whichever connection of the pool it gets.
    pub async fn assert_requests_work(&self) {
        for _ in 0..20 {
            let told = self.operator.list_runbooks().await.status;
            assert!([200, 401].contains(&told), "{told}");
        }
    }

    /// Rows changed so far by the run.
    pub fn updated(&self) -> i64 {
        let sql = format!("SELECT sum(updated)::bigint FROM run_targets WHERE run_id = {}", self.run);
        self.app.value(&sql).as_i64().unwrap()
    }

    pub fn is_completed(&self) -> bool {
        self.app.value(&format!("SELECT status FROM operation_runs WHERE id = {}", self.run)) == "completed"
    }

    /// Waits until some batches more are done; the run must not end meanwhile.
    #[track_caller]
    pub fn wait_for_progress(&self, rows: i64) {
        let before = self.updated();
        wait_until("progress", || {
            assert!(!self.is_completed(), "the run ended before it could be disturbed");
            self.updated() >= before + rows
        });
    }

    /// Waits until no run is active.
    #[track_caller]
    pub fn wait_until_idle(&self) {
        let active = "SELECT count(*) FROM operation_runs WHERE status <> 'completed'";
        wait_until("the end of all runs", || self.app.value(active) == 0);
    }

    #[track_caller]
    pub fn wait_for_end(&self) {
        wait_until("the end of the run", || self.is_completed());
    }

    /// The run ended as if nothing had disturbed it: every row of the table, every count, one end.
    #[track_caller]
    pub fn assert_as_undisturbed(&self) {
        let run = &self.app.rows(&format!("SELECT * FROM operation_runs WHERE id = {}", self.run))[0];
        assert_eq!((&run["outcome"], &run["failure_summary"]), (&json!("succeeded"), &json!([])));
        assert_eq!((&run["paused_at"], &run["held_reason"]), (&Value::Null, &Value::Null));
        assert_eq!(run["summary_counts"], self.truth.counts);
        let ends = "SELECT count(*) FROM audit_logs WHERE action = 'platform.ops.runbooks.completed' AND run_id =";
        assert_eq!(self.app.value(&format!("{ends} {}", self.run)), 1);
        self.assert_table_as_undisturbed();
    }

    /// The table is what one undisturbed run makes of it, whatever runs it took.
    #[track_caller]
    pub fn assert_table_as_undisturbed(&self) {
        assert_eq!(self.app.digest(), self.truth.digest, "another table than that of an undisturbed run");
    }

    /// Rows that all runs since this one say they have changed.
    pub fn updated_since(&self, first_run: i64) -> i64 {
        let sql = format!("SELECT sum(updated)::bigint FROM run_targets WHERE run_id >= {first_run}");
        self.app.value(&sql).as_i64().unwrap()
    }

    /// Targets on which five workers in a row died before one of them could commit a batch are given up: rare, but to be
    /// expected of chance. They are retried, as an operator would; returns how many.
    pub async fn retry_given_up(&mut self) -> i64 {
        let lost = format!("SELECT count(*) FROM run_targets WHERE run_id = {} AND failure_code = 'worker_lost'", self.run);
        let lost = self.app.value(&lost);
        if lost != 0 {
            self.sign_in().await;
            let body = self.operator.get_run(self.run).await.assert_status(200).body;
            assert_eq!((&body["outcome"], &body["summary_counts"]["failed"]), (&json!("partially_succeeded"), &lost));
            self.run = self.operator.retry_failed(self.run).await.assert_status(201).id();
            self.wait_for_end();
        }
        lost.as_i64().unwrap()
    }

    /// After the last process has ended nothing of it is left: no session, no lock, no target in hand.
    #[track_caller]
    pub fn assert_nothing_is_left(&self) {
        let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                    AND xact_start IS NOT NULL AND backend_type = 'client backend'";
        wait_until("the end of every session", || {
            self.app.value(busy) == 0 && self.app.value(SESSIONS).as_i64() <= Some(self.sessions)
        });
        let locks = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
                     WHERE d.datname = current_database() AND (l.locktype = 'advisory' OR NOT l.granted)";
        assert_eq!(self.app.value(locks), 0, "locks");
        let held =
            "SELECT count(*) FROM run_targets WHERE state = 'running' OR lease_token IS NOT NULL OR lease_expires_at IS NOT NULL";
        assert_eq!(self.app.value(held), 0, "targets in hand");
        let open = "SELECT count(*) FROM run_targets x JOIN operation_runs r ON r.id = x.run_id \
                    WHERE (x.state IN ('queued', 'waiting')) OR r.status <> 'completed'";
        assert_eq!(self.app.value(open), 0, "open runs or targets");
    }
}

/// Makes every change by the product last: each statement some seconds, and every third row a thousandth of one, whatever
/// the size of batches.
fn take_time(app: &TestApp, moment: f64) {
    for (name, seconds, result) in [("take_a_moment", moment, "NULL"), ("take_a_while", 0.001, "NEW")] {
        app.execute(&format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep({seconds}); RETURN {result}; END $$"
        ));
    }
    let by_product = "current_setting('application_name') = 'tenantatlas'";
    app.execute(&format!(
        "CREATE TRIGGER take_a_moment AFTER UPDATE ON findings FOR EACH STATEMENT WHEN ({by_product}) EXECUTE FUNCTION take_a_moment()"
    ));
    app.execute(&format!(
        "CREATE TRIGGER take_a_while BEFORE UPDATE ON findings FOR EACH ROW WHEN (OLD.id % 3 = 0 AND {by_product}) \
         EXECUTE FUNCTION take_a_while()"
    ));
}

/// Sessions of the database beside the one that asks.
const SESSIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                        AND backend_type = 'client backend'";

fn counts(app: &TestApp, run: i64) -> Value {
    app.value(&format!("SELECT summary_counts FROM operation_runs WHERE id = {run}"))
}
