-- Long paths and queries keep their last four characters, as the code shows new addresses.
UPDATE alert_destinations d SET address = a.origin || CASE
           WHEN length(a.rest) < 2 THEN '' WHEN length(a.rest) < 20 THEN '/…' ELSE '/…' || right(a.rest, 4) END
FROM (SELECT id, substring(address FROM '^[a-z]+://[^/?#]+') AS origin, regexp_replace(address, '^[a-z]+://[^/?#]+', '') AS rest
      FROM alert_destinations WHERE kind = 'webhook') a
WHERE a.id = d.id AND a.origin IS NOT NULL;

COMMENT ON COLUMN alert_destinations.address IS 'Part of the address that people may see: of a webhook the origin and perhaps four characters more, of Teams the origin, since the rest of such an address is often the key to it.';
COMMENT ON COLUMN alert_destinations.settings IS 'webhook {url}, never told; email {smtp_host, smtp_port, smtp_tls, smtp_username, from, to}; teams {}.';
