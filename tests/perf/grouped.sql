-- Legacy findings: in every tenant :groups findings, each there :least to :most times, as so many scans leave them.
INSERT INTO findings (workspace_id, tenant_id, type, source, check_id, fingerprint, severity, status, title, resource, evidence,
                      detected_at, created_at)
SELECT t.workspace_id, t.id, 'posture', 'perf', 'check-' || (g % 500), sha256(convert_to(t.id || ':' || g, 'UTF8')),
       (ARRAY['critical', 'high', 'medium', 'low', 'informational'])[1 + n % 5], 'new', 'A setting departs from its baseline', 'tenant',
       '{"expected": true, "found": false}', '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 day',
       '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 day'
FROM allowed_tenants t, generate_series(1, :groups) g, generate_series(1, :least + g % (:most - :least + 1)) n ORDER BY t.id, g, n;
