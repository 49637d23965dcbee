-- The clock of the product. Leases, expiries and time stamps all read it, so that nodes with wrong clocks agree.
-- Tests move time by replacing this one function in their own database.
CREATE FUNCTION db_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';
COMMENT ON FUNCTION db_now() IS 'The one clock of the product: wall time of the database, also while a lock is awaited.';

CREATE TABLE workspaces (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT workspaces_pkey PRIMARY KEY,
    slug       text NOT NULL CONSTRAINT workspaces_slug_key UNIQUE
               CONSTRAINT workspaces_slug_check CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    name       text NOT NULL CONSTRAINT workspaces_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT db_now()
);
COMMENT ON TABLE workspaces IS 'The boundary a customer organisation works in; owns tenants.';
COMMENT ON COLUMN workspaces.slug IS 'Stable name for the command line; "default" owns the platform tenant and runs over all tenants.';

CREATE TABLE tenants (
    id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT tenants_pkey PRIMARY KEY,
    workspace_id bigint NOT NULL CONSTRAINT tenants_workspace_id_fkey REFERENCES workspaces (id),
    external_id  text NOT NULL CONSTRAINT tenants_external_id_key UNIQUE
                 CONSTRAINT tenants_external_id_check CHECK (char_length(external_id) BETWEEN 1 AND 200),
    name         text NOT NULL CONSTRAINT tenants_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
    deleted_at   timestamptz,
    created_at   timestamptz NOT NULL DEFAULT db_now(),
    CONSTRAINT tenants_id_workspace_id_key UNIQUE (id, workspace_id)
);
COMMENT ON TABLE tenants IS 'One governed Microsoft 365 tenant inside a workspace.';
COMMENT ON COLUMN tenants.external_id IS 'Directory id, unique in the installation; "platform" is reserved for the operators'' own tenant.';
COMMENT ON COLUMN tenants.deleted_at IS 'Set: the tenant has left the allowed universe and is never targeted again.';
CREATE INDEX tenants_workspace_id_idx ON tenants (workspace_id, id);

-- ACC-10: the only definition of what may be targeted.
CREATE VIEW allowed_tenants AS
    SELECT id, workspace_id, external_id, name, created_at
    FROM tenants
    WHERE external_id <> 'platform' AND deleted_at IS NULL;
COMMENT ON VIEW allowed_tenants IS 'The allowed tenant universe (ACC-10): every tenant but the platform tenant and deleted ones.';

CREATE TABLE platform_users (
    id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT platform_users_pkey PRIMARY KEY,
    email          text NOT NULL CONSTRAINT platform_users_email_key UNIQUE
                   CONSTRAINT platform_users_email_check CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
    name           text NOT NULL CONSTRAINT platform_users_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
    password_hash  text NOT NULL,
    deactivated_at timestamptz,
    created_at     timestamptz NOT NULL DEFAULT db_now()
);
COMMENT ON TABLE platform_users IS 'Operators: they work on the whole installation, in the system plane.';
COMMENT ON COLUMN platform_users.email IS 'Normalised to lower case.';
COMMENT ON COLUMN platform_users.password_hash IS 'Argon2id in PHC string form.';

CREATE TABLE platform_user_capabilities (
    platform_user_id bigint NOT NULL CONSTRAINT platform_user_capabilities_platform_user_id_fkey REFERENCES platform_users (id),
    capability       text NOT NULL,
    granted_at       timestamptz NOT NULL DEFAULT db_now(),
    CONSTRAINT platform_user_capabilities_pkey PRIMARY KEY (platform_user_id, capability)
);
COMMENT ON TABLE platform_user_capabilities IS 'What an operator may do; names are those of the capability registry in code (ACC-02).';

CREATE TABLE users (
    id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT users_pkey PRIMARY KEY,
    email          text NOT NULL CONSTRAINT users_email_key UNIQUE
                   CONSTRAINT users_email_check CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
    name           text NOT NULL CONSTRAINT users_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
    password_hash  text NOT NULL,
    deactivated_at timestamptz,
    created_at     timestamptz NOT NULL DEFAULT db_now()
);
COMMENT ON TABLE users IS 'Customers'' users: they live in the tenant plane and never in the system plane.';

CREATE TABLE sessions (
    id               uuid NOT NULL CONSTRAINT sessions_pkey PRIMARY KEY,
    plane            text NOT NULL CONSTRAINT sessions_plane_check CHECK (plane IN ('system', 'admin')),
    platform_user_id bigint CONSTRAINT sessions_platform_user_id_fkey REFERENCES platform_users (id),
    user_id          bigint CONSTRAINT sessions_user_id_fkey REFERENCES users (id),
    created_at       timestamptz NOT NULL DEFAULT db_now(),
    expires_at       timestamptz NOT NULL,
    renewable_until  timestamptz NOT NULL,
    revoked_at       timestamptz,
    CONSTRAINT sessions_holder_check CHECK (
        (plane = 'system' AND platform_user_id IS NOT NULL AND user_id IS NULL)
        OR (plane = 'admin' AND user_id IS NOT NULL AND platform_user_id IS NULL)),
    CONSTRAINT sessions_expiry_check CHECK (expires_at <= renewable_until)
);
COMMENT ON TABLE sessions IS 'Signed-in sessions of both planes; a token is only as good as its row here, so that revoking works at once on every node (ACC-08).';
COMMENT ON COLUMN sessions.renewable_until IS 'A session in use is renewed up to this time, never beyond.';
CREATE INDEX sessions_platform_user_id_idx ON sessions (platform_user_id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_user_id_idx ON sessions (user_id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

CREATE TABLE signing_keys (
    id         text NOT NULL CONSTRAINT signing_keys_pkey PRIMARY KEY,
    secret     bytea NOT NULL CONSTRAINT signing_keys_secret_check CHECK (octet_length(secret) >= 32),
    created_at timestamptz NOT NULL DEFAULT db_now()
);
COMMENT ON TABLE signing_keys IS 'HMAC keys of session tokens when none are configured; shared by all nodes. The newest signs, all verify.';

CREATE TABLE sign_in_attempts (
    id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sign_in_attempts_pkey PRIMARY KEY,
    throttle_key bytea NOT NULL,
    attempted_at timestamptz NOT NULL DEFAULT db_now()
);
COMMENT ON TABLE sign_in_attempts IS 'Recent sign-in attempts of all nodes, for the limit of ACC-05; pruned after an hour.';
COMMENT ON COLUMN sign_in_attempts.throttle_key IS 'SHA-256 over plane, client address and normalised e-mail.';
CREATE INDEX sign_in_attempts_throttle_key_idx ON sign_in_attempts (throttle_key, attempted_at);
CREATE INDEX sign_in_attempts_attempted_at_idx ON sign_in_attempts (attempted_at);
