//! The list of runs: the ids of one page first, by an index that fits the filters, then what is shown of those.

use super::runs::{RunRow, select_from};
use crate::db::page::PageRequest;
use crate::db::prepared;
use crate::runs::list_runs::{InitiatorFilter, RunFilter, Standing};
use crate::runs::state::Outcome;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use time::OffsetDateTime;

pub(in crate::runs) fn list(conn: &mut PgConnection, filter: &RunFilter, page: PageRequest) -> QueryResult<Vec<RunRow>> {
    let mut statement = Statement::default();
    let ids = statement.ids(filter, find_bounds(conn, filter)?, page);
    let source = format!("({ids}) page JOIN operation_runs r ON r.id = page.id");
    let mut query = diesel::sql_query(format!("{} ORDER BY r.id DESC", select_from(&source))).into_boxed();
    for value in statement.values {
        query = match value {
            Value::Number(number) => query.bind::<BigInt, _>(number),
            Value::Word(word) => query.bind::<Text, _>(word),
            Value::Time(time) => query.bind::<Timestamptz, _>(time),
        };
    }
    // Which plan is good depends on the filters' values; without any, one is good for all pages.
    let times = [filter.created_after, filter.created_before, filter.completed_after];
    let has_filters = narrows(filter) || filter.status.is_some() || times.iter().any(Option::is_some);
    if has_filters { query.load(conn) } else { prepared(query).load(conn) }
}

/// Ids between which every run of a span of time lies.
#[derive(Clone, Copy, QueryableByName)]
struct Bounds {
    #[diesel(sql_type = BigInt)]
    above: i64,
    #[diesel(sql_type = BigInt)]
    below: i64,
}

/// Ids grow with time, but for what starts at one instant and a clock that is set back; an hour is allowed for that. With the
/// times themselves alone, a list of what is long ago would walk past everything since.
fn find_bounds(conn: &mut PgConnection, filter: &RunFilter) -> QueryResult<Option<Bounds>> {
    if filter.created_after.is_none() && filter.created_before.is_none() {
        return Ok(None);
    }
    diesel::sql_query(
        "SELECT coalesce((SELECT id FROM operation_runs WHERE created_at <= $1 - interval '1 hour'
                          ORDER BY created_at DESC, id DESC LIMIT 1), 0) AS above,
                coalesce((SELECT id FROM operation_runs WHERE created_at >= $2 + interval '1 hour'
                          ORDER BY created_at, id LIMIT 1), 9223372036854775807) AS below",
    )
    .bind::<Nullable<Timestamptz>, _>(filter.created_after)
    .bind::<Nullable<Timestamptz>, _>(filter.created_before)
    .get_result(conn)
    .map(Some)
}

enum Value<'a> {
    Number(i64),
    Word(&'a str),
    Time(OffsetDateTime),
}

/// Text that grows with each filter in use, so that the planner sees only those.
#[derive(Default)]
struct Statement<'a> {
    values: Vec<Value<'a>>,
}

impl<'a> Statement<'a> {
    /// The placeholder of a value.
    fn bind(&mut self, value: Value<'a>) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// The ids of a page, newest first.
    fn ids(&mut self, filter: &'a RunFilter, bounds: Option<Bounds>, page: PageRequest) -> String {
        let mut conditions = self.span(filter, bounds, page);
        conditions.extend(self.properties(filter));
        let workspace = filter.workspace_id.map(|id| self.bind(Value::Number(id)));
        // Where something narrows the list, the order is one that only the indexes of filters have.
        let order = if narrows(filter) { "-o.id" } else { "o.id DESC" };
        // As text: a plan for any number of rows would be one for a tenth of the table.
        let limit = page.limit.saturating_add(1);
        let select = |special: Vec<&str>| {
            let all: Vec<&str> = conditions.iter().map(String::as_str).chain(special).collect();
            let all = if all.is_empty() { "true".to_owned() } else { all.join(" AND ") };
            format!("SELECT o.id FROM operation_runs o WHERE {all} ORDER BY {order} LIMIT {limit}")
        };
        let places = match (filter.tenant_id, workspace) {
            (None, None) => vec![Vec::new()],
            (None, Some(workspace)) => places_of_workspace(&workspace),
            (Some(tenant_id), workspace) => self.places_of_tenant(tenant_id, workspace),
        };
        // Of several outcomes each is looked for by itself, since no index has the order of several.
        let outcomes: Vec<Option<String>> = match outcomes_of(filter) {
            None => vec![None],
            Some(none) if none.is_empty() => vec![Some("false".to_owned())],
            Some(some) => some.iter().map(|outcome| Some(format!("o.outcome = '{}'", outcome.as_str()))).collect(),
        };
        let branches: Vec<String> = places
            .iter()
            .flat_map(|place| outcomes.iter().map(|outcome| select(place.iter().chain(outcome).map(String::as_str).collect())))
            .collect();
        match branches.as_slice() {
            [only] => only.clone(),
            several => {
                let several = several.join(") UNION ALL (");
                format!("SELECT either.id FROM (({several})) either ORDER BY either.id DESC LIMIT {limit}")
            }
        }
    }

    /// The two places of a tenant's runs, as conditions: its own are in its workspace, which is asked once; others are found by
    /// their targets.
    fn places_of_tenant(&mut self, tenant_id: i64, workspace: Option<String>) -> Vec<Vec<String>> {
        let tenant = self.bind(Value::Number(tenant_id));
        let at_home = workspace
            .as_ref()
            .map(|id| format!("EXISTS (SELECT FROM tenants t WHERE t.id = {tenant} AND t.workspace_id = {id})"));
        let target = format!("EXISTS (SELECT FROM run_targets x WHERE x.run_id = o.id AND x.tenant_id = {tenant})");
        let own = [format!("o.tenant_id = {tenant}")].into_iter().chain(at_home).collect();
        let of_workspace = workspace.map(|id| format!("(o.workspace_id = {id} OR {})", reaches_workspace(&id)));
        vec![own, ["o.tenant_id IS NULL".to_owned(), target].into_iter().chain(of_workspace).collect()]
    }

    /// Between which ids, and when.
    fn span(&mut self, filter: &RunFilter, bounds: Option<Bounds>, page: PageRequest) -> Vec<String> {
        let narrowed = narrows(filter);
        let below = |id: String| if narrowed { format!("-o.id > -{id}") } else { format!("o.id < {id}") };
        let above = |id: String| if narrowed { format!("-o.id < -{id}") } else { format!("o.id > {id}") };
        let mut conditions = Vec::new();
        conditions.extend(page.after.map(|id| below(self.bind(Value::Number(id)))));
        if let Some(bounds) = bounds {
            conditions.push(above(self.bind(Value::Number(bounds.above))));
            conditions.push(below(self.bind(Value::Number(bounds.below))));
        }
        // The ids say nearly the same already; hidden from the planner, which would count it twice.
        let times = [(">=", filter.created_after), ("<", filter.created_before)];
        for (than, time) in times.into_iter().filter_map(|(than, time)| Some((than, time?))) {
            conditions.push(format!("coalesce(o.created_at {than} {}, false)", self.bind(Value::Time(time))));
        }
        conditions.extend(filter.completed_after.map(|time| format!("o.completed_at >= {}", self.bind(Value::Time(time)))));
        conditions
    }

    fn properties(&mut self, filter: &'a RunFilter) -> Vec<String> {
        let (initiator, initiator_id) = match filter.initiator {
            None => (None, None),
            Some(InitiatorFilter::Operator(id)) => (Some("operator"), Some(id)),
            Some(InitiatorFilter::User(id)) => (Some("user"), Some(id)),
            Some(InitiatorFilter::Cli) => (Some("cli"), Some(0)),
            Some(InitiatorFilter::System) => (Some("system"), Some(0)),
        };
        let status = filter.status.map(|standing| match standing {
            Standing::Queued => "o.status = 'queued'",
            Standing::Running => "o.status = 'running'",
            Standing::Completed => "o.status = 'completed'",
            Standing::Active => "o.status <> 'completed'",
        });
        let acknowledged = filter.acknowledged.map(|acknowledged| match acknowledged {
            true => "o.acknowledged_at IS NOT NULL",
            false => "o.acknowledged_at IS NULL",
        });
        let mut conditions: Vec<String> = status.into_iter().chain(acknowledged).map(ToOwned::to_owned).collect();
        let words = [("o.type", filter.kind.as_deref()), ("o.initiator_type", initiator)];
        for (column, word) in words.into_iter().filter_map(|(column, word)| Some((column, word?))) {
            conditions.push(format!("{column} = {}", self.bind(Value::Word(word))));
        }
        let of_person = |id| format!("coalesce(o.platform_user_id, o.user_id, 0) = {}", self.bind(Value::Number(id)));
        conditions.extend(initiator_id.map(of_person));
        conditions
    }
}

/// How the runs to list may have ended, each once; none where that does not matter. Only failures can be acknowledged, and can
/// lack it.
fn outcomes_of(filter: &RunFilter) -> Option<Vec<Outcome>> {
    if filter.outcomes.is_empty() && filter.acknowledged.is_none() {
        return None;
    }
    let is_asked = |outcome: &Outcome| filter.outcomes.is_empty() || filter.outcomes.contains(outcome);
    let is_possible = |outcome: &Outcome| filter.acknowledged.is_none() || outcome.is_failure();
    Some(Outcome::ALL.iter().copied().filter(|outcome| is_asked(outcome) && is_possible(outcome)).collect())
}

/// The two places of a workspace's runs, as conditions: its own, and those over several tenants that have a target there.
fn places_of_workspace(id: &str) -> Vec<Vec<String>> {
    let elsewhere = [format!("o.workspace_id <> {id}"), "o.tenant_id IS NULL".to_owned(), reaches_workspace(id)];
    vec![vec![format!("o.workspace_id = {id}")], elsewhere.into()]
}

fn reaches_workspace(id: &str) -> String {
    format!("EXISTS (SELECT FROM run_targets x WHERE x.run_id = o.id AND x.workspace_id = {id})")
}

/// Whether a filter leaves out many runs. Nearly all are completed, so that does not.
fn narrows(filter: &RunFilter) -> bool {
    filter.status.is_some_and(|status| status != Standing::Completed)
        || !filter.outcomes.is_empty()
        || filter.acknowledged.is_some()
        || filter.kind.is_some()
        || filter.workspace_id.is_some()
        || filter.tenant_id.is_some()
        || filter.initiator.is_some()
}
