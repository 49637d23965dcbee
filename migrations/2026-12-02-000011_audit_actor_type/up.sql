-- The newest rows of a kind that seldom acts, the command line say, without reading all others.
CREATE INDEX audit_logs_actor_type_idx ON audit_logs (actor_type, id);
