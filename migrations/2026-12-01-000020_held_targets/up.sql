ALTER TABLE run_targets ADD COLUMN held boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN run_targets.held IS 'True from a hold of the target until it commits progress. While one target of a run is held, the run shows held_reason (RUN-17).';
