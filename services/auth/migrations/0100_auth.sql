-- Accounts, sign-ins and what came of them (security.md §Identity). Codes, tokens and client
-- secrets are kept as SHA-256 only; instants are real time. The audit compares accounts and roles
-- with the record; it sees neither addresses nor password hashes.

CREATE TABLE accounts (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    email text NOT NULL CHECK (email = lower(email) AND email LIKE '%_@_%'),
    password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    language text NOT NULL CHECK (language IN ('es', 'en')),
    PRIMARY KEY (tenant_id, user_id),
    UNIQUE (tenant_id, email)
);
SELECT tenant_table('accounts', 'SELECT, INSERT, UPDATE');
SELECT worker_table('accounts', 'SELECT (tenant_id, user_id)');

CREATE TABLE roles (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('INVESTOR', 'OWNER', 'ADMIN', 'TREASURER', 'AUDITOR')),
    PRIMARY KEY (tenant_id, user_id, role),
    FOREIGN KEY (tenant_id, user_id) REFERENCES accounts
);
SELECT tenant_table('roles', 'SELECT, INSERT');
SELECT worker_table('roles', 'SELECT');

CREATE TABLE clients (
    tenant_id uuid NOT NULL,
    client_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('PUBLIC', 'CONFIDENTIAL')),
    secret_hash bytea CHECK (length(secret_hash) = 32),
    redirect_uris text[] NOT NULL,
    scopes text[] NOT NULL CHECK (scopes <@ ARRAY['openid', 'fondeo', 'offline_access']),
    PRIMARY KEY (tenant_id, client_id),
    CHECK ((kind = 'CONFIDENTIAL') = (secret_hash IS NOT NULL))
);
SELECT tenant_table('clients', 'SELECT, INSERT, UPDATE');

CREATE TABLE sessions (
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    browser_hash bytea NOT NULL CHECK (length(browser_hash) = 32), -- of the sign-in cookie
    auth_time timestamptz NOT NULL,
    ended_reason text CHECK (ended_reason IN ('SIGNED_OUT', 'CODE_REUSED', 'REFRESH_REUSED')),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, session_id),
    UNIQUE (tenant_id, browser_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES accounts,
    CHECK ((ended_reason IS NULL) = (ended_at IS NULL))
);
SELECT tenant_table('sessions', 'SELECT, INSERT, UPDATE');
SELECT worker_table('sessions', 'SELECT (tenant_id, session_id, auth_time, ended_at)');

CREATE TABLE codes (
    tenant_id uuid NOT NULL,
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    session_id uuid NOT NULL,
    client_id text NOT NULL,
    redirect_uri text NOT NULL,
    scopes text[] NOT NULL,
    challenge bytea NOT NULL CHECK (length(challenge) = 32),
    nonce text CHECK (length(nonce) <= 255),
    issued_at timestamptz NOT NULL,
    used_at timestamptz CHECK (used_at < issued_at + interval '60 seconds'),
    PRIMARY KEY (tenant_id, code_hash),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions,
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients
);
SELECT tenant_table('codes', 'SELECT, INSERT, UPDATE');
SELECT worker_table('codes', 'SELECT (tenant_id, session_id), DELETE');

CREATE TABLE refresh_tokens (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
    session_id uuid NOT NULL,
    client_id text NOT NULL,
    scopes text[] NOT NULL,
    issued_at timestamptz NOT NULL,
    used boolean NOT NULL,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions,
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients
);
SELECT tenant_table('refresh_tokens', 'SELECT, INSERT, UPDATE');
SELECT worker_table('refresh_tokens', 'SELECT (tenant_id, session_id), DELETE');
