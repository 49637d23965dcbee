REVOKE ALL ON workspaces, tenants, allowed_tenants, findings, finding_scans, operation_runs, run_targets, audit_logs FROM tenantatlas_tenant;
ALTER VIEW allowed_tenants RESET (security_invoker);

DROP POLICY workspaces_tenant_policy ON workspaces;
DROP POLICY tenants_tenant_policy ON tenants;
DROP POLICY audit_logs_tenant_policy ON audit_logs;
DROP POLICY run_targets_tenant_policy ON run_targets;
DROP POLICY operation_runs_tenant_policy ON operation_runs;
DROP POLICY finding_scans_tenant_policy ON finding_scans;
DROP POLICY findings_tenant_policy ON findings;

DO $$
DECLARE
    floor text;
BEGIN
    FOREACH floor IN ARRAY ARRAY['workspaces', 'tenants', 'findings', 'finding_scans', 'operation_runs', 'run_targets', 'audit_logs'] LOOP
        EXECUTE format('DROP POLICY %I ON %I', floor || '_owner_policy', floor);
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', floor);
    END LOOP;
END
$$;

-- The role stays: other databases of the cluster may use it.
DROP FUNCTION tenants_in_scope();
DROP TABLE tenant_memberships;
DROP TABLE workspace_memberships;
