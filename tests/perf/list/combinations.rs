//! Every combination of the list's filters, with values that the history makes common and rare.

use crate::cluster::Database;

/// Ids that filters name.
pub struct Known {
    big_workspace: i64,
    closed_workspace: i64,
    lucky_workspace: i64,
    big_tenant: i64,
    small_tenant: i64,
    busy_operator: i64,
    gone_operator: i64,
    rare_operator: i64,
    old: String,
    recent: String,
    last: i64,
}

/// One page of one list.
pub struct Call {
    /// Its filters and depth, for people.
    pub name: String,
    /// What is requested.
    pub path: String,
    /// It has one filter at most and begins at the newest.
    pub is_plain: bool,
}

/// A filter as `(name, query)`.
type Filter = (&'static str, String);

impl Known {
    /// Looks them up.
    pub fn of(database: &Database) -> Self {
        let operator = |n: u8| database.number(&format!("SELECT id FROM platform_users WHERE email = 'operator{n}@example.com'"));
        let workspace = |n: u8| database.number(&format!("SELECT id FROM workspaces WHERE slug = 'ws-{n}'"));
        let tenant = |n: u16| database.number(&format!("SELECT id FROM tenants WHERE external_id = 'perf-{n}'"));
        let days_ago = |days: u16| {
            database.word(&format!("SELECT to_char(db_now() - interval '{days} days', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"))
        };
        Self {
            big_workspace: workspace(1),
            closed_workspace: workspace(2),
            lucky_workspace: workspace(3),
            big_tenant: tenant(1),
            small_tenant: tenant(1999),
            busy_operator: operator(1),
            gone_operator: operator(2),
            rare_operator: operator(3),
            old: days_ago(700),
            recent: days_ago(2),
            last: database.number("SELECT max(id) FROM operation_runs"),
        }
    }

    /// Details to ask for: kind of run, ids.
    pub fn details(&self, database: &Database) -> [(&'static str, Vec<i64>); 3] {
        let some = |condition: &str| {
            let ids = database.word(&format!(
                "SELECT string_agg(id::text, ' ') FROM (SELECT id FROM operation_runs WHERE {condition} ORDER BY hashint8(id) LIMIT 50) r"
            ));
            ids.split(' ').map(|id| id.parse().expect("an id")).collect()
        };
        [
            ("detail of a run over one tenant", some("status = 'completed' AND tenant_id IS NOT NULL")),
            ("detail of a run over all tenants", some("status = 'completed' AND (tenant_id IS NULL OR id = 1)")),
            ("detail of an active run", some("status <> 'completed'")),
        ]
    }

    fn dimensions(&self) -> [Vec<Filter>; 10] {
        let text = |name: &'static str, query: &str| (name, query.to_owned());
        let id = |name: &'static str, query: &str, id: i64| (name, format!("{query}{id}"));
        [
            vec![
                text("status completed", "status=completed"),
                text("status running", "status=running"),
                text("status active", "status=active"),
            ],
            vec![
                text("outcome succeeded", "outcome=succeeded"),
                text("outcome failed", "outcome=failed"),
                text("outcome blocked", "outcome=blocked"),
                text("outcome failed or blocked", "outcome=failed,blocked"),
            ],
            vec![text("acknowledged", "acknowledged=true"), text("not acknowledged", "acknowledged=false")],
            vec![text("type", "type=findings.lifecycle.backfill")],
            vec![
                id("big workspace", "workspace_id=", self.big_workspace),
                id("closed workspace", "workspace_id=", self.closed_workspace),
                id("workspace without failures", "workspace_id=", self.lucky_workspace),
            ],
            vec![id("big tenant", "tenant_id=", self.big_tenant), id("small tenant", "tenant_id=", self.small_tenant)],
            vec![
                text("by the system", "initiator=system"),
                id("busy operator", "initiator=operator:", self.busy_operator),
                id("operator who left", "initiator=operator:", self.gone_operator),
                id("operator of three", "initiator=operator:", self.rare_operator),
            ],
            vec![
                ("after long ago", format!("created_after={}", self.old)),
                ("after recently", format!("created_after={}", self.recent)),
            ],
            vec![
                ("before long ago", format!("created_before={}", self.old)),
                ("before recently", format!("created_before={}", self.recent)),
            ],
            vec![
                ("ended after long ago", format!("completed_after={}", self.old)),
                ("ended after recently", format!("completed_after={}", self.recent)),
            ],
        ]
    }
}

/// All of them, at three depths each.
pub fn all(known: &Known) -> Vec<Call> {
    let mut chosen: Vec<Vec<Filter>> = vec![Vec::new()];
    for dimension in known.dimensions() {
        let with = |filters: &Vec<Filter>| {
            dimension.iter().map(|filter| [filters.as_slice(), std::slice::from_ref(filter)].concat()).collect()
        };
        let further: Vec<Vec<Filter>> = chosen.iter().flat_map::<Vec<Vec<Filter>>, _>(with).collect();
        chosen.extend(further);
    }
    let depths = [("", None), (", from the middle", Some(known.last / 2)), (", from near the oldest", Some(known.last / 50))];
    let calls = chosen.iter().flat_map(|filters| depths.map(|(depth, after)| call(filters, depth, after)));
    calls.collect()
}

fn call(filters: &[Filter], depth: &str, after: Option<i64>) -> Call {
    let mut names: Vec<&str> = filters.iter().map(|(name, _)| *name).collect();
    let mut query: Vec<String> = filters.iter().map(|(_, query)| query.clone()).collect();
    if names.is_empty() {
        names.push("no filter");
    }
    query.extend(after.map(|id| format!("cursor=c{id:016x}")));
    Call {
        name: names.join(" + ") + depth,
        path: format!("/api/v1/system/ops/runs?{}", query.join("&")),
        is_plain: filters.len() <= 1 && after.is_none(),
    }
}
