//! Each fault of the database, seen from each kind of process: answers are right while it lasts, the log stays short, the first
//! request after it works, the run ends as if nothing had been, and a process that is asked to stop in the middle of it ends
//! (OPS-RUN-03, OPS-RUN-04, RUN-12).

use crate::cluster::OwnCluster;
use crate::network::Network;
use crate::process::{Process, wait_until};
use crate::world::{Size, World};
use diesel::{Connection, PgConnection};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Instant;
use support::{Actor, TestApp, cli};

/// Most lines that a process may write in a fault, beside those of the requests that it answers.
const MOST_LINES: usize = 20;
/// Longest time until a process that was asked to stop has ended: five seconds by promise, and what a busy machine adds.
const MOST_SECONDS: u64 = 8;

/// A server and a worker whose way to the database may be broken.
struct Scene {
    world: World,
    network: Network,
    server: Process,
    worker: Process,
    address: SocketAddr,
}

impl Scene {
    /// A scene in which a run is under way.
    async fn start(app: TestApp) -> Self {
        let mut scene = Self::prepare(app).await;
        scene.world.begin().await;
        scene
    }

    /// A scene in which nothing runs yet.
    async fn prepare(app: TestApp) -> Self {
        let world = World::prepare(app, Size::SMALL).await;
        let network = Network::to(world.app.database_url());
        let mut server = Process::logging_server(&network.url());
        let worker = Process::logging_worker(&network.url());
        let address = server.wait_for_address();
        crate::nodes::wait_for_workers(&world.app, 2);
        Self { world, network, server, worker, address }
    }

    /// The operator by way of the server.
    fn operator(&self) -> Actor {
        self.world.app.anonymous().at(self.address).with_credential(self.world.operator.credential.clone())
    }

    async fn readiness(&self) -> u16 {
        self.world.app.anonymous().at(self.address).get("/readyz").await.status
    }

    /// The process lives, says that it cannot work, and tells everybody to come again.
    async fn assert_away(&self) {
        let visitor = self.world.app.anonymous().at(self.address);
        visitor.get("/healthz").await.assert_status(200);
        wait_until_async("a process that is not ready", async || self.readiness().await == 503).await;
        let read = self.operator().list_runbooks().await.assert_problem(503, "unavailable");
        assert!(read.header("retry-after").is_some());
        let command = cli::run(&self.network.url(), &["operator", "list"], "").assert_code(1);
        assert!(command.err.contains("database"), "{}", command.err);
    }

    /// Whatever begins from now on works: a read, a write, a command, and each look at the process.
    async fn assert_right_at_once(&self) {
        let operator = self.operator();
        operator.list_runbooks().await.assert_status(200);
        let token = operator.create_api_token(&token_named("after a fault")).await.assert_status(201).id();
        operator.revoke_api_token(token).await.assert_status(204);
        cli::run(&self.network.url(), &["operator", "list"], "").assert_code(0);
        wait_until_async("a process that is ready", async || self.readiness().await == 200).await;
    }

    fn assert_short_logs(&self, before: (usize, usize)) {
        for (process, before) in [(&self.server, before.0), (&self.worker, before.1)] {
            let said: Vec<String> = process.log().split_off(before);
            let said: Vec<&String> = said.iter().filter(|line| !line.contains("answered")).collect();
            assert!(said.len() <= MOST_LINES, "{} lines: {said:#?}", said.len());
        }
    }

    fn lines(&self) -> (usize, usize) {
        (self.server.log().len(), self.worker.log().len())
    }

    /// The run ends as if nothing had been, and the processes leave nothing behind.
    fn assert_nothing_is_lost(self) {
        self.world.wait_for_end();
        self.world.assert_as_undisturbed();
        let (world, _) = self.assert_ends();
        world.assert_nothing_is_left();
    }

    /// Asks both processes to stop, and sees each end in time.
    fn assert_ends(self) -> (World, Network) {
        let begun = Instant::now();
        self.server.signal("TERM");
        self.worker.signal("TERM");
        assert_eq!((self.server.end(), self.worker.end()), (Some(0), Some(0)));
        assert!(begun.elapsed().as_secs() < MOST_SECONDS, "{:?}", begun.elapsed());
        (self.world, self.network)
    }
}

fn token_named(name: &str) -> Value {
    json!({ "name": name, "capabilities": ["platform.runbooks.view"] })
}

async fn wait_until_async(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < crate::process::LIMIT, "not in time: {what}");
        tokio::task::yield_now().await;
    }
}

/// Waits until a connection can be made by way of the network.
fn wait_for_database(network: &Network) {
    wait_until("a database that answers", || PgConnection::establish(&network.url()).is_ok());
}

#[tokio::test]
async fn a_database_that_is_away() {
    let mut scene = Scene::start(TestApp::start().await).await;
    scene.world.wait_for_progress(1);
    let before = scene.lines();

    scene.network.close();
    for _ in 0..2 {
        scene.assert_away().await;
    }
    scene.network.open();
    wait_for_database(&scene.network);
    scene.assert_right_at_once().await;

    scene.assert_short_logs(before);
    scene.world.wait_for_end();
    scene.world.assert_as_undisturbed();
    scene.network.close();
    scene.assert_ends();
}

#[tokio::test]
async fn a_command_that_waits_for_a_run_outlasts_an_outage() {
    let mut scene = Scene::prepare(TestApp::start().await).await;
    scene.world.restore();
    let mut command = cli::command(&scene.network.url());
    command.args(
        "findings backfill-lifecycle --all-tenants --confirm BACKFILL --reason-code SUPPORT --reason Ticket4711".split(' '),
    );
    command.args(["--wait", "--json"]);
    let waiting = Process::spawn(command);
    let before = scene.world.run;
    wait_until("the start of a run", || {
        scene.world.run = scene.world.app.value("SELECT max(id) FROM operation_runs").as_i64().unwrap();
        scene.world.run > before
    });
    scene.world.wait_for_progress(1);

    scene.network.close();
    scene.assert_away().await;
    scene.network.open();

    assert_eq!(waiting.end(), Some(0));
    scene.world.assert_as_undisturbed();
    scene.assert_ends();
}

#[tokio::test]
async fn connections_that_are_cut() {
    let scene = Scene::start(TestApp::start().await).await;
    scene.world.wait_for_progress(1);
    let before = scene.lines();

    for _ in 0..3 {
        scene.network.cut();
        scene.assert_right_at_once().await;
    }

    scene.assert_short_logs(before);
    scene.assert_nothing_is_lost();
}

#[tokio::test]
async fn sessions_that_the_server_ends_when_they_are_idle() {
    let scene = Scene::start(TestApp::start().await).await;
    scene.world.app.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_session_timeout = ''500ms''', current_database()); END $$",
    );
    scene.network.cut();
    let before = scene.lines();
    let idle = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%runbook%' AND pid <> pg_backend_pid()";

    for _ in 0..3 {
        scene.assert_right_at_once().await;
        wait_until("the end of idle sessions", || scene.world.app.value(idle) == 0);
    }

    scene.assert_short_logs(before);
    scene.assert_nothing_is_lost();
}

#[tokio::test]
async fn connections_that_fall_silent() {
    let scene = Scene::start(TestApp::start().await).await;
    scene.world.wait_for_progress(1);
    assert_eq!(scene.readiness().await, 200);
    let before = scene.lines();

    scene.network.silence();
    wait_until_async("a process that is not ready", async || scene.readiness().await == 503).await;
    wait_until_async("a process that is ready over new connections", async || scene.readiness().await == 200).await;
    cli::run(&scene.network.url(), &["operator", "list"], "").assert_code(0);
    scene.assert_short_logs(before);
    // Some requests wait for the silent database while the processes are asked to stop.
    let operator = scene.operator();
    let waiting: Vec<_> = (0..8)
        .map(|_| {
            let operator = operator.clone();
            tokio::spawn(async move { operator.list_runbooks().await })
        })
        .collect();
    let (mut world, network) = scene.assert_ends();
    waiting.into_iter().for_each(|request| request.abort());

    // What they had in hand is left to whoever comes after their leases.
    network.cut();
    world.app.clock().advance(crate::nodes::LEASE);
    let worker = Process::worker(world.app.database_url());
    crate::nodes::wait_for_workers(&world.app, 1);
    world.wait_for_end();
    worker.stop();
    world.retry_given_up().await;
    world.assert_table_as_undisturbed();
}

#[tokio::test]
async fn a_server_that_takes_no_writes() {
    let scene = Scene::start(TestApp::start().await).await;
    scene.world.wait_for_progress(1);
    let before = scene.lines();
    let set = |setting: &str| {
        let sql = format!("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I {setting}', current_database()); END $$");
        scene.world.app.execute(&sql);
    };

    set("SET default_transaction_read_only = on");
    scene.network.cut();
    wait_until_async("a process that is not ready", async || scene.readiness().await == 503).await;
    let write = async || scene.operator().create_api_token(&token_named("in a fault")).await;
    write().await.assert_problem(503, "unavailable");
    scene.operator().list_runbooks().await.assert_status(200);

    set("RESET default_transaction_read_only");
    // A session keeps what it began with, as one of a server that was demoted does: no connection may stay in use.
    scene.assert_right_at_once().await;
    scene.assert_short_logs(before);
    scene.assert_nothing_is_lost();
}

#[tokio::test]
async fn a_server_that_is_restarted_or_killed() {
    let mut cluster = OwnCluster::start(100);
    let scene = Scene::start(cluster.app().await).await;
    for _ in 0..2 {
        let before = scene.lines();
        cluster.stop_at_once();
        scene.assert_away().await;
        cluster.start_again();
        wait_for_database(&scene.network);
        scene.assert_right_at_once().await;
        scene.assert_short_logs(before);
    }
    scene.world.wait_for_end();
    scene.world.assert_as_undisturbed();
    cluster.stop_at_once();
    let (world, _) = scene.assert_ends();
    cluster.start_again();
    drop(world);
}

#[tokio::test]
async fn a_server_whose_disk_is_full() {
    let scene = Scene::start(TestApp::start().await).await;
    scene.world.wait_for_progress(1);
    let before = scene.lines();
    scene.world.app.execute(
        "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file \"base/1/2\": No space left on device'; END $$",
    );
    for table in ["findings", "audit_logs", "api_tokens"] {
        scene.world.app.execute(&format!(
            "CREATE TRIGGER no_space BEFORE INSERT OR UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION no_space()"
        ));
    }

    let held = format!("SELECT held_reason FROM operation_runs WHERE id = {}", scene.world.run);
    wait_until("a run that is held", || scene.world.app.value(&held) == "database_full");
    scene.operator().create_api_token(&token_named("in a fault")).await.assert_problem(503, "unavailable");
    scene.operator().list_runbooks().await.assert_status(200);
    scene.assert_short_logs(before);

    scene.world.app.execute("DROP FUNCTION no_space() CASCADE");
    scene.assert_right_at_once().await;
    scene.assert_nothing_is_lost();
}
