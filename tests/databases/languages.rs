//! Languages of the server's messages, some of which tell that a lock is not to be had.

use crate::server::{Server, Tls, installed};
use std::path::Path;
use support::cli;

#[test]
fn messages_in_another_language_are_refused_with_the_statement_that_cures_it() {
    let Some((_, programs)) = installed().into_iter().find(|(version, _)| has_german(*version)) else {
        println!("skipped: no PostgreSQL with German messages is installed");
        return;
    };
    // German without its locale, which few machines have.
    let server = Server::start_from(&programs, Tls::None, &[("LANGUAGE", "de")]);
    let name = server.database_of_owner("atlas");
    let url = server.url(&name, &name, "");
    let told = cli::run(&url, &["migrate"], "").assert_code(1).err;
    assert!(told.contains("GRANT SET ON PARAMETER lc_messages TO atlas;"), "{told}");

    server.execute("postgres", "GRANT SET ON PARAMETER lc_messages TO atlas");
    cli::run(&url, &["migrate"], "").assert_code(0);

    server.execute("postgres", "REVOKE SET ON PARAMETER lc_messages FROM atlas; ALTER ROLE atlas SET lc_messages = 'C'");
    cli::run(&url, &["operator", "list"], "").assert_code(0);
}

/// True where the package of this version has its messages in German.
fn has_german(version: u32) -> bool {
    Path::new(&format!("/usr/share/locale/de/LC_MESSAGES/postgres-{version}.mo")).exists()
}
