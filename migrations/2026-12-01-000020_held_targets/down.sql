ALTER TABLE run_targets DROP COLUMN held;
