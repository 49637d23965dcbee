ALTER TABLE operation_runs
    ADD COLUMN acknowledged_at timestamptz,
    ADD COLUMN acknowledged_by bigint CONSTRAINT operation_runs_acknowledged_by_fkey REFERENCES platform_users (id),
    ADD COLUMN acknowledged_by_name text,
    ADD COLUMN acknowledgement_note text,
    ADD CONSTRAINT operation_runs_acknowledged_check CHECK (
        num_nulls(acknowledged_at, acknowledged_by, acknowledged_by_name, acknowledgement_note) IN (0, 4)
        AND (acknowledged_at IS NULL OR outcome IN ('failed', 'partially_succeeded', 'blocked')));
COMMENT ON COLUMN operation_runs.acknowledged_at IS 'Since when an operator has taken note of the failure, so that the dashboard counts it no more (RUN-18).';
COMMENT ON COLUMN operation_runs.acknowledged_by IS 'The operator.';
COMMENT ON COLUMN operation_runs.acknowledged_by_name IS 'Their name at the time.';
COMMENT ON COLUMN operation_runs.acknowledgement_note IS 'What they wrote.';

-- The list by whether somebody has taken note. Both hold failures alone, and are written at most twice a run.
CREATE INDEX operation_runs_unacknowledged_idx ON operation_runs (outcome, (-id))
    WHERE acknowledged_at IS NULL AND outcome IN ('failed', 'partially_succeeded', 'blocked');
CREATE INDEX operation_runs_acknowledged_idx ON operation_runs (outcome, (-id)) WHERE acknowledged_at IS NOT NULL;
