DROP INDEX audit_logs_actor_type_idx;
