-- Legacy findings: :tenants tenants with :each findings each, one in ten a duplicate of the one before. A tenant's findings
-- lie together, as importing tenant after tenant leaves them.
INSERT INTO tenants (workspace_id, external_id, name)
SELECT w.id, 'perf-' || n, 'Tenant ' || n FROM workspaces w, generate_series(1, :tenants) n WHERE w.slug = 'default';

INSERT INTO findings (workspace_id, tenant_id, type, source, check_id, fingerprint, severity, status, title, resource, evidence,
                      detected_at, acknowledged_at, created_at)
SELECT t.workspace_id, t.id, 'posture', 'perf', 'check-' || (n % 500), sha256(convert_to(t.id || ':' || (n * 9 / 10), 'UTF8')),
       (ARRAY['critical', 'high', 'medium', 'low', 'informational'])[1 + n % 5],
       (ARRAY['new', 'acknowledged', 'resolved', 'closed', 'in_progress', 'risk_accepted', 'new', 'triaged'])[1 + (n / 7) % 8],
       'A setting departs from its baseline', 'tenant', '{"expected": true, "found": false}',
       '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 hour',
       CASE WHEN (n / 7) % 8 = 1 THEN '2026-01-02T00:00:00Z'::timestamptz + n * interval '1 hour' END,
       '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 hour'
FROM allowed_tenants t, generate_series(1, :each) n ORDER BY t.id, n;
