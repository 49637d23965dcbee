DROP TABLE product_usage_upkeep;
DROP TABLE product_usage_activity;
DROP TABLE product_usage_counts;
DROP TABLE product_usage_unfolded;
DROP TABLE product_usage_events;
DROP FUNCTION product_usage_events_queue();
