//! Real servers, in directories of their own. These tests run as root and as an ordinary user.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use tempfile::TempDir;

use super::account::Account;
use super::layout::{Layout, cluster_dir};
use super::predecessor::Predecessor;
use super::{Cluster, ClusterError, Durability, Settings, default_data_dir, os};

const OWNER_VARIABLE: &str = "TENANTATLAS_TEST_OWNER_OF";

/// An empty data directory, gone after the test.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(
            tempfile::Builder::new()
                .prefix("ta")
                .tempdir_in("/tmp")
                .unwrap(),
        )
    }

    fn settings(&self) -> Settings {
        settings(self.0.path())
    }

    fn start(&self) -> Cluster {
        Cluster::start(&self.settings()).unwrap()
    }

    fn refused(&self, change: impl FnOnce(&mut Settings)) -> String {
        let mut settings = self.settings();
        change(&mut settings);
        Cluster::start(&settings)
            .expect_err("it started")
            .to_string()
    }

    fn account(&self) -> Account {
        Account::choose(&cluster_dir(self.0.path())).unwrap()
    }

    fn pid_file(&self) -> PathBuf {
        cluster_dir(self.0.path()).join("postmaster.pid")
    }

    fn pid(&self) -> i32 {
        fs::read_to_string(self.pid_file())
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .parse()
            .unwrap()
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
    }
}

fn run(cluster: &Cluster, sql: &str) -> usize {
    sql_query(sql)
        .execute(&mut PgConnection::establish(cluster.url()).unwrap())
        .unwrap()
}

fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < deadline, "not within a minute: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A process of another kind, of the user that PostgreSQL runs as.
fn bystander(account: &Account) -> Child {
    let mut command = Command::new("sleep");
    command.arg("600").current_dir("/");
    account.run(&mut command);
    command.spawn().unwrap()
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
        starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect()
    });
    assert_eq!(clusters.iter().filter(|cluster| cluster.owned()).count(), 1);
    assert_eq!(
        clusters.iter().filter(|cluster| cluster.created()).count(),
        1
    );
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
fn a_killed_server_is_started_again_with_its_data() {
    let home = Home::new();
    let settings = Settings {
        durability: Durability::Full,
        ..home.settings()
    };
    let cluster = Cluster::start(&settings).unwrap();
    run(&cluster, "CREATE TABLE kept AS SELECT 1");
    os::signal(home.pid(), libc::SIGKILL).unwrap();
    drop(cluster);

    let again = Cluster::start(&settings).unwrap();
    assert!(again.owned() && !again.created());
    assert_eq!(run(&again, "SELECT * FROM kept"), 1);
}

#[test]
fn a_number_that_passed_to_another_process_does_not_prevent_a_start() {
    let home = Home::new();
    let cluster = home.start();
    let remembered = fs::read_to_string(home.pid_file()).unwrap();
    os::signal(home.pid(), libc::SIGKILL).unwrap();
    drop(cluster);
    let mut bystander = bystander(&home.account());
    let rest = remembered.split_once('\n').unwrap().1;
    fs::write(home.pid_file(), format!("{}\n{rest}", bystander.id())).unwrap();

    let again = Cluster::start(&home.settings());
    let unharmed = bystander.try_wait().unwrap().is_none();
    bystander.kill().unwrap();
    bystander.wait().unwrap();
    assert!(again.unwrap().owned() && unharmed);
}

#[test]
fn an_empty_pid_file_does_not_prevent_a_start() {
    let home = Home::new();
    home.start().stop().unwrap();
    fs::write(home.pid_file(), "").unwrap();
    home.account().give(&home.pid_file()).unwrap();
    assert!(home.start().owned());
}

/// Not a test of its own: the process that the next one kills.
#[test]
fn owner_in_another_process() {
    let Some(data_dir) = env::var_os(OWNER_VARIABLE) else {
        return;
    };
    let _cluster = Cluster::start(&settings(Path::new(&data_dir))).unwrap();
    loop {
        thread::park();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_owner_takes_its_server_along_and_the_next_start_waits_for_it() {
    let home = Home::new();
    let mut owner = Command::new(env::current_exe().unwrap())
        .args(["--exact", "db::embedded::tests::owner_in_another_process"])
        .env(OWNER_VARIABLE, home.0.path())
        .spawn()
        .unwrap();
    eventually("the other process owns a server", || {
        // While it starts, this may only look: a start of ours could become the owner.
        home.0.path().join("postgres.lock").exists()
            && fs::read_to_string(home.pid_file()).is_ok_and(|text| text.contains("ready"))
    });
    let shared = home.start();
    assert!(!shared.owned());
    run(&shared, "CREATE TABLE kept AS SELECT 1");
    owner.kill().unwrap();
    // Until it is gone it holds the lock, and a start cannot know that it is about to die.
    owner.wait().unwrap();

    let next = home.start();
    assert!(next.owned() && !next.created());
    assert_eq!(run(&next, "SELECT * FROM kept"), 1);
    assert!(
        !home.log().contains("not properly shut down"),
        "{}",
        home.log()
    );
}

#[test]
fn what_a_broken_off_initialization_left_is_cleared() {
    let home = Home::new();
    fs::create_dir_all(home.0.path().join("postgres.new/base")).unwrap();
    assert!(home.start().created());
    assert!(!home.0.path().join("postgres.new").exists());
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
    let socket_dir = Layout::open(&settings.data_dir, &home.account())
        .unwrap()
        .socket_dir;
    owner.stop().unwrap();
    fs::remove_dir(socket_dir).unwrap();
}

#[test]
fn tokio_postgres_reads_the_url() {
    let home = Home::new();
    let cluster = home.start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for url in [cluster.url().to_owned(), cluster.url_of("postgres")] {
        let connected = runtime.block_on(tokio_postgres::connect(&url, tokio_postgres::NoTls));
        assert!(connected.is_ok(), "{url}");
    }
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

#[test]
fn missing_programs_are_named_with_the_cure() {
    let home = Home::new();
    let message = home.refused(|settings| settings.bin_dir = Some("/nowhere".into()));
    assert_eq!(
        message,
        "PG_BIN_DIR is /nowhere, but there is no program `postgres` in it: set it to the directory that holds PostgreSQL's `initdb` and `postgres`"
    );
    let message = ClusterError::NotInstalled.to_string();
    assert!(
        message.contains("`apt-get install postgresql`") && message.contains("PG_BIN_DIR"),
        "{message}"
    );
}

#[test]
fn data_of_another_version_are_refused_naming_both() {
    let home = Home::new();
    home.start().stop().unwrap();
    let version = cluster_dir(home.0.path()).join("PG_VERSION");
    let ours = fs::read_to_string(&version).unwrap();
    fs::write(&version, "14\n").unwrap();
    let message = home.refused(|_| ());
    assert!(
        message.contains("was made by PostgreSQL 14, but"),
        "{message}"
    );
    assert!(
        message.contains(&format!("is version {}: set PG_BIN_DIR", ours.trim())),
        "{message}"
    );
}

#[test]
fn other_files_in_place_of_the_data_are_left_alone() {
    let home = Home::new();
    let file = cluster_dir(home.0.path()).join("letter.txt");
    fs::create_dir(cluster_dir(home.0.path())).unwrap();
    fs::write(&file, "dear").unwrap();
    home.account().give(home.0.path()).unwrap();
    let message = home.refused(|_| ());
    assert!(
        message.contains("is neither empty nor made by PostgreSQL"),
        "{message}"
    );
    assert!(file.exists());
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let home = Home::new();
    home.start().stop().unwrap();
    fs::write(
        cluster_dir(home.0.path()).join("postgresql.conf"),
        "nonsense = 1\n",
    )
    .unwrap();
    let message = home.refused(|_| ());
    assert!(
        message.starts_with("PostgreSQL ended while starting"),
        "{message}"
    );
    assert!(
        message.contains("nonsense") && message.contains("postgres.log"),
        "{message}"
    );
}

/// Worth running from a directory that is closed to others, too.
#[test]
fn the_default_data_directory_can_be_reached() {
    let data_dir = std::path::absolute(default_data_dir()).unwrap();
    let account = Account::choose(&cluster_dir(&data_dir)).unwrap();
    assert_eq!(account.barrier(data_dir.parent().unwrap()), None);
}
