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

/// Aggregates the earliest due date that persons set on rows under a condition (FND-09): `infinity` where all that they decided
/// is that there is none, null where nobody decided anything.
fn person_due(condition: &str) -> String {
    format!("min(coalesce(f.due_at, 'infinity')) FILTER (WHERE {condition})")
}

/// A row that takes part in consolidation; with another such row of its tenant and fingerprint it is a duplicate (FND-04).
pub(in crate::findings) const LIVE: &str = "f.consolidated_into_id IS NULL";

/// A row whose due date a person decided on.
pub(in crate::findings) const DECIDED: &str = "f.due_source = 'person'";

/// Aggregates over the rows of one fingerprint that exactly one is live and lacks what a person decided on the due date of a row
/// that was folded into it, as earlier versions did it (FND-09). A decision on the live row ends that for good.
pub(in crate::findings) fn stranded(live: &str, decided: &str) -> String {
    format!(
        "(count(*) FILTER (WHERE {live}) = 1 AND coalesce(max(CASE WHEN {decided} THEN CASE WHEN {live} THEN 2 ELSE 1 END END), 0) = 1)"
    )
}

/// Common table expressions that say what becomes of the rows of `src (id)`, in whole duplicate groups: relation `plan` with
/// the columns as they are and, beside them, as they will be (`…_after`); `survivor_id` where the row is in a group, and for a
/// survivor title, resource and evidence of the row of its group seen last (`last_…`). With `by_others` other rows of its
/// fingerprint decide on the row, because it is in a group or gets back what was decided on a row folded into it.
///
/// Groups are seen through window functions, not through joins of rows with groups: those the planner, which cannot know
/// how many groups there are, may run as nested loops. All windows follow one order, so that rows are sorted once. Most groups
/// are pairs, so a window costs by the number of its functions, not of its rows: what only a survivor needs of the row seen last
/// is looked up by its id, and the statuses that the open ones of a group can end in are one rank.
pub(in crate::findings) fn plan() -> String {
    format!(
        "filled AS (
             SELECT f.id, f.tenant_id, f.fingerprint, {LIVE} AS live, f.severity, f.status, f.detected_at, f.created_at, f.first_seen_at,
                    f.last_seen_at, f.times_seen, f.acknowledged_at, f.sla_days, f.due_at, f.due_source, f.resolved_at, f.closed_at, f.closed_reason, f.consolidated_into_id,
                    {FIRST_SEEN} AS first_seen, {LAST_SEEN} AS last_seen, {TIMES_SEEN} AS times, {STATUS} AS filled_status,
                    {TRIAGED_AT} AS triaged
             FROM findings f JOIN src ON src.id = f.id),
         seen AS (
             SELECT f.*, f.live AND count(*) OVER members > 1 AS grouped,
                    min(f.first_seen) OVER members AS group_first_seen, max(f.last_seen) OVER members AS group_last_seen,
                    min(f.triaged) OVER members AS group_triaged, min(f.acknowledged_at) OVER members AS group_acknowledged,
                    last_value(f.id) OVER members AS last_id, {person_due} OVER members AS group_person_due,
                    array_agg(f.id) FILTER (WHERE f.status = 'risk_accepted') OVER members AS accepted_ids,
                    max(CASE WHEN f.filled_status = 'in_progress' THEN 3 WHEN f.filled_status = 'triaged' THEN 2
                             WHEN f.status IN ('reopened', 'resolved', 'closed') THEN 1 ELSE 0 END) OVER members AS furthest,
                    CASE WHEN row_number() OVER scan = 1 THEN max(f.times) OVER scan END AS scan_times
             FROM filled f
             WINDOW members AS (PARTITION BY f.tenant_id, f.fingerprint, f.live ORDER BY f.last_seen, f.id
                                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING),
                    scan AS (PARTITION BY f.tenant_id, f.fingerprint, f.live, f.last_seen ORDER BY f.id
                             ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)),
         ranked AS (
             SELECT f.*, min(f.id) FILTER (WHERE f.first_seen = f.group_first_seen) OVER members AS first_id,
                    least(sum(f.scan_times) OVER members, 2147483647)::integer AS group_times,
                    CASE WHEN f.live THEN coalesce(f.group_person_due, {folded_due} OVER (PARTITION BY f.tenant_id, f.fingerprint)) END AS person_due
             FROM seen f WINDOW members AS (PARTITION BY f.tenant_id, f.fingerprint, f.live)),
         decided AS (
             SELECT f.*, f.grouped OR (f.person_due IS NOT NULL AND f.group_person_due IS NULL) AS by_others, f.grouped AND f.first_id = f.id AS is_survivor, f.grouped AND f.first_id <> f.id AS is_duplicate,
                    CASE WHEN f.grouped THEN f.first_id END AS survivor_id,
                    CASE WHEN f.grouped AND f.first_id = f.id THEN f.accepted_ids[cardinality(f.accepted_ids)] END AS accepted_id,
                    l.title AS last_title, l.resource AS last_resource, l.evidence AS last_evidence,
                    l.resolved_at AS last_resolved_at, l.closed_at AS last_closed_at, l.closed_reason AS last_closed_reason,
                    coalesce(l.severity, f.severity) AS severity_after,
                    CASE WHEN NOT f.grouped THEN f.filled_status
                         WHEN f.first_id <> f.id THEN 'closed'
                         WHEN f.accepted_ids IS NOT NULL THEN 'risk_accepted'
                         WHEN NOT ({last_is_open}) THEN l.status
                         ELSE (ARRAY['new', 'reopened', 'triaged', 'in_progress'])[1 + f.furthest] END AS status_after
             FROM ranked f LEFT JOIN findings l ON l.id = CASE WHEN f.grouped AND f.first_id = f.id THEN f.last_id END),
         plan AS (
             SELECT f.id, f.tenant_id, f.fingerprint, f.by_others, f.survivor_id, f.is_survivor, f.is_duplicate, f.last_title, f.last_resource, f.last_evidence,
                    f.detected_at, f.created_at, f.first_seen_at, f.last_seen_at, f.times_seen, f.status, f.severity, f.sla_days, f.due_at,
                    f.due_source, f.closed_reason, f.consolidated_into_id, f.severity_after, f.status_after,
                    CASE WHEN f.is_survivor THEN f.group_first_seen ELSE f.first_seen END AS first_seen_after,
                    CASE WHEN f.is_survivor THEN f.group_last_seen ELSE f.last_seen END AS last_seen_after,
                    CASE WHEN f.is_survivor THEN f.group_times ELSE f.times END AS times_after,
                    CASE WHEN f.is_survivor THEN coalesce(f.triaged, f.group_triaged) ELSE f.triaged END AS triaged_after,
                    CASE WHEN f.is_survivor THEN coalesce(f.acknowledged_at, f.group_acknowledged) ELSE f.acknowledged_at END AS acknowledged_after,
                    {sla} AS sla_after,
                    CASE WHEN f.person_due IS NOT NULL AND NOT f.is_duplicate THEN nullif(f.person_due, 'infinity') ELSE {due} END AS due_after,
                    CASE WHEN f.person_due IS NOT NULL AND NOT f.is_duplicate THEN 'person' ELSE {due_source} END AS due_source_after,
                    CASE WHEN NOT f.is_survivor THEN f.resolved_at WHEN f.status_after = 'resolved' THEN f.last_resolved_at END AS resolved_after,
                    CASE WHEN f.is_duplicate THEN coalesce(f.closed_at, f.last_seen) WHEN NOT f.grouped THEN f.closed_at
                         WHEN f.status_after = 'closed' THEN f.last_closed_at WHEN f.status_after = 'risk_accepted' THEN a.closed_at END AS closed_after,
                    CASE WHEN f.is_duplicate THEN 'consolidated_duplicate' WHEN NOT f.grouped THEN f.closed_reason
                         WHEN f.status_after = 'closed' THEN f.last_closed_reason
                         WHEN f.status_after = 'risk_accepted' THEN a.closed_reason END AS closed_reason_after,
                    CASE WHEN f.is_duplicate THEN f.survivor_id ELSE f.consolidated_into_id END AS consolidated_into_after
             FROM decided f LEFT JOIN findings a ON a.id = f.accepted_id)",
        last_is_open = is_open("l.status"),
        person_due = person_due(DECIDED),
        folded_due = person_due(&format!("NOT f.live AND {DECIDED}")),
        sla = sla_after("f.status_after", "f.severity_after"),
        due = due_after("f.status_after", "f.severity_after", "CASE WHEN f.is_survivor THEN f.group_first_seen ELSE f.first_seen END"),
        due_source = due_source_after("f.status_after", "f.severity_after"),
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
