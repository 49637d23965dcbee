//! A PostgreSQL of the test's own, which it may stop and fill up.

use crate::process::{send_signal, wait_until};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::Value;
use std::path::Path;
use support::TestApp;
use support::postgres::{data_root, settings};
use tempfile::TempDir;
use tenantatlas::db::embedded::{Cluster, Durability, Restart, Settings};

pub struct OwnCluster {
    // Dropped in this order: the server ends before its files go.
    running: Option<Cluster>,
    settings: Settings,
    _directory: TempDir,
}

impl OwnCluster {
    /// One that keeps what it has committed, as in production.
    pub fn start(max_connections: u32) -> Self {
        Self::start_kept(max_connections, Restart::ByNobody)
    }

    /// One whose end by itself is dealt with as told.
    pub fn start_kept(max_connections: u32, restart: Restart) -> Self {
        let directory = tempfile::Builder::new().prefix("tenantatlas-faults-").tempdir_in(data_root()).unwrap();
        let settings =
            Settings { durability: Durability::Full, max_connections, restart, ..settings(directory.path().join("data")) };
        let running = Some(Cluster::start(&settings).expect("a PostgreSQL"));
        Self { running, settings, _directory: directory }
    }

    /// The product over a database of it.
    pub async fn app(&self) -> TestApp {
        TestApp::builder().database_server(self.running.as_ref().expect("a running server").url()).start().await
    }

    /// Writes the plan of every statement into its log from now on, and leaves statistics as they are.
    pub fn explain_all(&self) {
        let mut conn = support::postgres::connect(self.running.as_ref().expect("a running server").url());
        for statement in [
            "LOAD 'auto_explain'",
            "ALTER SYSTEM SET session_preload_libraries = 'auto_explain'",
            "ALTER SYSTEM SET auto_explain.log_min_duration = 0",
            "ALTER SYSTEM SET auto_explain.log_format = 'json'",
            "ALTER SYSTEM SET autovacuum = off",
            "SELECT pg_reload_conf()",
        ] {
            conn.batch_execute(statement).unwrap();
        }
    }

    /// The plans so far, in order.
    pub fn plans(&self) -> Vec<Value> {
        let log = std::fs::read_to_string(self.settings.data_dir.join("postgres.log")).unwrap();
        let lines = |text: &str| text.lines().skip(1).take_while(|line| line.starts_with('\t')).collect::<String>();
        log.split(" plan:").skip(1).map(lines).filter_map(|plan| serde_json::from_str(&plan).ok()).collect()
    }

    /// Stops it in the mode `immediate`: every session ends where it is, and nothing is put in order.
    pub fn stop_at_once(&mut self) {
        let cluster = self.running.take().expect("a running server");
        let file = self.settings.data_dir.join("postgres").join("postmaster.pid");
        send_signal("QUIT", postmaster(&file).unwrap());
        wait_until("the end of PostgreSQL", || !file.exists());
        drop(cluster);
    }

    /// Starts it again; it recovers from its log.
    pub fn start_again(&mut self) {
        self.running = Some(Cluster::start(&self.settings).expect("PostgreSQL again"));
    }

    /// Ends it as the kernel does when memory is short, and waits until it has been started again.
    pub fn kill_and_wait_for_restart(&self) {
        let file = self.settings.data_dir.join("postgres").join("postmaster.pid");
        let killed = postmaster(&file).unwrap();
        send_signal("KILL", killed);
        let url = self.running.as_ref().expect("a running server").url();
        wait_until("PostgreSQL again", || {
            postmaster(&file).is_some_and(|id| id != killed) && PgConnection::establish(url).is_ok()
        });
    }
}

fn postmaster(file: &Path) -> Option<u32> {
    std::fs::read_to_string(file).ok()?.lines().next()?.trim().parse().ok()
}
