//! The rules as SQL expressions over a row of `findings` called `f`. Each stands here once; statements are put together
//! from them in `store`, and in the import, which writes rows that need no repair.

use crate::findings::model::{Severity, Status};

/// Days to repair a finding of a severity; none for informational ones.
pub(in crate::findings) fn sla_days(severity: &str) -> String {
    let case = |known: &Severity| known.sla_days().map(|days| format!(" WHEN '{known}' THEN {days}"));
    let cases: String = Severity::ALL.iter().filter_map(case).collect();
    format!("CASE {severity}{cases} END")
}

/// Whether a status is open.
pub(in crate::findings) fn is_open(status: &str) -> String {
    let words: Vec<_> = Status::ALL.iter().filter(|known| known.is_open()).map(|known| format!("'{known}'")).collect();
    format!("{status} IN ({})", words.join(", "))
}

/// FND-03: first seen.
pub(in crate::findings) const FIRST_SEEN: &str = "coalesce(f.first_seen_at, least(f.detected_at, f.created_at))";

/// FND-03: last seen.
pub(in crate::findings) const LAST_SEEN: &str = "coalesce(f.last_seen_at, greatest(f.detected_at, coalesce(f.first_seen_at, least(f.detected_at, f.created_at)), f.created_at))";

/// FND-03: seen once at least.
pub(in crate::findings) const TIMES_SEEN: &str = "greatest(f.times_seen, 1)";

/// FND-03: the legacy status becomes triaged.
pub(in crate::findings) const STATUS: &str = "CASE WHEN f.status = 'acknowledged' THEN 'triaged' ELSE f.status END";

/// FND-03: when it was triaged.
pub(in crate::findings) const TRIAGED_AT: &str = "CASE WHEN f.status = 'acknowledged' \
     THEN coalesce(f.triaged_at, f.acknowledged_at, f.first_seen_at, least(f.detected_at, f.created_at)) ELSE f.triaged_at END";

/// FND-03: days by severity for open findings; others keep what they have.
pub(in crate::findings) fn sla_after(status: &str, severity: &str) -> String {
    format!("CASE WHEN {} THEN {} ELSE f.sla_days END", is_open(status), sla_days(severity))
}

/// FND-03: an open finding without any decision about its due date gets one; a terminal one loses a computed one.
pub(in crate::findings) fn due_after(status: &str, severity: &str, first_seen: &str) -> String {
    format!(
        "CASE WHEN {open} THEN CASE WHEN f.due_at IS NULL AND f.due_source IS NULL THEN {first_seen} + make_interval(days => {days}) ELSE f.due_at END \
              WHEN f.due_source = 'sla' THEN NULL ELSE f.due_at END",
        open = is_open(status),
        days = sla_days(severity),
    )
}

/// FND-03: where the due date comes from.
pub(in crate::findings) fn due_source_after(status: &str, severity: &str) -> String {
    format!(
        "CASE WHEN {open} THEN CASE WHEN f.due_at IS NULL AND f.due_source IS NULL AND {days} IS NOT NULL THEN 'sla' ELSE f.due_source END \
              WHEN f.due_source = 'sla' THEN NULL ELSE f.due_source END",
        open = is_open(status),
        days = sla_days(severity),
    )
}

/// The row predicate: FND-03 would change the row.
pub(in crate::findings) fn pending() -> String {
    format!(
        "(f.first_seen_at IS NULL OR f.last_seen_at IS NULL OR f.times_seen IS NULL OR f.times_seen < 1 OR f.status = 'acknowledged' \
          OR CASE WHEN {open} THEN f.sla_days IS DISTINCT FROM {days} OR (f.due_at IS NULL AND f.due_source IS NULL AND {days} IS NOT NULL) \
                  ELSE f.due_source IS NOT DISTINCT FROM 'sla' END)",
        open = is_open("f.status"),
        days = sla_days("f.severity"),
    )
}

/// A row that takes part in consolidation; with another such row of its tenant and fingerprint it is a duplicate (FND-04).
pub(in crate::findings) const LIVE: &str = "f.consolidated_into_id IS NULL";

/// Common table expressions that say what becomes of the rows of `src (id)`, in whole duplicate groups: relation `plan`
/// with the columns to write, `survivor_id` where the row is in a group, and `last_id`, the row of its group seen last.
///
/// Groups are seen through window functions, not through joins of rows with groups: those the planner, which cannot know
/// how many groups there are, may run as nested loops.
pub(in crate::findings) fn plan() -> String {
    format!(
        "filled AS (
             SELECT f.id, f.tenant_id, f.fingerprint, {LIVE} AS live, f.acknowledged_at,
                    {FIRST_SEEN} AS first_seen, {LAST_SEEN} AS last_seen, {TIMES_SEEN} AS times, {STATUS} AS status, {TRIAGED_AT} AS triaged
             FROM findings f JOIN src ON src.id = f.id),
         ranked AS (
             SELECT i.*, i.live AND count(*) OVER members > 1 AS grouped,
                    row_number() OVER (PARTITION BY i.tenant_id, i.fingerprint, i.live ORDER BY i.last_seen DESC, i.id DESC) AS recency,
                    row_number() OVER (PARTITION BY i.tenant_id, i.fingerprint, i.live, i.last_seen ORDER BY i.times DESC, i.id) AS same_scan_rank
             FROM filled i WINDOW members AS (PARTITION BY i.tenant_id, i.fingerprint, i.live)),
         seen AS (
             SELECT r.id, r.first_seen, r.last_seen, r.times, r.status, r.triaged, r.acknowledged_at, r.grouped,
                    first_value(r.id) OVER (members ORDER BY r.first_seen, r.id) AS survivor_id,
                    first_value(r.id) OVER (members ORDER BY r.recency) AS last_id,
                    first_value(r.status) OVER (members ORDER BY r.recency) AS last_status,
                    first_value(CASE WHEN r.status = 'risk_accepted' THEN r.id END)
                        OVER (members ORDER BY r.status <> 'risk_accepted', r.recency) AS accepted_id,
                    min(r.first_seen) OVER members AS group_first_seen, max(r.last_seen) OVER members AS group_last_seen,
                    min(r.triaged) OVER members AS group_triaged, min(r.acknowledged_at) OVER members AS group_acknowledged,
                    least(sum(r.times) FILTER (WHERE r.same_scan_rank = 1) OVER members, 2147483647)::integer AS group_times,
                    bool_or(r.status = 'in_progress') OVER members AS any_in_progress,
                    bool_or(r.status = 'triaged') OVER members AS any_triaged,
                    bool_or(r.status = 'reopened' OR (r.status IN ('resolved', 'closed') AND r.recency > 1)) OVER members AS any_reopened
             FROM ranked r WINDOW members AS (PARTITION BY r.tenant_id, r.fingerprint, r.live)),
         decided AS (
             SELECT g.id, g.grouped, g.grouped AND g.survivor_id = g.id AS is_survivor, g.grouped AND g.survivor_id <> g.id AS is_duplicate,
                    CASE WHEN g.grouped THEN g.survivor_id END AS survivor_id, g.last_id,
                    CASE WHEN g.grouped THEN g.accepted_id END AS accepted_id,
                    CASE WHEN g.grouped AND g.survivor_id = g.id THEN g.group_first_seen ELSE g.first_seen END AS first_seen,
                    CASE WHEN g.grouped AND g.survivor_id = g.id THEN g.group_last_seen ELSE g.last_seen END AS last_seen,
                    CASE WHEN g.grouped AND g.survivor_id = g.id THEN g.group_times ELSE g.times END AS times,
                    CASE WHEN g.grouped AND g.survivor_id = g.id THEN coalesce(g.triaged, g.group_triaged) ELSE g.triaged END AS triaged,
                    CASE WHEN g.grouped AND g.survivor_id = g.id THEN coalesce(g.acknowledged_at, g.group_acknowledged)
                         ELSE g.acknowledged_at END AS acknowledged,
                    CASE WHEN NOT g.grouped THEN g.status
                         WHEN g.survivor_id <> g.id THEN 'closed'
                         WHEN g.accepted_id IS NOT NULL THEN 'risk_accepted'
                         WHEN NOT ({last_is_open}) THEN g.last_status
                         WHEN g.any_in_progress THEN 'in_progress' WHEN g.any_triaged THEN 'triaged'
                         WHEN g.any_reopened THEN 'reopened' ELSE 'new' END AS status
             FROM seen g),
         plan AS (
             SELECT f.id, f.tenant_id, d.survivor_id, CASE WHEN d.grouped THEN d.last_id ELSE d.id END AS last_id, d.is_survivor, d.is_duplicate,
                    d.first_seen, d.last_seen, d.times, d.status, d.triaged, d.acknowledged, l.severity,
                    {sla} AS sla_days, {due} AS due_at, {due_source} AS due_source,
                    CASE WHEN NOT d.is_survivor THEN f.resolved_at WHEN d.status = 'resolved' THEN l.resolved_at END AS resolved_at,
                    CASE WHEN d.is_duplicate THEN coalesce(f.closed_at, d.last_seen) WHEN NOT d.grouped THEN f.closed_at
                         WHEN d.status = 'closed' THEN l.closed_at WHEN d.status = 'risk_accepted' THEN a.closed_at END AS closed_at,
                    CASE WHEN d.is_duplicate THEN 'consolidated_duplicate' WHEN NOT d.grouped THEN f.closed_reason
                         WHEN d.status = 'closed' THEN l.closed_reason WHEN d.status = 'risk_accepted' THEN a.closed_reason END AS closed_reason,
                    CASE WHEN d.is_duplicate THEN d.survivor_id ELSE f.consolidated_into_id END AS consolidated_into_id
             FROM decided d JOIN findings f ON f.id = d.id
             JOIN findings l ON l.id = CASE WHEN d.is_survivor THEN d.last_id ELSE d.id END
             LEFT JOIN findings a ON a.id = d.accepted_id)",
        last_is_open = is_open("g.last_status"),
        sla = sla_after("d.status", "l.severity"),
        due = due_after("d.status", "l.severity", "d.first_seen"),
        due_source = due_source_after("d.status", "l.severity"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expressions_are_those_of_the_model() {
        let days = "CASE s WHEN 'low' THEN 30 WHEN 'medium' THEN 14 WHEN 'high' THEN 7 WHEN 'critical' THEN 3 END";
        assert_eq!(sla_days("s"), days);
        assert_eq!(is_open("s"), "s IN ('new', 'triaged', 'in_progress', 'reopened', 'acknowledged')");
    }
}
