//! Starts against pauses, over several servers on one database (CTL-08). Once a pause has returned, no run appears before the
//! next resume begins: no start that begins afterwards is accepted, and none that began before is accepted late. What is
//! stopped leaves one audit row and nothing else.

use crate::length::{Figures, times};
use crate::process::{Process, WITHOUT_SHARES, wait_until};
use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;
use support::actor::controls::{global_pause, workspace_pause};
use support::actor::runbooks::{BACKFILL, single_tenant};
use support::fixtures::Tenant;
use support::random::Random;
use support::table::with;
use support::{Actor, TestApp, cli};

const SERVERS: usize = 3;
const STARTERS: usize = 12;
const TRIALS: usize = 3_000;
/// Trials answered between a pause and a resume, and between a resume and a pause.
const TRIALS_BETWEEN: usize = 8;

/// One start: when it began, and what came of it.
struct Trial {
    begun: Instant,
    status: u16,
    request_id: String,
}

/// From the return of a pause on, up to a moment so long before the next resume that every start which began until then has
/// been answered before the resume began: a start under way during a resume may be decided by it.
struct Closed {
    from: Instant,
    to: Instant,
    /// Runs that were there when the pause returned, and before the resume began.
    runs: (i64, i64),
}

/// What all tasks know.
struct Shared {
    /// Starts answered, by starter.
    answered: [AtomicUsize; STARTERS],
    is_over: AtomicBool,
}

impl Shared {
    fn all_answered(&self) -> usize {
        self.answered.iter().map(|answered| answered.load(Ordering::SeqCst)).sum()
    }

    async fn until_answered(&self, number: usize) {
        while self.all_answered() < number {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until every start that is under way has been answered, while new ones begin.
    async fn until_those_under_way_are_answered(&self) {
        let before: Vec<usize> = self.answered.iter().map(|answered| answered.load(Ordering::SeqCst)).collect();
        while self.answered.iter().zip(&before).any(|(answered, before)| answered.load(Ordering::SeqCst) == *before) {
            tokio::task::yield_now().await;
        }
    }
}

fn serve(app: &TestApp) -> (Process, SocketAddr) {
    let mut command = cli::command(app.database_url());
    command.args(["serve", "--no-worker"]).env("TENANTATLAS_LISTEN", "127.0.0.1:0").envs(WITHOUT_SHARES);
    let mut server = Process::spawn(command);
    let address = server.wait_for_address();
    (server, address)
}

/// Starts the backfill of one tenant again and again, each time at another server.
async fn hammer(
    servers: Vec<Actor>,
    mut database: PgConnection,
    (number, (tenant, preflight)): (usize, (Tenant, i64)),
    shared: Arc<Shared>,
) -> Vec<Trial> {
    let body = json!({ "preflight_id": preflight, "scope": single_tenant(tenant.id) });
    let mut trials = Vec::new();
    for server in servers.iter().cycle() {
        if shared.is_over.load(Ordering::SeqCst) {
            break;
        }
        let begun = Instant::now();
        let answer = server.start_run(BACKFILL, &body).await;
        let request_id = answer.header("x-request-id").unwrap().to_owned();
        assert!([201, 409].contains(&answer.status), "{}", answer.text);
        if answer.status == 409 {
            assert_eq!(answer.body["code"], "operational-control-paused", "{}", answer.text);
        } else {
            end(&mut database, answer.id());
        }
        trials.push(Trial { begun, status: answer.status, request_id });
        shared.answered[number].fetch_add(1, Ordering::SeqCst);
    }
    trials
}

/// Ends a run at once, so that the next start does not meet it.
fn end(database: &mut PgConnection, run: i64) {
    database
        .batch_execute(&format!(
            "UPDATE run_targets SET state = 'cancelled', completed_at = db_now() WHERE run_id = {run};
             UPDATE operation_runs SET status = 'completed', outcome = 'cancelled', cancel_requested_at = db_now(),
                    completed_at = db_now() WHERE id = {run}"
        ))
        .unwrap();
}

/// Pauses, moves the pause to the other scope while starts go on, and resumes, globally and by workspace in turn, each time at
/// another server.
async fn switch(scene: &Scene, workspace_id: i64, shared: &Shared) -> Vec<Closed> {
    let mut closed = Vec::new();
    let mut at = scene.addresses.iter().cycle();
    let mut next = || scene.caller(*at.next().unwrap());
    while shared.all_answered() < TRIALS {
        let (global, workspace) = (global_pause(), workspace_pause(workspace_id));
        let (pause, moved) = if closed.len() % 2 == 0 { (global, workspace) } else { (workspace, global) };
        let scope_of = |pause: &Value| {
            let mut scope = pause.clone();
            scope.as_object_mut().unwrap().remove("reason_text");
            scope
        };
        let resume = scope_of(&moved);
        let moved = with(moved, json!({ "moved_from": scope_of(&pause) }));
        next().pause_control(BACKFILL, &pause).await.assert_status(201);
        let from = Instant::now();
        let before = scene.app.count_runs();
        shared.until_answered(shared.all_answered() + TRIALS_BETWEEN / 2).await;
        next().pause_control(BACKFILL, &moved).await.assert_status(200);
        shared.until_answered(shared.all_answered() + TRIALS_BETWEEN / 2).await;
        let to = Instant::now();
        shared.until_those_under_way_are_answered().await;
        let runs = (before, scene.app.count_runs());
        next().resume_control(BACKFILL, &resume).await.assert_status(200);
        closed.push(Closed { from, to, runs });
        shared.until_answered(shared.all_answered() + TRIALS_BETWEEN).await;
    }
    shared.is_over.store(true, Ordering::SeqCst);
    closed
}

struct Scene {
    app: TestApp,
    operator: Actor,
    tenants: Vec<(Tenant, i64)>,
    _processes: Vec<Process>,
    addresses: Vec<SocketAddr>,
}

impl Scene {
    /// The operator at a server, over connections of their own: shared ones would be closed for their idling.
    fn caller(&self, address: SocketAddr) -> Actor {
        Actor::anonymous(address).with_credential(self.operator.credential.clone())
    }

    /// The servers as one caller goes through them, each caller beginning at another.
    fn callers(&self, n: usize) -> Vec<Actor> {
        self.addresses.iter().cycle().skip(n % SERVERS).take(SERVERS).map(|address| self.caller(*address)).collect()
    }
}

async fn scene() -> Scene {
    let app = TestApp::start().await;
    let workspace = app.workspace("contoso", "Contoso");
    let operator = app.operator().await;
    let mut tenants = Vec::new();
    for n in 0..STARTERS {
        let tenant = app.tenant_in(&workspace, &format!("Tenant {n}"));
        app.pending_findings(&tenant, 1);
        let preflight = operator.preflight(&single_tenant(tenant.id)).await.assert_status(200).id();
        tenants.push((tenant, preflight));
    }
    let (processes, addresses): (Vec<Process>, Vec<SocketAddr>) = (0..SERVERS).map(|_| serve(&app)).unzip();
    Scene { app, operator, tenants, _processes: processes, addresses }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_start_that_begins_after_a_pause_has_returned_is_accepted_by_any_server() {
    let scene = scene().await;
    let (app, tenants) = (&scene.app, &scene.tenants);
    // A pause takes a moment to commit, so that starts are waiting for its lock when it does. A start takes a moment between
    // its decision and its commit, so that a pause which did not wait for it would return before.
    app.execute(
        "CREATE FUNCTION take_a_moment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN NULL; END $$",
    );
    app.execute(
        "CREATE TRIGGER take_a_moment AFTER INSERT ON operational_control_activations FOR EACH STATEMENT EXECUTE FUNCTION take_a_moment()",
    );
    app.execute(
        "CREATE TRIGGER take_a_moment AFTER INSERT ON operation_runs FOR EACH STATEMENT EXECUTE FUNCTION take_a_moment()",
    );
    let shared = Arc::new(Shared { answered: std::array::from_fn(|_| AtomicUsize::new(0)), is_over: AtomicBool::new(false) });
    let workspace_id = tenants[0].0.workspace_id;
    let starters: Vec<_> = (0..)
        .zip(tenants)
        .map(|(n, tenant)| tokio::spawn(hammer(scene.callers(n), app.db(), (n, tenant.clone()), shared.clone())))
        .collect();

    let closed = switch(&scene, workspace_id, &shared).await;
    let mut trials = Vec::new();
    for starter in starters {
        trials.extend(starter.await.unwrap());
    }

    let appeared: i64 = closed.iter().map(|closed| closed.runs.1 - closed.runs.0).sum();
    assert_eq!(appeared, 0, "runs were accepted after a pause had returned");
    let accepted: Vec<&Trial> = trials.iter().filter(|trial| trial.status == 201).collect();
    let slipped =
        accepted.iter().filter(|trial| closed.iter().any(|closed| trial.begun >= closed.from && trial.begun < closed.to));
    assert_eq!(slipped.count(), 0, "starts slipped through a pause");
    let blocked: HashSet<&str> =
        trials.iter().filter(|trial| trial.status == 409).map(|trial| trial.request_id.as_str()).collect();
    assert!(
        trials.len() >= 2_000 && accepted.len() > 200 && blocked.len() > 200,
        "{} trials, {} accepted",
        trials.len(),
        accepted.len()
    );
    assert_one_row_each(app, &blocked);
    let count = |sql: &str| usize::try_from(app.value(sql).as_i64().unwrap()).unwrap();
    assert_eq!(count("SELECT count(*) FROM operation_runs"), accepted.len(), "a stopped start left a run");
    assert_eq!(count("SELECT count(*) FROM run_targets"), accepted.len(), "a stopped start left a target");
    let starts = app.rows("SELECT DISTINCT request_id FROM audit_logs WHERE action = 'platform.ops.runbooks.start'");
    assert_eq!(starts.len(), accepted.len());
    assert!(starts.iter().all(|row| !blocked.contains(row["request_id"].as_str().unwrap())));
    println!(
        "{} starts against {} pauses over {SERVERS} servers: {} accepted, {} stopped, 0 slipped through",
        trials.len(),
        closed.len(),
        accepted.len(),
        blocked.len()
    );
}

/// Every stopped start has exactly one row, and no other row is there.
fn assert_one_row_each(app: &TestApp, blocked: &HashSet<&str>) {
    let rows: Vec<Value> = app.audited("operational_control.execution_blocked");
    let named: HashSet<&str> = rows.iter().map(|row| row["request_id"].as_str().unwrap()).collect();
    assert_eq!((rows.len(), &named), (blocked.len(), blocked));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starts_that_wait_for_the_lock_when_a_pause_commits_are_stopped() {
    let scene = scene().await;
    let (app, tenants) = (&scene.app, &scene.tenants);
    for round in 0..10 {
        // A start that is slow holds the lock shared; the pause waits for it, and later starts wait behind the pause.
        let (let_go, slow) = support::gate::hold_shared(app.database_url(), BACKFILL);
        let pauser = scene.caller(scene.addresses[round % SERVERS]);
        let pause = tokio::spawn(async move { pauser.pause_backfill().await });
        wait_until("the pause to wait", || waiting(app) == 1);
        let starts: Vec<_> = (0..)
            .zip(tenants)
            .map(|(n, (tenant, preflight)): (usize, _)| {
                let server = scene.caller(scene.addresses[n % SERVERS]);
                let body = json!({ "preflight_id": preflight, "scope": single_tenant(tenant.id) });
                tokio::spawn(async move { server.start_run(BACKFILL, &body).await })
            })
            .collect();
        wait_until("the starts to wait", || waiting(app) == 1 + i64::try_from(STARTERS).unwrap());
        let_go.send(()).unwrap();
        slow.join().unwrap();

        pause.await.unwrap().assert_status(201);
        for start in starts {
            start.await.unwrap().assert_problem(409, "operational-control-paused");
        }
        scene.caller(scene.addresses[0]).resume_backfill().await.assert_status(200);
    }
    assert_eq!(app.count_runs(), 0);
    assert_eq!(app.audited("operational_control.execution_blocked").len(), 10 * STARTERS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_that_arrives_while_another_expires_is_placed_and_holds_on_every_server() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("pauses that arrive while others expire"));
    let scene = scene().await;
    let (app, (tenant, preflight)) = (&scene.app, &scene.tenants[0]);
    let start = json!({ "preflight_id": preflight, "scope": single_tenant(tenant.id) });
    for round in 0..times("ENDURANCE_EXPIRIES", 40, 2_000) {
        let [first, second] = [0, 1].map(|n| scene.caller(scene.addresses[(round + n) % SERVERS]));
        first.pause_backfill().await.assert_status(201);
        // It ends somewhere on the way of the next request.
        let microseconds = random.between(0, 12_000);
        app.execute(&format!(
            "UPDATE operational_control_activations SET expires_at = db_now() + interval '{microseconds} microseconds'"
        ));

        let placed = second.pause_backfill().await;

        let what = if placed.status == 200 { "pauses changed before they ended" } else { "pauses placed after one had ended" };
        assert!([200, 201].contains(&placed.status), "round {round}: {}", placed.text);
        figures.add(what, 1);
        first.start_run(BACKFILL, &start).await.assert_problem(409, "operational-control-paused");
        second.resume_backfill().await.assert_status(200);
    }
    assert_eq!(app.count_runs(), 0, "starts slipped through a pause");
    figures.add("slips", 0);
    figures.add("refusals", 0);
}

/// Sessions that wait for an advisory lock.
fn waiting(app: &TestApp) -> i64 {
    let sql = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    app.value(sql).as_i64().unwrap()
}
