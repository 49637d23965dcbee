ALTER TABLE operation_runs DROP COLUMN initiator_user_agent, DROP COLUMN initiator_ip;
