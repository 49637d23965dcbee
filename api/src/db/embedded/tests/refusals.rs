//! What is said when a cluster cannot be started.

use std::fs;

use super::Home;
use crate::db::embedded::layout::cluster_dir;
use crate::db::embedded::{Cluster, ClusterError, Settings};

/// What a start says that does not succeed.
fn refused(home: &Home, change: impl FnOnce(&mut Settings)) -> String {
    let mut settings = home.settings();
    change(&mut settings);
    Cluster::start(&settings).expect_err("it started").to_string()
}

#[test]
fn missing_programs_are_named_with_the_cure() {
    let home = Home::new();
    let message = refused(&home, |settings| settings.bin_dir = Some("/nowhere".into()));
    assert_eq!(
        message,
        "PG_BIN_DIR is /nowhere, but there is no program `postgres` in it: set it to the directory that holds PostgreSQL's `initdb` and `postgres`"
    );
    let message = ClusterError::NotInstalled.to_string();
    assert!(message.contains("`apt-get install postgresql`") && message.contains("PG_BIN_DIR"), "{message}");
}

#[test]
fn data_of_another_version_are_refused_naming_both() {
    let home = Home::new();
    home.start().stop().unwrap();
    let version = cluster_dir(home.0.path()).join("PG_VERSION");
    let ours = fs::read_to_string(&version).unwrap();
    fs::write(&version, "14\n").unwrap();
    let message = refused(&home, |_| ());
    assert!(message.contains("was made by PostgreSQL 14, but"), "{message}");
    assert!(message.contains(&format!("is version {}: set PG_BIN_DIR", ours.trim())), "{message}");
}

#[test]
fn other_files_in_place_of_the_data_are_left_alone() {
    let home = Home::new();
    let file = cluster_dir(home.0.path()).join("letter.txt");
    fs::create_dir(cluster_dir(home.0.path())).unwrap();
    fs::write(&file, "dear").unwrap();
    home.account().give(home.0.path()).unwrap();
    let message = refused(&home, |_| ());
    assert!(message.contains("is neither empty nor made by PostgreSQL"), "{message}");
    assert!(file.exists());
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let home = Home::new();
    home.start().stop().unwrap();
    fs::write(cluster_dir(home.0.path()).join("postgresql.conf"), "nonsense = 1\n").unwrap();
    let message = refused(&home, |_| ());
    assert!(message.starts_with("PostgreSQL ended while starting"), "{message}");
    assert!(message.contains("nonsense") && message.contains("postgres.log"), "{message}");
}
