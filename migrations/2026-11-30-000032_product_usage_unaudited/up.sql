ALTER TABLE product_usage_upkeep ADD COLUMN unaudited bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN product_usage_upkeep.unaudited IS 'Events removed since removal was audited last: a removal commits batch by batch, and is audited with its last one.';
