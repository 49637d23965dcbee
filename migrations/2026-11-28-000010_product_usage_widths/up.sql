-- Buckets of three widths, each with the set of its active workspaces: a summary then reads as many rows as its period has
-- buckets, however many workspaces there are, and events of less than five minutes at either edge.
DROP TABLE product_usage_counts;
CREATE TABLE product_usage_counts (
    width_seconds integer NOT NULL CONSTRAINT product_usage_counts_width_seconds_check CHECK (width_seconds IN (300, 3600, 86400)),
    start_at      timestamptz NOT NULL,
    event_name    text NOT NULL,
    count         bigint NOT NULL CONSTRAINT product_usage_counts_count_check CHECK (count > 0),
    CONSTRAINT product_usage_counts_pkey PRIMARY KEY (width_seconds, start_at, event_name),
    CONSTRAINT product_usage_counts_start_at_check CHECK (extract(epoch FROM start_at) % width_seconds = 0)
) WITH (fillfactor = 70);
COMMENT ON TABLE product_usage_counts IS 'Buckets of product usage: folded events by name, by five minutes, hour and day (UTC).';

DROP TABLE product_usage_activity;
CREATE TABLE product_usage_active_workspaces (
    width_seconds integer NOT NULL CONSTRAINT product_usage_active_workspaces_width_seconds_check CHECK (width_seconds IN (300, 3600, 86400)),
    start_at      timestamptz NOT NULL,
    workspace_ids bigint[] NOT NULL CONSTRAINT product_usage_active_workspaces_workspace_ids_check CHECK (workspace_ids <> '{}'),
    CONSTRAINT product_usage_active_workspaces_pkey PRIMARY KEY (width_seconds, start_at),
    CONSTRAINT product_usage_active_workspaces_start_at_check CHECK (extract(epoch FROM start_at) % width_seconds = 0)
) WITH (fillfactor = 70);
COMMENT ON TABLE product_usage_active_workspaces IS 'Buckets of product usage: workspaces with a folded event, by five minutes, hour and day (UTC). Sets cannot be added up as counts can: whoever reads several unites them.';
COMMENT ON COLUMN product_usage_active_workspaces.workspace_ids IS 'Row ids of workspaces, in ascending order, each once.';

INSERT INTO product_usage_counts (width_seconds, start_at, event_name, count)
SELECT w.width_seconds, date_bin(make_interval(secs => w.width_seconds), e.occurred_at, 'epoch'), e.event_name, count(*)
FROM product_usage_events e CROSS JOIN (VALUES (300), (3600), (86400)) w (width_seconds)
WHERE NOT EXISTS (SELECT FROM product_usage_unfolded u WHERE u.event_id = e.id) GROUP BY 1, 2, 3;
INSERT INTO product_usage_active_workspaces (width_seconds, start_at, workspace_ids)
SELECT w.width_seconds, date_bin(make_interval(secs => w.width_seconds), e.occurred_at, 'epoch'),
       array_agg(DISTINCT e.workspace_id ORDER BY e.workspace_id)
FROM product_usage_events e CROSS JOIN (VALUES (300), (3600), (86400)) w (width_seconds)
WHERE NOT EXISTS (SELECT FROM product_usage_unfolded u WHERE u.event_id = e.id) GROUP BY 1, 2;
