CREATE TABLE findings (
    id                   bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT findings_pkey PRIMARY KEY,
    workspace_id         bigint NOT NULL,
    tenant_id            bigint NOT NULL,
    type                 text NOT NULL CONSTRAINT findings_type_check
                         CHECK (type IN ('posture', 'permission_posture', 'entra_admin_roles', 'drift')),
    source               text NOT NULL,
    check_id             text NOT NULL,
    fingerprint          bytea NOT NULL CONSTRAINT findings_fingerprint_check CHECK (octet_length(fingerprint) = 32),
    severity             text NOT NULL CONSTRAINT findings_severity_check
                         CHECK (severity IN ('critical', 'high', 'medium', 'low', 'informational')),
    status               text NOT NULL CONSTRAINT findings_status_check
                         CHECK (status IN ('new', 'triaged', 'in_progress', 'reopened', 'acknowledged', 'resolved', 'closed', 'risk_accepted')),
    title                text NOT NULL,
    resource             text NOT NULL,
    evidence             jsonb NOT NULL DEFAULT '{}',
    detected_at          timestamptz,
    acknowledged_at      timestamptz,
    first_seen_at        timestamptz,
    last_seen_at         timestamptz,
    times_seen           integer,
    sla_days             integer,
    due_at               timestamptz,
    due_source           text CONSTRAINT findings_due_source_check CHECK (due_source IN ('sla', 'person')),
    triaged_at           timestamptz,
    resolved_at          timestamptz,
    closed_at            timestamptz,
    closed_reason        text,
    consolidated_into_id bigint CONSTRAINT findings_consolidated_into_id_fkey REFERENCES findings (id),
    created_at           timestamptz NOT NULL DEFAULT db_now(),
    updated_at           timestamptz NOT NULL DEFAULT db_now(),
    CONSTRAINT findings_tenant_fkey FOREIGN KEY (tenant_id, workspace_id) REFERENCES tenants (id, workspace_id),
    CONSTRAINT findings_due_check CHECK (due_at IS NULL OR due_source IS NOT NULL),
    CONSTRAINT findings_consolidated_check CHECK (consolidated_into_id IS NULL OR (status = 'closed' AND consolidated_into_id <> id))
) WITH (fillfactor = 60);
COMMENT ON TABLE findings IS 'Deviations that tools found in tenants (FND-01). Lifecycle columns of rows written by old versions are empty until the backfill has run.';
COMMENT ON COLUMN findings.fingerprint IS 'Stable identity across scans: SHA-256 over tenant, source, check id and resource key.';
COMMENT ON COLUMN findings.status IS 'Open: new, triaged, in_progress, reopened and the legacy acknowledged. Terminal: resolved, closed, risk_accepted.';
COMMENT ON COLUMN findings.detected_at IS 'When the observation was made, as old versions wrote it.';
COMMENT ON COLUMN findings.times_seen IS 'Number of distinct scans that reported the finding; null on legacy rows.';
COMMENT ON COLUMN findings.due_source IS '"sla": computed from severity. "person": decided by somebody and never touched by a runbook; with due_at null, "no due date" was decided.';
COMMENT ON COLUMN findings.consolidated_into_id IS 'The surviving finding that this duplicate was folded into (FND-04).';
-- One index for the order of the backfill and for duplicate groups. It holds no column that the backfill changes, and no
-- predicate over one, so that the repair of a row stays a heap-only update.
CREATE INDEX findings_tenant_fingerprint_idx ON findings (tenant_id, fingerprint, id);

CREATE TABLE finding_scans (
    id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT finding_scans_pkey PRIMARY KEY,
    workspace_id bigint NOT NULL,
    tenant_id    bigint NOT NULL,
    source       text NOT NULL,
    scanned_at   timestamptz NOT NULL,
    file_sha256  bytea NOT NULL CONSTRAINT finding_scans_file_sha256_check CHECK (octet_length(file_sha256) = 32),
    imported_at  timestamptz NOT NULL DEFAULT db_now(),
    passed       bytea[] NOT NULL DEFAULT '{}',
    passed_at    timestamptz[] NOT NULL DEFAULT '{}',
    CONSTRAINT finding_scans_passed_check CHECK (cardinality(passed) = cardinality(passed_at)),
    CONSTRAINT finding_scans_tenant_fkey FOREIGN KEY (tenant_id, workspace_id) REFERENCES tenants (id, workspace_id),
    CONSTRAINT finding_scans_identity_key UNIQUE (tenant_id, source, scanned_at, file_sha256)
);
COMMENT ON COLUMN finding_scans.passed IS 'Fingerprints that the scan found in order. Read only when an older scan arrives later, so that the order of arrival does not matter.';
COMMENT ON COLUMN finding_scans.passed_at IS 'When each of them was looked at.';
COMMENT ON TABLE finding_scans IS 'Scans already imported: the same scan imported again changes nothing (FND-02).';
