ALTER TABLE operation_runs ADD COLUMN initiator_ip text, ADD COLUMN initiator_user_agent text;
COMMENT ON COLUMN operation_runs.initiator_ip IS 'Client address of the request that started the run, for the audit row of its end (RB-10); no API shows it.';
COMMENT ON COLUMN operation_runs.initiator_user_agent IS 'User agent of the request that started the run, for the audit row of its end (RB-10); no API shows it.';
