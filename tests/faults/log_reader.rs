//! The reader of the log is gone, or does not read: the product goes on, and the lines are counted (API-04).

use crate::process::{LIMIT, send_signal, wait_until};
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, ChildStderr, Stdio};
use std::time::{Duration, Instant};
use support::{Actor, TestApp, cli};

/// A server of which somebody may read the log.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts one that says a lot, and hands out the end of the pipe that its log comes out of.
    fn start(app: &TestApp) -> (Self, ChildStderr) {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let mut process = cli::command(app.database_url())
            .arg("serve")
            .env("TENANTATLAS_LISTEN", address.to_string())
            .env("TENANTATLAS_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary");
        drop(process.stdout.take());
        let log = process.stderr.take().unwrap();
        (Self { process, address }, log)
    }

    async fn wait_until_it_listens(&mut self) {
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(self.address).await.is_err() {
            assert!(self.process.try_wait().unwrap().is_none(), "the server has ended");
            assert!(begun.elapsed() < LIMIT, "the server does not listen");
        }
    }

    async fn dropped_lines(&self) -> u64 {
        let metrics = Actor::anonymous(self.address).metrics().await.assert_status(200).text;
        metrics.lines().find_map(|line| line.strip_prefix("log_lines_dropped_total ")).unwrap().parse().unwrap()
    }

    /// Asks until lines are dropped, which is when pipe and buffer are full.
    async fn fill_the_pipe(&self) {
        let begun = Instant::now();
        while self.dropped_lines().await == 0 {
            assert!(begun.elapsed() < LIMIT, "the pipe does not fill");
        }
    }

    async fn assert_it_answers(&self, operator: &Actor) {
        for _ in 0..20 {
            let visitor = Actor::anonymous(self.address);
            visitor.healthz().await.assert_status(200);
            visitor.readyz().await.assert_status(200);
            operator.at(self.address).list_tenants("").await.assert_status(200);
            visitor.at(self.address).me().await.assert_status(401);
        }
    }

    fn assert_it_ends_well(mut self) {
        let begun = Instant::now();
        send_signal("TERM", self.process.id());
        wait_until("the end of the process", || self.process.try_wait().unwrap().is_some());
        assert!(begun.elapsed() < Duration::from_secs(5), "it took {:?}", begun.elapsed());
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_reader_that_is_gone_from_the_start_on_stops_nothing() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let (mut server, log) = Server::start(&app);
    drop(log);
    server.wait_until_it_listens().await;

    server.assert_it_answers(&operator).await;

    assert!(server.dropped_lines().await > 0);
    server.assert_it_ends_well();
}

#[tokio::test]
async fn a_reader_that_goes_stops_nothing() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let (mut server, log) = Server::start(&app);
    let mut log = BufReader::new(log);
    server.wait_until_it_listens().await;
    assert!(log.read_line(&mut String::new()).unwrap() > 0);
    drop(log);

    server.assert_it_answers(&operator).await;

    assert!(server.dropped_lines().await > 0);
    server.assert_it_ends_well();
}

#[tokio::test]
async fn a_reader_that_sleeps_stops_nothing() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let (mut server, log) = Server::start(&app);
    server.wait_until_it_listens().await;
    server.fill_the_pipe().await;

    server.assert_it_answers(&operator).await;

    server.assert_it_ends_well();
    drop(log);
}

#[tokio::test]
async fn a_reader_that_wakes_is_told_once_how_much_it_has_missed() {
    let app = TestApp::start().await;
    let (mut server, mut log) = Server::start(&app);
    server.wait_until_it_listens().await;
    server.fill_the_pipe().await;

    let read = std::thread::spawn(move || {
        let mut text = Vec::new();
        log.read_to_end(&mut text).unwrap();
        String::from_utf8_lossy(&text).into_owned()
    });
    server.assert_it_answers(&app.operator().await).await;
    let dropped = server.dropped_lines().await;
    server.assert_it_ends_well();

    let text = read.join().unwrap();
    let told: Vec<u64> = text
        .lines()
        .filter(|line| line.contains("log lines were dropped"))
        .map(|line| line.rsplit("lines=").next().unwrap().parse().unwrap())
        .collect();
    // The rest, if there is one, at the end.
    assert!((1..=2).contains(&told.len()) && told.iter().sum::<u64>() >= dropped, "{told:?} of {dropped}");
}
