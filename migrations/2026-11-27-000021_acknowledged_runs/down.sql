DROP INDEX operation_runs_acknowledged_idx;
DROP INDEX operation_runs_unacknowledged_idx;
ALTER TABLE operation_runs
    DROP CONSTRAINT operation_runs_acknowledged_check,
    DROP COLUMN acknowledgement_note,
    DROP COLUMN acknowledged_by_name,
    DROP COLUMN acknowledged_by,
    DROP COLUMN acknowledged_at;
