ALTER TABLE idempotency_keys ADD COLUMN etag text;
COMMENT ON TABLE idempotency_keys IS 'Answers of what starts or creates something, stored with their effect and replayed for 24 hours.';
