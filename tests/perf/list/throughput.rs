//! Lists a second over HTTP, against pgbench with the SQL that the list sends.

use crate::cluster::Database;
use crate::figures::Figures;
use crate::installation::Installation;
use crate::pgbench::{complete, program, statement_sent};
use std::process::Command;
use std::time::{Duration, Instant};
use support::actor::SYSTEM;

/// Connections at once, on both sides.
const CONNECTIONS: usize = 8;
/// Measured for so long, each.
const SECONDS: u64 = 10;

pub fn measure(figures: &mut Figures, installation: &Installation, database: &Database) {
    let mut rows = Vec::new();
    for limit in [50, 10] {
        let path = format!("{SYSTEM}/ops/runs?limit={limit}");
        let statement = statement_of(installation, database, &path);
        let (mut http, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..crate::settings::rounds() {
            http.push(requests(installation, &path));
            bare.push(pgbench(database, &statement));
        }
        let [http, bare] = [http, bare].map(|mut rates| {
            rates.sort_by(f64::total_cmp);
            rates[rates.len() / 2]
        });
        println!("pages of {limit}: {http:.0} requests/s, pgbench {bare:.0}/s");
        rows.push([limit.to_string(), format!("{http:.0}"), format!("{bare:.0}"), format!("{:.2}", http / bare)]);
    }
    figures.say(&format!(
        "First pages over {CONNECTIONS} kept connections for {SECONDS} s, against `pgbench -M prepared` with the statement that the \
         list sends and as many connections. A request also looks up the session, and renders JSON."
    ));
    figures.table(["page", "requests/s", "pgbench/s", "ratio"], &rows);
}

/// The statement that the list sends; without filters and cursor it has no values.
fn statement_of(installation: &Installation, database: &Database, path: &str) -> String {
    statement_sent(database, "%page JOIN operation_runs r%", || _ = installation.time_get(path))
}

fn requests(installation: &Installation, path: &str) -> f64 {
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let begun = Instant::now();
    let done: usize = installation.runtime.block_on(async {
        let client = |_| {
            let (operator, path) = (installation.operator.clone(), path.to_owned());
            tokio::spawn(async move {
                let mut done = 0;
                while Instant::now() < until {
                    let response = operator.request(reqwest::Method::GET, &path).send().await.expect("an answer");
                    assert_eq!(response.status(), 200);
                    response.bytes().await.expect("a body");
                    done += 1;
                }
                done
            })
        };
        let clients: Vec<_> = (0..CONNECTIONS).map(client).collect();
        let mut sum = 0;
        for client in clients {
            sum += client.await.expect("a client");
        }
        sum
    });
    done as f64 / begun.elapsed().as_secs_f64()
}

fn pgbench(database: &Database, statement: &str) -> f64 {
    let script = tempfile::NamedTempFile::new().expect("a script");
    std::fs::write(script.path(), format!("{};\n", statement.replace('\n', " "))).expect("a script");
    let connections = CONNECTIONS.to_string();
    let mut command = Command::new(program("pgbench"));
    command.args(["-n", "-M", "prepared", "-j", "2", "-c", &connections, "-T", &SECONDS.to_string(), "-f"]);
    let text = complete(command.arg(script.path()).arg(&database.url));
    let tps = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    tps.unwrap_or_else(|| panic!("pgbench said: {text}"))
}
