CREATE TABLE sealing_keys (
    id         text NOT NULL CONSTRAINT sealing_keys_pkey PRIMARY KEY,
    secret     bytea NOT NULL CONSTRAINT sealing_keys_secret_check CHECK (octet_length(secret) = 32),
    created_at timestamptz NOT NULL DEFAULT db_now()
);
COMMENT ON TABLE sealing_keys IS 'Keys under which secrets are encrypted when none are configured; shared by all nodes. The newest seals, all open.';

CREATE TABLE alert_destinations (
    id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT alert_destinations_pkey PRIMARY KEY,
    name          text NOT NULL CONSTRAINT alert_destinations_name_key UNIQUE
                  CONSTRAINT alert_destinations_name_check CHECK (char_length(name) BETWEEN 1 AND 100 AND name = btrim(name)),
    kind          text NOT NULL CONSTRAINT alert_destinations_kind_check CHECK (kind IN ('teams', 'webhook', 'email')),
    enabled       boolean NOT NULL DEFAULT true,
    address       text NOT NULL,
    settings      jsonb NOT NULL,
    sealed_secret bytea,
    sealing_key   text,
    version       bigint NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL DEFAULT db_now(),
    updated_at    timestamptz NOT NULL DEFAULT db_now(),
    CONSTRAINT alert_destinations_sealed_secret_check CHECK ((sealed_secret IS NULL) = (sealing_key IS NULL))
);
COMMENT ON TABLE alert_destinations IS 'Where alerts are sent to (ALR-01).';
COMMENT ON COLUMN alert_destinations.address IS 'What people may see of where it is: for Teams the host only, since the rest of such an address is the key to it.';
COMMENT ON COLUMN alert_destinations.settings IS 'webhook {url}; email {smtp_host, smtp_port, smtp_tls, smtp_username, from, to}; teams {}. No secret.';
COMMENT ON COLUMN alert_destinations.sealed_secret IS 'Nonce and XChaCha20-Poly1305 ciphertext of the address (teams), the signing secret (webhook) or the password (email); bound to the id of the row.';
COMMENT ON COLUMN alert_destinations.sealing_key IS 'Id of the key it is sealed under.';
COMMENT ON COLUMN alert_destinations.version IS 'Moves with each change; the ETag.';

CREATE TABLE alert_rules (
    id               bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT alert_rules_pkey PRIMARY KEY,
    name             text NOT NULL CONSTRAINT alert_rules_name_key UNIQUE
                     CONSTRAINT alert_rules_name_check CHECK (char_length(name) BETWEEN 1 AND 100 AND name = btrim(name)),
    enabled          boolean NOT NULL DEFAULT true,
    events           text[] NOT NULL CONSTRAINT alert_rules_events_check CHECK (cardinality(events) > 0),
    minimum_severity text NOT NULL CONSTRAINT alert_rules_minimum_severity_check
                     CHECK (minimum_severity IN ('info', 'warning', 'error', 'critical')),
    workspace_ids    bigint[] NOT NULL DEFAULT '{}',
    operation_types  text[] NOT NULL DEFAULT '{}',
    cooldown_seconds integer NOT NULL DEFAULT 0 CONSTRAINT alert_rules_cooldown_seconds_check CHECK (cooldown_seconds BETWEEN 0 AND 604800),
    quiet_from       time,
    quiet_to         time,
    time_zone        text,
    version          bigint NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL DEFAULT db_now(),
    updated_at       timestamptz NOT NULL DEFAULT db_now(),
    CONSTRAINT alert_rules_quiet_check CHECK (num_nulls(quiet_from, quiet_to, time_zone) IN (0, 3) AND quiet_from <> quiet_to)
);
COMMENT ON TABLE alert_rules IS 'Which events are told to which destinations (ALR-01).';
COMMENT ON COLUMN alert_rules.events IS 'Ids of the registry in code.';
COMMENT ON COLUMN alert_rules.workspace_ids IS 'Only events of these; empty: of all.';
COMMENT ON COLUMN alert_rules.operation_types IS 'Only events about these; empty: about all.';
COMMENT ON COLUMN alert_rules.cooldown_seconds IS 'Within so many seconds after a delivery nothing more is sent about the same subject.';
COMMENT ON COLUMN alert_rules.quiet_from IS 'Wall clock time in time_zone from which on deliveries are held back, until quiet_to of the same or the next day.';
COMMENT ON COLUMN alert_rules.time_zone IS 'IANA name.';

CREATE TABLE alert_rule_destinations (
    rule_id        bigint NOT NULL CONSTRAINT alert_rule_destinations_rule_id_fkey REFERENCES alert_rules (id) ON DELETE CASCADE,
    destination_id bigint NOT NULL CONSTRAINT alert_rule_destinations_destination_id_fkey REFERENCES alert_destinations (id) ON DELETE CASCADE,
    CONSTRAINT alert_rule_destinations_pkey PRIMARY KEY (rule_id, destination_id)
);
COMMENT ON TABLE alert_rule_destinations IS 'Where the deliveries of a rule go.';
CREATE INDEX alert_rule_destinations_destination_id_idx ON alert_rule_destinations (destination_id);

CREATE TABLE alert_deliveries (
    id               bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT alert_deliveries_pkey PRIMARY KEY,
    uid              uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT alert_deliveries_uid_key UNIQUE,
    rule_id          bigint CONSTRAINT alert_deliveries_rule_id_fkey REFERENCES alert_rules (id) ON DELETE SET NULL,
    rule_name        text,
    destination_id   bigint CONSTRAINT alert_deliveries_destination_id_fkey REFERENCES alert_destinations (id) ON DELETE SET NULL,
    destination_name text NOT NULL,
    destination_kind text NOT NULL,
    event            text NOT NULL,
    severity         text NOT NULL CONSTRAINT alert_deliveries_severity_check CHECK (severity IN ('info', 'warning', 'error', 'critical')),
    subject          text NOT NULL,
    title            text NOT NULL,
    workspace_id     bigint,
    tenant_id        bigint,
    run_id           bigint,
    metadata         jsonb NOT NULL,
    occurred_at      timestamptz NOT NULL,
    state            text NOT NULL DEFAULT 'pending'
                     CONSTRAINT alert_deliveries_state_check CHECK (state IN ('pending', 'sent', 'failed', 'suppressed')),
    reason           text,
    response_status  integer,
    summary_id       bigint CONSTRAINT alert_deliveries_summary_id_fkey REFERENCES alert_deliveries (id),
    attempts         integer NOT NULL DEFAULT 0,
    due_at           timestamptz NOT NULL DEFAULT db_now(),
    queued_at        timestamptz,
    created_at       timestamptz NOT NULL DEFAULT db_now(),
    finished_at      timestamptz,
    CONSTRAINT alert_deliveries_finished_check CHECK ((state = 'pending') = (finished_at IS NULL)),
    CONSTRAINT alert_deliveries_reason_check CHECK (state NOT IN ('failed', 'suppressed') OR reason IS NOT NULL)
);
COMMENT ON TABLE alert_deliveries IS 'Each dispatch of an alert, written in the transaction of what it tells about. Removed after 90 days.';
COMMENT ON COLUMN alert_deliveries.uid IS 'Goes along with each attempt: a receiver drops what it has seen.';
COMMENT ON COLUMN alert_deliveries.rule_name IS 'As it was called at the time; so are the destination''s name and kind.';
COMMENT ON COLUMN alert_deliveries.subject IS 'What the cooldown of a rule counts as the same.';
COMMENT ON COLUMN alert_deliveries.reason IS 'Why it failed, was suppressed, or is held back: a code of the registry in code.';
COMMENT ON COLUMN alert_deliveries.summary_id IS 'The delivery that told of this one after the quiet hours.';
COMMENT ON COLUMN alert_deliveries.due_at IS 'When it may be tried; an attempt moves it on, so that nobody else tries meanwhile and a lost one is tried again.';
COMMENT ON COLUMN alert_deliveries.queued_at IS 'When a job was made for it last.';
CREATE INDEX alert_deliveries_due_idx ON alert_deliveries (due_at) WHERE state = 'pending';
CREATE INDEX alert_deliveries_cooldown_idx ON alert_deliveries (rule_id, subject, id);
CREATE INDEX alert_deliveries_destination_id_idx ON alert_deliveries (destination_id, id);
CREATE INDEX alert_deliveries_run_id_idx ON alert_deliveries (run_id, id) WHERE run_id IS NOT NULL;
CREATE INDEX alert_deliveries_summary_id_idx ON alert_deliveries (summary_id) WHERE summary_id IS NOT NULL;
CREATE INDEX alert_deliveries_created_at_idx ON alert_deliveries (created_at);

CREATE TABLE alert_stale_runs (
    run_id       bigint NOT NULL CONSTRAINT alert_stale_runs_pkey PRIMARY KEY
                 CONSTRAINT alert_stale_runs_run_id_fkey REFERENCES operation_runs (id) ON DELETE CASCADE,
    announced_at timestamptz NOT NULL DEFAULT db_now()
);
COMMENT ON TABLE alert_stale_runs IS 'Runs that were told of as stale and are so still: each time a run becomes stale is told once.';

ALTER TABLE audit_write_failures ADD COLUMN announced_at timestamptz;
COMMENT ON COLUMN audit_write_failures.announced_at IS 'When alerts were made of it.';
UPDATE audit_write_failures SET announced_at = failed_at;
CREATE INDEX audit_write_failures_unannounced_idx ON audit_write_failures (id) WHERE announced_at IS NULL;

CREATE FUNCTION alert_quiet_until(moment timestamptz, quiet_from time, quiet_to time, time_zone text) RETURNS timestamptz
    LANGUAGE sql STABLE
    AS $$
        SELECT max(span.until) FROM (
            SELECT (days.day + quiet_from) AT TIME ZONE time_zone AS since,
                   (days.day + quiet_to + CASE WHEN quiet_to < quiet_from THEN interval '1 day' ELSE interval '0' END)
                       AT TIME ZONE time_zone AS until
            FROM (VALUES ((moment AT TIME ZONE time_zone)::date - 1), ((moment AT TIME ZONE time_zone)::date)) days (day)
        ) span WHERE span.since <= moment AND moment < span.until
    $$;
COMMENT ON FUNCTION alert_quiet_until IS 'When the quiet hours end that the moment lies in; null when it lies in none. Begin and end are wall clock times of the zone: one that a change of the clock leaves out is as much later as the clock went on, one that comes twice is the second.';
