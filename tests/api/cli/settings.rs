//! Settings that are wrong, and commands that do not exist.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::Stdio;
use support::cli::{command, run};
use support::postgres::TestDatabase;
use support::source;
use tenantatlas::config::Config;

#[test]
fn a_wrong_setting_stops_the_start_with_its_name_and_what_is_expected() {
    let twice = format!("a:{},a:{}", "01".repeat(32), "02".repeat(32));
    for (name, value, expected) in [
        ("DATABASE_URL", "mysql://localhost/a", "postgres://"),
        ("DATABASE_READ_URL", "localhost", "postgres://"),
        ("TENANTATLAS_CONNECTIONS", "0", "1 to 500"),
        ("TENANTATLAS_CONNECTIONS_PER_TENANT", "17", "1 to 16"),
        ("TENANTATLAS_CONNECTIONS_PER_PERSON", "5", "1 to 4"),
        ("TENANTATLAS_REQUESTS_PER_TENANT", "many", "1 to 100000"),
        ("TENANTATLAS_REQUESTS_PER_PERSON", "257", "1 to 256"),
        ("TENANTATLAS_LISTEN", "8080", "127.0.0.1:8080"),
        ("TENANTATLAS_SIGNING_KEYS", "short:abcd", "32 bytes"),
        ("TENANTATLAS_TRUSTED_PROXIES", "10.0.0.0/99", "networks"),
        ("TENANTATLAS_STREAMS_PER_PERSON", "0", "1 to 10000"),
        ("TENANTATLAS_WORKER_CONCURRENCY", "0", "1 to 64"),
        ("TENANTATLAS_UPLOADS_PER_TENANT", "9", "1 to 8"),
        ("TENANTATLAS_FINDINGS_PER_TENANT", "many", "1 to 1000000000"),
        ("TENANTATLAS_ALERT_RULES", "0", "1 to 10000"),
        ("TENANTATLAS_ALERT_DESTINATIONS", "-1", "1 to 10000"),
        ("TENANTATLAS_PRODUCT_USAGE_EVENT_RETENTION_DAYS", "0", "1 to 36500"),
        ("TENANTATLAS_LOG_FORMAT", "xml", "text or json"),
        ("TENANTATLAS_LOG", "a=b=c", "filter"),
        ("TENANTATLAS_PUBLIC_URL", "atlas.example.com", "https://"),
        ("TENANTATLAS_PUBLIC_URL", "https://", "https://"),
        ("TENANTATLAS_PUBLIC_URL", "https://atlas.example.com/atlas", "without user, path"),
        ("TENANTATLAS_PUBLIC_URL", "https://atlas.example.com/?a=b", "without user, path"),
        ("TENANTATLAS_PUBLIC_URL", "https://me@atlas.example.com", "without user, path"),
        ("TENANTATLAS_SIGNING_KEYS", &twice, "a is there twice"),
        ("TENANTATLAS_SEALING_KEYS", &twice, "a is there twice"),
        ("TENANTATLAS_SIGNING_KEYS_FILE", "/no/such/file", "cannot be read"),
    ] {
        let output = command("postgres://localhost:1/a").env(name, value).args(["serve"]).stdin(Stdio::null()).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {error}");
        assert!(error.contains(name) && error.contains(expected), "{name}: {error}");
    }
}

#[test]
fn a_variable_that_is_no_setting_stops_every_command_with_its_name() {
    for arguments in [vec!["serve"], vec!["worker"], vec!["migrate"], vec!["operator", "list"]] {
        let output =
            command("postgres://localhost:1/a").env("TENANTATLAS_LISTENS", "127.0.0.1:80").args(&arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains("TENANTATLAS_LISTENS is not a setting; did you mean TENANTATLAS_LISTEN?"), "{error}");
    }
}

#[test]
fn the_readme_has_a_row_for_every_setting() {
    let asked = RefCell::new(BTreeSet::new());
    let config = Config::from(&|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    });
    assert!(config.is_ok() && asked.borrow().len() > 20);
    let readme = std::fs::read_to_string(source::root().join("README.md")).unwrap();
    for name in asked.take().iter().filter(|name| !name.ends_with("_FILE") || name.contains("_CA_")) {
        assert!(readme.contains(&format!("| `{name}`")), "{name} has no row in the README");
    }
}

#[test]
fn what_the_machine_does_not_have_is_told_with_the_setting() {
    let database = TestDatabase::create();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (name, value, code) in [("TMPDIR", "/no/such/folder", 2), ("TENANTATLAS_LISTEN", address.as_str(), 1)] {
        let output = command(&database.url).env(name, value).args(["serve", "--no-worker"]).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{name}: {error}");
        assert!(error.contains(&format!("tenantatlas: {name}: ")) && error.contains(value), "{error}");
    }
}

#[test]
fn an_unknown_command_is_wrong_usage_and_help_and_version_are_not() {
    let url = "postgres://localhost:1/a";

    run(url, &["frobnicate"], "").assert_code(2);
    run(url, &["operator", "create"], "").assert_code(2);
    assert!(run(url, &["--help"], "").assert_code(0).out.contains("serve"));
    assert!(run(url, &["--version"], "").assert_code(0).out.starts_with("tenantatlas "));
}

#[test]
fn a_database_that_is_away_fails_with_a_sentence() {
    let ended = run("postgres://nobody@127.0.0.1:1/nothing", &["operator", "list"], "").assert_code(1);

    assert!(ended.err.ends_with("tenantatlas: The database that DATABASE_URL names does not answer.\n"), "{}", ended.err);
    assert!(!ended.err.contains('\u{1b}'), "colours belong on a terminal: {}", ended.err);
}
