-- The runs of a workspace are also those over several tenants with a target there (RUN-09).
CREATE INDEX run_targets_run_workspace_idx ON run_targets (run_id, workspace_id);
