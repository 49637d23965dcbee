DROP TABLE audit_write_failures;
