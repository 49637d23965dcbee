ALTER TABLE finding_scans DROP CONSTRAINT finding_scans_identity_key;
ALTER TABLE finding_scans
    DROP COLUMN account,
    DROP COLUMN started_at,
    DROP COLUMN checks,
    DROP COLUMN silent_checks,
    DROP COLUMN products,
    DROP COLUMN silent,
    ADD CONSTRAINT finding_scans_identity_key UNIQUE (tenant_id, source, scanned_at, file_sha256);
COMMENT ON TABLE finding_scans IS 'Scans already imported: the same scan imported again changes nothing (FND-02).';
COMMENT ON COLUMN finding_scans.scanned_at IS NULL;
ALTER TABLE findings DROP COLUMN account, DROP COLUMN unobserved_since;
COMMENT ON COLUMN findings.fingerprint IS 'Stable identity across scans: SHA-256 over tenant, source, check id and resource key.';
COMMENT ON COLUMN findings.resource IS NULL;
DROP TABLE renamed_checks;
DROP FUNCTION check_product(text, text);
DROP FUNCTION finding_fingerprint(text, text, text, text, text);
DROP FUNCTION finding_resource(text);
