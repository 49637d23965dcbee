//! Encodings and locales of a database.

use crate::scenario;
use crate::server::{Server, Tls};
use diesel::connection::SimpleConnection;
use support::cli;

#[test]
fn a_database_of_another_encoding_is_refused_with_what_is_expected() {
    let server = Server::start(Tls::None);
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let name = encoding.to_lowercase();
        server.role(&name);
        server.execute(
            "postgres",
            &format!("CREATE DATABASE {name} OWNER {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'"),
        );
        for command in [vec!["migrate"], vec!["serve"], vec!["worker"], vec!["operator", "list"]] {
            let told = cli::run(&server.url(&name, &name, ""), &command, "").assert_code(1).err;
            assert!(told.contains("UTF8 is expected") && told.contains(encoding), "{command:?}: {told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make databases: the scenario once more for each locale"]
async fn the_product_works_under_every_locale() {
    let server = Server::start(Tls::None);
    for (name, locale) in [("plain", "C"), ("unicode", "C.UTF-8"), ("german", "de_DE.UTF-8"), ("turkish", "tr_TR.UTF-8")] {
        server.role(name);
        let create = format!("CREATE DATABASE {name} OWNER {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE '{locale}'");
        if support::postgres::connect(&server.socket_url("postgres")).batch_execute(&create).is_err() {
            println!("skipped: the locale {locale} is not installed");
            continue;
        }
        scenario::works(&server.url(name, name, "")).await;
    }
}
