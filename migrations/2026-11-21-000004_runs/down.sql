DROP TABLE worker_nodes;
DROP TABLE idempotency_keys;
DROP TABLE run_targets;
DROP TABLE operation_runs;
DROP FUNCTION operation_runs_refuse_change();
DROP TABLE runbook_preflights;
