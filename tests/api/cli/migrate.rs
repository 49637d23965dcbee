//! `tenantatlas migrate`

use support::cli::run;
use support::postgres::TestDatabase;

#[test]
fn an_empty_database_is_brought_to_this_version_once() {
    let database = TestDatabase::create_empty();

    let first = run(&database.url, &["migrate", "--json"], "").assert_code(0);
    let second = run(&database.url, &["migrate", "--json"], "").assert_code(0);

    assert!(first.json()["applied"].as_array().unwrap().len() > 3, "{}", first.out);
    assert_eq!(second.json()["applied"], serde_json::json!([]));
}

#[test]
fn its_help_says_which_privileges_it_needs() {
    let database = TestDatabase::create_empty();
    let help = run(&database.url, &["migrate", "--help"], "").assert_code(0).out;
    for privilege in ["own the tables", "CREATE on the schema public", "tenantatlas_tenant", "CREATEROLE", "TEMPORARY"] {
        assert!(help.contains(privilege), "{privilege}: {help}");
    }
}

#[test]
fn other_commands_say_that_the_database_is_not_at_this_version() {
    let database = TestDatabase::create_empty();

    let ended = run(&database.url, &["operator", "list"], "").assert_code(1);

    assert!(ended.err.contains("tenantatlas migrate"), "{}", ended.err);
}
