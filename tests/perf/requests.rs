//! What a request costs: authentication, rate limiting and idempotency beside a list, and the list itself asked for by
//! `PERF_CLIENTS` (1, 16, 64) and by more than the server takes.

use crate::cluster::Cluster;
use crate::figures::Figures;
use crate::installation::{self, EMAIL, PASSWORD, Process};
use crate::legacy::{self, SEEDED};
use crate::settings;
use crate::statistics::median;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use support::Actor;
use support::actor::controls::{RESTORE, global_pause};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// More clients than may wait for a connection.
const TOO_MANY: usize = 512;

/// A server with this limit, and an operator with every capability.
struct Served {
    server: Process,
    operator: Actor,
}

pub fn run() -> Figures {
    let requests = settings::number("PERF_REQUESTS", 4_000);
    let runtime = Runtime::new().expect("a runtime");
    let cluster = Cluster::start();
    legacy::seed(&cluster, settings::number("PERF_TENANTS", 100) * 10, settings::number("PERF_TENANTS", 100));
    let database = cluster.copy(SEEDED, "measured");
    let mut create = vec!["operator", "create", "--email", EMAIL, "--name", "Perf", "--password-stdin"];
    support::app::all_capabilities().iter().for_each(|capability| create.extend(["--capability", capability]));
    installation::complete(installation::command(&database, &create), PASSWORD);
    let serve = |limit: &str| {
        let mut serve = installation::command(&database, &["serve", "--no-worker"]);
        serve.env("TENANTATLAS_LISTEN", "127.0.0.1:0").env("TENANTATLAS_RATE_LIMIT", limit);
        let mut server = Process::start(serve);
        let address: SocketAddr = server.wait_for_line("TenantAtlas listens on http://").parse().expect("an address");
        Served { server, operator: runtime.block_on(Actor::anonymous(address).signed_in(EMAIL, PASSWORD)) }
    };
    let (limited, free) = (serve("1000000"), serve("off"));
    let program = runtime.block_on(limited.operator.program(&["platform.access_system_panel"]));
    let mut figures = Figures::new("what a request costs");
    figures.say(&format!(
        "One process of the release binary, {requests} requests of each kind, the client on the same machine. One after the other:"
    ));
    let one = |what: &str, caller: &Actor, path: &str| {
        let time = runtime.block_on(one_by_one(caller, path, requests));
        [what.to_owned(), format!("{time:.1?}")]
    };
    let list = "/api/v1/system/tenants";
    figures.table(
        ["request", "median"],
        &[
            one("`/healthz`: no credential, no database", &limited.operator, "/healthz"),
            one("`/auth/me` with a session: nothing but authentication", &limited.operator, "/api/v1/system/auth/me"),
            one("`/auth/me` with an API token", &program, "/api/v1/system/auth/me"),
            one("list of tenants, session", &limited.operator, list),
            one("list of tenants, API token", &program, list),
            one("list of tenants, session, rate limiting off", &free.operator, list),
            pause(&runtime, &limited.operator, requests / 10, false),
            pause(&runtime, &limited.operator, requests / 10, true),
        ],
    );
    figures.say("The list asked for by several at once, then by more than may wait for a connection:");
    let mut rows = Vec::new();
    for clients in [1, 16, 64, TOO_MANY] {
        rows.push(at_once(&runtime, &free, list, clients, requests));
    }
    figures.table(["clients", "answers/s", "median", "p99", "503", "memory now"], &rows);
    figures
}

async fn one_by_one(caller: &Actor, path: &str, requests: usize) -> Duration {
    let mut times = Vec::with_capacity(requests);
    for _ in 0..requests {
        let begun = Instant::now();
        caller.get(path).await.assert_status(200);
        times.push(begun.elapsed());
    }
    median(&times)
}

/// A pause that is changed again and again, each request with a key of its own or with none.
fn pause(runtime: &Runtime, operator: &Actor, requests: usize, with_key: bool) -> [String; 2] {
    let mut times = Vec::with_capacity(requests);
    for number in 0..requests {
        let caller = if with_key { operator.with_header("idempotency-key", &format!("key-{number}")) } else { operator.clone() };
        let begun = Instant::now();
        let answer = runtime.block_on(caller.pause_control(RESTORE, &global_pause()));
        times.push(begun.elapsed());
        assert!(matches!(answer.status, 200 | 201), "{}", answer.text);
    }
    let what = if with_key { "pause of a control with an Idempotency-Key" } else { "pause of a control" };
    [what.to_owned(), format!("{:.1?}", median(&times))]
}

fn at_once(runtime: &Runtime, served: &Served, path: &'static str, clients: usize, requests: usize) -> [String; 6] {
    let each = requests.div_ceil(clients);
    let begun = Instant::now();
    let mut times: Vec<(u16, Duration)> = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..clients {
            let caller = served.operator.clone();
            tasks.spawn(async move {
                let mut times = Vec::with_capacity(each);
                for _ in 0..each {
                    let begun = Instant::now();
                    times.push((caller.get(path).await.status, begun.elapsed()));
                }
                times
            });
        }
        tasks.join_all().await.into_iter().flatten().collect()
    });
    let took = begun.elapsed();
    let refused = times.iter().filter(|(status, _)| *status == 503).count();
    assert!(times.iter().all(|(status, _)| matches!(status, 200 | 503)), "only 200 and 503 are expected");
    times.sort_by_key(|(_, time)| *time);
    let at = |share: usize| times[(times.len() - 1) * share / 100].1;
    [
        clients.to_string(),
        format!("{:.0}", times.len() as f64 / took.as_secs_f64()),
        format!("{:.1?}", at(50)),
        format!("{:.1?}", at(99)),
        format!("{refused} of {}", times.len()),
        format!("{:.1} MiB", served.server.memory("VmRSS") as f64 / 1024.0),
    ]
}
