-- The database takes an event only in the shape that its constructor in the code gives it: each key that goes with it, no
-- other, each with a value of its kind.
--
-- Every statement prepares a check that is an expression anew, which took longer than all else of adding an event. These
-- functions are prepared once a session, and must not be of a language that is put into the statement in their place.
CREATE FUNCTION is_product_usage_event(event_name text, feature_area text, subject_type text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN CASE event_name
        WHEN 'product.onboarding.checkpoint_completed' THEN feature_area = 'onboarding' AND subject_type = 'tenant_onboarding_session'
        WHEN 'product.support_diagnostics.opened' THEN feature_area = 'support_diagnostics' AND subject_type IN ('tenant', 'operation_run')
        WHEN 'product.operations.started' THEN feature_area = 'operations' AND subject_type = 'operation_run'
        WHEN 'product.stored_report.created' THEN feature_area = 'stored_reports' AND subject_type = 'stored_report'
        WHEN 'product.review_pack.requested' THEN feature_area = 'review_pack' AND subject_type = 'review_pack'
        ELSE false
    END;
END
$$;
COMMENT ON FUNCTION is_product_usage_event(text, text, text) IS 'Whether there is such an event in this area about such a subject.';

CREATE FUNCTION has_product_usage_keys(metadata jsonb, event_name text, subject_type text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    keys text[] := CASE event_name
        WHEN 'product.onboarding.checkpoint_completed' THEN '{checkpoint_key,lifecycle_state,completed_at}'
        WHEN 'product.support_diagnostics.opened' THEN
            CASE subject_type WHEN 'operation_run' THEN '{source_surface,operation_type}' ELSE '{source_surface}' END
        WHEN 'product.operations.started' THEN '{operation_type}'
        WHEN 'product.stored_report.created' THEN '{report_type}'
        WHEN 'product.review_pack.requested' THEN '{source_surface,include_operations,include_pii}'
        ELSE '{}'
    END;
BEGIN
    RETURN metadata ?& keys AND metadata - keys = '{}';
END
$$;
COMMENT ON FUNCTION has_product_usage_keys(jsonb, text, text) IS 'Whether the keys are those that go with event and subject, all of them and no other.';

-- A key that is not there makes its comparison null, which refuses nothing: that it has to be there, the keys say.
CREATE FUNCTION has_product_usage_values(metadata jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN jsonb_typeof(metadata -> 'include_operations') = 'boolean'
        AND jsonb_typeof(metadata -> 'include_pii') = 'boolean'
        AND jsonb_typeof(metadata -> 'completed_at') = 'string'
        AND metadata ->> 'completed_at' ~ '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$'
        -- Everything else is a token. Strict, since a lax path would look into lists instead of refusing them.
        AND NOT metadata - '{include_operations,include_pii,completed_at}'::text[]
            @? 'strict $.* ? (!(@.type() == "string" && @ like_regex "^[A-Za-z0-9._:+/-]{1,120}$"))';
END
$$;
COMMENT ON FUNCTION has_product_usage_values(jsonb) IS 'Whether flags are true or false, the time of completion is a time, and all else is a token.';

CREATE FUNCTION has_product_usage_surface(metadata jsonb, subject_type text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN metadata ->> 'source_surface' = ANY (CASE subject_type
        WHEN 'tenant' THEN '{tenant_dashboard}'
        WHEN 'operation_run' THEN '{operation_run_viewer}'
        WHEN 'review_pack' THEN '{tenant,tenant_review}'
    END::text[]);
END
$$;
COMMENT ON FUNCTION has_product_usage_surface(jsonb, text) IS 'Whether the surface is one on which such a subject is shown.';

ALTER TABLE product_usage_events
    ALTER COLUMN metadata DROP DEFAULT,
    DROP CONSTRAINT product_usage_events_event_check,
    DROP CONSTRAINT product_usage_events_keys_check,
    DROP CONSTRAINT product_usage_events_values_check,
    DROP CONSTRAINT product_usage_events_surface_check,
    ADD CONSTRAINT product_usage_events_event_check CHECK (is_product_usage_event(event_name, feature_area, subject_type)),
    ADD CONSTRAINT product_usage_events_keys_check CHECK (has_product_usage_keys(metadata, event_name, subject_type)),
    ADD CONSTRAINT product_usage_events_values_check CHECK (has_product_usage_values(metadata)),
    ADD CONSTRAINT product_usage_events_surface_check CHECK (has_product_usage_surface(metadata, subject_type)),
    ADD CONSTRAINT product_usage_events_occurred_at_check CHECK (isfinite(occurred_at));
COMMENT ON COLUMN product_usage_events.metadata IS 'The keys that go with event and subject, all of them and no other; values are true or false, a time, or tokens.';

-- The tenant plane says what happened, never when.
REVOKE INSERT ON product_usage_events FROM tenantatlas_tenant;
GRANT INSERT (workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id, metadata)
    ON product_usage_events TO tenantatlas_tenant;
