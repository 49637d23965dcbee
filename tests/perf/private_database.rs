//! An outage of the private PostgreSQL: from the death of its process, or of the process that owns it, until it answers again, and
//! until `/readyz` says so; against a start of the product over the same data directory.

use crate::figures::Figures;
use crate::installation::wait_until;
use crate::process::time_start;
use crate::statistics::{longest, median, ratio};
use diesel::{Connection, PgConnection};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use support::Actor;
use tokio::runtime::Runtime;

/// Times that each is measured.
const ROUNDS: usize = 7;
/// Longer than an owner remembers trouble, so that each restart is the first, and than `/readyz` remembers what it has said.
const QUIET: Duration = Duration::from_secs(11);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(1);

pub fn run() -> Figures {
    let runtime = Runtime::new().expect("a runtime");
    let directory = tempfile::tempdir().expect("a directory");
    let (first, server, _) = time_start(&runtime, directory.path());
    server.stop();
    let starts: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let (time, server, _) = time_start(&runtime, directory.path());
            server.stop();
            time
        })
        .collect();
    let (_, mut owner, address) = time_start(&runtime, directory.path());
    let mut restarts = Vec::new();
    for _ in 0..ROUNDS {
        let kill = |postmaster: u32| signal("KILL", postmaster);
        restarts.push(time_outage(&runtime, directory.path(), address, kill));
    }
    let mut take_overs = Vec::new();
    for _ in 0..ROUNDS {
        let (_, sharer, address) = time_start(&runtime, directory.path());
        take_overs.push(time_outage(&runtime, directory.path(), address, |_| drop(owner)));
        owner = sharer;
    }
    owner.stop();
    let mut figures = Figures::new("a private PostgreSQL that dies");
    figures.say(&format!(
        "`serve` with its worker, an idle database, {ROUNDS} times each, medians. The ratio is that of `/readyz` to a start of the \
         product over the data directory after a clean stop; the first start, which makes it, took {first:.2?}. `/readyz` repeats \
         for a second what it has found out."
    ));
    let row = |name: &str, outages: &[Outage]| {
        let (answers, ready) = (pick(outages, |outage| outage.answers), pick(outages, |outage| outage.is_ready));
        let at_most = format!("{:.2?}, {:.2?}", longest(&answers), longest(&ready));
        let of_a_start = format!("{:.2} ×", ratio(median(&ready), median(&starts)));
        [name.to_owned(), format!("{:.2?}", median(&answers)), format!("{:.2?}", median(&ready)), at_most, of_a_start]
    };
    let start =
        ["a start of the product", "", &format!("{:.2?}", median(&starts)), &format!("{:.2?}", longest(&starts)), "1.00 ×"];
    figures.table(
        ["after", "PostgreSQL answers", "`/readyz` is 200", "at most", "of a start"],
        &[
            start.map(ToOwned::to_owned),
            row("SIGKILL of PostgreSQL", &restarts),
            row("SIGKILL of its owner, for one that shares", &take_overs),
        ],
    );
    figures
}

/// Time since its cause.
struct Outage {
    answers: Duration,
    is_ready: Duration,
}

fn pick(outages: &[Outage], time: impl Fn(&Outage) -> Duration) -> Vec<Duration> {
    outages.iter().map(time).collect()
}

/// Causes an outage, and waits for its end.
fn time_outage(runtime: &Runtime, directory: &Path, address: SocketAddr, cause: impl FnOnce(u32)) -> Outage {
    std::thread::sleep(QUIET);
    let url = format!("postgresql:///tenantatlas?host={}&user=tenantatlas", directory.join("run").display());
    let anybody = Actor::anonymous(address);
    let former = postmaster(directory).expect("a PostgreSQL");
    let begun = Instant::now();
    cause(former);
    wait_until(LOOK, || postmaster(directory).is_some_and(|id| id != former) && PgConnection::establish(&url).is_ok());
    let answers = begun.elapsed();
    wait_until(LOOK, || runtime.block_on(anybody.readyz()).status == 200);
    Outage { answers, is_ready: begun.elapsed() }
}

fn postmaster(directory: &Path) -> Option<u32> {
    std::fs::read_to_string(directory.join("postgres/postmaster.pid")).ok()?.lines().next()?.trim().parse().ok()
}

fn signal(name: &str, id: u32) {
    let sent = std::process::Command::new("kill").args([format!("-{name}"), id.to_string()]).status().expect("kill");
    assert!(sent.success(), "{name} could not be sent");
}
