ALTER TABLE sessions
    ADD COLUMN carrier text NOT NULL DEFAULT 'cookie' CONSTRAINT sessions_carrier_check CHECK (carrier IN ('cookie', 'bearer')),
    ADD COLUMN ip text,
    ADD COLUMN user_agent text,
    ADD COLUMN break_glass_reason text,
    ADD COLUMN break_glass_expires_at timestamptz,
    ADD CONSTRAINT sessions_break_glass_check CHECK (
        (break_glass_reason IS NULL) = (break_glass_expires_at IS NULL) AND (break_glass_reason IS NULL OR plane = 'system'));
ALTER TABLE sessions ALTER COLUMN carrier DROP DEFAULT;
COMMENT ON COLUMN sessions.carrier IS 'What carries its token: the cookie of a browser, or a bearer header.';
COMMENT ON COLUMN sessions.ip IS 'Client address at sign-in; with user_agent, that its holder knows it again.';
COMMENT ON COLUMN sessions.break_glass_expires_at IS 'Until then the session holds more than its holder does (ACC-06).';
