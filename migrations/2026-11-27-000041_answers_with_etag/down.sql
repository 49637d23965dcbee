ALTER TABLE idempotency_keys DROP COLUMN etag;
COMMENT ON TABLE idempotency_keys IS 'Answers of starts, stored with their effect and replayed for 24 hours.';
