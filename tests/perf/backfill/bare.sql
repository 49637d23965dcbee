-- The same changes as the backfill, as somebody would write them by hand: one statement over every row, then the
-- consolidation of those that have duplicates. Legacy rows have no days to repair and no due date, which makes it simpler
-- than the runbook. `:tenants` is a condition on f.tenant_id: true, or a share of the tenants for one of several sessions.
SET work_mem = '64MB';

UPDATE findings f SET
    first_seen_at = coalesce(first_seen_at, least(detected_at, created_at)),
    last_seen_at = coalesce(last_seen_at, greatest(detected_at, coalesce(first_seen_at, least(detected_at, created_at)), created_at)),
    times_seen = greatest(times_seen, 1),
    triaged_at = CASE WHEN status = 'acknowledged'
                      THEN coalesce(triaged_at, acknowledged_at, first_seen_at, least(detected_at, created_at)) ELSE triaged_at END,
    sla_days = CASE WHEN status IN ('new', 'triaged', 'in_progress', 'reopened', 'acknowledged')
                    THEN CASE severity WHEN 'critical' THEN 3 WHEN 'high' THEN 7 WHEN 'medium' THEN 14 WHEN 'low' THEN 30 END ELSE sla_days END,
    due_at = CASE WHEN status IN ('new', 'triaged', 'in_progress', 'reopened', 'acknowledged') AND due_at IS NULL AND due_source IS NULL
                  THEN coalesce(first_seen_at, least(detected_at, created_at)) + make_interval(days =>
                       CASE severity WHEN 'critical' THEN 3 WHEN 'high' THEN 7 WHEN 'medium' THEN 14 WHEN 'low' THEN 30 END)
                  WHEN status IN ('resolved', 'closed', 'risk_accepted') AND due_source = 'sla' THEN NULL ELSE due_at END,
    due_source = CASE WHEN status IN ('new', 'triaged', 'in_progress', 'reopened', 'acknowledged') AND due_at IS NULL AND due_source IS NULL
                           AND severity <> 'informational' THEN 'sla'
                      WHEN status IN ('resolved', 'closed', 'risk_accepted') AND due_source = 'sla' THEN NULL ELSE due_source END,
    status = CASE WHEN status = 'acknowledged' THEN 'triaged' ELSE status END,
    updated_at = clock_timestamp()
WHERE :tenants;

WITH repeated AS MATERIALIZED (
    SELECT f.tenant_id, f.fingerprint FROM findings f WHERE f.consolidated_into_id IS NULL AND :tenants
    GROUP BY f.tenant_id, f.fingerprint HAVING count(*) > 1),
members AS (
    SELECT f.id, f.tenant_id, f.fingerprint, f.first_seen_at, f.last_seen_at, f.times_seen, f.status, f.triaged_at, f.acknowledged_at,
           row_number() OVER (PARTITION BY f.tenant_id, f.fingerprint ORDER BY f.last_seen_at DESC, f.id DESC) AS recency,
           row_number() OVER (PARTITION BY f.tenant_id, f.fingerprint, f.last_seen_at ORDER BY f.times_seen DESC, f.id) AS scan_rank,
           first_value(f.id) OVER (PARTITION BY f.tenant_id, f.fingerprint ORDER BY f.first_seen_at, f.id) AS survivor_id
    FROM findings f JOIN repeated r ON r.tenant_id = f.tenant_id AND r.fingerprint = f.fingerprint
    WHERE f.consolidated_into_id IS NULL AND :tenants),
groups AS (
    SELECT survivor_id, min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at, min(triaged_at) AS triaged_at,
           min(acknowledged_at) AS acknowledged_at,
           sum(times_seen) FILTER (WHERE scan_rank = 1)::integer AS times_seen,
           (array_agg(id ORDER BY recency))[1] AS last_id, (array_agg(status ORDER BY recency))[1] AS last_status,
           (array_agg(id ORDER BY recency) FILTER (WHERE status = 'risk_accepted'))[1] AS accepted_id,
           bool_or(status = 'in_progress') AS in_progress, bool_or(status = 'triaged') AS triaged,
           bool_or(status = 'reopened' OR (status IN ('resolved', 'closed') AND recency > 1)) AS reopened
    FROM members GROUP BY survivor_id),
survivors AS (
    UPDATE findings f SET
        first_seen_at = g.first_seen_at, last_seen_at = g.last_seen_at, times_seen = g.times_seen,
        triaged_at = coalesce(f.triaged_at, g.triaged_at), acknowledged_at = coalesce(f.acknowledged_at, g.acknowledged_at),
        severity = l.severity, title = l.title, resource = l.resource, evidence = l.evidence, status = n.status,
        sla_days = CASE WHEN n.open THEN n.days END,
        -- What the first statement computed for the row alone is computed again from the group.
        due_at = CASE WHEN n.open AND coalesce(f.due_source, 'sla') = 'sla' THEN g.first_seen_at + make_interval(days => n.days)
                      WHEN f.due_source = 'sla' THEN NULL ELSE f.due_at END,
        due_source = CASE WHEN n.open AND coalesce(f.due_source, 'sla') = 'sla' THEN CASE WHEN n.days IS NOT NULL THEN 'sla' END
                          WHEN f.due_source = 'sla' THEN NULL ELSE f.due_source END,
        resolved_at = CASE WHEN n.status = 'resolved' THEN l.resolved_at END,
        closed_at = CASE WHEN n.status = 'closed' THEN l.closed_at WHEN n.status = 'risk_accepted' THEN a.closed_at END,
        closed_reason = CASE WHEN n.status = 'closed' THEN l.closed_reason WHEN n.status = 'risk_accepted' THEN a.closed_reason END,
        updated_at = clock_timestamp()
    FROM groups g JOIN findings l ON l.id = g.last_id LEFT JOIN findings a ON a.id = g.accepted_id
    CROSS JOIN LATERAL (
        SELECT s.status, s.status IN ('new', 'triaged', 'in_progress', 'reopened') AS open,
               CASE l.severity WHEN 'critical' THEN 3 WHEN 'high' THEN 7 WHEN 'medium' THEN 14 WHEN 'low' THEN 30 END AS days
        FROM (SELECT CASE WHEN g.accepted_id IS NOT NULL THEN 'risk_accepted'
                          WHEN g.last_status IN ('resolved', 'closed') THEN g.last_status
                          WHEN g.in_progress THEN 'in_progress' WHEN g.triaged THEN 'triaged'
                          WHEN g.reopened THEN 'reopened' ELSE 'new' END AS status) s) n
    WHERE f.id = g.survivor_id)
UPDATE findings f SET
    status = 'closed', closed_at = coalesce(f.closed_at, f.last_seen_at), closed_reason = 'consolidated_duplicate',
    consolidated_into_id = m.survivor_id, sla_days = NULL,
    due_at = CASE WHEN f.due_source = 'sla' THEN NULL ELSE f.due_at END,
    due_source = CASE WHEN f.due_source = 'sla' THEN NULL ELSE f.due_source END,
    updated_at = clock_timestamp()
FROM members m WHERE m.id = f.id AND m.id <> m.survivor_id;
