-- How many findings the backfill would change, as somebody would count them by hand: the rows that lack something, and of
-- the others those that have a duplicate.
SELECT (SELECT count(*) FROM findings WHERE first_seen_at IS NULL OR last_seen_at IS NULL OR coalesce(times_seen, 0) < 1
            OR status = 'acknowledged'
            OR CASE WHEN status IN ('new', 'triaged', 'in_progress', 'reopened')
                    THEN sla_days IS DISTINCT FROM CASE severity WHEN 'critical' THEN 3 WHEN 'high' THEN 7 WHEN 'medium' THEN 14 WHEN 'low' THEN 30 END
                         OR (due_at IS NULL AND due_source IS NULL AND severity <> 'informational')
                    ELSE due_source IS NOT DISTINCT FROM 'sla' END)
     + (SELECT coalesce(sum(good), 0)
        FROM (SELECT count(*) FILTER (
                  WHERE first_seen_at IS NOT NULL AND last_seen_at IS NOT NULL AND times_seen >= 1 AND status <> 'acknowledged'
                        AND CASE WHEN status IN ('new', 'triaged', 'in_progress', 'reopened')
                                 THEN sla_days IS NOT DISTINCT FROM
                                      CASE severity WHEN 'critical' THEN 3 WHEN 'high' THEN 7 WHEN 'medium' THEN 14 WHEN 'low' THEN 30 END
                                      AND (due_at IS NOT NULL OR due_source IS NOT NULL OR severity = 'informational')
                                 ELSE due_source IS DISTINCT FROM 'sla' END) AS good
              FROM findings WHERE consolidated_into_id IS NULL GROUP BY tenant_id, fingerprint HAVING count(*) > 1) g)
