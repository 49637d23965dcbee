//! Operational controls: what the gate costs a start, how long a pause takes under load, and that no start is accepted after
//! a pause has returned. `PERF_STARTS` (400) and `PERF_PAUSES` (200) set the size.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tenantatlas::auth::Permit;
use tenantatlas::auth::act_as::act_as;
use tenantatlas::auth::capability::{ControlsManage, RunbooksRun};
use tenantatlas::context::Ctx;
use tenantatlas::controls::mutation::Expected;
use tenantatlas::controls::pause_control::{PauseControl, pause_control};
use tenantatlas::controls::resume_control::{ResumeControl, resume_control};
use tenantatlas::controls::{self, ControlScope, gate};
use tenantatlas::db::embedded::Cluster;
use tenantatlas::db::migrate::migrate;
use tenantatlas::db::{Db, SessionLimits};
use tenantatlas::error::Code;
use tenantatlas::runbooks::{self, Scope, preflight};
use tenantatlas::runs::context::Source;
use tenantatlas::runs::in_flight::InFlight;
use tenantatlas::runs::start_run::{StartRun, Started, start_run};

const KEY: &str = "findings.lifecycle.backfill";
const DATABASE: &str = "controls";
const OPERATOR: &str = "olga@example.com";
const TENANTS: i64 = 8;
const FINDINGS: i64 = 500;
/// Starts a second, over all threads, while pauses are measured.
const STARTS_A_SECOND: u32 = 100;

/// Measures, and tells it as lines of a table: measured, figure.
pub fn measure(cluster: &Cluster) -> String {
    let (starts, pauses) = (crate::setting("PERF_STARTS", 400), crate::setting("PERF_PAUSES", 200));
    seed(cluster);
    let (with_gate, of_gate) = cost_of_gate(cluster, starts);
    let (mut latencies, last_accepted, started, blocked) = pauses_under_load(cluster, pauses);
    latencies.sort();
    let at = |share: usize| latencies[(latencies.len() * share / 100).min(latencies.len() - 1)];
    let without = with_gate.saturating_sub(of_gate);
    let last = last_accepted.map_or_else(|| "none".to_owned(), |seconds| format!("{:.2} ms", seconds * 1000.0));
    format!(
        "## Operational controls\n\nMedians of {starts} starts over one tenant with {FINDINGS} findings; {pauses} pauses under about \
         {STARTS_A_SECOND} starts a second ({started} accepted, {blocked} stopped).\n\n\
         | measured | figure |\n| --- | --- |\n\
         | start with the gate | {with_gate:.2?} |\n\
         | the gate's statements in it | {of_gate:.2?} |\n\
         | start with the gate against without | {:.3} × as long |\n\
         | pause, p50 / p99 / longest | {:.2?} / {:.2?} / {:.2?} |\n\
         | begin of the last accepted start, seen from the return of the pause (at most 0) | {last} |\n",
        with_gate.as_secs_f64() / without.as_secs_f64(),
        at(50),
        at(99),
        latencies[latencies.len() - 1],
    )
}

fn seed(cluster: &Cluster) {
    PgConnection::establish(&cluster.url_of("tenantatlas"))
        .unwrap()
        .batch_execute(&format!("CREATE DATABASE {DATABASE}"))
        .unwrap();
    let mut conn = PgConnection::establish(&cluster.url_of(DATABASE)).unwrap();
    migrate(&mut conn).unwrap();
    conn.batch_execute(&format!(
        "INSERT INTO workspaces (slug, name) VALUES ('contoso', 'Contoso');
         INSERT INTO tenants (workspace_id, external_id, name)
             SELECT w.id, 'tenant-' || n, 'Tenant ' || n FROM workspaces w, generate_series(1, {TENANTS}) n WHERE w.slug = 'contoso';
         INSERT INTO findings (workspace_id, tenant_id, type, source, check_id, fingerprint, severity, status, title, resource, detected_at)
             SELECT t.workspace_id, t.id, 'posture', 'scubagear', 'CHECK.' || i, sha256(convert_to(t.id || ' ' || i, 'UTF8')), 'high', 'new',
                    'A setting departs', 'tenant', now() - interval '30 days'
             FROM allowed_tenants t, generate_series(1, {FINDINGS}) i;
         INSERT INTO platform_users (email, name, password_hash) VALUES ('{OPERATOR}', 'Olga', '-');
         INSERT INTO platform_user_capabilities (platform_user_id, capability)
             SELECT u.id, unnest(ARRAY['platform.access_system_panel', 'platform.ops.controls.manage', 'platform.runbooks.run',
                                       'platform.runbooks.findings.lifecycle_backfill']) FROM platform_users u;"
    ))
    .unwrap();
    conn.batch_execute("VACUUM ANALYZE").unwrap();
}

#[derive(QueryableByName)]
struct TenantId {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Starts the backfill of one tenant again and again, as the API does.
struct Starter {
    db: Db,
    ctx: Ctx,
    permit: Permit<RunbooksRun>,
    tenant_id: i64,
    preflight_id: i64,
}

impl Starter {
    fn new(cluster: &Cluster, number: i64) -> Self {
        let db = Db::new(&cluster.url_of(DATABASE), 1, SessionLimits::REQUEST);
        let (ctx, permit) = db.run(|conn| act_as::<RunbooksRun>(conn, OPERATOR)).unwrap();
        let sql = "SELECT id FROM allowed_tenants WHERE external_id = $1";
        let external_id = format!("tenant-{number}");
        let tenant = db.run(|conn| Ok(diesel::sql_query(sql).bind::<Text, _>(external_id).get_result::<TenantId>(conn)?));
        let scope = Scope::SingleTenant { tenant_id: tenant.unwrap().id };
        let runbook = runbooks::find(KEY).unwrap();
        let figures = db.run(|conn| preflight::preflight(&ctx, &Permit::system("benchmark"), conn, runbook, &scope)).unwrap();
        Self { db, ctx, permit, tenant_id: scope.tenant_id().unwrap(), preflight_id: figures.id }
    }

    /// Whether the start was accepted; its run is ended at once.
    fn start(&self) -> (Duration, bool) {
        let start = StartRun {
            runbook: runbooks::find(KEY).unwrap(),
            scope: Scope::SingleTenant { tenant_id: self.tenant_id },
            preflight_id: Some(self.preflight_id),
            typed_confirmation: None,
            reason: None,
            source: Source::Api,
            idempotency: None,
        };
        let begun = Instant::now();
        let started = self.db.run(|conn| start_run(&self.ctx, &self.permit, conn, start));
        let took = begun.elapsed();
        match started {
            Ok(Started::Created(run)) => {
                self.end(run.id);
                (took, true)
            }
            Ok(other) => panic!("the run before has not ended: {other:?}"),
            Err(error) => {
                assert_eq!(error.code(), Code::OperationalControlPaused, "{error}");
                (took, false)
            }
        }
    }

    fn end(&self, run: i64) {
        let sql = format!(
            "UPDATE run_targets SET state = 'cancelled', completed_at = db_now() WHERE run_id = {run};
             UPDATE operation_runs SET status = 'completed', outcome = 'cancelled', cancel_requested_at = db_now(),
                    completed_at = db_now() WHERE id = {run}"
        );
        self.db.run(|conn| Ok(conn.batch_execute(&sql)?)).unwrap();
    }

    /// Everything that the gate adds to a start: the early question, lock and decision in a transaction that is there.
    fn gate(&self) -> Duration {
        let control = controls::find(KEY).unwrap();
        let tenants = [self.tenant_id];
        self.db
            .run(|conn| {
                let begun = Instant::now();
                gate::decide(conn, control, Some(&tenants))?;
                let early = begun.elapsed();
                conn.transaction(|conn| {
                    let begun = Instant::now();
                    gate::ask(conn, control, Some(&tenants))?;
                    Ok(early + begun.elapsed())
                })
            })
            .unwrap()
    }
}

/// Medians of a start and of the gate in it, measured in turn.
fn cost_of_gate(cluster: &Cluster, starts: usize) -> (Duration, Duration) {
    let starter = Starter::new(cluster, 1);
    let (mut with_gate, mut of_gate) = (Vec::new(), Vec::new());
    for _ in 0..starts {
        let (took, accepted) = starter.start();
        assert!(accepted);
        with_gate.push(took);
        of_gate.push(starter.gate());
    }
    (crate::median(with_gate), crate::median(of_gate))
}

/// Latencies of pauses, and when the last accepted start of any pause began, in seconds from its return.
fn pauses_under_load(cluster: &Cluster, pauses: usize) -> (Vec<Duration>, Option<f64>, usize, usize) {
    let is_over = AtomicBool::new(false);
    let trials: Mutex<Vec<(Instant, Instant, bool)>> = Mutex::new(Vec::new());
    let mut switched = Vec::new();
    std::thread::scope(|scope| {
        for number in 1..=TENANTS {
            let (is_over, trials) = (&is_over, &trials);
            scope.spawn(move || {
                let starter = Starter::new(cluster, number);
                let pace = Duration::from_secs(1) / (STARTS_A_SECOND / u32::try_from(TENANTS).unwrap());
                while !is_over.load(Ordering::SeqCst) {
                    let begun = Instant::now();
                    let (took, accepted) = starter.start();
                    trials.lock().unwrap().push((begun, begun + took, accepted));
                    std::thread::sleep(pace.saturating_sub(begun.elapsed()));
                }
            });
        }
        std::thread::sleep(Duration::from_millis(300));
        switched = switch(cluster, pauses);
        is_over.store(true, Ordering::SeqCst);
    });
    let trials = trials.into_inner().unwrap();
    // A start that is answered after the next resume began may have been decided by that.
    let last = |paused: Instant, resuming: Instant| {
        let decided = trials.iter().filter(move |(_, answered, accepted)| *accepted && *answered < resuming);
        decided.map(|(begun, ..)| *begun).max().map(|begun| match begun >= paused {
            true => (begun - paused).as_secs_f64(),
            false => -(paused - begun).as_secs_f64(),
        })
    };
    let worst = switched.iter().filter_map(|(_, paused, resuming)| last(*paused, *resuming)).reduce(f64::max);
    let accepted = trials.iter().filter(|(.., accepted)| *accepted).count();
    (switched.iter().map(|(took, ..)| *took).collect(), worst, accepted, trials.len() - accepted)
}

/// Pauses and resumes; each with its latency, its return and the begin of the resume.
fn switch(cluster: &Cluster, pauses: usize) -> Vec<(Duration, Instant, Instant)> {
    let db = Db::new(&cluster.url_of(DATABASE), 1, SessionLimits::REQUEST);
    let control = controls::find(KEY).unwrap();
    let (ctx, permit) = db.run(|conn| act_as::<ControlsManage>(conn, OPERATOR)).unwrap();
    let scope = ControlScope::Global;
    let once = |_| {
        let pause = PauseControl {
            scope,
            reason_text: "Benchmark".to_owned(),
            starts_at: None,
            expires_at: None,
            previewed: None,
            expected: Expected::Anything,
        };
        let begun = Instant::now();
        db.run(|conn| conn.transaction(|conn| pause_control(&ctx, &permit, conn, &InFlight, control, pause))).unwrap();
        let paused = Instant::now();
        std::thread::sleep(Duration::from_millis(20));
        let resuming = Instant::now();
        let resume = ResumeControl { scope, scheduled: false, previewed: None, expected: Expected::Anything };
        db.run(|conn| conn.transaction(|conn| resume_control(&ctx, &permit, conn, &InFlight, control, resume))).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        (paused - begun, paused, resuming)
    };
    (0..pauses).map(once).collect()
}
