//! The floor of the tenant plane: what a query forgets, row-level security remembers (ACC-03).

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use std::collections::BTreeSet;
use support::TestApp;
use support::fixtures::Tenant;
use support::postgres::{self, TestDatabase, url_of};
use tenantatlas::db::{Address, Db, SessionLimits, TenantScope, floor, migrate};
use tenantatlas::error::{Code, Error};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn number(conn: &mut PgConnection, sql: &str) -> Result<i64, Error> {
    Ok(diesel::sql_query(sql).get_result::<Number>(conn)?.number)
}

fn db(url: &str) -> Db {
    Db::new(&Address::parse(url).expect("an address"), 1, SessionLimits::REQUEST)
}

/// Two tenants with three and five findings.
fn two_tenants(app: &TestApp) -> (Tenant, Tenant) {
    let (mine, other) = (app.tenant("Mine"), app.tenant_in(&app.workspace("north", "North"), "Other"));
    app.pending_findings(&mine, 3);
    app.pending_findings(&other, 5);
    (mine, other)
}

const COUNT: &str = "SELECT count(*) AS number FROM findings";

#[tokio::test]
async fn a_query_without_any_condition_sees_the_rows_of_the_tenants_in_scope_alone() {
    let app = TestApp::start().await;
    let (mine, other) = two_tenants(&app);
    let db = db(app.database_url());

    let seen = |scope: TenantScope| db.tenant_read(scope, |conn| number(conn, COUNT));

    assert_eq!(seen(TenantScope::of([mine.id])).await.unwrap(), 3);
    assert_eq!(seen(TenantScope::of([mine.id, other.id])).await.unwrap(), 8);
    assert_eq!(seen(TenantScope::of([])).await.unwrap(), 0);
    // The connection is the pool's only one, and belongs to the system plane again.
    assert_eq!(db.read(|conn| number(conn, COUNT)).await.unwrap(), 8);
}

#[tokio::test]
async fn the_same_holds_for_tenants_workspaces_and_runs() {
    let app = TestApp::start().await;
    let (mine, other) = two_tenants(&app);
    let operator = app.operator().await;
    operator.start_backfill_of(mine.id).await.assert_status(201);
    operator.start_backfill_of(other.id).await.assert_status(201);
    app.drain().await;
    for (table, all) in [("tenants", 3), ("allowed_tenants", 2), ("workspaces", 2), ("operation_runs", 2), ("run_targets", 2)] {
        let sql = format!("SELECT count(*) AS number FROM {table}");
        let mut conn = app.db();
        assert_eq!(floor::read(&mut conn, &TenantScope::of([mine.id]), |conn| number(conn, &sql)).unwrap(), 1, "{table}");
        assert_eq!(number(&mut conn, &sql).unwrap(), all, "{table}");
    }
}

#[tokio::test]
async fn runs_over_all_tenants_are_not_there() {
    let app = TestApp::start().await;
    let (mine, other) = two_tenants(&app);
    app.operator().await.start_backfill_of_all().await.assert_status(201);
    app.drain().await;
    let scope = TenantScope::of([mine.id, other.id]);

    let runs = floor::read(&mut app.db(), &scope, |conn| number(conn, "SELECT count(*) AS number FROM operation_runs"));

    assert_eq!((runs.unwrap(), app.count_runs()), (0, 1));
}

#[tokio::test]
async fn writing_to_the_rows_of_another_tenant_fails_or_finds_nothing() {
    let app = TestApp::start().await;
    let (mine, other) = two_tenants(&app);
    let scope = TenantScope::of([mine.id]);
    let write = |sql: &str| floor::write(&mut app.db(), &scope, |conn| Ok(diesel::sql_query(sql).execute(conn)?));

    assert_eq!(write("UPDATE findings SET title = 'mine'").unwrap(), 3);
    assert_eq!(write(&format!("UPDATE findings SET title = 'mine' WHERE tenant_id = {}", other.id)).unwrap(), 0);
    for sql in [
        format!("UPDATE findings SET tenant_id = {}, workspace_id = {}", other.id, other.workspace_id),
        format!(
            "INSERT INTO findings (workspace_id, tenant_id, type, source, check_id, fingerprint, severity, status, title, resource) \
             VALUES ({}, {}, 'posture', 's', 'c', sha256('x'), 'high', 'new', 't', 'r')",
            other.workspace_id, other.id
        ),
        format!(
            "INSERT INTO audit_logs (action, actor_type, actor_label, workspace_id, tenant_id, outcome, summary) \
             VALUES ('a', 'user', 'u', {}, {}, 'success', 's')",
            other.workspace_id, other.id
        ),
        "DELETE FROM findings".to_owned(),
        "UPDATE tenants SET name = 'mine'".to_owned(),
        "UPDATE operation_runs SET type = 'mine'".to_owned(),
    ] {
        let error = write(&sql).unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("row-level security") || cause.contains("permission denied"), "{sql}: {cause}");
    }
    assert_eq!(app.value("SELECT count(*) FROM findings WHERE title = 'mine'"), 3);
}

#[tokio::test]
async fn what_a_user_changes_is_audited_in_its_transaction() {
    let app = TestApp::start().await;
    let (mine, _) = two_tenants(&app);
    let sql = format!(
        "INSERT INTO audit_logs (action, actor_type, actor_label, workspace_id, tenant_id, outcome, summary) \
         VALUES ('a', 'user', 'u', {}, {}, 'success', 's')",
        mine.workspace_id, mine.id
    );

    let written = floor::write(&mut app.db(), &TenantScope::of([mine.id]), |conn| Ok(diesel::sql_query(sql).execute(conn)?));

    assert_eq!(written.unwrap(), 1);
}

#[tokio::test]
async fn a_read_changes_nothing_and_neither_is_entered_from_another_transaction() {
    let app = TestApp::start().await;
    let (mine, _) = two_tenants(&app);
    let scope = TenantScope::of([mine.id]);
    let mut conn = app.db();

    let written = floor::read(&mut conn, &scope, |conn| Ok(diesel::sql_query("UPDATE findings SET title = 'x'").execute(conn)?));
    let nested = conn.transaction(|conn| floor::read(conn, &scope, |conn| number(conn, COUNT)));

    assert_eq!(written.unwrap_err().code(), Code::Internal);
    assert_eq!(nested.unwrap_err().code(), Code::Internal);
}

#[tokio::test]
async fn without_a_scope_the_role_sees_nothing_and_secrets_never() {
    let app = TestApp::start().await;
    two_tenants(&app);
    let mut conn = app.db();
    conn.batch_execute(&format!("SET ROLE {}", floor::ROLE)).unwrap();
    for table in [
        "findings",
        "finding_scans",
        "tenants",
        "allowed_tenants",
        "workspaces",
        "operation_runs",
        "run_targets",
        "notifications",
    ] {
        assert_eq!(number(&mut conn, &format!("SELECT count(*) AS number FROM {table}")).unwrap(), 0, "{table}");
    }
    for table in ["users", "platform_users", "sessions", "signing_keys", "audit_logs", "tenant_memberships", "idempotency_keys"] {
        let error = number(&mut conn, &format!("SELECT count(*) AS number FROM {table}")).unwrap_err();
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("permission denied"), "{table}");
    }
}

#[tokio::test]
async fn everything_the_role_may_touch_has_row_level_security_that_binds_the_owner_too() {
    let app = TestApp::start().await;
    // What tools publish is nobody's.
    let open = app.rows(&format!(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') \
           AND c.relname <> 'renamed_checks' \
           AND (has_table_privilege('{role}', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') \
                OR has_any_column_privilege('{role}', c.oid, 'SELECT, INSERT, UPDATE')) \
           AND NOT (c.relrowsecurity AND c.relforcerowsecurity) AND NOT 'security_invoker=true' = ANY (coalesce(c.reloptions, '{{}}'))",
        role = floor::ROLE
    ));
    assert_eq!(open, Vec::<serde_json::Value>::new());
}

/// What names a tenant and is never read in the tenant plane's name: who is let in is decided before, and what operators are told
/// is theirs alone.
const BESIDE_THE_FLOOR: [&str; 2] = ["alert_deliveries", "tenant_memberships"];

#[tokio::test]
async fn every_table_of_tenants_lies_on_the_floor_or_is_named_here() {
    let app = TestApp::start().await;
    let rows = app.rows(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped \
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relforcerowsecurity",
    );
    let beside: BTreeSet<_> = rows.iter().map(|row| row["relname"].as_str().unwrap()).collect();
    assert_eq!(beside, BTreeSet::from(BESIDE_THE_FLOOR));
}

/// A database whose owner is an ordinary role, and the address for that role.
fn owned_by_an_ordinary_role(attributes: &str) -> (TestDatabase, String, String) {
    let database = TestDatabase::create_empty();
    let name = format!("owner_{}", uuid::Uuid::new_v4().simple());
    let mut conn = database.connect();
    conn.batch_execute(&format!(
        "CREATE ROLE {name} LOGIN PASSWORD 'secret' {attributes}; GRANT ALL ON SCHEMA public TO {name};
         DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO {name}', current_database()); END $$"
    ))
    .unwrap();
    let url = with_user(&database.url, &name);
    (database, name, url)
}

fn with_user(url: &str, user: &str) -> String {
    let (address, query) = url.split_once('?').unwrap();
    let kept: Vec<&str> = query.split('&').filter(|part| !part.starts_with("user=")).collect();
    format!("{address}?{}&user={user}", kept.join("&"))
}

fn drop_role(database: &TestDatabase, name: &str) {
    let mut conn = database.connect();
    conn.batch_execute(&format!("DROP OWNED BY {name} CASCADE; DROP ROLE {name}")).unwrap();
}

#[tokio::test]
async fn an_owner_who_is_no_superuser_works_everywhere_and_its_users_on_the_floor() {
    let (database, name, url) = owned_by_an_ordinary_role("CREATEROLE");
    let mut conn = postgres::connect(&url);

    migrate::migrate(&mut conn).unwrap();
    conn.batch_execute(
        "INSERT INTO tenants (workspace_id, external_id, name) SELECT 1, 'tenant ' || i, 'T' FROM generate_series(1, 2) i;
         INSERT INTO findings (workspace_id, tenant_id, type, source, check_id, fingerprint, severity, status, title, resource)
         SELECT workspace_id, id, 'posture', 's', 'c', sha256(external_id::bytea), 'high', 'new', 't', 'r' FROM tenants",
    )
    .unwrap();

    let everything = number(&mut conn, COUNT).unwrap();
    let tenant = number(&mut conn, "SELECT max(id) AS number FROM tenants").unwrap();
    let own = floor::read(&mut conn, &TenantScope::of([tenant]), |conn| number(conn, COUNT)).unwrap();
    let plan: Vec<Line> = diesel::sql_query("EXPLAIN SELECT * FROM findings")
        .load::<Plan>(&mut conn)
        .unwrap()
        .into_iter()
        .map(Plan::line)
        .collect();
    drop(conn);
    drop_role(&database, &name);

    assert_eq!((everything, own), (3, 1));
    assert!(plan.iter().all(|line| !line.line.contains("Filter")), "the owner pays for the floor");
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    query_plan: String,
}

impl Plan {
    fn line(self) -> Line {
        Line { line: self.query_plan }
    }
}

#[test]
fn an_owner_who_may_not_take_on_the_role_is_told_what_to_run() {
    let (database, name, url) = owned_by_an_ordinary_role("");

    let error = migrate::migrate(&mut postgres::connect(&url)).unwrap_err();
    let grant = format!("GRANT {} TO {name};", floor::ROLE);
    assert!(error.detail().contains(&grant), "{}", error.detail());
    database.connect().batch_execute(&grant).unwrap();
    let migrated = migrate::migrate(&mut postgres::connect(&url));
    drop_role(&database, &name);

    assert!(!migrated.unwrap().is_empty());
}

#[test]
fn a_role_without_temporary_tables_is_given_them_or_the_statement_is_told() {
    let (database, name, url) = owned_by_an_ordinary_role("CREATEROLE");
    let mut superuser = database.connect();
    superuser
        .batch_execute("DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$")
        .unwrap();

    let told = migrate::migrate(&mut postgres::connect(&url)).unwrap_err();
    let given = migrate::migrate(&mut superuser);
    drop_role(&database, &name);

    assert!(told.detail().contains("GRANT TEMPORARY ON DATABASE"), "{}", told.detail());
    assert!(!given.unwrap().is_empty());
}

#[test]
fn the_owners_policies_follow_an_owner_who_takes_the_tables_over() {
    let (database, name, url) = owned_by_an_ordinary_role("CREATEROLE");
    let mut superuser = database.connect();
    migrate::migrate(&mut superuser).unwrap();
    superuser
        .batch_execute(&format!(
            "DO $$ DECLARE r record; BEGIN FOR r IN SELECT oid::regclass AS t FROM pg_class \
             WHERE relnamespace IN ('public'::regnamespace, 'graphile_worker'::regnamespace) AND relkind IN ('r', 'v') \
             LOOP EXECUTE format('ALTER TABLE %s OWNER TO {name}', r.t); END LOOP; END $$; \
             ALTER SCHEMA graphile_worker OWNER TO {name}; \
             GRANT {role} TO {name}",
            role = floor::ROLE
        ))
        .unwrap();

    migrate::migrate(&mut postgres::connect(&url)).unwrap();
    let tenants = number(&mut postgres::connect(&url), "SELECT count(*) AS number FROM tenants").unwrap();
    drop_role(&database, &name);

    assert_eq!(tenants, 1);
}

#[test]
fn databases_of_one_cluster_may_be_made_at_the_same_time() {
    let databases: Vec<_> = (0..4).map(|_| TestDatabase::create_empty()).collect();
    std::thread::scope(|scope| {
        let nodes: Vec<_> = databases.iter().map(|one| scope.spawn(|| migrate::migrate(&mut one.connect()).unwrap())).collect();
        nodes.into_iter().for_each(|node| assert!(!node.join().unwrap().is_empty()));
    });
    assert!(url_of(&databases[0].url, "x").contains("/x"));
}
