ALTER TABLE finding_scans
    ADD COLUMN passed bytea[] NOT NULL DEFAULT '{}',
    ADD COLUMN passed_at timestamptz[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT finding_scans_passed_check CHECK (cardinality(passed) = cardinality(passed_at));
COMMENT ON COLUMN finding_scans.passed IS 'Fingerprints that the scan found in order. Read only when an older scan arrives later, so that the order of arrival does not matter.';
COMMENT ON COLUMN finding_scans.passed_at IS 'When each of them was looked at.';
