ALTER TABLE product_usage_upkeep DROP COLUMN unaudited;
