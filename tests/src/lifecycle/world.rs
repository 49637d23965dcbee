//! The product over a table that the model knows too.

use super::model::{Outcome, Row};
use crate::Actor;
use crate::app::TestApp;
use crate::fixtures::Tenant;
use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use serde_json::{Value, json};

/// A product with tenants, whose findings are replaced by one random table after another.
pub struct LegacyWorld {
    /// The product.
    pub app: TestApp,
    /// Somebody who may do everything.
    pub operator: Actor,
    /// The tenants by the numbers that the tables use.
    pub tenants: Vec<Tenant>,
    /// When it was made, in seconds.
    pub now: i64,
}

impl LegacyWorld {
    /// With so many tenants, without findings.
    pub async fn new(tenants: usize) -> Self {
        let app = TestApp::start().await;
        let operator = app.operator().await;
        let tenants = (0..tenants).map(|n| app.tenant(&format!("Tenant {n}"))).collect();
        let now = app.value("SELECT extract(epoch FROM db_now())::bigint").as_i64().unwrap();
        Self { app, operator, tenants, now }
    }

    /// Replaces the table; the position of a row is its id less one.
    pub fn load(&self, rows: &[Row]) {
        self.load_in_order(rows, &(0..rows.len()).collect::<Vec<_>>());
    }

    /// The same, the rows being written in another order than that of their ids.
    pub fn load_in_order(&self, rows: &[Row], order: &[usize]) {
        self.app.execute("TRUNCATE findings CASCADE");
        let time = |seconds: i64| self.time(seconds);
        let json: Vec<Value> = order
            .iter()
            .map(|position| {
                let row = &rows[*position];
                let tenant = &self.tenants[row.tenant];
                json!({
                    "id": position + 1,
                    "workspace_id": tenant.workspace_id, "tenant_id": tenant.id, "type": "drift", "source": "test", "check_id": "X",
                    "fingerprint": format!("\\x{}", fingerprint(row.fingerprint)), "severity": row.severity, "status": row.status,
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
        let sql = format!(
            "INSERT INTO findings ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM jsonb_populate_recordset(NULL::findings, $1)"
        );
        diesel::sql_query(sql).bind::<Jsonb, _>(Value::from(json)).execute(&mut self.app.db()).unwrap();
    }

    fn time(&self, seconds: i64) -> String {
        let at = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        at.format(&time::format_description::well_known::Rfc3339).unwrap()
    }

    /// The table as the model has it.
    pub fn read(&self) -> Vec<Row> {
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
            fingerprint: (usize::from_str_radix(&row["fingerprint"].as_str().unwrap()[2..], 16).unwrap() - 1) / 7,
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

    /// Asserts that the table is what the model made of it. Where a rule says nothing of a column, it is not looked at.
    #[track_caller]
    pub fn assert_is(&self, expected: &Outcome, what: &str) {
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

/// As hex digits; spread from the first fingerprint that there can be to the last.
fn fingerprint(number: usize) -> String {
    format!("{:02x}{:062x}", number * 37 % 256, number * 7 + 1)
}
