CREATE INDEX run_targets_claimable_idx ON run_targets (id) WHERE state IN ('queued', 'waiting');
CREATE INDEX run_targets_open_idx ON run_targets (run_id) WHERE state IN ('queued', 'waiting', 'running');
ALTER FUNCTION db_now() PARALLEL UNSAFE;
