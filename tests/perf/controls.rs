//! Operational controls: what the gate costs a start, how long a pause takes under load, and that no start is accepted after
//! a pause has returned. `PERF_STARTS` (400) and `PERF_PAUSES` (200) set the size.

use crate::cluster::{Cluster, Database};
use crate::figures::Figures;
use crate::settings;
use crate::statistics::{median, quantile, ratio};
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
use tenantatlas::db::{Address, Db, SessionLimits};
use tenantatlas::error::Code;
use tenantatlas::runbooks::{self, Scope, preflight};
use tenantatlas::runs::context::Source;
use tenantatlas::runs::in_flight::InFlight;
use tenantatlas::runs::start_run::{StartRun, Started, start_run};

const KEY: &str = "findings.lifecycle.backfill";
const OPERATOR: &str = "olga@example.com";
const TENANTS: i64 = 8;
const FINDINGS: i64 = 500;
/// Starts a second, over all threads, while pauses are measured.
const STARTS_A_SECOND: u32 = 100;

pub fn run() -> Figures {
    let (starts, pauses) = (settings::number("PERF_STARTS", 400), settings::number("PERF_PAUSES", 200));
    let cluster = Cluster::start();
    let database = seed(&cluster);
    let (with_gate, of_gate) = cost_of_gate(&database, starts);
    let load = pauses_under_load(&database, pauses);
    let with_rules = pauses_with_rules(&database, pauses);
    let without = with_gate.saturating_sub(of_gate);
    let last = load.last_accepted.map_or_else(|| "none".to_owned(), |seconds| format!("{:.2} ms", seconds * 1000.0));
    let at = |share: f64| quantile(&load.latencies, share);
    let mut figures = Figures::new("what the gate costs, and how a pause fares under load");
    figures.say(&format!(
        "Medians of {starts} starts over one tenant with {FINDINGS} findings; the gate is everything that it adds, measured in turn \
         with the starts. Then {pauses} pauses under {:.0} starts a second ({} accepted, {} stopped).",
        load.starts_a_second, load.accepted, load.stopped,
    ));
    let row = |what: &str, figure: String| [what.to_owned(), figure];
    figures.table(
        ["what", "figure"],
        &[
            row("start with the gate", format!("{with_gate:.2?}")),
            row("the gate's statements in it", format!("{of_gate:.2?}")),
            row("start with the gate takes, against without", format!("{:.3} ×", ratio(with_gate, without))),
            row("pause, p50 / p99 / longest", format!("{:.2?} / {:.2?} / {:.2?}", at(0.5), at(0.99), at(1.0))),
            row("begin of the last accepted start, after the pause returned (at most 0)", last),
        ],
    );
    figures.say(&format!(
        "Alerts are written under the gate. {pauses} pauses with nothing else going on, by how many alert rules they concern, one for \
         each workspace, all with one destination:",
    ));
    figures.table(["alert rules", "pause, p50", "pause, p99", "p50 against none"], &with_rules);
    figures
}

/// Pauses beside so many alert rules that each concerns; the limit of rules is not asked.
fn pauses_with_rules(database: &Database, pauses: usize) -> Vec<[String; 4]> {
    let mut conn = database.connect();
    conn.batch_execute(
        "INSERT INTO alert_destinations (name, kind, address, settings)
         VALUES ('Desk', 'webhook', 'https://hooks.example.com', '{\"url\": \"https://hooks.example.com/\"}')",
    )
    .unwrap();
    let mut without = Duration::ZERO;
    let measure = |rules: usize| {
        let made = format!(
            "INSERT INTO workspaces (slug, name) SELECT 'w-' || n, 'W ' || n FROM generate_series(1, {rules}) n ON CONFLICT DO NOTHING;
             WITH made AS (INSERT INTO alert_rules (name, events, minimum_severity, workspace_ids, cooldown_seconds)
                           SELECT 'Rule ' || w.id, '{{operational_control.paused}}', 'info', ARRAY[w.id], 0
                           FROM workspaces w WHERE w.slug LIKE 'w-%' ORDER BY w.id LIMIT {rules} ON CONFLICT DO NOTHING RETURNING id)
             INSERT INTO alert_rule_destinations (rule_id, destination_id) SELECT m.id, d.id FROM made m, alert_destinations d;
             ANALYZE"
        );
        conn.batch_execute(&made).unwrap();
        let latencies: Vec<Duration> = switch(database, pauses).iter().map(|(took, ..)| *took).collect();
        let p50 = quantile(&latencies, 0.5);
        if rules == 0 {
            without = p50;
        }
        let figures = [p50, quantile(&latencies, 0.99)].map(|took| format!("{took:.2?}"));
        let [p50_text, p99_text] = figures;
        [rules.to_string(), p50_text, p99_text, format!("{:.2} ×", ratio(p50, without))]
    };
    [0, 1, 100, 1_000].into_iter().map(measure).collect()
}

/// A database with tenants whose backfill can be started again and again.
pub fn seed(cluster: &Cluster) -> Database {
    let database = cluster.create("controls");
    let mut conn = database.connect();
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
    database
}

#[derive(QueryableByName)]
struct TenantId {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Starts the backfill of one tenant again and again, as the API does.
pub struct Starter {
    db: Db,
    ctx: Ctx,
    permit: Permit<RunbooksRun>,
    tenant_id: i64,
    preflight_id: i64,
}

impl Starter {
    /// An operator's, over the tenant of this number.
    pub fn new(database: &Database, number: i64) -> Self {
        Self::acting(database, number, None)
    }

    /// The same in the name of somebody else.
    pub fn acting(database: &Database, number: i64, other: Option<Ctx>) -> Self {
        let db = Db::new(&Address::parse(&database.url).expect("an address"), 1, SessionLimits::REQUEST);
        let (ctx, permit) = db.run(|conn| act_as::<RunbooksRun>(conn, OPERATOR)).unwrap();
        let ctx = other.unwrap_or(ctx);
        let sql = "SELECT id FROM allowed_tenants WHERE external_id = $1";
        let external_id = format!("tenant-{number}");
        let tenant = db.run(|conn| Ok(diesel::sql_query(sql).bind::<Text, _>(external_id).get_result::<TenantId>(conn)?));
        let scope = Scope::SingleTenant { tenant_id: tenant.unwrap().id };
        let runbook = runbooks::find(KEY).unwrap();
        let figures = db.run(|conn| preflight::preflight(&ctx, &Permit::system("benchmark"), conn, runbook, &scope)).unwrap();
        Self { db, ctx, permit, tenant_id: scope.tenant_id().unwrap(), preflight_id: figures.id }
    }

    /// Whether the start was accepted; its run is ended at once.
    pub fn start(&self) -> (Duration, bool) {
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
fn cost_of_gate(database: &Database, starts: usize) -> (Duration, Duration) {
    let starter = Starter::new(database, 1);
    let (mut with_gate, mut of_gate) = (Vec::new(), Vec::new());
    for _ in 0..starts {
        let (took, accepted) = starter.start();
        assert!(accepted);
        with_gate.push(took);
        of_gate.push(starter.gate());
    }
    (median(&with_gate), median(&of_gate))
}

/// What pauses did among starts.
struct Load {
    latencies: Vec<Duration>,
    /// When the last accepted start of any pause began, in seconds from the return of the pause.
    last_accepted: Option<f64>,
    accepted: usize,
    stopped: usize,
    starts_a_second: f64,
}

fn pauses_under_load(database: &Database, pauses: usize) -> Load {
    let is_over = AtomicBool::new(false);
    let trials: Mutex<Vec<(Instant, Instant, bool)>> = Mutex::new(Vec::new());
    let (mut switched, mut took) = (Vec::new(), Duration::ZERO);
    std::thread::scope(|scope| {
        for number in 1..=TENANTS {
            let (is_over, trials) = (&is_over, &trials);
            scope.spawn(move || {
                let starter = Starter::new(database, number);
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
        let begun = Instant::now();
        switched = switch(database, pauses);
        took = begun.elapsed();
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
    Load {
        latencies: switched.iter().map(|(took, ..)| *took).collect(),
        last_accepted: worst,
        accepted,
        stopped: trials.len() - accepted,
        starts_a_second: trials.len() as f64 / took.as_secs_f64(),
    }
}

/// Pauses and resumes; each with its latency, its return and the begin of the resume.
fn switch(database: &Database, pauses: usize) -> Vec<(Duration, Instant, Instant)> {
    let db = Db::new(&Address::parse(&database.url).expect("an address"), 1, SessionLimits::REQUEST);
    let control = controls::find(KEY).unwrap();
    let (ctx, permit) = db.run(|conn| act_as::<ControlsManage>(conn, OPERATOR)).unwrap();
    let scope = ControlScope::Global;
    let once = |_| {
        let pause = PauseControl {
            moved_from: None,
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
