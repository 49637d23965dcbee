//! Versions 15 to 18, each with two roles and their least rights, a database sorted by ICU, and encryption as managed databases
//! want it.

use crate::rights::least_on;
use crate::scenario;
use crate::server::{Server, Tls, installed};
use std::path::PathBuf;
use std::time::Instant;
use support::cli;

/// Programs of the supported versions that are on this machine.
fn supported() -> Vec<(u32, PathBuf)> {
    let installed = installed();
    let find = |version: u32| {
        let found = installed.iter().find(|(found, _)| *found == version).cloned();
        if found.is_none() {
            println!("skipped: PostgreSQL {version} is not installed");
        }
        found
    };
    [15, 16, 17, 18].into_iter().filter_map(find).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make databases: a server of each installed version"]
async fn the_product_works_on_every_supported_version() {
    for (version, programs) in supported() {
        let begun = Instant::now();
        let server = Server::start_from(&programs, Tls::None, &[]);
        let (keeper, runner) = least_on(&server);
        cli::run(&keeper, &["migrate", "--grant-to", "runner"], "").assert_code(0);
        scenario::run(&runner).await;
        server.role("sorted");
        server.execute(
            "postgres",
            "CREATE DATABASE sorted OWNER sorted TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'de'",
        );
        scenario::works(&server.url("sorted", "sorted", "")).await;
        println!("PostgreSQL {version}: {:.1} s", begun.elapsed().as_secs_f64());
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make databases: a server of each installed version"]
async fn the_product_works_encrypted_on_every_supported_version() {
    for (version, programs) in supported() {
        let begun = Instant::now();
        let server = Server::start_from(&programs, Tls::Required, &[]);
        let name = server.database_of_owner("atlas");
        let parameters = format!("sslmode=verify-full&sslrootcert={}", server.authority());
        scenario::works(&server.url(&name, &name, &parameters)).await;
        println!("PostgreSQL {version}, encrypted: {:.1} s", begun.elapsed().as_secs_f64());
    }
}

#[test]
#[ignore = "make databases: a server of each installed version"]
fn an_owner_that_may_make_roles_needs_nobody_else_on_any_version() {
    for (_, programs) in supported() {
        let server = Server::start_from(&programs, Tls::None, &[]);
        server.execute(
            "postgres",
            "CREATE ROLE maker LOGIN CREATEROLE PASSWORD 'correct-horse'; CREATE ROLE runner LOGIN PASSWORD 'correct-horse'",
        );
        server.execute("postgres", "CREATE DATABASE maker OWNER maker");
        let maker = server.url("maker", "maker", "");

        cli::run(&maker, &["migrate", "--grant-to", "runner"], "").assert_code(0);

        cli::run(&server.url("runner", "maker", ""), &["operator", "list"], "").assert_code(0);
    }
}
