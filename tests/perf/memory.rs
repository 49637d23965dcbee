//! Memory of a process under anonymous connections that ask, one answer after the other, for all that can be compressed: the API
//! document, the files of its page, metrics, problems. Each cell is a process of its own, against what it took idle.

use crate::figures::Figures;
use crate::process::time_start;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Paths that need no credential, or are refused without one.
const PATHS: [&str; 6] = [
    "/openapi.json",
    "/docs/swagger-ui-bundle.js",
    "/docs/swagger-ui.css",
    "/metrics",
    "/problems/not-found",
    "/api/v1/system/tenants",
];
const CODINGS: [&str; 3] = ["br", "gzip", "identity"];
const CONNECTIONS: [usize; 2] = [60, 400];
/// For so long it is asked.
const TIME: Duration = Duration::from_secs(10);

pub fn run() -> Figures {
    let runtime = Runtime::new().expect("a runtime");
    let directory = tempfile::tempdir().expect("a directory");
    let (_, server, _) = time_start(&runtime, directory.path());
    std::thread::sleep(Duration::from_secs(5));
    let idle = server.memory("VmHWM");
    server.stop();
    let mut rows = vec![["idle".to_owned(), String::new(), String::new(), mebibytes(idle), "1.00 ×".to_owned()]];
    for coding in CODINGS {
        for connections in CONNECTIONS {
            let (_, server, address) = time_start(&runtime, directory.path());
            let answers = ask(address, connections, coding);
            let most = server.memory("VmHWM");
            server.stop();
            let ratio = format!("{:.2} ×", most as f64 / idle as f64);
            rows.push([coding.to_owned(), connections.to_string(), answers.to_string(), mebibytes(most), ratio]);
        }
    }
    let mut figures = Figures::new("memory for the asking");
    figures.say(&format!(
        "Anonymous connections that ask for {} in turn, {} seconds long; memory of the process at most, each time a new one, \
         without PostgreSQL's.",
        PATHS.join(", "),
        TIME.as_secs()
    ));
    figures.table(["asked for in", "connections", "answers", "memory at most", "of idle"], &rows);
    figures
}

fn mebibytes(kibibytes: u64) -> String {
    format!("{:.1} MiB", kibibytes as f64 / 1024.0)
}

/// Asks over so many connections, and counts the answers.
fn ask(address: SocketAddr, connections: usize, coding: &'static str) -> usize {
    let (stop, answers) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let client = |number: usize| {
        let (stop, answers) = (stop.clone(), answers.clone());
        std::thread::spawn(move || {
            let mut turn = PATHS.iter().cycle().skip(number % PATHS.len());
            while !stop.load(Ordering::Relaxed) {
                exchange(address, turn.next().expect("a path"), coding);
                answers.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let clients: Vec<_> = (0..connections).map(client).collect();
    std::thread::sleep(TIME);
    stop.store(true, Ordering::Relaxed);
    clients.into_iter().for_each(|client| client.join().expect("a client"));
    answers.load(Ordering::Relaxed)
}

/// Sends one request on a connection of its own, and reads all of its answer.
fn exchange(address: SocketAddr, path: &str, coding: &str) {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {coding}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("to ask");
    let mut room = vec![0; 64 * 1024];
    while stream.read(&mut room).is_ok_and(|read| read > 0) {}
}
