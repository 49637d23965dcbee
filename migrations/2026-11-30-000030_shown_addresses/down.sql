UPDATE alert_destinations SET address = settings ->> 'url' WHERE kind = 'webhook' AND settings ? 'url';

COMMENT ON COLUMN alert_destinations.address IS 'What people may see of where it is: for Teams the host only, since the rest of such an address is the key to it.';
COMMENT ON COLUMN alert_destinations.settings IS 'webhook {url}; email {smtp_host, smtp_port, smtp_tls, smtp_username, from, to}; teams {}. No secret.';
