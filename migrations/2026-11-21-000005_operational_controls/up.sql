CREATE TABLE operational_control_activations (
    id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT operational_control_activations_pkey PRIMARY KEY,
    control_key  text NOT NULL,
    scope_type   text NOT NULL CONSTRAINT operational_control_activations_scope_type_check CHECK (scope_type IN ('global', 'workspace')),
    workspace_id bigint CONSTRAINT operational_control_activations_workspace_id_fkey REFERENCES workspaces (id),
    reason_text  text NOT NULL CONSTRAINT operational_control_activations_reason_text_check
                 CHECK (char_length(reason_text) BETWEEN 5 AND 500 AND reason_text = btrim(reason_text)),
    is_scheduled boolean NOT NULL DEFAULT false,
    starts_at    timestamptz NOT NULL DEFAULT db_now(),
    expires_at   timestamptz,
    created_by   bigint NOT NULL CONSTRAINT operational_control_activations_created_by_fkey REFERENCES platform_users (id),
    updated_by   bigint CONSTRAINT operational_control_activations_updated_by_fkey REFERENCES platform_users (id),
    created_at   timestamptz NOT NULL DEFAULT db_now(),
    updated_at   timestamptz NOT NULL DEFAULT db_now(),
    CONSTRAINT operational_control_activations_scope_check CHECK ((scope_type = 'global') = (workspace_id IS NULL)),
    CONSTRAINT operational_control_activations_expiry_check CHECK (expires_at > starts_at)
);
COMMENT ON TABLE operational_control_activations IS 'Pauses of operational controls (CTL-02), present and scheduled ones. No row means enabled; what is over is deleted, history is in audit_logs.';
COMMENT ON COLUMN operational_control_activations.control_key IS 'A key of the catalog in code (CTL-01).';
COMMENT ON COLUMN operational_control_activations.workspace_id IS 'Null exactly for a pause of the whole installation.';
COMMENT ON COLUMN operational_control_activations.is_scheduled IS 'Written ahead of starts_at. False: in force from the commit on, whatever the clock says. A write after starts_at clears it.';
COMMENT ON COLUMN operational_control_activations.expires_at IS 'From this time on the row blocks nothing, whether it is still there or not. Null: until somebody resumes.';
COMMENT ON COLUMN operational_control_activations.updated_by IS 'Operator who changed the pause last; the owner that is shown.';
-- One pause per control and scope, and one scheduled beside it.
CREATE UNIQUE INDEX operational_control_activations_global_key
    ON operational_control_activations (control_key, is_scheduled) WHERE scope_type = 'global';
CREATE UNIQUE INDEX operational_control_activations_workspace_key
    ON operational_control_activations (control_key, workspace_id, is_scheduled) WHERE scope_type = 'workspace';
CREATE INDEX operational_control_activations_expires_at_idx
    ON operational_control_activations (expires_at) WHERE expires_at IS NOT NULL;

-- The history of a control.
CREATE INDEX audit_logs_control_idx ON audit_logs (target_id, id) WHERE target_type = 'control';
