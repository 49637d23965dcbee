//! Databases that only read.

use crate::server::{Server, Tls};
use support::cli;

#[test]
fn a_standby_is_refused_with_what_is_expected() {
    let mut server = Server::start(Tls::None);
    let name = server.database_of_owner("atlas");
    let url = server.url(&name, &name, "");
    cli::run(&url, &["migrate"], "").assert_code(0);

    server.become_standby();

    for command in [vec!["migrate"], vec!["serve"], vec!["worker"], vec!["operator", "list"]] {
        let told = cli::run(&url, &command, "").assert_code(1).err;
        assert!(told.contains("Name the primary in DATABASE_URL"), "{command:?}: {told}");
    }
}

#[test]
fn sessions_that_only_read_are_refused_with_the_statement_that_cures_it() {
    let server = Server::start(Tls::None);
    let name = server.database_of_owner("atlas");
    let url = server.url(&name, &name, "");
    server.execute("postgres", "ALTER ROLE atlas SET default_transaction_read_only = on");
    for command in [vec!["migrate"], vec!["serve"], vec!["worker"]] {
        let told = cli::run(&url, &command, "").assert_code(1).err;
        assert!(told.contains("ALTER ROLE atlas RESET default_transaction_read_only;"), "{command:?}: {told}");
    }

    server.execute("postgres", "ALTER ROLE atlas RESET default_transaction_read_only");
    cli::run(&url, &["migrate"], "").assert_code(0);
}
