ALTER TABLE product_usage_upkeep DROP COLUMN removed_before;
COMMENT ON TABLE product_usage_upkeep IS 'The one row says when old events were last removed to the end, so that of many nodes one does it once a day.';
