//! What a start finds after processes were killed.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

use super::{Home, run, settings};
use crate::db::embedded::account::Account;
use crate::db::embedded::layout::cluster_dir;
use crate::db::embedded::{Cluster, Durability, Restart, Settings, os};

const OWNER_VARIABLE: &str = "TENANTATLAS_TEST_OWNER_OF";

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
fn a_killed_server_is_started_again_with_its_data() {
    let home = Home::new();
    let settings = Settings { durability: Durability::Full, ..home.settings() };
    let cluster = Cluster::start(&settings).unwrap();
    run(&cluster, "CREATE TABLE kept AS SELECT 1");
    os::signal(home.pid(), libc::SIGKILL).unwrap();
    drop(cluster);

    let again = Cluster::start(&settings).unwrap();
    assert!(again.owned() && !again.created());
    assert_eq!(run(&again, "SELECT * FROM kept"), 1);
}

/// Kept as the product keeps it: everything that was committed is there after a crash.
fn kept(home: &Home, restart: Restart) -> Settings {
    Settings { durability: Durability::Full, restart, ..home.settings() }
}

/// Waits until a server other than that of this number answers.
fn wait_for_another(home: &Home, cluster: &Cluster, former: i32) {
    eventually("another server answers", || {
        PgConnection::establish(cluster.url()).is_ok() && fs::read_to_string(home.pid_file()).is_ok() && home.pid() != former
    });
}

#[test]
fn an_owner_starts_a_server_again_as_often_as_it_is_killed() {
    let home = Home::new();
    let cluster = Cluster::start(&kept(&home, Restart::ByOwner)).unwrap();
    run(&cluster, "CREATE TABLE kept (id int)");
    for times in 1..=3 {
        run(&cluster, "INSERT INTO kept VALUES (1)");
        let former = home.pid();
        os::signal(former, libc::SIGKILL).unwrap();
        wait_for_another(&home, &cluster, former);
        assert!(cluster.owned());
        assert_eq!(run(&cluster, "SELECT * FROM kept"), times);
    }
    cluster.stop().unwrap();
    assert!(!home.pid_file().exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_session_that_does_not_notice_the_death_of_its_server_does_not_hold_up_the_next_one() {
    let home = Home::new();
    let cluster = Cluster::start(&kept(&home, Restart::ByOwner)).unwrap();
    let mut busy = PgConnection::establish(cluster.url()).unwrap();
    let work = "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b";
    let working = thread::spawn(move || sql_query(work).execute(&mut busy));
    let is_working = "SELECT FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '% b'";
    eventually("the session works", || run(&cluster, is_working) == 1);
    let former = home.pid();
    os::signal(former, libc::SIGKILL).unwrap();
    wait_for_another(&home, &cluster, former);
    assert!(working.join().unwrap().is_err(), "it was ended");
}

#[test]
fn one_of_the_sharers_takes_over_from_an_owner_that_stops_and_the_others_go_on_sharing() {
    let home = Home::new();
    let owner = Cluster::start(&kept(&home, Restart::ByOwner)).unwrap();
    let mut sharers: Vec<Cluster> = (0..3).map(|_| Cluster::start(&kept(&home, Restart::ByAnyone)).unwrap()).collect();
    let command = Cluster::start(&kept(&home, Restart::ByOwner)).unwrap();
    run(&owner, "CREATE TABLE kept AS SELECT 1");
    owner.stop().unwrap();
    while !sharers.is_empty() {
        eventually("a sharer is the owner", || sharers.iter().any(Cluster::owned));
        eventually("its server answers", || PgConnection::establish(command.url()).is_ok());
        assert_eq!(run(&command, "SELECT * FROM kept"), 1);
        assert_eq!(sharers.iter().filter(|sharer| sharer.owned()).count(), 1);
        let next = sharers.iter().position(Cluster::owned).unwrap();
        sharers.swap_remove(next).stop().unwrap();
    }
    assert!(!command.owned());
    assert!(!home.pid_file().exists());
}

#[test]
fn an_owner_does_not_make_data_anew_that_are_gone() {
    let home = Home::new();
    let cluster = Cluster::start(&kept(&home, Restart::ByOwner)).unwrap();
    let (data, aside) = (cluster_dir(home.0.path()), home.0.path().join("aside"));
    let former = home.pid();
    fs::rename(&data, &aside).unwrap();
    os::signal(former, libc::SIGKILL).unwrap();
    eventually("the owner gives up for now", || !cluster.owned());
    assert!(!data.exists());

    fs::rename(&aside, &data).unwrap();
    wait_for_another(&home, &cluster, former);
    assert!(cluster.owned());
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
        .args(["--exact", "db::embedded::tests::crashes::owner_in_another_process"])
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
    assert!(!home.log().contains("not properly shut down"), "{}", home.log());
}

#[test]
fn what_a_broken_off_initialization_left_is_cleared() {
    let home = Home::new();
    fs::create_dir_all(home.0.path().join("postgres.new/base")).unwrap();
    assert!(home.start().created());
    assert!(!home.0.path().join("postgres.new").exists());
}
