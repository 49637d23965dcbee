//! Real servers, in directories of their own. These tests run as root and as an ordinary user.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod crashes;
mod refusals;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use tempfile::TempDir;

use super::account::Account;
use super::layout::{Layout, cluster_dir};
use super::predecessor::Predecessor;
use super::{Cluster, Durability, Restart, Settings, default_data_dir};

/// An empty data directory, gone after the test.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::Builder::new().prefix("ta").tempdir_in("/tmp").unwrap())
    }

    fn settings(&self) -> Settings {
        settings(self.0.path())
    }

    fn start(&self) -> Cluster {
        Cluster::start(&self.settings()).unwrap()
    }

    fn account(&self) -> Account {
        Account::choose(&cluster_dir(self.0.path())).unwrap()
    }

    fn pid_file(&self) -> PathBuf {
        cluster_dir(self.0.path()).join("postmaster.pid")
    }

    fn pid(&self) -> i32 {
        fs::read_to_string(self.pid_file()).unwrap().lines().next().unwrap().parse().unwrap()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.0.path().join("postgres.log")).unwrap()
    }
}

fn settings(data_dir: &Path) -> Settings {
    let bin_dir = env::var_os("PG_BIN_DIR").map(PathBuf::from);
    Settings {
        data_dir: data_dir.to_owned(),
        bin_dir,
        durability: Durability::None,
        max_connections: 20,
        restart: Restart::ByNobody,
    }
}

fn run(cluster: &Cluster, sql: &str) -> usize {
    sql_query(sql).execute(&mut PgConnection::establish(cluster.url()).unwrap()).unwrap()
}

#[test]
fn a_second_start_shares_the_server_and_only_the_owner_stops_it() {
    let home = Home::new();
    let first = home.start();
    assert!(first.created() && first.owned());
    run(&first, "CREATE TABLE kept (id int)");

    let second = home.start();
    assert!(!second.created() && !second.owned());
    assert_eq!(second.url(), first.url());
    second.stop().unwrap();
    run(&first, "INSERT INTO kept VALUES (1)");

    first.stop().unwrap();
    assert!(!home.pid_file().exists());
    let again = home.start();
    assert!(!again.created() && again.owned());
    assert_eq!(run(&again, "SELECT * FROM kept"), 1);
}

#[test]
fn simultaneous_starts_agree_on_one_owner() {
    let home = Home::new();
    let clusters: Vec<Cluster> = thread::scope(|scope| {
        let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| home.start())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert_eq!(clusters.iter().filter(|cluster| cluster.owned()).count(), 1);
    assert_eq!(clusters.iter().filter(|cluster| cluster.created()).count(), 1);
    for cluster in &clusters {
        run(cluster, "SELECT 1");
    }
}

#[test]
fn the_server_outlives_the_thread_that_asked_for_it() {
    let home = Home::new();
    let cluster = thread::scope(|scope| scope.spawn(|| home.start()).join().unwrap());
    run(&cluster, "SELECT 1");
    cluster.stop().unwrap();
}

#[test]
fn a_data_directory_with_a_long_name_works() {
    let home = Home::new();
    home.account().give(home.0.path()).unwrap();
    let mut settings = home.settings();
    settings.data_dir = home.0.path().join("long, \"odd\" 100% name ".repeat(5));
    let owner = Cluster::start(&settings).unwrap();
    let sharer = Cluster::start(&settings).unwrap();
    assert!(owner.owned() && !sharer.owned());
    run(&sharer, "SELECT 1");
    let socket_dir = Layout::open(&settings.data_dir, &home.account()).unwrap().socket.dir().to_owned();
    owner.stop().unwrap();
    fs::remove_dir(socket_dir).unwrap();
}

#[test]
fn a_link_to_the_data_directory_is_the_data_directory() {
    let (home, other) = (Home::new(), Home::new());
    let link = other.0.path().join("link");
    std::os::unix::fs::symlink(home.0.path(), &link).unwrap();
    other.account().give(other.0.path()).unwrap();
    let by_link = Cluster::start(&settings(&link)).unwrap();
    assert_eq!(by_link.url(), home.start().url());
}

#[test]
fn a_living_server_is_told_from_a_remembered_one() {
    let home = Home::new();
    let cluster = home.start();
    let layout = Layout::open(home.0.path(), &home.account()).unwrap();
    assert!(Predecessor::of(&layout).unwrap().lives(&layout));
    cluster.stop().unwrap();
    assert!(Predecessor::of(&layout).is_none());
}

/// Worth running from a directory that is closed to others, too.
#[test]
fn the_default_data_directory_can_be_reached() {
    let data_dir = std::path::absolute(default_data_dir()).unwrap();
    let account = Account::choose(&cluster_dir(&data_dir)).unwrap();
    assert_eq!(account.barrier(data_dir.parent().unwrap()), None);
}
