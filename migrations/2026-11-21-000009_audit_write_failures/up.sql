CREATE TABLE audit_write_failures (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_write_failures_pkey PRIMARY KEY,
    action     text NOT NULL,
    run_id     bigint,
    request_id text,
    failed_at  timestamptz NOT NULL DEFAULT db_now()
);
COMMENT ON TABLE audit_write_failures IS 'Audit rows that are missing because they could not be written and the work went on (RB-10). Removed after 31 days.';
COMMENT ON COLUMN audit_write_failures.action IS 'An id of the registry in code (AUD-02).';
COMMENT ON COLUMN audit_write_failures.run_id IS 'The run that the row would have belonged to.';
CREATE INDEX audit_write_failures_failed_at_idx ON audit_write_failures (failed_at);
