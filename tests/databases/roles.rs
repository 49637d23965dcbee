//! Settings that an administrator gave to the role of the product, which its sessions must not take over.

use crate::scenario;
use crate::server::{Server, Tls, installed};

const SETTINGS: [&str; 15] = [
    "search_path = elsewhere",
    "statement_timeout = '100ms'",
    "lock_timeout = '1ms'",
    "idle_in_transaction_session_timeout = '100ms'",
    "idle_session_timeout = '200ms'",
    "row_security = off",
    "standard_conforming_strings = off",
    "timezone = 'Asia/Kathmandu'",
    "datestyle = 'German, DMY'",
    "intervalstyle = 'sql_standard'",
    "default_transaction_isolation = 'serializable'",
    "bytea_output = 'escape'",
    "client_encoding = 'LATIN1'",
    "extra_float_digits = 0",
    "jit = on",
];

async fn works_with(server: &Server, settings: &[&str]) {
    let name = server.database_of_owner("atlas");
    server.execute("atlas", "CREATE SCHEMA atlas AUTHORIZATION atlas; CREATE SCHEMA elsewhere AUTHORIZATION atlas");
    for setting in settings {
        server.execute("postgres", &format!("ALTER ROLE atlas SET {setting}"));
    }
    scenario::works(&server.url(&name, &name, "")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_product_works_whatever_settings_its_role_has() {
    works_with(&Server::start(Tls::None), &SETTINGS).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make databases: a setting that versions from 17 on have"]
async fn the_product_works_whatever_settings_newer_versions_have() {
    match installed().into_iter().find(|(version, _)| *version >= 17) {
        Some((_, programs)) => {
            let settings = [SETTINGS.as_slice(), &["transaction_timeout = '200ms'"]].concat();
            works_with(&Server::start_from(&programs, Tls::None, &[]), &settings).await;
        }
        None => println!("skipped: no PostgreSQL 17 or newer is installed"),
    }
}
