-- Legacy findings: :tenants tenants with :each findings each, every finding there three times, as three scans leave them.
INSERT INTO findings (workspace_id, tenant_id, type, source, check_id, fingerprint, severity, status, title, resource, evidence,
                      detected_at, created_at)
SELECT t.workspace_id, t.id, 'posture', 'perf', 'check-' || (n % 500), sha256(convert_to(t.id || ':' || n / 3, 'UTF8')),
       (ARRAY['critical', 'high', 'medium', 'low', 'informational'])[1 + n % 5], 'new', 'A setting departs from its baseline', 'tenant',
       '{"expected": true, "found": false}', '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 hour',
       '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 hour'
FROM allowed_tenants t, generate_series(0, :each - 1) n ORDER BY t.id, n;
