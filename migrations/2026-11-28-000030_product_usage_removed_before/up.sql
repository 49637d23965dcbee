ALTER TABLE product_usage_upkeep ADD COLUMN removed_before timestamptz;
COMMENT ON COLUMN product_usage_upkeep.removed_before IS 'Events that happened before this have been removed, not all of them at once; null: none ever was.';
COMMENT ON TABLE product_usage_upkeep IS 'The one row says when old events were last removed to the end, so that of many nodes one does it once a day, and up to when events are missing.';
