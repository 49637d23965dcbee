-- One run has one initiator, so one row a run is all there can ever be, however often its completion is tried.
CREATE TABLE notifications (
    id               bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT notifications_pkey PRIMARY KEY,
    run_id           bigint NOT NULL CONSTRAINT notifications_run_id_fkey REFERENCES operation_runs (id)
                     CONSTRAINT notifications_run_id_key UNIQUE,
    workspace_id     bigint NOT NULL,
    tenant_id        bigint,
    platform_user_id bigint CONSTRAINT notifications_platform_user_id_fkey REFERENCES platform_users (id),
    user_id          bigint CONSTRAINT notifications_user_id_fkey REFERENCES users (id),
    created_at       timestamptz NOT NULL DEFAULT db_now(),
    read_at          timestamptz,
    CONSTRAINT notifications_tenant_fkey FOREIGN KEY (tenant_id, workspace_id) REFERENCES tenants (id, workspace_id),
    CONSTRAINT notifications_recipient_check CHECK ((platform_user_id IS NULL) <> (user_id IS NULL)),
    CONSTRAINT notifications_tenant_check CHECK (user_id IS NULL OR tenant_id IS NOT NULL)
);
COMMENT ON TABLE notifications IS 'That a run has ended, told to whoever started it and to nobody else (RUN-15). Pruned after 90 days.';
COMMENT ON COLUMN notifications.tenant_id IS 'The tenant of the run; null for runs over several, which no user starts.';
COMMENT ON COLUMN notifications.platform_user_id IS 'The operator it is for.';
COMMENT ON COLUMN notifications.user_id IS 'The user it is for; what they may not see of the tenant any more, they are not shown.';
CREATE INDEX notifications_platform_user_idx ON notifications (platform_user_id, id) WHERE platform_user_id IS NOT NULL;
CREATE INDEX notifications_user_idx ON notifications (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX notifications_platform_user_unread_idx ON notifications (platform_user_id, id) WHERE platform_user_id IS NOT NULL AND read_at IS NULL;
CREATE INDEX notifications_user_unread_idx ON notifications (user_id, id) WHERE user_id IS NOT NULL AND read_at IS NULL;
CREATE INDEX notifications_created_at_idx ON notifications (created_at);

-- On the floor of the tenant plane: users' alone, since what operators did in a tenant is not its members' business.
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY notifications_owner_policy ON notifications TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY notifications_tenant_policy ON notifications TO tenantatlas_tenant
    USING (user_id IS NOT NULL AND tenant_id = ANY ((SELECT tenants_in_scope())::bigint[]));
GRANT SELECT, UPDATE (read_at) ON notifications TO tenantatlas_tenant;
