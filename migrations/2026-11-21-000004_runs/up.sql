CREATE TABLE runbook_preflights (
    id                bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT runbook_preflights_pkey PRIMARY KEY,
    runbook_key       text NOT NULL,
    scope             jsonb NOT NULL,
    platform_user_id  bigint CONSTRAINT runbook_preflights_platform_user_id_fkey REFERENCES platform_users (id),
    user_id           bigint CONSTRAINT runbook_preflights_user_id_fkey REFERENCES users (id),
    affected_count    bigint NOT NULL,
    total_count       bigint NOT NULL,
    estimated_tenants bigint NOT NULL,
    figures           jsonb NOT NULL,
    excluded          jsonb NOT NULL DEFAULT '[]',
    computed_at       timestamptz NOT NULL DEFAULT db_now(),
    expires_at        timestamptz NOT NULL
);
COMMENT ON TABLE runbook_preflights IS 'Read-only forecasts of a runbook; a start names the one it confirms (RB-06). Pruned after 24 hours.';
COMMENT ON COLUMN runbook_preflights.figures IS 'overdue_after, by_change, by_tenant, samples.';
COMMENT ON COLUMN runbook_preflights.excluded IS 'Workspaces left out because a control pauses them.';
CREATE INDEX runbook_preflights_computed_at_idx ON runbook_preflights (computed_at);

CREATE TABLE operation_runs (
    id                  bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT operation_runs_pkey PRIMARY KEY,
    workspace_id        bigint NOT NULL CONSTRAINT operation_runs_workspace_id_fkey REFERENCES workspaces (id),
    tenant_id           bigint,
    user_id             bigint CONSTRAINT operation_runs_user_id_fkey REFERENCES users (id),
    platform_user_id    bigint CONSTRAINT operation_runs_platform_user_id_fkey REFERENCES platform_users (id),
    initiator_type      text NOT NULL CONSTRAINT operation_runs_initiator_type_check CHECK (initiator_type IN ('operator', 'user', 'cli', 'system')),
    initiator_name      text NOT NULL,
    type                text NOT NULL,
    status              text NOT NULL DEFAULT 'queued' CONSTRAINT operation_runs_status_check CHECK (status IN ('queued', 'running', 'completed')),
    outcome             text NOT NULL DEFAULT 'pending' CONSTRAINT operation_runs_outcome_check
                        CHECK (outcome IN ('pending', 'succeeded', 'partially_succeeded', 'failed', 'blocked', 'cancelled')),
    run_identity_hash   text NOT NULL CONSTRAINT operation_runs_run_identity_hash_check CHECK (run_identity_hash ~ '^[0-9a-f]{64}$'),
    summary_counts      jsonb NOT NULL DEFAULT '{}',
    failure_summary     jsonb NOT NULL DEFAULT '[]',
    context             jsonb NOT NULL DEFAULT '{}',
    paused_at           timestamptz,
    cancel_requested_at timestamptz,
    held_reason         text,
    held_since          timestamptz,
    created_at          timestamptz NOT NULL DEFAULT db_now(),
    started_at          timestamptz,
    completed_at        timestamptz,
    CONSTRAINT operation_runs_tenant_fkey FOREIGN KEY (tenant_id, workspace_id) REFERENCES tenants (id, workspace_id),
    CONSTRAINT operation_runs_initiator_check CHECK (
        (user_id IS NOT NULL) = (initiator_type = 'user') AND (platform_user_id IS NOT NULL) = (initiator_type = 'operator')),
    CONSTRAINT operation_runs_completed_check CHECK (
        (status = 'completed') = (outcome <> 'pending') AND (status = 'completed') = (completed_at IS NOT NULL)),
    CONSTRAINT operation_runs_started_check CHECK (
        (status = 'queued' AND started_at IS NULL)
        OR (status = 'running' AND started_at IS NOT NULL)
        OR (status = 'completed' AND (started_at IS NOT NULL OR outcome = 'cancelled'))),
    CONSTRAINT operation_runs_paused_check CHECK (status <> 'completed' OR paused_at IS NULL),
    CONSTRAINT operation_runs_held_check CHECK ((held_reason IS NULL) = (held_since IS NULL)),
    CONSTRAINT operation_runs_cancelled_check CHECK (outcome <> 'cancelled' OR cancel_requested_at IS NOT NULL)
) WITH (fillfactor = 80);
COMMENT ON TABLE operation_runs IS 'The one record of every execution (RUN-01).';
COMMENT ON COLUMN operation_runs.tenant_id IS 'Null for runs over several tenants; the targets say which.';
COMMENT ON COLUMN operation_runs.run_identity_hash IS 'SHA-256 over canonical JSON of type, workspace, tenant and inputs (RUN-04).';
COMMENT ON COLUMN operation_runs.summary_counts IS 'Written by the completing transaction only; until then the figures are the sum over the targets (RUN-06).';
COMMENT ON COLUMN operation_runs.failure_summary IS 'Sanitised: [{code, message, tenant_id, count}] (RUN-07).';
COMMENT ON COLUMN operation_runs.context IS 'runbook, preflight, excluded, reason and the initiator as of the start (RUN-08).';
COMMENT ON COLUMN operation_runs.paused_at IS 'Pause is a flag, not a status (RUN-02).';
COMMENT ON COLUMN operation_runs.held_reason IS 'Why workers hold the run back although it is neither paused nor done (RUN-17).';
CREATE UNIQUE INDEX operation_runs_active_identity_key ON operation_runs (run_identity_hash) WHERE status <> 'completed';
CREATE INDEX operation_runs_active_idx ON operation_runs (id) WHERE status <> 'completed';
CREATE INDEX operation_runs_status_idx ON operation_runs (status, id);
CREATE INDEX operation_runs_outcome_idx ON operation_runs (outcome, id);
CREATE INDEX operation_runs_type_idx ON operation_runs (type, id);
CREATE INDEX operation_runs_workspace_idx ON operation_runs (workspace_id, id);
CREATE INDEX operation_runs_tenant_idx ON operation_runs (tenant_id, id) WHERE tenant_id IS NOT NULL;
CREATE INDEX operation_runs_platform_user_idx ON operation_runs (platform_user_id, id) WHERE platform_user_id IS NOT NULL;
CREATE INDEX operation_runs_user_idx ON operation_runs (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX operation_runs_created_at_idx ON operation_runs (created_at, id);

CREATE FUNCTION operation_runs_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'operation run % is completed', OLD.id USING ERRCODE = 'check_violation';
END
$$;
CREATE TRIGGER operation_runs_completed_is_final BEFORE UPDATE OF status, outcome, summary_counts, completed_at ON operation_runs
    FOR EACH ROW WHEN (OLD.status = 'completed') EXECUTE FUNCTION operation_runs_refuse_change();

CREATE TABLE run_targets (
    id               bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT run_targets_pkey PRIMARY KEY,
    run_id           bigint NOT NULL CONSTRAINT run_targets_run_id_fkey REFERENCES operation_runs (id),
    workspace_id     bigint NOT NULL,
    tenant_id        bigint NOT NULL,
    state            text NOT NULL DEFAULT 'queued' CONSTRAINT run_targets_state_check
                     CHECK (state IN ('queued', 'waiting', 'running', 'succeeded', 'failed', 'cancelled')),
    attempt          integer NOT NULL DEFAULT 0,
    failures         integer NOT NULL DEFAULT 0,
    available_at     timestamptz NOT NULL DEFAULT db_now(),
    lease_token      uuid,
    lease_expires_at timestamptz,
    worker_id        uuid,
    phase            text NOT NULL DEFAULT 'begin' CONSTRAINT run_targets_phase_check CHECK (phase IN ('begin', 'repair', 'verify')),
    scope_max_id     bigint,
    pass             integer NOT NULL DEFAULT 0,
    cursor           bytea,
    total            bigint NOT NULL DEFAULT 0,
    scanned          bigint NOT NULL DEFAULT 0,
    updated          bigint NOT NULL DEFAULT 0,
    skipped          bigint NOT NULL DEFAULT 0,
    arrived          bigint NOT NULL DEFAULT 0,
    failure_code     text,
    failure_message  text,
    created_at       timestamptz NOT NULL DEFAULT db_now(),
    started_at       timestamptz,
    completed_at     timestamptz,
    CONSTRAINT run_targets_scope_check CHECK (phase = 'begin' OR scope_max_id IS NOT NULL),
    CONSTRAINT run_targets_tenant_fkey FOREIGN KEY (tenant_id, workspace_id) REFERENCES tenants (id, workspace_id),
    CONSTRAINT run_targets_run_id_tenant_id_key UNIQUE (run_id, tenant_id),
    CONSTRAINT run_targets_lease_check CHECK (
        (state = 'running') = (lease_token IS NOT NULL) AND (lease_token IS NULL) = (lease_expires_at IS NULL)),
    CONSTRAINT run_targets_completed_check CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (completed_at IS NOT NULL)),
    CONSTRAINT run_targets_failure_check CHECK ((failure_code IS NULL) = (failure_message IS NULL) AND (state <> 'failed' OR failure_code IS NOT NULL)),
    CONSTRAINT run_targets_counts_check CHECK (total >= 0 AND scanned >= 0 AND updated >= 0 AND skipped >= 0 AND arrived >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE run_targets IS 'One tenant''s share of a run: the unit that workers claim, resume and retry, and the queue itself.';
COMMENT ON COLUMN run_targets.state IS 'waiting: another run works on the tenant (RB-08).';
COMMENT ON COLUMN run_targets.attempt IS 'How often the target was claimed.';
COMMENT ON COLUMN run_targets.failures IS 'Failed attempts; the back-off and the final failure depend on it.';
COMMENT ON COLUMN run_targets.lease_token IS 'Fence: every write of a worker names the token under which it claimed (RUN-12).';
COMMENT ON COLUMN run_targets.phase IS 'begin: pin the scope. repair: batches along the cursor. verify: count the pinned scope again (RUN-16).';
COMMENT ON COLUMN run_targets.scope_max_id IS 'Rows up to this id belong to the target; later ones are left for the next run (RUN-16).';
COMMENT ON COLUMN run_targets.pass IS 'Passes over the scope that are complete; a residue is passed again.';
COMMENT ON COLUMN run_targets.cursor IS 'Last fingerprint of the current pass that is done.';
COMMENT ON COLUMN run_targets.scanned IS 'Rows of the current pass that were looked at; for progress only.';
COMMENT ON COLUMN run_targets.arrived IS 'Rows that need the repair and arrived after the target began.';
-- Cursor, counts and lease expiry are in no index: a batch's bookkeeping stays a heap-only update.
CREATE INDEX run_targets_claimable_idx ON run_targets (id) WHERE state IN ('queued', 'waiting');
CREATE UNIQUE INDEX run_targets_tenant_running_key ON run_targets (tenant_id) WHERE state = 'running';
CREATE INDEX run_targets_open_idx ON run_targets (run_id) WHERE state IN ('queued', 'waiting', 'running');
CREATE INDEX run_targets_run_state_idx ON run_targets (run_id, state, id);
CREATE INDEX run_targets_tenant_run_idx ON run_targets (tenant_id, run_id);

CREATE TABLE idempotency_keys (
    credential   text NOT NULL,
    operation    text NOT NULL,
    key          text NOT NULL,
    request_hash bytea NOT NULL,
    status       smallint NOT NULL,
    location     text,
    body         jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT db_now(),
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (credential, operation, key)
);
COMMENT ON TABLE idempotency_keys IS 'Answers of starts, stored with their effect and replayed for 24 hours.';
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);

CREATE TABLE worker_nodes (
    id         uuid NOT NULL CONSTRAINT worker_nodes_pkey PRIMARY KEY,
    name       text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT db_now(),
    seen_at    timestamptz NOT NULL DEFAULT db_now()
);
COMMENT ON TABLE worker_nodes IS 'Worker processes and when they were last alive; a silent one counts as dead.';
