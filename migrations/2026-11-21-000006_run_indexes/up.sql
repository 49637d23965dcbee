-- Indexes for every combination of the list's filters. Two things make a list slow:
--
-- * Two filters that are both common but rarely meet: the list walks through one to find the other. Pairs of the filters that
--   divide a history most have an index of their own.
-- * Matches that all lie far back. The planner believes that they are spread evenly, takes the primary key for its order and
--   walks past everything newer. Indexes over -id give an order that the primary key cannot: where a filter narrows the list,
--   it asks for that order, and only the filter's own rows are looked at.
DROP INDEX operation_runs_status_idx;
DROP INDEX operation_runs_outcome_idx;
DROP INDEX operation_runs_type_idx;
DROP INDEX operation_runs_workspace_idx;
DROP INDEX operation_runs_tenant_idx;
DROP INDEX operation_runs_platform_user_idx;
DROP INDEX operation_runs_user_idx;

CREATE INDEX operation_runs_status_idx ON operation_runs (status, (-id)) WHERE status <> 'completed';
CREATE INDEX operation_runs_outcome_idx ON operation_runs (outcome, (-id));
CREATE INDEX operation_runs_type_idx ON operation_runs (type, (-id));
CREATE INDEX operation_runs_workspace_idx ON operation_runs (workspace_id, (-id));
CREATE INDEX operation_runs_initiator_idx ON operation_runs (initiator_type, coalesce(platform_user_id, user_id, 0), (-id));
CREATE INDEX operation_runs_outcome_initiator_idx ON operation_runs (outcome, initiator_type, coalesce(platform_user_id, user_id, 0), (-id));
CREATE INDEX operation_runs_workspace_outcome_idx ON operation_runs (workspace_id, outcome, (-id));
CREATE INDEX operation_runs_workspace_initiator_idx ON operation_runs (workspace_id, initiator_type, coalesce(platform_user_id, user_id, 0), (-id));
CREATE INDEX operation_runs_tenant_idx ON operation_runs (tenant_id, (-id)) WHERE tenant_id IS NOT NULL;
CREATE INDEX operation_runs_tenant_outcome_idx ON operation_runs (tenant_id, outcome, (-id)) WHERE tenant_id IS NOT NULL;
CREATE INDEX operation_runs_tenant_initiator_idx ON operation_runs (tenant_id, initiator_type, coalesce(platform_user_id, user_id, 0), (-id))
    WHERE tenant_id IS NOT NULL;
CREATE INDEX operation_runs_several_tenants_idx ON operation_runs ((-id)) WHERE tenant_id IS NULL;
