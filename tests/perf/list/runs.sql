-- A history of :runs runs over two years, by the clock of the last one.
--
-- Workspaces and tenants differ in size: workspace 1 has a third of the runs, tenant 1 a tenth. Workspace 2 was closed long
-- ago and has runs only in the oldest tenth, workspace 3 has never seen a failure. Operator 1 started many, operator 2 left
-- when a fifth of the time was over, operator 3 started three. Every 1,370th run goes over all 2,000 tenants, the others
-- over one. Of the newest, 50 are active, the last of them over all tenants. Failures of the last year are acknowledged, most of them.
INSERT INTO workspaces (slug, name) SELECT 'ws-' || n, 'Workspace ' || n FROM generate_series(1, 200) n;
INSERT INTO tenants (workspace_id, external_id, name)
SELECT w.id, 'perf-' || n, 'Tenant ' || n FROM generate_series(1, 2000) n JOIN workspaces w ON w.slug = 'ws-' || (1 + (n - 1) % 200) ORDER BY n;
INSERT INTO platform_users (email, name, password_hash) SELECT 'operator' || n || '@example.com', 'Operator ' || n, '-' FROM generate_series(1, 20) n;
INSERT INTO users (email, name, password_hash) SELECT 'user' || n || '@example.com', 'User ' || n, '-' FROM generate_series(1, 50) n;

CREATE TEMPORARY TABLE plan AS
SELECT i, age, everywhere, active,
       -- Ids count from one in a new database; the workspace "default" and its platform tenant come first.
       CASE WHEN everywhere THEN NULL
            WHEN t < 0.10 THEN 1
            WHEN t < 0.33 THEN 1 + 200 * (1 + i % 9)
            WHEN t < 0.38 AND age < 0.1 THEN 2 + 200 * (i % 10)
            WHEN t < 0.48 THEN 3 + 200 * (i % 10)
            ELSE 4 + (i * 7919) % 1990 END AS tenant,
       CASE WHEN w < 0.55 THEN 'system' WHEN w < 0.60 THEN 'cli' WHEN w < 0.65 THEN 'user' ELSE 'operator' END AS initiator,
       CASE WHEN i % (:runs / 3) = 7 THEN 3 WHEN w < 0.75 THEN 1 WHEN w < 0.85 AND age < 0.2 THEN 2 ELSE 4 + i % 17 END AS operator,
       CASE WHEN o < 0.90 THEN 'succeeded' WHEN o < 0.94 THEN 'partially_succeeded' WHEN o < 0.97 THEN 'failed'
            WHEN o < 0.9999 THEN 'cancelled' ELSE 'blocked' END AS outcome,
       CASE WHEN k < 0.8 THEN 'findings.lifecycle.backfill' WHEN k < 0.95 THEN 'inventory.sync' ELSE 'drift.scan' END AS type
FROM (SELECT i, i::double precision / :runs AS age, i % 1370 = 0 OR i = :runs AS everywhere, i > :runs - 50 AS active,
             hashint8(i) & 1048575 AS h, (hashint8(i) & 1048575) / 1048576.0 AS t, (hashint8(i + 10000000000) & 1048575) / 1048576.0 AS w,
             (hashint8(i + 20000000000) & 1048575) / 1048576.0 AS o, (hashint8(i + 30000000000) & 1048575) / 1048576.0 AS k
      FROM generate_series(1::bigint, :runs) i) dice;

INSERT INTO operation_runs (workspace_id, tenant_id, platform_user_id, user_id, initiator_type, initiator_name, type, status, outcome,
                            run_identity_hash, summary_counts, failure_summary, context, cancel_requested_at, created_at, started_at,
                            completed_at, acknowledged_at, acknowledged_by, acknowledged_by_name, acknowledgement_note)
SELECT coalesce(t.workspace_id, d.id), t.id, CASE WHEN p.initiator = 'operator' THEN o.id END,
       CASE WHEN p.initiator = 'user' THEN u.id END, p.initiator, coalesce(CASE p.initiator WHEN 'operator' THEN o.name WHEN 'user' THEN u.name END, 'TenantAtlas'),
       p.type, s.status, s.outcome, encode(sha256(convert_to('run ' || p.i, 'UTF8')), 'hex'),
       CASE WHEN s.status = 'completed' THEN jsonb_build_object('total', 500 + p.i % 4000, 'processed', 500 + p.i % 4000, 'updated', p.i % 500,
            'skipped', 500 + p.i % 4000 - p.i % 500, 'failed', (s.outcome IN ('failed', 'partially_succeeded'))::integer,
            'tenants', CASE WHEN p.everywhere THEN 2000 ELSE 1 END) ELSE '{}' END,
       CASE WHEN s.outcome IN ('failed', 'partially_succeeded') THEN jsonb_build_array(jsonb_build_object('code', 'statement_timeout',
            'message', 'The database was too slow, even for a single row.', 'count', 1)) ELSE '[]' END,
       jsonb_build_object('runbook', jsonb_build_object('key', p.type, 'scope', CASE WHEN p.everywhere THEN 'all_tenants' ELSE 'single_tenant' END,
                                                        'target_tenant_id', t.id, 'source', 'system_ui'),
                          'preflight', jsonb_build_object('id', p.i, 'affected_count', p.i % 500, 'total_count', 500 + p.i % 4000, 'estimated_tenants', 1),
                          'excluded', '[]'::jsonb,
                          'reason', jsonb_build_object('reason_code', 'DATA_REPAIR', 'reason_text', 'Old rows lack their lifecycle.'),
                          'platform_initiator', NULL, 'retry_of_run_id', NULL),
       CASE WHEN s.outcome = 'cancelled' THEN p.created_at END, p.created_at,
       CASE WHEN s.status <> 'queued' THEN p.created_at + interval '1 second' END,
       CASE WHEN s.status = 'completed' THEN p.created_at + interval '1 minute' END,
       CASE WHEN a.is_acknowledged THEN p.created_at + interval '1 hour' END, CASE WHEN a.is_acknowledged THEN o.id END,
       CASE WHEN a.is_acknowledged THEN o.name END,
       CASE WHEN a.is_acknowledged THEN 'Ticket 4711' END
FROM (SELECT *, date_trunc('hour', db_now()) - interval '730 days' * (1 - age) AS created_at FROM plan) p
     CROSS JOIN LATERAL (
         SELECT CASE WHEN NOT p.active THEN 'completed' WHEN p.i % 3 = 0 THEN 'queued' ELSE 'running' END AS status,
                CASE WHEN p.active THEN 'pending' WHEN p.tenant % 200 = 3 AND p.outcome <> 'cancelled' THEN 'succeeded' ELSE p.outcome END AS outcome) s
     -- Since a year failures are acknowledged, but for one in twenty.
     CROSS JOIN LATERAL (SELECT s.outcome IN ('failed', 'partially_succeeded', 'blocked') AND p.age > 0.5 AND p.i % 20 > 0 AS is_acknowledged) a
     JOIN workspaces d ON d.slug = 'default'
     LEFT JOIN tenants t ON t.external_id = 'perf-' || p.tenant
     JOIN platform_users o ON o.email = 'operator' || p.operator || '@example.com'
     JOIN users u ON u.email = 'user' || (1 + p.i % 50) || '@example.com'
ORDER BY p.i;

INSERT INTO run_targets (run_id, workspace_id, tenant_id, state, attempt, phase, scope_max_id, total, scanned, updated, skipped, failure_code,
                         failure_message, created_at, available_at, started_at, completed_at)
SELECT r.id, t.workspace_id, t.id, s.state, 1, 'repair', 1000000, 500, 500, 100, 400,
       CASE WHEN s.state = 'failed' THEN 'statement_timeout' END, CASE WHEN s.state = 'failed' THEN 'The database was too slow, even for a single row.' END,
       r.created_at, r.created_at, r.started_at, CASE WHEN s.state <> 'queued' THEN r.created_at + interval '50 seconds' END
FROM (SELECT r.*, r.tenant_id AS target FROM operation_runs r WHERE r.tenant_id IS NOT NULL
      UNION ALL SELECT r.*, a.id FROM operation_runs r CROSS JOIN allowed_tenants a WHERE r.tenant_id IS NULL) r
     JOIN tenants t ON t.id = r.target
     CROSS JOIN LATERAL (SELECT CASE WHEN r.status <> 'completed' THEN 'queued' WHEN r.outcome = 'cancelled' THEN 'cancelled'
                                     WHEN r.outcome = 'failed' OR (r.outcome = 'partially_succeeded' AND t.id % 2000 = 1) THEN 'failed'
                                     ELSE 'succeeded' END AS state) s
ORDER BY r.id, t.id;
VACUUM (ANALYZE);
