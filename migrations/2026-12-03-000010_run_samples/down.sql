ALTER TABLE operation_runs DROP COLUMN cancelled_targets;
DROP TABLE run_samples;
