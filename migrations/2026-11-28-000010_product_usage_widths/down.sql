DROP TABLE product_usage_active_workspaces;
CREATE TABLE product_usage_activity (
    width        text NOT NULL CONSTRAINT product_usage_activity_width_check CHECK (width IN ('hour', 'day')),
    start_at     timestamptz NOT NULL,
    workspace_id bigint NOT NULL CONSTRAINT product_usage_activity_workspace_id_fkey REFERENCES workspaces (id),
    count        bigint NOT NULL CONSTRAINT product_usage_activity_count_check CHECK (count > 0),
    CONSTRAINT product_usage_activity_pkey PRIMARY KEY (width, start_at, workspace_id),
    CONSTRAINT product_usage_activity_start_at_check CHECK (
        extract(epoch FROM start_at) % CASE width WHEN 'hour' THEN 3600 ELSE 86400 END = 0
    )
) WITH (fillfactor = 70);
COMMENT ON TABLE product_usage_activity IS 'Buckets of product usage: folded events by workspace, by hour and by day (UTC). Sets of workspaces cannot be added up as counts can, so days are kept too.';
CREATE INDEX product_usage_activity_workspace_idx ON product_usage_activity (workspace_id, start_at) WHERE width = 'hour';
INSERT INTO product_usage_activity (width, start_at, workspace_id, count)
SELECT w.width, date_trunc(w.width, e.occurred_at, 'UTC'), e.workspace_id, count(*)
FROM product_usage_events e CROSS JOIN (VALUES ('hour'), ('day')) w (width)
WHERE NOT EXISTS (SELECT FROM product_usage_unfolded u WHERE u.event_id = e.id) GROUP BY 1, 2, 3;

ALTER TABLE product_usage_counts RENAME TO product_usage_counts_by_width;
ALTER TABLE product_usage_counts_by_width RENAME CONSTRAINT product_usage_counts_pkey TO product_usage_counts_by_width_pkey;
CREATE TABLE product_usage_counts (
    hour       timestamptz NOT NULL CONSTRAINT product_usage_counts_hour_check CHECK (extract(epoch FROM hour) % 3600 = 0),
    event_name text NOT NULL,
    count      bigint NOT NULL CONSTRAINT product_usage_counts_count_check CHECK (count > 0),
    CONSTRAINT product_usage_counts_pkey PRIMARY KEY (hour, event_name)
) WITH (fillfactor = 70);
COMMENT ON TABLE product_usage_counts IS 'Buckets of product usage: folded events by hour (UTC) and name.';
INSERT INTO product_usage_counts (hour, event_name, count)
SELECT start_at, event_name, count FROM product_usage_counts_by_width WHERE width_seconds = 3600;
DROP TABLE product_usage_counts_by_width;
