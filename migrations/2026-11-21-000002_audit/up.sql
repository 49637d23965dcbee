CREATE TABLE audit_logs (
    id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_logs_pkey PRIMARY KEY,
    action       text NOT NULL,
    actor_type   text NOT NULL CONSTRAINT audit_logs_actor_type_check CHECK (actor_type IN ('operator', 'user', 'cli', 'system', 'anonymous')),
    actor_id     bigint,
    actor_label  text NOT NULL,
    target_type  text,
    target_id    text,
    target_label text,
    workspace_id bigint,
    tenant_id    bigint,
    run_id       bigint,
    outcome      text NOT NULL CONSTRAINT audit_logs_outcome_check CHECK (outcome IN ('success', 'blocked', 'failed', 'deduplicated')),
    summary      text NOT NULL,
    metadata     jsonb NOT NULL DEFAULT '{}',
    request_id   text,
    ip           text,
    user_agent   text,
    recorded_at  timestamptz NOT NULL DEFAULT db_now(),
    CONSTRAINT audit_logs_scope_check CHECK (tenant_id IS NULL OR workspace_id IS NOT NULL)
);
COMMENT ON TABLE audit_logs IS 'Who did what, when, with which result (AUD-01). Append-only; names are snapshots, so nothing refers to other tables.';
COMMENT ON COLUMN audit_logs.action IS 'An id of the registry in code (AUD-02).';
COMMENT ON COLUMN audit_logs.actor_label IS 'Name or e-mail address of the actor at the time.';
COMMENT ON COLUMN audit_logs.workspace_id IS 'Null, with tenant_id, only on events of the whole platform.';
COMMENT ON COLUMN audit_logs.metadata IS 'Keys depend on the action; never a password, token or SQL.';
CREATE INDEX audit_logs_action_idx ON audit_logs (action, id);
CREATE INDEX audit_logs_actor_idx ON audit_logs (actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_logs_workspace_idx ON audit_logs (workspace_id, id) WHERE workspace_id IS NOT NULL;
CREATE INDEX audit_logs_tenant_idx ON audit_logs (tenant_id, id) WHERE tenant_id IS NOT NULL;
CREATE INDEX audit_logs_run_idx ON audit_logs (run_id, id) WHERE run_id IS NOT NULL;
CREATE INDEX audit_logs_recorded_at_idx ON audit_logs (recorded_at, id);

CREATE FUNCTION audit_logs_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_logs is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
    FOR EACH ROW EXECUTE FUNCTION audit_logs_refuse_change();
CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs
    FOR EACH STATEMENT EXECUTE FUNCTION audit_logs_refuse_change();
