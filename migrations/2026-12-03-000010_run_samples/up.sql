CREATE TABLE run_samples (
    run_id bigint NOT NULL REFERENCES operation_runs ON DELETE CASCADE,
    at timestamptz NOT NULL,
    rows bigint NOT NULL CHECK (rows >= 0),
    PRIMARY KEY (run_id, at)
);
COMMENT ON TABLE run_samples IS 'Rows that the targets of a running run had been through, every two seconds of the last half minute: the pace of the run (WEB-04).';
ALTER TABLE run_samples ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY run_samples_owner_policy ON run_samples TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY run_samples_tenant_policy ON run_samples FOR SELECT TO tenantatlas_tenant
    USING (EXISTS (SELECT FROM operation_runs r WHERE r.id = run_id));
GRANT SELECT ON run_samples TO tenantatlas_tenant;

ALTER TABLE operation_runs ADD COLUMN cancelled_targets bigint NOT NULL DEFAULT 0 CHECK (cancelled_targets >= 0);
COMMENT ON COLUMN operation_runs.cancelled_targets IS 'Targets left undone by a cancel, counted when the run ended; 0 while it is active.';
UPDATE operation_runs r SET cancelled_targets = c.count
FROM (SELECT run_id, count(*) AS count FROM run_targets WHERE state = 'cancelled' GROUP BY run_id) c
WHERE c.run_id = r.id AND r.status = 'completed';
