//! What a request costs: authentication, rate limiting and idempotency beside a list, and the list itself asked for by
//! 1, 16 and 64 clients, and by more than the server takes.

use crate::cluster::{Cluster, Database};
use crate::figures::Figures;
use crate::installation::{self, EMAIL, PASSWORD, Process};
use crate::legacy::{self, SEEDED};
use crate::settings;
use crate::statistics::{longest, median, quantile, rate, ratio};
use reqwest::{Method, RequestBuilder};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};
use support::Actor;
use support::actor::Credential;
use support::actor::controls::{RESTORE, global_pause};
use tenantatlas::auth::routes::{Authentication, Carrier};
use tenantatlas::http::rate_limit::RateLimits;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// More clients than may wait for a connection.
const TOO_MANY: usize = 512;
/// People who share the connections.
const PEOPLE: usize = 16;
const LIST: &str = "/api/v1/system/tenants";
const ME: &str = "/api/v1/system/auth/me";

/// A server with a limit, and an operator with every capability.
struct Served {
    server: Process,
    operator: Actor,
}

/// A request of some kind; told how many came before.
type Kind<'a> = (&'a str, &'a dyn Fn(usize) -> RequestBuilder);

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
    let get = |caller: &Actor, path: &'static str| {
        let caller = caller.clone();
        move |_| caller.request(Method::GET, path)
    };
    let pause = |number: Option<usize>| {
        let request = limited.operator.request(Method::POST, &format!("/api/v1/system/ops/controls/{RESTORE}/pause"));
        let keyed = number.iter().fold(request, |request, number| request.header("Idempotency-Key", format!("key-{number}")));
        keyed.json(&global_pause())
    };
    let mut figures = Figures::new("what a request costs");
    figures.say(&format!(
        "One process of the release binary, the client on the same machine, lists of 50 tenants. {requests} requests of each kind, \
         one after the other and of each kind in turn."
    ));
    let lists: [Kind; 6] = [
        ("list, session, rate limiting off", &get(&free.operator, LIST)),
        ("list, session", &get(&limited.operator, LIST)),
        ("list, API token", &get(&program, LIST)),
        ("`/auth/me`, session: nothing but authentication", &get(&limited.operator, ME)),
        ("`/auth/me`, API token", &get(&program, ME)),
        ("`/healthz`: no credential, no database", &get(&limited.operator, "/healthz")),
    ];
    let medians = in_turn(&runtime, requests, &lists);
    figures.table(["request", "median", "of the first"], &beside_the_first(&lists, &medians));
    let [_, list, _, me, _, nothing] = medians[..] else { unreachable!("as many medians as kinds") };
    figures.say("What is added to a list; wanted is a tenth of it at most.");
    let added = |what: &str, time: Duration| [what.to_owned(), format!("{time:.1?}"), format!("{:.4} ×", ratio(time, list))];
    figures.table(
        ["added", "time", "of a list, session"],
        &[
            added("authentication: `/auth/me` less `/healthz`", me.saturating_sub(nothing)),
            added("counting against the limit, in process", counting()),
        ],
    );
    let pauses: [Kind; 2] = [
        ("pause of a control", &|_| pause(None)),
        ("the same with an Idempotency-Key, each a new one", &|number| pause(Some(number))),
    ];
    let medians = in_turn(&runtime, requests / 4, &pauses);
    figures.table(["request", "median", "of the first"], &beside_the_first(&pauses, &medians));
    figures.say(&format!(
        "The list asked for by several at once, by one person and by {PEOPLE} in turn, then by more than may wait for a connection:"
    ));
    let people: Vec<Actor> = (0..PEOPLE).map(|number| another_operator(&runtime, &database, &free, number)).collect();
    let alone = [free.operator.clone()];
    let measured = [(1, &alone[..]), (16, &alone), (64, &alone), (16, &people), (64, &people), (TOO_MANY, &people)];
    let rows = measured.map(|(clients, people)| at_once(&runtime, &free, people, clients, requests * 2));
    figures.table(["clients", "people", "lists/s", "median", "p99", "429 or 503", "longest of those", "memory"], &rows);
    figures
}

/// Sends and reads to the end; its status, and how long that took.
async fn time(request: RequestBuilder) -> (u16, Duration) {
    let begun = Instant::now();
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    answer.bytes().await.expect("a body");
    (status, begun.elapsed())
}

/// One count of a request by its address.
fn counting() -> Duration {
    const COUNTS: u32 = 1_000_000;
    let limits = RateLimits::new(NonZeroU32::new(1_000_000));
    let begun = Instant::now();
    for _ in 0..COUNTS {
        let _ = std::hint::black_box(limits.count(&Authentication::Nobody, Carrier::Header, Some("192.0.2.1")));
    }
    begun.elapsed() / COUNTS
}

/// Medians of each kind, sent in turn, so that what else the machine does meets all alike.
fn in_turn(runtime: &Runtime, rounds: usize, kinds: &[Kind<'_>]) -> Vec<Duration> {
    let mut times = vec![Vec::with_capacity(rounds); kinds.len()];
    for round in 0..rounds {
        for ((what, request), times) in kinds.iter().zip(&mut times) {
            let (status, time) = runtime.block_on(time(request(round)));
            assert!(matches!(status, 200 | 201), "{what} answered {status}");
            times.push(time);
        }
    }
    times.iter().map(|times| median(times)).collect()
}

fn beside_the_first(kinds: &[Kind<'_>], medians: &[Duration]) -> Vec<[String; 3]> {
    let row = |((what, _), time): (&Kind<'_>, &Duration)| {
        [(*what).to_owned(), format!("{time:.1?}"), format!("{:.2} ×", ratio(*time, medians[0]))]
    };
    kinds.iter().zip(medians).map(row).collect()
}

/// An operator who may list tenants, signed in.
fn another_operator(runtime: &Runtime, database: &Database, served: &Served, number: usize) -> Actor {
    let email = format!("perf{number}@example.com");
    let mut create = vec!["operator", "create", "--email", &email, "--name", "Perf", "--password-stdin"];
    support::app::all_capabilities().iter().for_each(|capability| create.extend(["--capability", capability]));
    installation::complete(installation::command(database, &create), PASSWORD);
    runtime.block_on(served.operator.with_credential(Credential::None).signed_in(&email, PASSWORD))
}

fn at_once(runtime: &Runtime, served: &Served, people: &[Actor], clients: usize, requests: usize) -> [String; 8] {
    let each = requests.div_ceil(clients);
    let begun = Instant::now();
    let times: Vec<(u16, Duration)> = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for client in 0..clients {
            let caller = people[client % people.len()].clone();
            tasks.spawn(async move {
                let mut times = Vec::with_capacity(each);
                for _ in 0..each {
                    times.push(time(caller.request(Method::GET, LIST)).await);
                }
                times
            });
        }
        tasks.join_all().await.into_iter().flatten().collect()
    });
    let took = begun.elapsed();
    let of = |wanted: &[u16]| -> Vec<Duration> {
        times.iter().filter(|(status, _)| wanted.contains(status)).map(|(_, time)| *time).collect()
    };
    let (answered, refused) = (of(&[200]), of(&[429, 503]));
    assert_eq!(answered.len() + refused.len(), times.len(), "only 200, 429 and 503 are expected");
    [
        clients.to_string(),
        people.len().to_string(),
        format!("{:.0}", rate(answered.len(), took)),
        format!("{:.1?}", median(&answered)),
        format!("{:.1?}", quantile(&answered, 0.99)),
        format!("{} of {}", refused.len(), times.len()),
        if refused.is_empty() { "–".to_owned() } else { format!("{:.1?}", longest(&refused)) },
        format!("{:.1} MiB", served.server.memory("VmRSS") as f64 / 1024.0),
    ]
}
