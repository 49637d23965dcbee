CREATE TABLE api_tokens (
    id               bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT api_tokens_pkey PRIMARY KEY,
    plane            text NOT NULL CONSTRAINT api_tokens_plane_check CHECK (plane IN ('system', 'admin')),
    platform_user_id bigint CONSTRAINT api_tokens_platform_user_id_fkey REFERENCES platform_users (id),
    user_id          bigint CONSTRAINT api_tokens_user_id_fkey REFERENCES users (id),
    name             text NOT NULL CONSTRAINT api_tokens_name_check CHECK (char_length(name) BETWEEN 1 AND 100),
    capabilities     text[] NOT NULL,
    secret_hash      bytea NOT NULL CONSTRAINT api_tokens_secret_hash_key UNIQUE
                     CONSTRAINT api_tokens_secret_hash_check CHECK (octet_length(secret_hash) = 32),
    hash_key_id      text NOT NULL,
    hint             text NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT db_now(),
    expires_at       timestamptz NOT NULL,
    last_used_at     timestamptz,
    revoked_at       timestamptz,
    CONSTRAINT api_tokens_holder_check CHECK (
        (plane = 'system' AND platform_user_id IS NOT NULL AND user_id IS NULL)
        OR (plane = 'admin' AND user_id IS NOT NULL AND platform_user_id IS NULL)),
    CONSTRAINT api_tokens_expiry_check CHECK (expires_at > created_at AND expires_at <= created_at + interval '366 days')
);
COMMENT ON TABLE api_tokens IS 'Credentials of machines, each acting for the operator or user who made it (ACC-07).';
COMMENT ON COLUMN api_tokens.capabilities IS 'The most it may do; what it may do at a call is what of this its owner holds then.';
COMMENT ON COLUMN api_tokens.secret_hash IS 'HMAC-SHA-256 of the token under the key hash_key_id. The token itself is kept nowhere.';
COMMENT ON COLUMN api_tokens.hash_key_id IS 'Id of a signing key. A token in use is hashed anew under the newest key.';
COMMENT ON COLUMN api_tokens.hint IS 'The last four characters, by which its owner tells it from others.';
COMMENT ON COLUMN api_tokens.last_used_at IS 'To the minute: a token in steady use is written once a minute.';
CREATE INDEX api_tokens_platform_user_id_idx ON api_tokens (platform_user_id, id) WHERE platform_user_id IS NOT NULL;
CREATE INDEX api_tokens_user_id_idx ON api_tokens (user_id, id) WHERE user_id IS NOT NULL;
