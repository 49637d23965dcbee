-- The dashboard asks what has ended within a window, and no other index is in that order: a run that began long ago may have
-- failed just now. Written once a run, when it completes; a start does not touch it.
CREATE INDEX operation_runs_completed_at_idx ON operation_runs (completed_at, id) WHERE completed_at IS NOT NULL;
