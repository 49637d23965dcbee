//! Many starts at once, from everywhere: as many runs as there are identities, and every row changed once (RUN-04, RB-08).

use crate::length::{Figures, rounds};
use crate::nodes::{Kind, Nodes};
use crate::world::{Size, World};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use support::actor::runbooks::{BACKFILL, all_tenants, reason, single_tenant};
use support::random::Random;
use support::{Actor, Response, TestApp, cli};

/// Starts through two servers.
const REQUESTS: usize = 80;
/// Starts from the command line, among them deploy hooks.
const COMMANDS: usize = 20;

/// Who asks for what, and at which server.
async fn request(operator: Actor, scope: Value) -> Response {
    let preflight = operator.preflight(&scope).await;
    if preflight.status != 200 {
        return preflight;
    }
    let mut body = json!({ "preflight_id": preflight.id(), "scope": scope, "reason": reason() });
    if scope["mode"] == "all_tenants" {
        body["typed_confirmation"] = json!("BACKFILL");
    }
    operator.start_run(BACKFILL, &body).await
}

fn command(world: &World, tenant: Option<&str>, is_hook: bool) -> Child {
    let mut command = cli::command(world.app.database_url());
    match (tenant, is_hook) {
        (_, true) => command.arg("deploy-runbooks"),
        (Some(tenant), _) => command.args(["findings", "backfill-lifecycle", "--tenant", tenant]),
        (None, _) => command.args(["findings", "backfill-lifecycle", "--all-tenants", "--confirm", "BACKFILL"]).args([
            "--reason-code",
            "INCIDENT",
            "--reason",
            "Many at once.",
        ]),
    };
    command.args(["--json"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What all of them may ask for.
#[derive(Clone, Copy, Debug)]
enum Mix {
    All,
    Single,
    Both,
}

/// A hundred starts at once; the numbers of the runs that they were told of.
async fn start_together(world: &World, servers: &[SocketAddr], mix: Mix, random: &mut Random) -> Vec<i64> {
    let tenants = world.app.rows("SELECT id, external_id FROM allowed_tenants ORDER BY id LIMIT 5");
    let mut pick = || match mix {
        Mix::All => None,
        Mix::Single => Some(&tenants[random.below(tenants.len())]),
        Mix::Both => random.chance(50).then(|| &tenants[0]),
    };
    let requests: Vec<_> = (0..REQUESTS)
        .map(|n| {
            let scope = pick().map_or_else(all_tenants, |tenant| single_tenant(tenant["id"].as_i64().unwrap()));
            tokio::spawn(request(world.operator.at(servers[n % servers.len()]), scope))
        })
        .collect();
    let commands: Vec<Child> = (0..COMMANDS)
        .map(|n| {
            let tenant = pick().map(|tenant| tenant["external_id"].as_str().unwrap());
            command(world, tenant, tenant.is_none() && n % 2 == 0)
        })
        .collect();
    let mut runs = Vec::new();
    for answer in requests {
        let answer = answer.await.unwrap();
        match answer.status {
            200 | 201 => runs.push(answer.id()),
            // Too many at once for the pools of two servers, or too late: everything is done.
            503 => assert!(answer.header("retry-after").is_some()),
            _ => assert_eq!(answer.body["code"], "nothing-to-do", "{}", answer.text),
        }
    }
    for command in commands {
        let ended = command.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    runs
}

async fn start(world: &mut World, mixes: &[Mix]) {
    let (mut random, mut figures) = (Random::announced(), Figures::of("a hundred starts at once"));
    let mut nodes = Nodes::start(world, &[Kind::Worker, Kind::Server, Kind::Server]);
    nodes.wait_until_ready(world);
    let servers = nodes.wait_for_addresses();
    for mix in mixes.iter().cycle().take(mixes.len() * rounds()) {
        world.restore();
        world.operator = world.app.operator().await;
        let last = world.app.value("SELECT coalesce(max(id), 0) FROM operation_runs").as_i64().unwrap();
        let told = start_together(world, &servers, *mix, &mut random).await;
        world.wait_until_idle();

        let made = world.app.rows(&format!("SELECT id, outcome, tenant_id FROM operation_runs WHERE id > {last}"));
        assert!(!made.is_empty(), "{mix:?}: nobody started anything");
        assert!(told.iter().all(|id| made.iter().any(|run| run["id"] == *id)), "{mix:?}: {told:?} instead of {made:?}");
        assert!(made.iter().all(|run| run["outcome"] == "succeeded"), "{made:?}");
        figures.add("starts", i64::try_from(REQUESTS + COMMANDS).unwrap());
        figures.add("runs", i64::try_from(made.len()).unwrap());
        if matches!(mix, Mix::Single) {
            // What nobody asked for is left; now it is asked for.
            world.operator.start_backfill_of_all().await.assert_status(201);
            world.wait_until_idle();
        }
        assert_eq!(world.updated_since(last + 1), world.affected, "{mix:?}: every row counts once");
        world.assert_table_as_undisturbed();
    }
    let met = world
        .app
        .value("SELECT count(*) FROM audit_logs WHERE action = 'platform.ops.runbooks.start' AND outcome = 'deduplicated'");
    assert!(met.as_i64() > Some(0), "no start met an active run");
    figures.add("starts that met an active run", met.as_i64().unwrap());
    nodes.stop(world);
}

#[tokio::test]
async fn a_hundred_starts_at_once_over_all_tenants_over_single_ones_and_over_both_change_every_row_once() {
    let size = Size { large: 5, findings: 800, small: 10, moment: 0.05 };
    let mut world = World::prepare(TestApp::start().await, size).await;
    start(&mut world, &[Mix::All, Mix::Single, Mix::Both]).await;
}
