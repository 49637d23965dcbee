//! Encryption of the connections to the database, as `sslmode` says.

use crate::scenario;
use crate::server::{Server, Tls};
use support::cli;

#[tokio::test(flavor = "multi_thread")]
async fn the_product_works_where_encryption_is_required() {
    let server = Server::start(Tls::Required);
    let name = server.database_of_owner("atlas");
    cli::run(&server.url(&name, &name, "sslmode=disable"), &["migrate"], "").assert_code(1);
    let full = format!("sslmode=verify-full&sslrootcert={}", server.authority());
    scenario::works(&server.url(&name, &name, &full)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make databases: the scenario once more for each mode"]
async fn the_product_works_with_every_mode_that_encrypts() {
    let server = Server::start(Tls::Required);
    for (name, parameters) in [
        ("preferred", "sslmode=prefer".to_owned()),
        ("required", "sslmode=require".to_owned()),
        ("verified", format!("sslmode=verify-ca&sslrootcert={}", server.authority())),
    ] {
        let name = server.database_of_owner(name);
        scenario::works(&server.url(&name, &name, &parameters)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make databases: the scenario once more for each mode"]
async fn the_product_works_without_encryption() {
    let server = Server::start(Tls::None);
    for (name, parameters) in [("preferred", "sslmode=prefer"), ("disabled", "sslmode=disable"), ("silent", "")] {
        let name = server.database_of_owner(name);
        scenario::works(&server.url(&name, &name, parameters)).await;
    }
    cli::run(&server.url("silent", "silent", "sslmode=require"), &["operator", "list"], "").assert_code(1);
}
