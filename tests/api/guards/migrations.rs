//! Migrations go up, down and up again, describe what they make, and are what the code believes.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::MigrationHarness;
use std::collections::BTreeMap;
use support::postgres::TestDatabase;
use support::source;
use tenantatlas::db::migrate::{self, MIGRATIONS};

#[test]
fn up_down_and_up_again_makes_the_same_schema() {
    let database = TestDatabase::create_empty();
    let mut conn = database.connect();
    let nothing = dump(&mut conn);
    conn.run_pending_migrations(MIGRATIONS).unwrap();
    let first = dump(&mut conn);

    conn.revert_all_migrations(MIGRATIONS).unwrap();
    assert_eq!(dump(&mut conn), nothing, "something is left after all migrations went down");
    conn.run_pending_migrations(MIGRATIONS).unwrap();

    assert_eq!(dump(&mut conn), first);
    assert!(first.len() > 100, "the dump is too short: {first:#?}");
}

#[test]
fn every_single_step_down_can_be_taken_up_again() {
    let database = TestDatabase::create_empty();
    let mut conn = database.connect();
    conn.run_pending_migrations(MIGRATIONS).unwrap();
    let whole = dump(&mut conn);
    let steps = conn.applied_migrations().unwrap().len();
    for depth in 1..=steps {
        for _ in 0..depth {
            conn.revert_last_migration(MIGRATIONS).unwrap();
        }
        conn.run_pending_migrations(MIGRATIONS).unwrap();
        assert_eq!(dump(&mut conn), whole, "{depth} steps down and up");
    }
}

#[test]
fn migrating_twice_changes_nothing_and_the_platform_tenant_is_there() {
    let database = TestDatabase::create_empty();
    let mut conn = database.connect();
    assert!(!migrate::is_current(&mut conn).unwrap());

    assert!(!migrate::migrate(&mut conn).unwrap().is_empty());
    assert!(migrate::migrate(&mut conn).unwrap().is_empty());

    assert!(migrate::is_current(&mut conn).unwrap());
    let tenants = lines(
        &mut conn,
        "SELECT w.slug || ' ' || t.external_id AS line FROM tenants t JOIN workspaces w ON w.id = t.workspace_id",
    );
    assert_eq!(tenants, ["default platform"]);
}

#[test]
fn several_nodes_may_migrate_at_once() {
    let database = TestDatabase::create_empty();
    let migrated = std::thread::scope(|scope| {
        let nodes: Vec<_> = (0..4).map(|_| scope.spawn(|| migrate::migrate(&mut database.connect()).unwrap().len())).collect();
        nodes.into_iter().map(|node| node.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(migrated.iter().filter(|count| **count > 0).count(), 1, "one node does all the work: {migrated:?}");
}

#[test]
fn every_table_and_view_says_what_it_is() {
    let database = TestDatabase::create();
    let silent = lines(
        &mut database.connect(),
        "SELECT relname::text AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p') \
         AND relname <> '__diesel_schema_migrations' AND obj_description(oid, 'pg_class') IS NULL",
    );
    assert!(silent.is_empty(), "no COMMENT ON {silent:?}");
}

#[test]
fn constraints_and_indexes_are_named_by_hand_after_their_table() {
    let database = TestDatabase::create();
    let odd = lines(
        &mut database.connect(),
        "SELECT conrelid::regclass || ' ' || conname AS line FROM pg_constraint \
         WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid <> 0 \
           AND NOT starts_with(conname, conrelid::regclass::text) AND conrelid::regclass::text <> '__diesel_schema_migrations' \
         UNION ALL SELECT tablename || ' ' || indexname FROM pg_indexes \
         WHERE schemaname = 'public' AND NOT starts_with(indexname, tablename) AND tablename <> '__diesel_schema_migrations'",
    );
    assert!(odd.is_empty(), "{odd:?}");
}

#[test]
fn the_schema_of_the_code_is_that_of_the_database() {
    let database = TestDatabase::create();
    let columns = lines(
        &mut database.connect(),
        "SELECT c.relname || '.' || a.attname || ' ' || CASE WHEN a.attnotnull THEN '' ELSE 'null ' END || t.typname AS line \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid \
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped \
           AND c.relname <> '__diesel_schema_migrations' ORDER BY 1",
    );
    assert_eq!(columns_of_code(), columns, "generate api/src/db/schema.rs again");
}

/// `table.column [null] type` of every column of `schema.rs`.
fn columns_of_code() -> Vec<String> {
    let text = std::fs::read_to_string(source::root().join("api/src/db/schema.rs")).unwrap();
    let types = BTreeMap::from([
        ("Text", "text"),
        ("Int8", "int8"),
        ("Int4", "int4"),
        ("Int2", "int2"),
        ("Bool", "bool"),
        ("Bytea", "bytea"),
        ("Jsonb", "jsonb"),
        ("Uuid", "uuid"),
        ("Float8", "float8"),
        ("Date", "date"),
        ("Timestamptz", "timestamptz"),
        ("Time", "time"),
        ("Array<Nullable<Text>>", "_text"),
        ("Array<Nullable<Int8>>", "_int8"),
        ("Array<Nullable<Bytea>>", "_bytea"),
        ("Array<Nullable<Timestamptz>>", "_timestamptz"),
    ]);
    let (mut table, mut renamed, mut columns) = (String::new(), None, Vec::new());
    for line in text.lines().map(str::trim) {
        if let Some((name, _)) = line.strip_suffix('{').and_then(|line| line.split_once(" (")) {
            table = name.to_owned();
        } else if let Some(name) = line.strip_prefix("#[sql_name = \"") {
            renamed = name.split('"').next();
        } else if let Some((name, kind)) = line.strip_suffix(',').and_then(|line| line.split_once(" -> ")) {
            let (is_nullable, kind) =
                kind.strip_prefix("Nullable<").map_or((false, kind), |kind| (true, kind.strip_suffix('>').unwrap_or(kind)));
            let kind = types.get(kind).unwrap_or_else(|| panic!("the type {kind} is new; add it here"));
            let null = if is_nullable { "null " } else { "" };
            columns.push(format!("{table}.{} {null}{kind}", renamed.take().unwrap_or(name)));
        }
    }
    columns.sort();
    columns
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(conn: &mut PgConnection, sql: &str) -> Vec<String> {
    let rows: Vec<Line> = diesel::sql_query(sql).load(conn).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

/// Everything that a migration can make, one line a thing.
fn dump(conn: &mut PgConnection) -> Vec<String> {
    lines(
        conn,
        "SELECT line FROM ( \
           SELECT 'relation ' || relname || ' ' || relkind::text || ' ' || coalesce(array_to_string(reloptions, ','), '') || ' -- ' \
                  || coalesce(obj_description(oid, 'pg_class'), '') AS line \
           FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind <> 'i' \
           UNION ALL SELECT format('column %s.%s %s %s %s %s %s -- %s', c.relname, \
                            row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname, format_type(a.atttypid, a.atttypmod), \
                            a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)) \
           FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'p') AND a.attnum > 0 AND NOT a.attisdropped \
           UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) \
           FROM pg_constraint WHERE connamespace = 'public'::regnamespace \
           UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' \
           UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal \
           UNION ALL SELECT format('function %s -- %s', pg_get_functiondef(oid), obj_description(oid, 'pg_proc')) \
           FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
           UNION ALL SELECT format('view %s %s', viewname, definition) FROM pg_views WHERE schemaname = 'public' \
           UNION ALL SELECT format('type %s', typname) FROM pg_type WHERE typnamespace = 'public'::regnamespace \
           UNION ALL SELECT format('policy %s %s', polrelid::regclass, polname) FROM pg_policy \
         ) things WHERE line NOT LIKE '%\\_\\_diesel\\_schema\\_migrations%' ORDER BY 1",
    )
}
