CREATE TABLE sign_in_refusals (
    plane      text NOT NULL CONSTRAINT sign_in_refusals_plane_check CHECK (plane IN ('system', 'admin')),
    kind       text NOT NULL CONSTRAINT sign_in_refusals_kind_check CHECK (kind IN ('failed', 'throttled')),
    minute     timestamptz NOT NULL,
    address    text NOT NULL,
    account    text NOT NULL,
    count      bigint NOT NULL DEFAULT 1,
    CONSTRAINT sign_in_refusals_pkey PRIMARY KEY (minute, plane, kind, address, account)
);
COMMENT ON TABLE sign_in_refusals IS 'Refused sign-ins of the present minute. The first of a row is audited at once; the others are audited together, and the row removed, when the minute is over.';
COMMENT ON COLUMN sign_in_refusals.minute IS 'Its beginning, by db_now().';
COMMENT ON COLUMN sign_in_refusals.address IS 'Client address, of IPv6 the /64 network; empty: of many.';
COMMENT ON COLUMN sign_in_refusals.account IS 'Normalised e-mail address as typed; empty: of many.';
