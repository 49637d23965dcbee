//! Random tables against the model: whatever the batch size, the number of workers, and however often.

use super::generator::legacy_table;
use super::model::{Outcome, Row, repair};
use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use serde_json::{Value, json};
use support::actor::runbooks::all_tenants;
use support::fixtures::Tenant;
use support::{Actor, TestApp};
use tenantatlas::findings::lifecycle::{Slice, next_slice, pin, repair as repair_slices, residue};

const TENANTS: usize = 3;

/// Passes every tenant once in batches of this size, each in a transaction, as a worker does; returns rows changed.
pub(super) fn repair_in_batches(app: &TestApp, rows: i64) -> i64 {
    let mut conn = app.db();
    let mut updated = 0;
    for tenant in app.rows("SELECT id FROM allowed_tenants ORDER BY id") {
        let tenant_id = tenant["id"].as_i64().unwrap();
        let scope = pin(&mut conn, &[tenant_id], None).unwrap()[0];
        let mut cursor: Option<Vec<u8>> = None;
        loop {
            let slice = next_slice(&mut conn, &scope, cursor.as_deref(), rows).unwrap();
            updated += conn.transaction(|conn| repair_slices(conn, std::slice::from_ref(&slice))).unwrap()[0].updated;
            cursor = slice.upto;
            if cursor.is_none() {
                break;
            }
        }
        let left = residue(&mut conn, &[Slice::all_of(&scope)]).unwrap()[0];
        assert_eq!((left.left, left.arrived), (0, 0));
    }
    updated
}

struct World {
    app: TestApp,
    operator: Actor,
    tenants: Vec<Tenant>,
    now: i64,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let operator = app.operator().await;
        let tenants = (0..TENANTS).map(|n| app.tenant(&format!("Tenant {n}"))).collect();
        let now = app.value("SELECT extract(epoch FROM db_now())::bigint").as_i64().unwrap();
        Self { app, operator, tenants, now }
    }

    /// Replaces the table; the position of a row is its id less one.
    fn load(&self, rows: &[Row]) {
        self.app.execute("TRUNCATE findings RESTART IDENTITY CASCADE");
        let time = |seconds: i64| self.time(seconds);
        let json: Vec<Value> = rows
            .iter()
            .map(|row| {
                let tenant = &self.tenants[row.tenant];
                json!({
                    "workspace_id": tenant.workspace_id, "tenant_id": tenant.id, "type": "drift", "source": "test", "check_id": "X",
                    "fingerprint": format!("\\x{:064x}", row.fingerprint * 7 + 1), "severity": row.severity, "status": row.status,
                    "title": row.title, "resource": format!("of {}", row.title), "evidence": { "title": row.title },
                    "created_at": time(row.created_at), "updated_at": time(row.created_at), "detected_at": row.detected_at.map(time),
                    "acknowledged_at": row.acknowledged_at.map(time), "first_seen_at": row.first_seen_at.map(time),
                    "last_seen_at": row.last_seen_at.map(time), "times_seen": row.times_seen, "sla_days": row.sla_days,
                    "due_at": row.due_at.map(time), "due_source": row.due_source, "triaged_at": row.triaged_at.map(time),
                    "closed_reason": row.closed_reason, "consolidated_into_id": row.consolidated_into.map(|id| id + 1),
                })
            })
            .collect();
        let columns: Vec<&str> = json[0].as_object().unwrap().keys().map(String::as_str).collect();
        let columns = columns.join(", ");
        let sql = format!("INSERT INTO findings ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::findings, $1)");
        diesel::sql_query(sql).bind::<Jsonb, _>(Value::from(json)).execute(&mut self.app.db()).unwrap();
    }

    fn time(&self, seconds: i64) -> String {
        let at = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        at.format(&time::format_description::well_known::Rfc3339).unwrap()
    }

    /// The table as the model has it.
    fn read(&self) -> Vec<Row> {
        let times = ["created_at", "detected_at", "acknowledged_at", "first_seen_at", "last_seen_at", "due_at", "triaged_at"];
        let times = times.map(|name| format!("extract(epoch FROM {name})::bigint AS {name}")).join(", ");
        let rows = self.app.rows(&format!(
            "SELECT tenant_id, encode(fingerprint, 'hex') AS fingerprint, severity, status, title, resource, evidence, times_seen, sla_days, \
                    due_source, closed_reason, consolidated_into_id, {times} FROM findings ORDER BY id"
        ));
        rows.iter().map(|row| self.to_row(row)).collect()
    }

    fn to_row(&self, row: &Value) -> Row {
        let text = |name: &str| row[name].as_str().map(ToOwned::to_owned);
        let number = |name: &str| row[name].as_i64();
        let title = text("title").unwrap();
        assert_eq!((&row["resource"], &row["evidence"]["title"]), (&json!(format!("of {title}")), &json!(title)));
        Row {
            tenant: self.tenants.iter().position(|tenant| Some(tenant.id) == number("tenant_id")).unwrap(),
            fingerprint: (usize::from_str_radix(row["fingerprint"].as_str().unwrap(), 16).unwrap() - 1) / 7,
            severity: text("severity").unwrap(),
            status: text("status").unwrap(),
            title,
            created_at: number("created_at").unwrap(),
            detected_at: number("detected_at"),
            acknowledged_at: number("acknowledged_at"),
            first_seen_at: number("first_seen_at"),
            last_seen_at: number("last_seen_at"),
            times_seen: number("times_seen"),
            sla_days: number("sla_days"),
            due_at: number("due_at"),
            due_source: text("due_source"),
            triaged_at: number("triaged_at"),
            closed_reason: text("closed_reason"),
            consolidated_into: number("consolidated_into_id").map(|id| usize::try_from(id).unwrap() - 1),
        }
    }

    fn assert_is(&self, expected: &Outcome, what: &str) {
        let actual = self.read();
        for (id, (mut actual, mut expected_row)) in actual.into_iter().zip(expected.rows.clone()).enumerate() {
            if expected.grouped.contains(&id) {
                for row in [&mut actual, &mut expected_row] {
                    row.triaged_at = None;
                    row.acknowledged_at = None;
                }
            }
            if expected.survivors.contains(&id) {
                (actual.closed_reason, expected_row.closed_reason) = (None, None);
            }
            assert_eq!(actual, expected_row, "{what}, row {id}");
        }
    }
}

#[tokio::test]
async fn random_tables_end_as_the_model_says_in_batches_of_any_size() {
    let world = World::new().await;
    for seed in 0..40 {
        let rows = legacy_table(seed, world.now, TENANTS);
        let expected = repair(&rows);
        let mut digests = Vec::new();
        for size in [1, 7, 500] {
            let what = format!("seed {seed}, batches of {size}");
            world.load(&rows);
            assert_eq!(world.read(), rows, "{what}: the table was not loaded as made");
            let updated = repair_in_batches(&world.app, size);
            world.assert_is(&expected, &what);
            assert_eq!(updated, i64::try_from(expected.updated.len()).unwrap(), "{what}");
            digests.push(world.app.digest());
        }
        assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "seed {seed}");
        assert_eq!(repair_in_batches(&world.app, 7), 0, "seed {seed}, a second time");
        assert_eq!(Some(&world.app.digest()), digests.last(), "seed {seed}, a second time");
    }
}

#[tokio::test]
async fn the_forecast_is_what_a_run_does_with_one_worker_or_two() {
    let world = World::new().await;
    for seed in 1_000..1_012 {
        let rows = legacy_table(seed, world.now, TENANTS);
        let expected = repair(&rows);
        let mut digests = Vec::new();
        for workers in [1, 2] {
            let what = format!("seed {seed}, {workers} workers");
            world.load(&rows);
            let forecast = world.operator.preflight(&all_tenants()).await.assert_status(200).body;
            let updated = run(&world, workers, &what).await;
            world.assert_is(&expected, &what);
            assert_eq!(forecast["affected_count"], updated, "{what}");
            assert_eq!(updated, json!(expected.updated.len()), "{what}");
            assert_eq!(forecast["by_change"], changes(&rows, &world.read()), "{what}");
            let overdue =
                "SELECT count(*) FROM findings WHERE status NOT IN ('resolved', 'closed', 'risk_accepted') AND due_at < db_now()";
            assert_eq!(forecast["overdue_after"], world.app.value(overdue), "{what}");
            let after = world.operator.preflight(&all_tenants()).await.body;
            assert_eq!((&after["affected_count"], &after["overdue_after"]), (&json!(0), &forecast["overdue_after"]), "{what}");
            digests.push(world.app.digest());
        }
        assert_eq!(digests[0], digests[1], "seed {seed}");
    }
}

/// Runs it over all tenants; how many rows it says it changed.
async fn run(world: &World, workers: usize, what: &str) -> Value {
    let started = world.operator.start_backfill_of_all().await;
    if started.body["code"] == "nothing-to-do" {
        return json!(0);
    }
    let run = started.assert_status(201).id();
    let lanes: Vec<_> = (0..workers)
        .map(|_| world.app.hand_worker())
        .map(|mut worker| {
            std::thread::spawn(move || {
                while let Some(mut work) = worker.try_claim() {
                    worker.finish(&mut work);
                }
            })
        })
        .collect();
    lanes.into_iter().for_each(|lane| lane.join().unwrap());
    let body = world.operator.get_run(run).await.body;
    assert_eq!(body["outcome"], "succeeded", "{what}");
    assert_eq!(body["summary_counts"]["processed"], body["summary_counts"]["total"], "{what}");
    body["summary_counts"]["updated"].clone()
}

/// What really changed, by kind.
fn changes(before: &[Row], after: &[Row]) -> Value {
    let count = |differs: &dyn Fn(&Row, &Row) -> bool| before.iter().zip(after).filter(|(old, new)| differs(old, new)).count();
    let closed = |old: &Row, new: &Row| old.consolidated_into != new.consolidated_into;
    let merged: std::collections::BTreeSet<_> =
        before.iter().zip(after).filter(|(old, new)| closed(old, new)).filter_map(|(_, new)| new.consolidated_into).collect();
    json!({
        "first_seen_at": count(&|old, new| old.first_seen_at != new.first_seen_at),
        "last_seen_at": count(&|old, new| old.last_seen_at != new.last_seen_at),
        "times_seen": count(&|old, new| old.times_seen != new.times_seen),
        "status": count(&|old, new| old.status != new.status && !closed(old, new)),
        "sla_days": count(&|old, new| old.sla_days != new.sla_days),
        "due_at_set": count(&|old, new| old.due_at.is_none() && new.due_at.is_some()),
        "due_at_cleared": count(&|old, new| old.due_at.is_some() && new.due_at.is_none()),
        "duplicates_merged": merged.len(),
        "duplicates_closed": count(&closed),
    })
}
