CREATE TABLE workspace_memberships (
    user_id      bigint NOT NULL CONSTRAINT workspace_memberships_user_id_fkey REFERENCES users (id),
    workspace_id bigint NOT NULL CONSTRAINT workspace_memberships_workspace_id_fkey REFERENCES workspaces (id),
    created_at   timestamptz NOT NULL DEFAULT db_now(),
    CONSTRAINT workspace_memberships_pkey PRIMARY KEY (user_id, workspace_id)
);
COMMENT ON TABLE workspace_memberships IS 'Users of a customer organisation. It shows them the workspace''s name and nothing of its tenants (ACC-04).';
CREATE INDEX workspace_memberships_workspace_id_idx ON workspace_memberships (workspace_id, user_id);

CREATE TABLE tenant_memberships (
    user_id      bigint NOT NULL CONSTRAINT tenant_memberships_user_id_fkey REFERENCES users (id),
    tenant_id    bigint NOT NULL,
    workspace_id bigint NOT NULL,
    role         text NOT NULL CONSTRAINT tenant_memberships_role_check CHECK (role IN ('owner', 'manager', 'operator', 'readonly')),
    created_at   timestamptz NOT NULL DEFAULT db_now(),
    updated_at   timestamptz NOT NULL DEFAULT db_now(),
    CONSTRAINT tenant_memberships_pkey PRIMARY KEY (user_id, tenant_id),
    CONSTRAINT tenant_memberships_tenant_fkey FOREIGN KEY (tenant_id, workspace_id) REFERENCES tenants (id, workspace_id)
);
COMMENT ON TABLE tenant_memberships IS 'What a user is in a tenant: the only source of rights in the tenant plane (ACC-04).';
COMMENT ON COLUMN tenant_memberships.role IS 'What a role may do stands in the registry of tenant capabilities in code.';
CREATE INDEX tenant_memberships_tenant_id_idx ON tenant_memberships (tenant_id, user_id);

-- The floor of the tenant plane: its queries take on a role that owns nothing, and row-level security shows that role the
-- rows of the tenants in scope only, whatever a query forgets. Roles belong to the whole cluster, so it may be there already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenantatlas_tenant') THEN
        CREATE ROLE tenantatlas_tenant NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- Another database of the cluster was faster.
END
$$;

CREATE FUNCTION tenants_in_scope() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(nullif(current_setting('tenantatlas.tenant_ids', true), ''), '{}')::bigint[] $$;
COMMENT ON FUNCTION tenants_in_scope() IS 'Tenants whose rows the transaction may see under the role of the tenant plane; none until it says which.';

-- Forced, so that the owner too needs a policy; that is the constant true, which the planner drops.
DO $$
DECLARE
    floor text;
BEGIN
    FOREACH floor IN ARRAY ARRAY['workspaces', 'tenants', 'findings', 'finding_scans', 'operation_runs', 'run_targets', 'audit_logs'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', floor);
        EXECUTE format('CREATE POLICY %I ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', floor || '_owner_policy', floor);
    END LOOP;
END
$$;

-- The scope stands in a subquery, so that it is read once a statement. The cast keeps ANY from taking it for a set of rows.
CREATE POLICY findings_tenant_policy ON findings TO tenantatlas_tenant
    USING (tenant_id = ANY ((SELECT tenants_in_scope())::bigint[]));
CREATE POLICY finding_scans_tenant_policy ON finding_scans TO tenantatlas_tenant
    USING (tenant_id = ANY ((SELECT tenants_in_scope())::bigint[]));
-- A run over several tenants has no tenant_id and is seen by nobody here.
CREATE POLICY operation_runs_tenant_policy ON operation_runs TO tenantatlas_tenant
    USING (tenant_id = ANY ((SELECT tenants_in_scope())::bigint[]));
CREATE POLICY run_targets_tenant_policy ON run_targets TO tenantatlas_tenant
    USING (tenant_id = ANY ((SELECT tenants_in_scope())::bigint[]));
CREATE POLICY audit_logs_tenant_policy ON audit_logs FOR INSERT TO tenantatlas_tenant
    WITH CHECK (tenant_id = ANY ((SELECT tenants_in_scope())::bigint[]));
CREATE POLICY tenants_tenant_policy ON tenants FOR SELECT TO tenantatlas_tenant
    USING (id = ANY ((SELECT tenants_in_scope())::bigint[]));
CREATE POLICY workspaces_tenant_policy ON workspaces FOR SELECT TO tenantatlas_tenant
    USING (EXISTS (SELECT FROM tenants t WHERE t.workspace_id = workspaces.id));
-- A view would look at tenants as its owner, who sees all.
ALTER VIEW allowed_tenants SET (security_invoker = true);

GRANT SELECT ON workspaces, tenants, allowed_tenants, findings, finding_scans, operation_runs, run_targets TO tenantatlas_tenant;
GRANT INSERT, UPDATE ON findings TO tenantatlas_tenant;
GRANT INSERT ON finding_scans, audit_logs TO tenantatlas_tenant;
