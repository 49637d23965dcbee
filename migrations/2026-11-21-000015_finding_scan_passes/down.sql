ALTER TABLE finding_scans DROP CONSTRAINT finding_scans_passed_check, DROP COLUMN passed_at, DROP COLUMN passed;
