ALTER TABLE run_targets ADD COLUMN held boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN run_targets.held IS 'It was held back and has not got on since. While one of a run is, the run shows held_reason (RUN-17).';
