-- A finding is the same as another by tenant, source, account, check and resource (FND-06). The rule stands here, for the import,
-- the demo and the repair of stored rows alike.

CREATE FUNCTION finding_resource(resource text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CASE WHEN starts_with(resource, '/') AND resource ~* '^/(subscriptions|providers)/' THEN lower(resource COLLATE "C") ELSE resource END $$;
COMMENT ON FUNCTION finding_resource(text) IS 'A resource as it is compared: Azure Resource Manager reads its ids in any case.';

CREATE FUNCTION finding_fingerprint(tenant text, source text, account text, check_id text, resource text) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT sha256(convert_to('[' || to_json(tenant)::text || ',' || to_json(source)::text || ','
                 || CASE WHEN account <> '' THEN to_json(account)::text || ',' ELSE '' END
                 || to_json(check_id)::text || ',' || to_json(resource)::text || ']', 'UTF8')) $$;
COMMENT ON FUNCTION finding_fingerprint(text, text, text, text, text) IS
    'SHA-256 over the JSON array of tenant, source, account where there is one, check and resource, without white space.';

CREATE FUNCTION check_product(source text, check_id text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CASE source WHEN 'scubagear' THEN nullif(split_part(check_id, '.', 2), '')
                             WHEN 'maester' THEN substring(check_id FROM '^([^._:/-]+)[._:/-]') END $$;
COMMENT ON FUNCTION check_product(text, text) IS
    'Group of checks of which the files of a tool list each: "EXO" of "MS.EXO.1.1", "MT" of "MT.1001". Null for other tools, which can be run for single checks.';

CREATE TABLE renamed_checks (
    source       text NOT NULL,
    check_id     text NOT NULL,
    new_check_id text,
    product      text,
    CONSTRAINT renamed_checks_pkey PRIMARY KEY (source, check_id),
    CONSTRAINT renamed_checks_goes_on_check CHECK (num_nonnulls(new_check_id, product) = 1)
);
COMMENT ON TABLE renamed_checks IS 'Checks that their tools renamed, merged or withdrew, as the tools publish it (FND-06).';
COMMENT ON COLUMN renamed_checks.new_check_id IS 'Present name, where one check became one check; null for checks that were merged, split or withdrawn.';
COMMENT ON COLUMN renamed_checks.product IS 'Product whose scans tell that the check is gone (check_product); null where the check goes on.';
GRANT SELECT ON renamed_checks TO tenantatlas_tenant;

-- ScubaGear 1.9: the security suite took over from Defender, and from parts of Exchange Online and Teams.
INSERT INTO renamed_checks (source, check_id, new_check_id) VALUES
    ('scubagear', 'MS.EXO.11.2', 'MS.SECURITYSUITE.2.4'), ('scubagear', 'MS.EXO.12.1', 'MS.SECURITYSUITE.8.1'),
    ('scubagear', 'MS.EXO.12.2', 'MS.SECURITYSUITE.8.2'), ('scubagear', 'MS.EXO.14.3', 'MS.SECURITYSUITE.6.2'),
    ('scubagear', 'MS.EXO.15.2', 'MS.SECURITYSUITE.7.2'), ('scubagear', 'MS.DEFENDER.2.2', 'MS.SECURITYSUITE.2.2'),
    ('scubagear', 'MS.DEFENDER.2.3', 'MS.SECURITYSUITE.2.3'), ('scubagear', 'MS.DEFENDER.4.3', 'MS.SECURITYSUITE.3.3'),
    ('scubagear', 'MS.DEFENDER.4.4', 'MS.SECURITYSUITE.3.4'), ('scubagear', 'MS.DEFENDER.4.6', 'MS.SECURITYSUITE.3.5');
INSERT INTO renamed_checks (source, check_id, product) SELECT 'scubagear', 'MS.' || gone, 'SECURITYSUITE' FROM unnest(ARRAY[
    'EXO.8.1', 'EXO.8.2', 'EXO.8.3', 'EXO.8.4', 'EXO.9.1', 'EXO.9.2', 'EXO.9.3', 'EXO.9.4', 'EXO.9.5', 'EXO.10.1',
    'EXO.10.2', 'EXO.10.3', 'EXO.11.1', 'EXO.11.3', 'EXO.14.1', 'EXO.14.2', 'EXO.15.1', 'EXO.15.3', 'EXO.16.1', 'EXO.16.2',
    'EXO.17.1', 'EXO.17.3', 'TEAMS.6.1', 'TEAMS.6.2', 'TEAMS.7.1', 'TEAMS.7.2', 'TEAMS.8.1', 'TEAMS.8.2', 'DEFENDER.1.1',
    'DEFENDER.1.2', 'DEFENDER.1.3', 'DEFENDER.1.4', 'DEFENDER.1.5', 'DEFENDER.2.1', 'DEFENDER.3.1', 'DEFENDER.4.1',
    'DEFENDER.4.2', 'DEFENDER.4.5', 'DEFENDER.5.1', 'DEFENDER.5.2', 'DEFENDER.6.1', 'DEFENDER.6.3'
]) gone;
-- Maester: ids of the baselines that it took over got the baseline's name in front.
INSERT INTO renamed_checks (source, check_id, new_check_id) SELECT 'maester', old, new FROM (VALUES
    ('MS.AAD.2.3', 'CISA.MS.AAD.2.3'), ('MS.AAD.3.1', 'CISA.MS.AAD.3.1'), ('MS.AAD.3.2', 'CISA.MS.AAD.3.2'),
    ('MS.AAD.3.3', 'CISA.MS.AAD.3.3'), ('MS.AAD.3.4', 'CISA.MS.AAD.3.4'), ('MS.AAD.3.5', 'CISA.MS.AAD.3.5'),
    ('MS.AAD.3.6', 'CISA.MS.AAD.3.6'), ('MS.AAD.3.7', 'CISA.MS.AAD.3.7'), ('MS.AAD.3.8', 'CISA.MS.AAD.3.8'),
    ('MS.AAD.4.1', 'CISA.MS.AAD.4.1'), ('MS.AAD.5.1', 'CISA.MS.AAD.5.1'), ('MS.AAD.5.2', 'CISA.MS.AAD.5.2'),
    ('MS.AAD.5.3', 'CISA.MS.AAD.5.3'), ('MS.AAD.5.4', 'CISA.MS.AAD.5.4'), ('MS.AAD.6.1', 'CISA.MS.AAD.6.1'),
    ('MS.AAD.7.1', 'CISA.MS.AAD.7.1'), ('MS.AAD.7.2', 'CISA.MS.AAD.7.2'), ('MS.AAD.7.3', 'CISA.MS.AAD.7.3'),
    ('MS.AAD.7.4', 'CISA.MS.AAD.7.4'), ('MS.AAD.7.5', 'CISA.MS.AAD.7.5'), ('MS.AAD.7.6', 'CISA.MS.AAD.7.6'),
    ('MS.AAD.7.7', 'CISA.MS.AAD.7.7'), ('MS.AAD.7.8', 'CISA.MS.AAD.7.8'), ('MS.AAD.7.9', 'CISA.MS.AAD.7.9'),
    ('MS.AAD.8.1', 'CISA.MS.AAD.8.1'), ('MS.AAD.8.2', 'CISA.MS.AAD.8.2'), ('MS.AAD.8.3', 'CISA.MS.AAD.8.3'),
    ('MS.EXO.10.1', 'CISA.MS.EXO.10.1'), ('MS.EXO.10.2', 'CISA.MS.EXO.10.2'), ('MS.EXO.10.3', 'CISA.MS.EXO.10.3'),
    ('MS.EXO.11.1', 'CISA.MS.EXO.11.1'), ('MS.EXO.11.2', 'CISA.MS.EXO.11.2'), ('MS.EXO.11.3', 'CISA.MS.EXO.11.3'),
    ('MS.EXO.12.1', 'CISA.MS.EXO.12.1'), ('MS.EXO.12.2', 'CISA.MS.EXO.12.2'), ('MS.EXO.13.1', 'CISA.MS.EXO.13.1'),
    ('MS.EXO.14.1', 'CISA.MS.EXO.14.1'), ('MS.EXO.14.2', 'CISA.MS.EXO.14.2'), ('MS.EXO.14.3', 'CISA.MS.EXO.14.3'),
    ('MS.EXO.14.4', 'CISA.MS.EXO.14.4'), ('MS.EXO.15.1', 'CISA.MS.EXO.15.1'), ('MS.EXO.15.2', 'CISA.MS.EXO.15.2'),
    ('MS.EXO.15.3', 'CISA.MS.EXO.15.3'), ('MS.EXO.16.1', 'CISA.MS.EXO.16.1'), ('MS.EXO.16.2', 'CISA.MS.EXO.16.2'),
    ('MS.EXO.17.1', 'CISA.MS.EXO.17.1'), ('MS.EXO.17.2', 'CISA.MS.EXO.17.2'), ('MS.EXO.17.3', 'CISA.MS.EXO.17.3'),
    ('MS.SHAREPOINT.1.1', 'CISA.MS.SHAREPOINT.1.1'), ('MS.SHAREPOINT.1.3', 'CISA.MS.SHAREPOINT.1.3'),
    ('ORCA100', 'ORCA.100'), ('ORCA101', 'ORCA.101'), ('ORCA102', 'ORCA.102'), ('ORCA103', 'ORCA.103'),
    ('ORCA104', 'ORCA.104'), ('ORCA105', 'ORCA.105'), ('ORCA106', 'ORCA.106'), ('ORCA107', 'ORCA.107'),
    ('ORCA108', 'ORCA.108'), ('ORCA108_1', 'ORCA.108.1'), ('ORCA109', 'ORCA.109'), ('ORCA110', 'ORCA.110'),
    ('ORCA111', 'ORCA.111'), ('ORCA112', 'ORCA.112'), ('ORCA113', 'ORCA.113'), ('ORCA114', 'ORCA.114'),
    ('ORCA115', 'ORCA.115'), ('ORCA116', 'ORCA.116'), ('ORCA118_1', 'ORCA.118.1'), ('ORCA118_2', 'ORCA.118.2'),
    ('ORCA118_3', 'ORCA.118.3'), ('ORCA118_4', 'ORCA.118.4'), ('ORCA119', 'ORCA.119'), ('ORCA121', 'ORCA.121'),
    ('ORCA123', 'ORCA.123'), ('ORCA124', 'ORCA.124'), ('ORCA139', 'ORCA.139'), ('ORCA140', 'ORCA.140'),
    ('ORCA141', 'ORCA.141'), ('ORCA142', 'ORCA.142'), ('ORCA143', 'ORCA.143'), ('ORCA156', 'ORCA.156'),
    ('ORCA158', 'ORCA.158'), ('ORCA179', 'ORCA.179'), ('ORCA180', 'ORCA.180'), ('ORCA189', 'ORCA.189'),
    ('ORCA189_2', 'ORCA.189.2'), ('ORCA205', 'ORCA.205'), ('ORCA220', 'ORCA.220'), ('ORCA221', 'ORCA.221'),
    ('ORCA222', 'ORCA.222'), ('ORCA223', 'ORCA.223'), ('ORCA224', 'ORCA.224'), ('ORCA225', 'ORCA.225'),
    ('ORCA226', 'ORCA.226'), ('ORCA227', 'ORCA.227'), ('ORCA228', 'ORCA.228'), ('ORCA229', 'ORCA.229'),
    ('ORCA230', 'ORCA.230'), ('ORCA231', 'ORCA.231'), ('ORCA232', 'ORCA.232'), ('ORCA233', 'ORCA.233'),
    ('ORCA233_1', 'ORCA.233.1'), ('ORCA234', 'ORCA.234'), ('ORCA235', 'ORCA.235'), ('ORCA236', 'ORCA.236'),
    ('ORCA237', 'ORCA.237'), ('ORCA238', 'ORCA.238'), ('ORCA239', 'ORCA.239'), ('ORCA240', 'ORCA.240'),
    ('ORCA241', 'ORCA.241'), ('ORCA242', 'ORCA.242'), ('ORCA243', 'ORCA.243'), ('ORCA244', 'ORCA.244'),
    ('ORCA120_malware', 'ORCA.120.2'), ('ORCA120_phish', 'ORCA.120.1')
) renamed(old, new);

ALTER TABLE findings ADD COLUMN account text, ADD COLUMN unobserved_since timestamptz;
COMMENT ON COLUMN findings.fingerprint IS 'Stable identity across scans (finding_fingerprint).';
COMMENT ON COLUMN findings.resource IS 'What was looked at, as it is compared (finding_resource).';
COMMENT ON COLUMN findings.account IS 'Account or subscription within the tenant; empty where there is none. Null: written before accounts were kept, and not seen since.';
COMMENT ON COLUMN findings.unobserved_since IS 'Time of the newest scan that looked at the check of an open finding and did not contain it (FND-08); null once it is seen again.';

-- A scan is tenant, source, account and time (FND-07). Copies that differ in their bytes counted as scans of their own before.
ALTER TABLE finding_scans DROP CONSTRAINT finding_scans_identity_key;
WITH copies AS (
    SELECT tenant_id, source, scanned_at, min(id) AS id FROM finding_scans GROUP BY tenant_id, source, scanned_at HAVING count(*) > 1),
passes AS (
    SELECT c.id, array_agg(p.passed) AS passed, array_agg(p.passed_at) AS passed_at
    FROM copies c, LATERAL (
        SELECT u.passed, min(u.passed_at) AS passed_at
        FROM finding_scans s CROSS JOIN LATERAL unnest(s.passed, s.passed_at) u(passed, passed_at)
        WHERE s.tenant_id = c.tenant_id AND s.source = c.source AND s.scanned_at = c.scanned_at GROUP BY u.passed) p
    GROUP BY c.id)
UPDATE finding_scans s SET passed = p.passed, passed_at = p.passed_at FROM passes p WHERE s.id = p.id;
DELETE FROM finding_scans s USING finding_scans kept
WHERE s.tenant_id = kept.tenant_id AND s.source = kept.source AND s.scanned_at = kept.scanned_at AND s.id > kept.id;

ALTER TABLE finding_scans
    ADD COLUMN account text,
    ADD COLUMN started_at timestamptz,
    ADD COLUMN checks text[],
    ADD COLUMN silent_checks text[],
    ADD COLUMN products text[],
    ADD COLUMN silent bytea[],
    ADD CONSTRAINT finding_scans_identity_key UNIQUE NULLS NOT DISTINCT (tenant_id, source, account, scanned_at);
COMMENT ON TABLE finding_scans IS 'Scans already imported: the same scan imported again changes nothing (FND-02, FND-07).';
COMMENT ON COLUMN finding_scans.scanned_at IS 'Time of the newest observation.';
COMMENT ON COLUMN finding_scans.account IS 'Account or subscription within the tenant; empty where there is none. Null, as the columns below: imported before they were kept.';
COMMENT ON COLUMN finding_scans.started_at IS 'Time of the oldest observation.';
COMMENT ON COLUMN finding_scans.checks IS 'Checks that the scan looked at (FND-08): they failed or passed somewhere. Empty where parts of the scan could not be read.';
COMMENT ON COLUMN finding_scans.silent_checks IS 'Checks that the scan lists, of which it says nothing somewhere: manual, skipped, muted.';
COMMENT ON COLUMN finding_scans.products IS 'Products of the checks that the scan looked at, as the scan names them (check_product): of these it knows every check.';
COMMENT ON COLUMN finding_scans.silent IS 'Fingerprints that the scan contains and says nothing of.';
GRANT UPDATE (account, started_at, checks, silent_checks, products, silent) ON finding_scans TO tenantatlas_tenant;

-- Stored rows get the identity that the next scan will ask for; what people decided stays with the row. Rows that become
-- duplicates by it are consolidated as any others (FND-04).
CREATE TEMPORARY TABLE identities ON COMMIT DROP AS
    SELECT x.id, x.tenant_id, x.fingerprint AS former, x.check_id, x.resource,
           finding_fingerprint(t.external_id, x.source, '', x.check_id, x.resource) AS fingerprint
    FROM (SELECT f.id, f.tenant_id, f.source, f.fingerprint, coalesce(r.new_check_id, f.check_id) AS check_id,
                 finding_resource(f.resource) AS resource
          FROM findings f LEFT JOIN renamed_checks r ON r.source = f.source AND r.check_id = f.check_id
          WHERE r.new_check_id IS NOT NULL OR f.resource <> finding_resource(f.resource)) x
    JOIN tenants t ON t.id = x.tenant_id;
UPDATE findings f SET check_id = i.check_id, resource = i.resource, fingerprint = i.fingerprint, updated_at = db_now()
FROM identities i WHERE f.id = i.id;
UPDATE finding_scans s
SET passed = (SELECT array_agg(coalesce(i.fingerprint, p.passed) ORDER BY p.place)
              FROM unnest(s.passed) WITH ORDINALITY p(passed, place)
              LEFT JOIN (SELECT DISTINCT former, fingerprint FROM identities WHERE tenant_id = s.tenant_id) i ON i.former = p.passed)
WHERE s.passed <> '{}' AND EXISTS (SELECT FROM identities i WHERE i.tenant_id = s.tenant_id);
