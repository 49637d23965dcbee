CREATE TABLE product_usage_events (
    id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT product_usage_events_pkey PRIMARY KEY,
    workspace_id bigint NOT NULL,
    tenant_id    bigint NOT NULL,
    user_id      bigint NOT NULL CONSTRAINT product_usage_events_user_id_fkey REFERENCES users (id),
    event_name   text NOT NULL,
    feature_area text NOT NULL,
    subject_type text NOT NULL,
    subject_id   bigint NOT NULL,
    metadata     jsonb NOT NULL DEFAULT '{}',
    occurred_at  timestamptz NOT NULL DEFAULT db_now(),
    CONSTRAINT product_usage_events_tenant_fkey FOREIGN KEY (tenant_id, workspace_id) REFERENCES tenants (id, workspace_id),
    CONSTRAINT product_usage_events_event_check CHECK ((event_name, feature_area, subject_type) IN (
        ('product.onboarding.checkpoint_completed', 'onboarding', 'tenant_onboarding_session'),
        ('product.support_diagnostics.opened', 'support_diagnostics', 'tenant'),
        ('product.support_diagnostics.opened', 'support_diagnostics', 'operation_run'),
        ('product.operations.started', 'operations', 'operation_run'),
        ('product.stored_report.created', 'stored_reports', 'stored_report'),
        ('product.review_pack.requested', 'review_pack', 'review_pack')
    )),
    CONSTRAINT product_usage_events_keys_check CHECK (
        metadata - CASE event_name
            WHEN 'product.onboarding.checkpoint_completed' THEN '{checkpoint_key,lifecycle_state,completed_at}'
            WHEN 'product.support_diagnostics.opened' THEN '{source_surface,operation_type}'
            WHEN 'product.operations.started' THEN '{operation_type}'
            WHEN 'product.stored_report.created' THEN '{report_type}'
            WHEN 'product.review_pack.requested' THEN '{source_surface,include_operations,include_pii}'
            ELSE '{}'
        END::text[] = '{}'
    ),
    -- Strict, since a lax path would look into lists instead of refusing them.
    CONSTRAINT product_usage_events_values_check CHECK (
        NOT metadata @? 'strict $.* ? (!(@.type() == "boolean" || (@.type() == "number" && @.floor() == @)
                         || (@.type() == "string" && @ like_regex "^[A-Za-z0-9._:+/-]{1,120}$")))'
    ),
    CONSTRAINT product_usage_events_surface_check CHECK (
        metadata ->> 'source_surface' IN ('tenant_dashboard', 'operation_run_viewer', 'tenant', 'tenant_review')
    )
);
COMMENT ON TABLE product_usage_events IS 'Product telemetry: milestones reached by people inside a tenant (TEL-01). Rows are added, never changed, and removed after the retention. No free text, no address, no name.';
COMMENT ON COLUMN product_usage_events.event_name IS 'One of the five of the catalog in code, which also says feature area, subjects and keys of the metadata.';
COMMENT ON COLUMN product_usage_events.subject_id IS 'What it was about: row id in the table of that kind; nothing refers to it.';
COMMENT ON COLUMN product_usage_events.metadata IS 'Keys of the catalog only; values are true or false, whole numbers, times, or tokens.';
CREATE INDEX product_usage_events_occurred_at_idx ON product_usage_events (occurred_at);

CREATE TABLE product_usage_unfolded (
    event_id     bigint NOT NULL CONSTRAINT product_usage_unfolded_pkey PRIMARY KEY
                 CONSTRAINT product_usage_unfolded_event_id_fkey REFERENCES product_usage_events (id) ON DELETE CASCADE,
    occurred_at  timestamptz NOT NULL,
    workspace_id bigint NOT NULL,
    event_name   text NOT NULL
);
COMMENT ON TABLE product_usage_unfolded IS 'Events that no bucket counts yet. A row comes with its event and goes in the transaction that folds it into its buckets, so at any moment each event is in one of the two.';

-- Every way to add an event comes past here, also those of the tenant plane, whose role may not touch what is unfolded.
CREATE FUNCTION product_usage_events_queue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO product_usage_unfolded (event_id, occurred_at, workspace_id, event_name)
    SELECT id, occurred_at, workspace_id, event_name FROM added;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION product_usage_events_queue() IS 'Notes new events as unfolded, in their own transaction.';
CREATE TRIGGER product_usage_events_queue AFTER INSERT ON product_usage_events
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION product_usage_events_queue();

CREATE TABLE product_usage_counts (
    hour       timestamptz NOT NULL CONSTRAINT product_usage_counts_hour_check CHECK (extract(epoch FROM hour) % 3600 = 0),
    event_name text NOT NULL,
    count      bigint NOT NULL CONSTRAINT product_usage_counts_count_check CHECK (count > 0),
    CONSTRAINT product_usage_counts_pkey PRIMARY KEY (hour, event_name)
) WITH (fillfactor = 70);
COMMENT ON TABLE product_usage_counts IS 'Buckets of product usage: folded events by hour (UTC) and name.';

CREATE TABLE product_usage_activity (
    width        text NOT NULL CONSTRAINT product_usage_activity_width_check CHECK (width IN ('hour', 'day')),
    start_at     timestamptz NOT NULL,
    workspace_id bigint NOT NULL CONSTRAINT product_usage_activity_workspace_id_fkey REFERENCES workspaces (id),
    count        bigint NOT NULL CONSTRAINT product_usage_activity_count_check CHECK (count > 0),
    CONSTRAINT product_usage_activity_pkey PRIMARY KEY (width, start_at, workspace_id),
    CONSTRAINT product_usage_activity_start_at_check CHECK (
        extract(epoch FROM start_at) % CASE width WHEN 'hour' THEN 3600 ELSE 86400 END = 0
    )
) WITH (fillfactor = 70);
COMMENT ON TABLE product_usage_activity IS 'Buckets of product usage: folded events by workspace, by hour and by day (UTC). Sets of workspaces cannot be added up as counts can, so days are kept too.';
-- Whether a workspace was active within a window is one look, however long the window is.
CREATE INDEX product_usage_activity_workspace_idx ON product_usage_activity (workspace_id, start_at) WHERE width = 'hour';

CREATE TABLE product_usage_upkeep (
    id        boolean NOT NULL DEFAULT true CONSTRAINT product_usage_upkeep_pkey PRIMARY KEY
              CONSTRAINT product_usage_upkeep_id_check CHECK (id),
    pruned_at timestamptz
);
COMMENT ON TABLE product_usage_upkeep IS 'The one row says when old events were last removed to the end, so that of many nodes one does it once a day.';
INSERT INTO product_usage_upkeep DEFAULT VALUES;

-- The floor: the tenant plane adds events of the tenant in scope, and reads none.
ALTER TABLE product_usage_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY product_usage_events_owner_policy ON product_usage_events TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY product_usage_events_tenant_policy ON product_usage_events FOR INSERT TO tenantatlas_tenant
    WITH CHECK (tenant_id = ANY ((SELECT tenants_in_scope())::bigint[]));
GRANT INSERT ON product_usage_events TO tenantatlas_tenant;
