DROP FUNCTION alert_quiet_until;
DROP INDEX audit_write_failures_unannounced_idx;
ALTER TABLE audit_write_failures DROP COLUMN announced_at;
DROP TABLE alert_stale_runs;
DROP TABLE alert_deliveries;
DROP TABLE alert_rule_destinations;
DROP TABLE alert_rules;
DROP TABLE alert_destinations;
DROP TABLE sealing_keys;
