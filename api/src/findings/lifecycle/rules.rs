//! The rules as SQL expressions over a row of `findings` called `f`. Each stands here once; statements are put together
//! from them in `store`.

/// Days to repair a finding of a severity; none for informational ones.
pub(super) fn sla_days(severity: &str) -> String {
    format!("CASE {severity} WHEN 'critical' THEN 3 WHEN 'high' THEN 7 WHEN 'medium' THEN 14 WHEN 'low' THEN 30 END")
}

/// Whether a status is open.
pub(super) fn is_open(status: &str) -> String {
    format!("{status} IN ('new', 'triaged', 'in_progress', 'reopened', 'acknowledged')")
}

/// FND-03: first seen.
pub(super) const FIRST_SEEN: &str = "coalesce(f.first_seen_at, least(f.detected_at, f.created_at))";

/// FND-03: last seen.
pub(super) const LAST_SEEN: &str = "coalesce(f.last_seen_at, greatest(f.detected_at, coalesce(f.first_seen_at, least(f.detected_at, f.created_at)), f.created_at))";

/// FND-03: seen once at least.
pub(super) const TIMES_SEEN: &str = "greatest(f.times_seen, 1)";

/// FND-03: the legacy status becomes triaged.
pub(super) const STATUS: &str = "CASE WHEN f.status = 'acknowledged' THEN 'triaged' ELSE f.status END";

/// FND-03: when it was triaged.
pub(super) const TRIAGED_AT: &str = "CASE WHEN f.status = 'acknowledged' \
     THEN coalesce(f.triaged_at, f.acknowledged_at, f.first_seen_at, least(f.detected_at, f.created_at)) ELSE f.triaged_at END";

/// FND-03: days by severity for open findings; others keep what they have.
pub(super) fn sla_after(status: &str, severity: &str) -> String {
    format!("CASE WHEN {} THEN {} ELSE f.sla_days END", is_open(status), sla_days(severity))
}

/// FND-03: an open finding without any decision about its due date gets one; a terminal one loses a computed one.
pub(super) fn due_after(status: &str, severity: &str, first_seen: &str) -> String {
    format!(
        "CASE WHEN {open} THEN CASE WHEN f.due_at IS NULL AND f.due_source IS NULL THEN {first_seen} + make_interval(days => {days}) ELSE f.due_at END \
              WHEN f.due_source = 'sla' THEN NULL ELSE f.due_at END",
        open = is_open(status),
        days = sla_days(severity),
    )
}

/// FND-03: where the due date comes from.
pub(super) fn due_source_after(status: &str, severity: &str) -> String {
    format!(
        "CASE WHEN {open} THEN CASE WHEN f.due_at IS NULL AND f.due_source IS NULL AND {days} IS NOT NULL THEN 'sla' ELSE f.due_source END \
              WHEN f.due_source = 'sla' THEN NULL ELSE f.due_source END",
        open = is_open(status),
        days = sla_days(severity),
    )
}

/// The row predicate: FND-03 would change the row.
pub(super) fn pending() -> String {
    format!(
        "(f.first_seen_at IS NULL OR f.last_seen_at IS NULL OR f.times_seen IS NULL OR f.times_seen < 1 OR f.status = 'acknowledged' \
          OR CASE WHEN {open} THEN f.sla_days IS DISTINCT FROM {days} OR (f.due_at IS NULL AND f.due_source IS NULL AND {days} IS NOT NULL) \
                  ELSE f.due_source IS NOT DISTINCT FROM 'sla' END)",
        open = is_open("f.status"),
        days = sla_days("f.severity"),
    )
}

/// A row that takes part in consolidation; with another such row of its tenant and fingerprint it is a duplicate (FND-04).
pub(super) const LIVE: &str = "f.consolidated_into_id IS NULL";

/// Common table expressions that say what becomes of the rows of `src (id)`, in whole duplicate groups: relation `plan`
/// with the columns to write, `survivor_id` where the row is in a group, and `last_id`, the row of its group seen last.
pub(super) fn plan() -> String {
    let live_window = "PARTITION BY f.tenant_id, f.fingerprint, f.consolidated_into_id IS NULL";
    format!(
        "filled AS (
             SELECT f.id, f.tenant_id, f.fingerprint, {LIVE} AS live, f.acknowledged_at,
                    {FIRST_SEEN} AS first_seen, {LAST_SEEN} AS last_seen, {TIMES_SEEN} AS times, {STATUS} AS status, {TRIAGED_AT} AS triaged,
                    count(*) OVER ({live_window}) AS members,
                    row_number() OVER ({live_window}, {LAST_SEEN} ORDER BY {TIMES_SEEN} DESC, f.id) AS same_scan_rank,
                    row_number() OVER ({live_window} ORDER BY {LAST_SEEN} DESC, f.id DESC) AS recency
             FROM findings f JOIN src ON src.id = f.id),
         groups AS (
             SELECT g.tenant_id, g.fingerprint,
                    (array_agg(g.id ORDER BY g.first_seen, g.id))[1] AS survivor_id,
                    (array_agg(g.id ORDER BY g.recency))[1] AS last_id,
                    (array_agg(g.id ORDER BY g.recency) FILTER (WHERE g.status = 'risk_accepted'))[1] AS accepted_id,
                    (array_agg(g.status ORDER BY g.recency))[1] AS last_status,
                    min(g.first_seen) AS first_seen, max(g.last_seen) AS last_seen, min(g.triaged) AS triaged, min(g.acknowledged_at) AS acknowledged_at,
                    least(sum(g.times) FILTER (WHERE g.same_scan_rank = 1), 2147483647)::integer AS times,
                    bool_or(g.status = 'in_progress') AS any_in_progress, bool_or(g.status = 'triaged') AS any_triaged,
                    bool_or(g.status = 'reopened' OR (g.status IN ('resolved', 'closed') AND g.recency > 1)) AS any_reopened
             FROM filled g WHERE g.live AND g.members > 1 GROUP BY g.tenant_id, g.fingerprint),
         decided AS (
             SELECT i.id, g.survivor_id, g.last_id, g.accepted_id,
                    CASE WHEN g.survivor_id = i.id THEN g.first_seen ELSE i.first_seen END AS first_seen,
                    CASE WHEN g.survivor_id = i.id THEN g.last_seen ELSE i.last_seen END AS last_seen,
                    CASE WHEN g.survivor_id = i.id THEN g.times ELSE i.times END AS times,
                    CASE WHEN g.survivor_id = i.id THEN coalesce(i.triaged, g.triaged) ELSE i.triaged END AS triaged,
                    CASE WHEN g.survivor_id = i.id THEN coalesce(i.acknowledged_at, g.acknowledged_at) ELSE i.acknowledged_at END AS acknowledged,
                    CASE WHEN g.survivor_id IS NULL THEN i.status
                         WHEN g.survivor_id <> i.id THEN 'closed'
                         WHEN g.accepted_id IS NOT NULL THEN 'risk_accepted'
                         WHEN NOT ({last_is_open}) THEN g.last_status
                         WHEN g.any_in_progress THEN 'in_progress' WHEN g.any_triaged THEN 'triaged'
                         WHEN g.any_reopened THEN 'reopened' ELSE 'new' END AS status
             FROM filled i LEFT JOIN groups g ON i.live AND g.tenant_id = i.tenant_id AND g.fingerprint = i.fingerprint),
         plan AS (
             SELECT f.id, d.survivor_id, d.last_id, f.tenant_id,
                    d.survivor_id = d.id AS is_survivor, d.survivor_id <> d.id AS is_duplicate,
                    d.first_seen, d.last_seen, d.times, d.status, d.triaged, d.acknowledged, l.severity,
                    {sla} AS sla_days, {due} AS due_at, {due_source} AS due_source,
                    CASE WHEN d.survivor_id IS NULL THEN f.resolved_at WHEN d.survivor_id <> d.id THEN f.resolved_at
                         WHEN d.status = 'resolved' THEN l.resolved_at END AS resolved_at,
                    CASE WHEN d.survivor_id IS NULL THEN f.closed_at WHEN d.survivor_id <> d.id THEN coalesce(f.closed_at, d.last_seen)
                         WHEN d.status = 'closed' THEN l.closed_at WHEN d.status = 'risk_accepted' THEN a.closed_at END AS closed_at,
                    CASE WHEN d.survivor_id IS NULL THEN f.closed_reason WHEN d.survivor_id <> d.id THEN 'consolidated_duplicate'
                         WHEN d.status = 'closed' THEN l.closed_reason WHEN d.status = 'risk_accepted' THEN a.closed_reason END AS closed_reason,
                    CASE WHEN d.survivor_id <> d.id THEN d.survivor_id ELSE f.consolidated_into_id END AS consolidated_into_id
             FROM decided d JOIN findings f ON f.id = d.id
             JOIN findings l ON l.id = CASE WHEN d.survivor_id = d.id THEN d.last_id ELSE d.id END
             LEFT JOIN findings a ON a.id = d.accepted_id)",
        last_is_open = is_open("g.last_status"),
        sla = sla_after("d.status", "l.severity"),
        due = due_after("d.status", "l.severity", "d.first_seen"),
        due_source = due_source_after("d.status", "l.severity"),
    )
}
