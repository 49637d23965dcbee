REVOKE INSERT (workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id, metadata)
    ON product_usage_events FROM tenantatlas_tenant;
GRANT INSERT ON product_usage_events TO tenantatlas_tenant;

COMMENT ON COLUMN product_usage_events.metadata IS 'Keys of the catalog only; values are true or false, whole numbers, times, or tokens.';
ALTER TABLE product_usage_events
    ALTER COLUMN metadata SET DEFAULT '{}',
    DROP CONSTRAINT product_usage_events_event_check,
    DROP CONSTRAINT product_usage_events_keys_check,
    DROP CONSTRAINT product_usage_events_values_check,
    DROP CONSTRAINT product_usage_events_surface_check,
    DROP CONSTRAINT product_usage_events_occurred_at_check,
    ADD CONSTRAINT product_usage_events_event_check CHECK ((event_name, feature_area, subject_type) IN (
        ('product.onboarding.checkpoint_completed', 'onboarding', 'tenant_onboarding_session'),
        ('product.support_diagnostics.opened', 'support_diagnostics', 'tenant'),
        ('product.support_diagnostics.opened', 'support_diagnostics', 'operation_run'),
        ('product.operations.started', 'operations', 'operation_run'),
        ('product.stored_report.created', 'stored_reports', 'stored_report'),
        ('product.review_pack.requested', 'review_pack', 'review_pack')
    )),
    ADD CONSTRAINT product_usage_events_keys_check CHECK (
        metadata - CASE event_name
            WHEN 'product.onboarding.checkpoint_completed' THEN '{checkpoint_key,lifecycle_state,completed_at}'
            WHEN 'product.support_diagnostics.opened' THEN '{source_surface,operation_type}'
            WHEN 'product.operations.started' THEN '{operation_type}'
            WHEN 'product.stored_report.created' THEN '{report_type}'
            WHEN 'product.review_pack.requested' THEN '{source_surface,include_operations,include_pii}'
            ELSE '{}'
        END::text[] = '{}'
    ),
    ADD CONSTRAINT product_usage_events_values_check CHECK (
        NOT metadata @? 'strict $.* ? (!(@.type() == "boolean" || (@.type() == "number" && @.floor() == @)
                         || (@.type() == "string" && @ like_regex "^[A-Za-z0-9._:+/-]{1,120}$")))'
    ),
    ADD CONSTRAINT product_usage_events_surface_check CHECK (
        metadata ->> 'source_surface' IN ('tenant_dashboard', 'operation_run_viewer', 'tenant', 'tenant_review')
    );
DROP FUNCTION is_product_usage_event(text, text, text);
DROP FUNCTION has_product_usage_keys(jsonb, text, text);
DROP FUNCTION has_product_usage_values(jsonb);
DROP FUNCTION has_product_usage_surface(jsonb, text);
