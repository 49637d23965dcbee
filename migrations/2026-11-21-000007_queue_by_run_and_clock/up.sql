-- Targets are taken run by run, so one index of (run, state, id) serves queue, open targets and lists. Each index less makes
-- every change of a target's state cheaper.
DROP INDEX run_targets_claimable_idx;
DROP INDEX run_targets_open_idx;

-- Only reads a clock. Without the mark no statement that asks the time may be worked on by several processes at once.
ALTER FUNCTION db_now() PARALLEL SAFE;
