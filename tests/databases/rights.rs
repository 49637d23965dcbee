//! A role that migrates, and one that runs the product and owns nothing.

use crate::scenario::{self, EMAIL};
use crate::server::{Server, Tls};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use support::{Actor, app, cli};

fn least() -> (Server, String, String) {
    let server = Server::start(Tls::None);
    let (keeper, runner) = least_on(&server);
    (server, keeper, runner)
}

/// Makes a database for the two roles `keeper` and `runner`, each with the least rights that the documentation names, and returns
/// the address of each.
pub fn least_on(server: &Server) -> (String, String) {
    server.role("keeper");
    server.role("runner");
    server.execute("postgres", "CREATE DATABASE atlas");
    server.execute("atlas", "GRANT CREATE ON SCHEMA public TO keeper; CREATE SCHEMA graphile_worker AUTHORIZATION keeper");
    (server.url("keeper", "atlas", ""), server.url("runner", "atlas", ""))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_owns_nothing_runs_the_whole_product() {
    let (server, keeper, runner) = least();
    cli::run(&keeper, &["migrate", "--grant-to", "runner"], "").assert_code(0);
    // What is there needs no right to create any more.
    server.execute("atlas", "REVOKE CREATE ON SCHEMA public FROM keeper");
    cli::run(&keeper, &["migrate"], "").assert_code(0);

    scenario::run(&runner).await;

    let ok = |arguments: &[&str]| drop(cli::run(&runner, arguments, "").assert_code(0));
    ok(&["migrate"]);
    ok(&["demo", "seed", "--tenants", "3", "--findings", "60", "--force"]);
    ok(&["keys", "rotate"]);
    ok(&["workspace", "create", "--slug", "north", "--name", "North"]);
    ok(&["runs", "list"]);
    ok(&["controls", "list"]);
    ok(&["alerts", "list"]);
    ok(&["token", "create", "--as", EMAIL, "--name", "Nightly", "--capability", "platform.ops.view"]);
    ok(&["product-usage", "prune", "--days", "1"]);
    ok(&["product-usage", "rebuild"]);
    ok(&["deploy-runbooks"]);
    customers_work(&runner).await;
}

/// A member of a tenant imports and repairs, on the floor of the tenant plane.
async fn customers_work(url: &str) {
    cli::run(url, &["user", "create", "--email", "uma@example.com", "--name", "Uma", "--password-stdin"], app::PASSWORD)
        .assert_code(0);
    let tenant = cli::run(url, &["tenant", "list", "--json"], "").assert_code(0).json();
    let tenant = tenant.as_array().or_else(|| tenant["items"].as_array()).expect("tenants")[0]["id"].to_string();
    cli::run(url, &["membership", "set", "--user", "uma@example.com", "--tenant", &tenant, "--role", "owner"], "").assert_code(0);
    let mut server = scenario::serve(url);
    let user = Actor::anonymous(server.wait_for_address()).signed_in_as_user("uma@example.com", app::PASSWORD).await;
    let line = r#"{"source":"scout","type":"drift","check_id":"a","verdict":"open","seen_at":"2026-03-01T09:30:00Z"}"#;
    let path = format!("/api/v1/admin/tenants/{tenant}/findings/import?format=jsonl");
    user.send_text(reqwest::Method::POST, &path, Some("application/x-ndjson"), line).await.assert_status(200);
    user.get(&format!("/api/v1/admin/tenants/{tenant}/findings")).await.assert_status(200);
    server.stop();
}

#[test]
fn a_role_that_runs_the_product_changes_no_history_and_no_table() {
    let (_server, keeper, runner) = least();
    cli::run(&keeper, &["migrate", "--grant-to", "runner"], "").assert_code(0);
    cli::run(&runner, &["workspace", "create", "--slug", "north", "--name", "North"], "").assert_code(0);
    let mut conn = PgConnection::establish(&runner).unwrap();
    let granted =
        "SELECT 1 / count(*) FROM audit_logs WHERE action = 'platform.database.rights_granted' AND target_id = 'runner'";
    conn.batch_execute(granted).expect("one audit row of the grant");
    for forbidden in [
        "ALTER TABLE audit_logs DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "UPDATE audit_logs SET action = 'other'",
        "DELETE FROM audit_logs",
        "TRUNCATE audit_logs",
        "TRUNCATE findings",
        "DROP TABLE findings",
        "ALTER TABLE findings NO FORCE ROW LEVEL SECURITY",
        "CREATE TABLE public.mine (id int)",
        "CREATE TABLE graphile_worker.mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.db_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
        "CREATE OR REPLACE FUNCTION db_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
        "DELETE FROM __diesel_schema_migrations",
        "DELETE FROM graphile_worker.migrations",
        "SET ROLE keeper",
    ] {
        assert!(conn.batch_execute(forbidden).is_err(), "{forbidden}");
    }
}

#[test]
fn a_role_without_the_rights_is_told_the_command_that_gives_them() {
    let (server, keeper, runner) = least();
    let told = cli::run(&runner, &["migrate"], "").assert_code(1).err;
    assert!(told.contains("GRANT CREATE ON SCHEMA public TO runner;"), "{told}");
    cli::run(&keeper, &["migrate"], "").assert_code(0);
    for command in [vec!["serve"], vec!["worker"], vec!["operator", "list"], vec!["migrate"]] {
        let told = cli::run(&runner, &command, "").assert_code(1).err;
        assert!(told.contains("tenantatlas migrate --grant-to runner"), "{command:?}: {told}");
    }

    cli::run(&keeper, &["migrate", "--grant-to", "runner"], "").assert_code(0);
    cli::run(&runner, &["operator", "list"], "").assert_code(0);
    server.execute(
        "atlas",
        "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
    );
    let told = cli::run(&runner, &["serve"], "").assert_code(1).err;
    assert!(told.contains("runner does not own the tables") && told.contains("tenantatlas migrate"), "{told}");
}

#[test]
fn a_role_that_could_do_more_is_refused_and_nothing_is_granted() {
    let (server, keeper, runner) = least();
    cli::run(&keeper, &["migrate"], "").assert_code(0);
    for (more, less, told) in [
        ("ALTER ROLE runner SUPERUSER", "ALTER ROLE runner NOSUPERUSER", "ALTER ROLE runner NOSUPERUSER"),
        ("ALTER ROLE runner CREATEROLE", "ALTER ROLE runner NOCREATEROLE", "NOCREATEROLE"),
        ("CREATE ROLE mighty SUPERUSER; GRANT mighty TO runner", "DROP ROLE mighty", "REVOKE mighty FROM runner"),
        ("GRANT pg_write_all_data TO runner", "REVOKE pg_write_all_data FROM runner", "REVOKE pg_write_all_data FROM runner"),
        ("GRANT keeper TO runner", "REVOKE keeper FROM runner", "owner of the tables"),
        (
            "GRANT CREATE ON SCHEMA public TO PUBLIC",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC, runner",
        ),
        (
            "GRANT CREATE ON DATABASE atlas TO runner",
            "REVOKE CREATE ON DATABASE atlas FROM runner",
            "REVOKE CREATE ON DATABASE atlas FROM PUBLIC, runner",
        ),
        ("REVOKE tenantatlas_tenant FROM runner", "GRANT tenantatlas_tenant TO runner", "GRANT tenantatlas_tenant TO runner;"),
    ] {
        server.execute("atlas", more);
        let refused = cli::run(&keeper, &["migrate", "--grant-to", "runner"], "").assert_code(1).err;
        assert!(refused.contains(told), "{more}: {refused}");
        server.execute("atlas", less);
        cli::run(&runner, &["operator", "list"], "").assert_code(1);
    }
    let absent = cli::run(&keeper, &["migrate", "--grant-to", "nobody"], "").assert_code(1).err;
    assert!(absent.contains("CREATE ROLE nobody LOGIN"), "{absent}");
}

#[test]
fn later_migrations_give_the_role_what_they_make() {
    let (server, keeper, runner) = least();
    cli::run(&keeper, &["migrate", "--grant-to", "runner"], "").assert_code(0);
    server.execute("atlas", "REVOKE ALL ON findings FROM runner; DROP POLICY findings_runtime_policy ON findings");

    cli::run(&keeper, &["migrate"], "").assert_code(0);

    cli::run(&runner, &["demo", "seed", "--tenants", "1", "--findings", "5"], "").assert_code(0);
}
